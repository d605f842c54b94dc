//! Transactions in two phases: several databases promise first, and then all of them commit.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use crate::connection::Connection;
use crate::driver::TwoPhase;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};

/// An open transaction that can be prepared; it is used like its [`Connection`]. Dropped before it is prepared, it is
/// rolled back; dropped afterwards, it stays with the server until somebody [commits](Engine::commit_prepared) or
/// [rolls it back](Engine::rollback_prepared) by its name. Mirrors SQLAlchemy's `TwoPhaseTransaction`.
#[derive(Debug)]
pub struct TwoPhaseTransaction {
    connection: Connection,
    xid: String,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    Prepared,
    Over,
}

impl Engine {
    /// Begins a transaction in two phases under a name that is unique on the server.
    ///
    /// # Errors
    /// [`ErrorKind::NotSupported`] where the database has none; else as for [`begin`](Engine::begin).
    #[track_caller]
    pub fn begin_twophase(&self, xid: &str) -> impl Future<Output = Result<TwoPhaseTransaction>> + Send {
        let place = Location::caller();
        async move {
            let mut connection = self.checkout(place).await?;
            connection.step(TwoPhase::Begin(xid)).await?;
            Ok(TwoPhaseTransaction { connection, xid: xid.to_owned(), phase: Phase::Open })
        }
    }

    /// The names of the transactions that were prepared and wait for their end.
    ///
    /// # Errors
    /// Where the database has no such transactions, or cannot be reached.
    pub async fn prepared_transactions(&self) -> Result<Vec<String>> {
        self.connect().await?.raw()?.prepared().await
    }

    /// Makes the changes of a transaction last that was prepared, perhaps by another program.
    ///
    /// # Errors
    /// Where there is none of that name, or the database refuses.
    pub async fn commit_prepared(&self, xid: &str) -> Result<()> {
        self.connect().await?.step(TwoPhase::Commit(xid)).await
    }

    /// Takes the changes of a transaction back that was prepared, perhaps by another program.
    ///
    /// # Errors
    /// Where there is none of that name, or the database refuses.
    pub async fn rollback_prepared(&self, xid: &str) -> Result<()> {
        self.connect().await?.step(TwoPhase::Rollback(xid)).await
    }
}

impl TwoPhaseTransaction {
    /// The name.
    pub fn xid(&self) -> &str {
        &self.xid
    }

    /// Makes the database promise that the commit will succeed. Nothing but the end may follow.
    ///
    /// # Errors
    /// Where the database refuses, which takes the changes back.
    pub async fn prepare(&mut self) -> Result<()> {
        self.settle().await?;
        if self.phase != Phase::Open {
            return Err(Error::usage(format!("the transaction `{}` is prepared already, or over", self.xid)));
        }
        let step = self.connection.step(TwoPhase::Prepare(&self.xid)).await;
        self.phase = if step.is_ok() { Phase::Prepared } else { Phase::Over };
        step?;
        let TwoPhaseTransaction { connection, xid, .. } = self;
        connection.tell(|listener, record| listener.prepare_twophase(record, xid));
        Ok(())
    }

    /// Makes the changes last; what was not prepared is prepared before.
    ///
    /// # Errors
    /// Where the database refuses. Of kind [`CommitUnknown`](ErrorKind::CommitUnknown) where the connection was lost: the
    /// transaction is prepared then, and is committed or still [waits](Engine::prepared_transactions).
    pub async fn commit(mut self) -> Result<()> {
        if self.phase == Phase::Open {
            self.prepare().await?;
        }
        let step = self.connection.step(TwoPhase::Commit(&self.xid)).await;
        step.map_err(|error| match error.kind() {
            ErrorKind::Disconnect => error.with_kind(ErrorKind::CommitUnknown),
            _ => error,
        })?;
        self.phase = Phase::Over;
        self.connection.tell(|listener, record| listener.commit(record));
        Ok(())
    }

    /// Takes the changes back.
    ///
    /// # Errors
    /// Where the database cannot be reached. What was prepared still waits then.
    pub async fn rollback(mut self) -> Result<()> {
        let step = match self.phase {
            Phase::Open => TwoPhase::Abandon(&self.xid),
            Phase::Prepared => TwoPhase::Rollback(&self.xid),
            Phase::Over => return Ok(()),
        };
        self.connection.step(step).await?;
        self.phase = Phase::Over;
        self.connection.tell(|listener, record| listener.rollback(record));
        Ok(())
    }
}

impl Deref for TwoPhaseTransaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for TwoPhaseTransaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
