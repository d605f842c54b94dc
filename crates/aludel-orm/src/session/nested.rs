//! Savepoints of a session.

use std::ops::{Deref, DerefMut};

use super::{Broken, SavepointMark, Session};
use crate::error::Result;

/// A part of a session's transaction that can be taken back by itself; it is used like the session. Dropped without
/// [`commit`](Self::commit), it is taken back. Mirrors SQLAlchemy's `Session.begin_nested`.
#[derive(Debug)]
pub struct Nested<'s> {
    session: &'s mut Session,
    depth: usize,
    finished: bool,
}

impl Session {
    /// Begins a savepoint. Changes made so far are flushed first, so that they stay outside of it. The database hears
    /// of the savepoint with the first statement inside.
    ///
    /// # Errors
    /// As for [`flush`](Self::flush).
    pub async fn begin_nested(&mut self) -> Result<Nested<'_>> {
        self.flush().await?;
        self.savepoints.push(SavepointMark { undo: self.undo.len(), number: None });
        self.level += 1;
        let depth = self.savepoints.len();
        Ok(Nested { session: self, depth, finished: false })
    }

    /// Ends savepoints from `depth` on by taking them back.
    async fn rollback_savepoint(&mut self, depth: usize) -> Result<()> {
        let marks = self.savepoints.split_off(depth.saturating_sub(1).min(self.savepoints.len()));
        let Some(first) = marks.first() else { return Ok(()) };
        self.mend();
        self.undo_to(first.undo);
        let (Some(number), Some(connection)) = (first.number, &mut self.connection) else { return Ok(()) };
        let result = connection.rollback_savepoint(number).await;
        if let Err(error) = &result {
            // What the database has now is unknown, but for the transaction as a whole.
            self.broken = Some(Broken { reason: error.to_string(), whole: true });
        }
        Ok(result?)
    }

    async fn commit_savepoint(&mut self, depth: usize) -> Result<()> {
        self.flush().await?;
        let marks = self.savepoints.split_off(depth.saturating_sub(1).min(self.savepoints.len()));
        let Some(first) = marks.first() else { return Ok(()) };
        // The undo records stay: they now belong to what is around. Objects may be recorded twice, which does no harm,
        // because the older record is restored last.
        self.level += 1;
        match (first.number, &mut self.connection) {
            (Some(number), Some(connection)) => Ok(connection.release_savepoint(number).await?),
            _ => Ok(()),
        }
    }
}

impl Nested<'_> {
    /// Flushes and makes the changes part of the enclosing transaction.
    ///
    /// # Errors
    /// As for [`Session::flush`].
    pub async fn commit(mut self) -> Result<()> {
        self.finished = true;
        let depth = self.depth;
        let result = self.session.commit_savepoint(depth).await;
        if result.is_err() {
            self.finished = false;
        }
        result
    }

    /// Takes the changes back, in the database and in memory.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn rollback(mut self) -> Result<()> {
        self.finished = true;
        let depth = self.depth;
        self.session.rollback_savepoint(depth).await
    }
}

impl Deref for Nested<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Nested<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl Drop for Nested<'_> {
    fn drop(&mut self) {
        if self.finished || self.session.savepoints.len() < self.depth {
            return;
        }
        self.session.mend();
        let marks = self.session.savepoints.split_off(self.depth - 1);
        if let Some(first) = marks.first() {
            self.session.undo_to(first.undo);
            if let (Some(number), Some(connection)) = (first.number, &mut self.session.connection) {
                connection.abandon_savepoint(number);
            }
        }
    }
}
