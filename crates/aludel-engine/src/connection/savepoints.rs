//! Savepoints that are open on a connection, and the statements around them.

use super::Connection;
use crate::error::{Error, Result};

/// The open savepoints, the outermost first. Each has a number that no other one of the transaction has, so that one
/// that has ended is known as such although the database sees its name again.
#[derive(Debug, Default)]
pub(super) struct Savepoints {
    open: Vec<u32>,
    last: u32,
}

impl Savepoints {
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.last = 0;
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        self.open.contains(&number)
    }

    /// How deep a savepoint is, from 1 on.
    fn depth(&self, number: u32) -> Option<usize> {
        Some(self.open.iter().position(|open| *open == number)? + 1)
    }

    fn began(&mut self) -> u32 {
        self.last += 1;
        self.open.push(self.last);
        self.last
    }

    /// With a savepoint end those inside of it.
    fn ended(&mut self, number: u32) {
        if let Some(depth) = self.depth(number) {
            self.open.truncate(depth - 1);
        }
    }
}

fn name(depth: usize) -> String {
    format!("aludel_{depth}")
}

impl Connection {
    /// Begins a savepoint and returns its number, which [`release_savepoint`](Self::release_savepoint) and
    /// [`rollback_savepoint`](Self::rollback_savepoint) take. For layers that keep their own transaction state; others
    /// use [`Transaction::begin_nested`](crate::Transaction::begin_nested).
    ///
    /// # Errors
    /// Where no transaction is open, or the database refuses.
    pub async fn open_savepoint(&mut self) -> Result<u32> {
        if !self.in_transaction() {
            return Err(Error::usage("a savepoint needs an open transaction"));
        }
        self.settle().await?;
        let number = self.savepoints.began();
        let name = name(self.savepoints.open.len());
        let result = self.run_word(&format!("SAVEPOINT {name}")).await;
        if let Err(error) = result {
            self.savepoints.ended(number);
            return Err(error);
        }
        self.tell(|listener, record| listener.savepoint(record, &name));
        Ok(number)
    }

    /// Makes a savepoint's changes part of the enclosing transaction, with those of the savepoints inside of it.
    ///
    /// # Errors
    /// Where it is not open any more, or the database refuses.
    pub async fn release_savepoint(&mut self, number: u32) -> Result<()> {
        // What was dropped inside is not to be released along with it.
        self.settle().await?;
        let name = self.open_name(number)?;
        self.run_word(&format!("RELEASE SAVEPOINT {name}")).await?;
        self.savepoints.ended(number);
        self.tell(|listener, record| listener.release_savepoint(record, &name));
        Ok(())
    }

    /// Takes a savepoint's changes back and ends it.
    ///
    /// # Errors
    /// Where it is not open any more, or the database refuses.
    pub async fn rollback_savepoint(&mut self, number: u32) -> Result<()> {
        let name = self.open_name(number)?;
        self.run_word(&format!("ROLLBACK TO SAVEPOINT {name}")).await?;
        self.run_word(&format!("RELEASE SAVEPOINT {name}")).await?;
        self.savepoints.ended(number);
        self.tell(|listener, record| listener.rollback_savepoint(record, &name));
        Ok(())
    }

    /// Leaves a savepoint to be taken back before the next statement: for guards that are dropped.
    pub fn abandon_savepoint(&mut self, number: u32) {
        self.abandoned = Some(self.abandoned.map_or(number, |outer| outer.min(number)));
    }

    fn open_name(&self, number: u32) -> Result<String> {
        match self.savepoints.depth(number) {
            Some(depth) => Ok(name(depth)),
            None => Err(Error::usage(
                "the savepoint has ended already: it, or one around it, was committed or rolled back",
            )),
        }
    }
}
