//! Transactions: how they begin and end, and what puts right one that nobody ended.

use aludel_engine::driver::TransactionOptions;
use aludel_engine::error::{Error, ErrorKind};

use crate::busy::Attempt;
use crate::connection::SqliteConnection;
use crate::error;

impl SqliteConnection {
    pub(crate) fn begin_now(&mut self, options: TransactionOptions) -> Attempt<()> {
        self.settle()?;
        if !self.raw.is_autocommit() {
            return Err(Error::usage("a transaction is already open on this connection").into());
        }
        if (options.immediate || options.exclusive) && options.read_only {
            return Err(Error::usage("a read-only transaction can't take the write lock as it begins").into());
        }
        // Every transaction is serializable here, which is as good as whatever level was asked for.
        self.run(match options {
            TransactionOptions { exclusive: true, .. } => "BEGIN EXCLUSIVE",
            TransactionOptions { immediate: true, .. } => "BEGIN IMMEDIATE",
            _ => "BEGIN",
        })?;
        if options.read_only {
            self.query_only = true;
            if let Err(failed) = self.raw.pragma_update(None, "query_only", true) {
                self.take_back()?;
                return Err(error::translate(failed).into());
            }
        }
        Ok(())
    }

    pub(crate) fn commit_now(&mut self) -> Attempt<()> {
        if self.raw.is_autocommit() {
            self.after_end()?;
            return Err(not_open("commit").into());
        }
        self.run("COMMIT")?;
        self.after_end()
    }

    /// Puts right what a dropped future or a transaction that ended by itself left behind.
    pub(crate) fn settle(&mut self) -> Attempt<()> {
        if self.implicit {
            self.take_back()?;
        }
        if self.query_only && self.raw.is_autocommit() {
            self.after_end()?;
        }
        Ok(())
    }

    pub(crate) fn take_back(&mut self) -> Attempt<()> {
        self.implicit = false;
        // This has to be done, whatever stopped what was before.
        if let Some(stop) = &self.stop {
            stop.clear();
        }
        if !self.raw.is_autocommit() {
            self.run("ROLLBACK").inspect_err(|_| self.broken = true)?;
        }
        self.after_end()
    }

    fn after_end(&mut self) -> Attempt<()> {
        if self.query_only {
            let restored = self.raw.pragma_update(None, "query_only", false);
            self.broken |= restored.is_err();
            restored?;
            self.query_only = false;
        }
        Ok(())
    }

    /// Runs a fixed statement without parameters and rows.
    pub(crate) fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.raw.prepare_cached(sql)?.raw_execute().map(|_| ())
    }
}

#[cold]
fn not_open(what: &str) -> Error {
    Error::new(
        ErrorKind::Operational,
        format!(
            "there is no transaction to {what}: SQLite took it back after an earlier error, or it was never begun"
        ),
    )
}
