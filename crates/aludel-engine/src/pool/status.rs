//! What a pool tells about itself.

use std::fmt;
use std::time::Duration;

/// A pool's figures at one moment, and its totals since it was made. Mirrors SQLAlchemy's `Pool.status()`, with more in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// How many connections are kept open at most.
    pub size: usize,
    /// How many there may be at once.
    pub most: usize,
    /// Open connections that nobody uses.
    pub idle: usize,
    /// Connections in use, those included that are being opened.
    pub checked_out: usize,
    /// How many there are beyond the size.
    pub overflow: usize,
    /// Tasks that wait for a connection.
    pub waiting: usize,
    /// Checkouts so far.
    pub checkouts: u64,
    /// Connections opened so far.
    pub opened: u64,
    /// Connections closed or given up so far, those that were [detached](crate::Connection::detach) among them: what was
    /// opened without these is what the pool has.
    pub closed: u64,
    /// Connections given up because of a disconnect, or because somebody said so.
    pub invalidated: u64,
    /// Connections replaced because of their age.
    pub recycled: u64,
    /// Checkouts that had to wait.
    pub waited: u64,
    /// Checkouts that waited in vain.
    pub timed_out: u64,
    /// How long checkouts have waited, taken together.
    pub wait_total: Duration,
    /// How long the unluckiest has waited.
    pub wait_longest: Duration,
}

impl fmt::Display for PoolStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PoolStatus { size, idle, checked_out, overflow, waiting, opened, closed, .. } = self;
        write!(
            f,
            "size {size}, idle {idle}, checked out {checked_out}, overflow {overflow}, waiting {waiting}; "
        )?;
        write!(f, "{} checkouts, of which {} waited {:?} ", self.checkouts, self.waited, self.wait_total)?;
        write!(f, "(at most {:?}) and {} timed out; ", self.wait_longest, self.timed_out)?;
        write!(f, "opened {opened}, closed {closed}")
    }
}
