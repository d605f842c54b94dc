//! How transactions begin.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// How much a transaction sees of others that run at the same time. Mirrors SQLAlchemy's `isolation_level`, without its
/// `AUTOCOMMIT`: that is what a connection does where no transaction was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum IsolationLevel {
    /// Others' changes may be seen before they are committed.
    ReadUncommitted,
    /// Each statement sees what is committed when it begins.
    ReadCommitted,
    /// All statements see the same state.
    RepeatableRead,
    /// As if transactions ran one after another.
    Serializable,
}

impl IsolationLevel {
    /// The words of SQL.
    pub fn sql(self) -> &'static str {
        match self {
            IsolationLevel::ReadUncommitted => "READ UNCOMMITTED",
            IsolationLevel::ReadCommitted => "READ COMMITTED",
            IsolationLevel::RepeatableRead => "REPEATABLE READ",
            IsolationLevel::Serializable => "SERIALIZABLE",
        }
    }
}

impl fmt::Display for IsolationLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sql())
    }
}

/// Reads SQL's words, in upper or lower case, with blanks, `_` or `-` between.
impl FromStr for IsolationLevel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let words = text.replace(['_', '-', '+'], " ").to_ascii_uppercase();
        let levels = [
            IsolationLevel::ReadUncommitted,
            IsolationLevel::ReadCommitted,
            IsolationLevel::RepeatableRead,
            IsolationLevel::Serializable,
        ];
        levels.into_iter().find(|level| level.sql() == words.trim()).ok_or_else(|| {
            Error::configuration(format!(
                "there is no isolation level `{text}`: there are READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ and \
                 SERIALIZABLE"
            ))
        })
    }
}

/// How a transaction begins. What a database can't do it refuses; what it does anyway it takes silently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// Nothing will be written; the database may refuse writes.
    pub read_only: bool,
    /// The write lock is taken at once where a database (SQLite) otherwise takes it at the first write.
    pub immediate: bool,
    /// Besides the write lock, others are kept from reading where a database (SQLite without a write-ahead log) can do
    /// that.
    pub exclusive: bool,
    /// How much is seen of other transactions; `None` is what the server does by itself. SQLite's transactions are
    /// always serializable, so that it takes every level.
    pub isolation: Option<IsolationLevel>,
    /// A serializable read-only transaction waits at its beginning until it can run without ever being cancelled
    /// (PostgreSQL). Others take no notice.
    pub deferrable: bool,
}

impl TransactionOptions {
    /// Takes the write lock at once.
    pub fn immediate() -> Self {
        TransactionOptions { immediate: true, ..TransactionOptions::default() }
    }

    /// Takes the write lock at once and keeps others from reading.
    pub fn exclusive() -> Self {
        TransactionOptions { immediate: true, exclusive: true, ..TransactionOptions::default() }
    }

    /// Promises to write nothing.
    pub fn read_only() -> Self {
        TransactionOptions { read_only: true, ..TransactionOptions::default() }
    }

    /// Runs as if alone.
    pub fn serializable() -> Self {
        TransactionOptions::default().with_isolation(IsolationLevel::Serializable)
    }

    /// Sets how much is seen of other transactions.
    #[must_use]
    pub fn with_isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// Promises to write nothing, besides what else is set.
    #[must_use]
    pub fn with_read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Waits at the beginning until the transaction can't be cancelled any more.
    #[must_use]
    pub fn with_deferrable(mut self) -> Self {
        self.deferrable = true;
        self
    }

    /// These options, with what they leave open taken from the defaults of a connection.
    pub(crate) fn or(mut self, defaults: TransactionOptions) -> Self {
        self.isolation = self.isolation.or(defaults.isolation);
        self.deferrable |= defaults.deferrable;
        // Who asks for the write lock wants to write, whatever is usual on this connection.
        self.read_only |= defaults.read_only && !self.immediate && !self.exclusive;
        self.immediate |= defaults.immediate && !self.read_only;
        self
    }
}
