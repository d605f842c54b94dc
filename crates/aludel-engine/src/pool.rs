//! The pool: connections that are kept open and handed out again.

use std::sync::{Arc, Mutex, PoisonError};

use futures_timer::Delay;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::driver::{Driver, PoolOptions, RawConnection};
use crate::error::{Error, ErrorKind, Result};

/// The connections of one engine. The one used last is handed out first, so that idle ones can grow old.
#[derive(Debug)]
pub(crate) struct Pool {
    driver: Arc<dyn Driver>,
    options: PoolOptions,
    permits: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Box<dyn RawConnection>>,
    /// One permit for every connection that is out.
    lent: Vec<OwnedSemaphorePermit>,
}

impl Pool {
    pub(crate) fn new(driver: Arc<dyn Driver>, options: PoolOptions) -> Self {
        let most = most(&options).min(Semaphore::MAX_PERMITS);
        Pool { driver, permits: Arc::new(Semaphore::new(most)), options, state: Mutex::default() }
    }

    pub(crate) fn driver(&self) -> &Arc<dyn Driver> {
        &self.driver
    }

    /// Waits for a connection.
    pub(crate) async fn take(&self) -> Result<Box<dyn RawConnection>> {
        let permit = self.permit().await?;
        loop {
            let idle = self.lock().idle.pop();
            match idle {
                Some(connection) if connection.is_usable() => {
                    self.lock().lent.push(permit);
                    return Ok(connection);
                }
                Some(gone) => drop(gone),
                None => {
                    let connection = self.driver.connect().await?;
                    self.lock().lent.push(permit);
                    return Ok(connection);
                }
            }
        }
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit> {
        let closed = || Error::usage("the engine was closed");
        match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => return Ok(permit),
            Err(TryAcquireError::Closed) => return Err(closed()),
            Err(TryAcquireError::NoPermits) => {}
        }
        let acquire = Arc::clone(&self.permits).acquire_owned();
        match timeout(acquire, self.options.timeout).await {
            Some(permit) => permit.map_err(|_| closed()),
            None => Err(self.timed_out()),
        }
    }

    #[cold]
    fn timed_out(&self) -> Error {
        let PoolOptions { size, overflow, timeout, .. } = &self.options;
        let why = match most(&self.options) {
            1 => "its pool has one connection, and that is in use (a database in memory is one connection by nature; \
                  others can have more). Drop connections, transactions and sessions that are done"
                .to_owned(),
            most => format!(
                "all {most} of the pool are in use (size {}, overflow {overflow}). Drop connections, transactions and \
                 sessions that are done, or allow more",
                (*size).max(1)
            ),
        };
        let whom = self.driver.describe();
        Error::new(ErrorKind::Timeout, format!("no connection to {whom} became free in {timeout:?}: {why}"))
    }

    /// Takes a connection back. One that is suspect, or in a transaction that cannot be ended here, is closed.
    pub(crate) fn give_back(&self, mut connection: Box<dyn RawConnection>) {
        let clean = !connection.in_transaction() || connection.rollback_now();
        let keep = clean && connection.is_usable();
        let mut state = self.lock();
        if keep && state.idle.len() < self.options.size.max(1) && !self.permits.is_closed() {
            state.idle.push(connection);
        }
        let permit = state.lent.pop();
        drop(state);
        drop(permit);
    }

    /// Closes idle connections; those that are out are closed when they come back.
    pub(crate) fn close(&self) -> Vec<Box<dyn RawConnection>> {
        self.permits.close();
        std::mem::take(&mut self.lock().idle)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many connections there may be at once.
fn most(options: &PoolOptions) -> usize {
    options.size.max(1).saturating_add(options.overflow)
}

/// The future's output, or `None` after `limit`.
pub(crate) async fn timeout<F: std::future::Future>(
    future: F,
    limit: std::time::Duration,
) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let mut delay = std::pin::pin!(Delay::new(limit));
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(output));
        }
        delay.as_mut().poll(context).map(|()| None)
    })
    .await
}
