//! Events: what a program can listen to on the way of connections, transactions and statements, and what it can change.
//!
//! A [`Listener`] is given to an engine [when it is built](crate::EngineOptions::listener). Where nobody listens, the
//! engine makes nothing ready for anybody.

mod echo;
mod statement;

use std::fmt;
use std::sync::Arc;

pub use echo::Echo;
pub(crate) use statement::Said;
pub use statement::{Given, Outcome, StatementEvent};

use crate::driver::{BoxFuture, RawConnection, TransactionOptions};
use crate::error::{Error, Result};
use crate::pool::ConnectionRecord;

/// Hears of what happens between an engine and its database. Every method does nothing unless it is written. Several
/// listeners of an engine are called in the order in which they were given. Mirrors SQLAlchemy's `PoolEvents` and
/// `ConnectionEvents`.
///
/// What goes past the engine, through [`Connection::raw`](crate::Connection::raw) or the inspector, is not heard of.
#[allow(unused_variables)]
pub trait Listener: Send + Sync {
    /// The engine's first connection was opened. Whoever opens another one meanwhile waits until this is over. Don't use
    /// the engine in here, but the connection. Called again with the next connection where it failed.
    ///
    /// # Errors
    /// The listener's own; the connection is closed, and whoever asked for it gets the error.
    fn first_connect<'a>(
        &'a self,
        connection: &'a mut dyn RawConnection,
        record: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// A connection was opened, and nobody has used it yet: the place for settings of the session.
    ///
    /// # Errors
    /// As for [`first_connect`](Self::first_connect).
    fn connect<'a>(
        &'a self,
        connection: &'a mut dyn RawConnection,
        record: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// A connection is about to be handed out.
    ///
    /// # Errors
    /// The listener's own. After one of kind [`Disconnect`](crate::ErrorKind::Disconnect), another connection is taken;
    /// any other goes to whoever asked.
    fn checkout(&self, record: &mut ConnectionRecord) -> Result<()> {
        Ok(())
    }

    /// A connection came back; an open transaction has been taken back.
    fn checkin(&self, record: &mut ConnectionRecord) {}

    /// A connection is given up before its time: it is lost (then `reason` says how), or somebody said so.
    fn invalidate(&self, record: &mut ConnectionRecord, reason: Option<&Error>) {}

    /// A connection is about to be closed.
    fn close(&self, record: &mut ConnectionRecord) {}

    /// A connection leaves the pool for good.
    fn detach(&self, record: &mut ConnectionRecord) {}

    /// A transaction has begun.
    fn begin(&self, record: &mut ConnectionRecord, options: &TransactionOptions) {}

    /// A transaction was committed.
    fn commit(&self, record: &mut ConnectionRecord) {}

    /// A transaction was rolled back. Of a transaction that was dropped, this is told when the connection comes back or
    /// is used again.
    fn rollback(&self, record: &mut ConnectionRecord) {}

    /// A savepoint has begun.
    fn savepoint(&self, record: &mut ConnectionRecord, name: &str) {}

    /// A savepoint was made part of what is around it.
    fn release_savepoint(&self, record: &mut ConnectionRecord, name: &str) {}

    /// A savepoint was taken back.
    fn rollback_savepoint(&self, record: &mut ConnectionRecord, name: &str) {}

    /// A transaction was prepared for its commit under a name.
    fn prepare_twophase(&self, record: &mut ConnectionRecord, xid: &str) {}

    /// A statement is about to run. Text and parameters can be replaced.
    ///
    /// # Errors
    /// A refusal: the statement does not run, and whoever sent it gets the error.
    fn before_execute(
        &self,
        record: &mut ConnectionRecord,
        statement: &mut StatementEvent<'_>,
    ) -> Result<()> {
        Ok(())
    }

    /// A statement has run.
    fn after_execute(
        &self,
        record: &mut ConnectionRecord,
        statement: &StatementEvent<'_>,
        outcome: &Outcome,
    ) {
    }

    /// A statement, a transaction's beginning or its end has failed. What is returned goes to whoever asked; its kind
    /// decides whether the connection counts as lost, so that
    /// [`with_kind`](Error::with_kind) changes the verdict.
    fn handle_error(
        &self,
        record: &mut ConnectionRecord,
        statement: Option<&StatementEvent<'_>>,
        error: Error,
    ) -> Error {
        error
    }
}

/// The listeners of an engine.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Option<Arc<[Arc<dyn Listener>]>>);

impl Listeners {
    pub(crate) fn new(listeners: Vec<Arc<dyn Listener>>) -> Self {
        Listeners((!listeners.is_empty()).then(|| listeners.into()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn Listener> {
        self.0.iter().flat_map(|listeners| listeners.iter()).map(AsRef::as_ref)
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.iter().count())
    }
}
