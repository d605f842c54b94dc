//! How servers that hold the same data stand to each other.

use std::fmt;
use std::time::Duration;

use super::BoxFuture;
use crate::error::Result;

/// What a connection can tell of its server's replication. It is asked through
/// [`RawConnection::replication`](super::RawConnection::replication), outside of transactions.
pub trait Replication: Send {
    /// What the server is, and how far behind.
    ///
    /// # Errors
    /// Where it doesn't answer.
    fn state(&mut self) -> BoxFuture<'_, Result<ServerState>>;

    /// How far the server's data has come. Whatever was committed before is part of it.
    ///
    /// # Errors
    /// Where the server keeps no log that tells.
    fn position(&mut self) -> BoxFuture<'_, Result<Position>>;

    /// Whether the server's data has come so far.
    ///
    /// # Errors
    /// Where the position is none that this kind of server knows.
    fn has_reached<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<bool>>;
}

/// What a server is at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerState {
    /// It follows another server.
    pub standby: bool,
    /// Sessions on it can't write unless they ask for that.
    pub read_only: bool,
    /// How old its data may be: zero where it follows nobody or has everything, `None` where that is not known. It errs
    /// towards the older.
    pub lag: Option<Duration>,
}

impl ServerState {
    /// What a driver has found out.
    pub fn new(standby: bool, read_only: bool, lag: Option<Duration>) -> Self {
        ServerState { standby, read_only, lag }
    }
}

/// For people: `a standby that takes no writes`.
impl fmt::Display for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.standby { "a standby" } else { "a primary" })?;
        f.write_str(if self.read_only { " that takes no writes" } else { " that takes writes" })
    }
}

/// How far a server's data had come: on PostgreSQL a place in its write-ahead log, on MySQL and MariaDB a position of
/// global transaction ids. It is text, so that it can be sent along in a cookie or a header, and read back by `parse`.
///
/// Taken after a commit, it lets a later transaction on another server [wait](crate::route::ReplicatedEngine::begin_after)
/// until that one has the changes, too. It is of use only among servers that replicate from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position(String);

impl Position {
    /// A position in the database's own words. The empty one is reached everywhere.
    pub fn new(text: impl Into<String>) -> Self {
        Position(text.into())
    }

    /// The database's own words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes any text: what is none is found where it is used.
impl std::str::FromStr for Position {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Position::new(text))
    }
}
