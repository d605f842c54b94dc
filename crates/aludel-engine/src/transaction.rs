//! Transactions and savepoints: what is dropped without a commit did not happen.

use std::ops::{Deref, DerefMut};

use crate::connection::Connection;
use crate::error::Result;

/// An open transaction; it is used like its [`Connection`]. Dropped without [`commit`](Self::commit), it is rolled
/// back. Mirrors SQLAlchemy's `engine.begin()`.
#[derive(Debug)]
pub struct Transaction<'c> {
    connection: Holder<'c>,
    finished: bool,
}

#[derive(Debug)]
enum Holder<'c> {
    Owned(Box<Connection>),
    Borrowed(&'c mut Connection),
}

impl<'c> Transaction<'c> {
    pub(crate) fn owned(connection: Connection) -> Self {
        Transaction { connection: Holder::Owned(Box::new(connection)), finished: false }
    }

    pub(crate) fn borrowed(connection: &'c mut Connection) -> Self {
        Transaction { connection: Holder::Borrowed(connection), finished: false }
    }

    /// Makes the changes last.
    ///
    /// # Errors
    /// Where the database refuses, which takes the changes back; of kind
    /// [`CommitUnknown`](crate::ErrorKind::CommitUnknown) where the connection was lost before the database answered.
    pub async fn commit(mut self) -> Result<()> {
        let result = self.commit_raw().await;
        self.finished = result.is_ok();
        result
    }

    /// Takes the changes back.
    ///
    /// # Errors
    /// Where the database cannot be reached; the changes are lost then, too.
    pub async fn rollback(mut self) -> Result<()> {
        let result = self.rollback_raw().await;
        self.finished = result.is_ok();
        result
    }

    /// Begins a savepoint: a part that can be taken back by itself.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn begin_nested(&mut self) -> Result<Savepoint<'_>> {
        Savepoint::begin(self).await
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.connection {
            Holder::Owned(connection) => connection,
            Holder::Borrowed(connection) => connection,
        }
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.connection {
            Holder::Owned(connection) => connection,
            Holder::Borrowed(connection) => connection,
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.abandon_transaction();
        }
    }
}

/// A part of a transaction that can be taken back by itself. Dropped without [`commit`](Self::commit), it is taken
/// back before the next statement of the enclosing transaction. Mirrors SQLAlchemy's `begin_nested`.
#[derive(Debug)]
pub struct Savepoint<'t> {
    connection: &'t mut Connection,
    number: u32,
    finished: bool,
}

impl<'t> Savepoint<'t> {
    async fn begin(connection: &'t mut Connection) -> Result<Self> {
        let number = connection.open_savepoint().await?;
        Ok(Savepoint { connection, number, finished: false })
    }

    /// Makes the changes part of the enclosing transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn commit(mut self) -> Result<()> {
        let result = self.connection.release_savepoint(self.number).await;
        self.finished = result.is_ok();
        result
    }

    /// Takes the changes back.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn rollback(mut self) -> Result<()> {
        let result = self.connection.rollback_savepoint(self.number).await;
        self.finished = result.is_ok();
        result
    }
}

impl Deref for Savepoint<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl DerefMut for Savepoint<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.abandon_savepoint(self.number);
        }
    }
}
