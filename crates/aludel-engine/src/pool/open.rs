//! Connections on their way out of the pool: opening new ones, and seeing whether kept ones still live.

use super::{ConnectionRecord, Pool, Pooled};
use crate::error::{Error, ErrorKind, Result};

/// A connection that belongs to a checkout under way. Where that fails or its future is dropped, it is closed.
struct Candidate<'p> {
    pool: &'p Pool,
    pooled: Option<Box<Pooled>>,
}

impl<'p> Candidate<'p> {
    fn new(pool: &'p Pool, pooled: Box<Pooled>) -> Self {
        Candidate { pool, pooled: Some(pooled) }
    }

    fn pooled(&mut self) -> Result<&mut Pooled> {
        self.pooled.as_deref_mut().ok_or_else(|| Error::usage("the connection was handed over already"))
    }

    fn accept(mut self) -> Option<Box<Pooled>> {
        self.pooled.take()
    }
}

impl Drop for Candidate<'_> {
    fn drop(&mut self) {
        if let Some(pooled) = self.pooled.take() {
            self.pool.lock().totals.closed += 1;
            self.pool.end(pooled);
        }
    }
}

impl Pool {
    /// Sees whether a kept connection can still be used; else it is closed.
    pub(super) async fn revive(&self, idle: Box<Pooled>) -> Option<Box<Pooled>> {
        if idle.raw.is_usable() && !self.options.pre_ping {
            return Some(idle);
        }
        let mut candidate = Candidate::new(self, idle);
        let pooled = candidate.pooled().ok()?;
        if !pooled.raw.is_usable() {
            return None;
        }
        match pooled.raw.ping().await {
            Ok(()) if pooled.raw.is_usable() => candidate.accept(),
            Ok(()) => None,
            Err(error) => {
                let error = error.context("the connection did not answer to a ping");
                self.lost(&mut pooled.record, &error);
                None
            }
        }
    }

    /// Opens a connection.
    pub(super) async fn open(&self) -> Result<Box<Pooled>> {
        let generation = self.lock().generation;
        let raw = self.driver.connect().await.map_err(Error::while_connecting)?;
        let id = {
            let mut state = self.lock();
            state.totals.opened += 1;
            state.next_id += 1;
            state.next_id
        };
        let mut pooled = Box::new(Pooled { raw, record: ConnectionRecord::new(id, generation) });
        if !self.listeners.is_empty() {
            pooled = self.initialise(pooled).await?;
        }
        // Set once; later connections are to the same server.
        let _ = self.dialect.set(pooled.raw.dialect());
        Ok(pooled)
    }

    async fn initialise(&self, pooled: Box<Pooled>) -> Result<Box<Pooled>> {
        let mut candidate = Candidate::new(self, pooled);
        let Pooled { raw, record } = candidate.pooled()?;
        self.first
            .get_or_try_init(|| async {
                for listener in self.listeners.iter() {
                    listener.first_connect(raw.as_mut(), record).await?;
                }
                Ok::<(), Error>(())
            })
            .await?;
        let Pooled { raw, record } = candidate.pooled()?;
        for listener in self.listeners.iter() {
            listener.connect(raw.as_mut(), record).await?;
        }
        if raw.in_transaction() {
            raw.rollback().await?;
        }
        candidate.accept().ok_or_else(|| Error::usage("the connection was handed over already"))
    }

    /// Asks the listeners whether a connection may be handed out.
    pub(super) fn checked_out(&self, pooled: Box<Pooled>) -> Result<Box<Pooled>> {
        if self.listeners.is_empty() {
            return Ok(pooled);
        }
        let mut candidate = Candidate::new(self, pooled);
        let pooled = candidate.pooled()?;
        for listener in self.listeners.iter() {
            if let Err(error) = listener.checkout(&mut pooled.record) {
                if error.kind() == ErrorKind::Disconnect {
                    self.doom(&mut pooled.record, Some(&error));
                }
                return Err(error);
            }
        }
        candidate.accept().ok_or_else(|| Error::usage("the connection was handed over already"))
    }
}
