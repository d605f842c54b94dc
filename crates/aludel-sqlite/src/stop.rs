//! What stops an operation: somebody's word, or the clock.
//!
//! A flag that SQLite asks for every so often, rather than `sqlite3_interrupt` alone, which is forgotten where it comes
//! just before a statement's first step.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aludel_engine::driver::{BoxFuture, Cancel};
use aludel_engine::error::{Error, ErrorKind, Result};
use rusqlite::InterruptHandle;

/// How many of SQLite's instructions run between two looks.
pub(crate) const INSTRUCTIONS: i32 = 1_000;

/// What a connection, its progress handler and those who stop it share.
#[derive(Debug)]
pub(crate) struct Stop {
    asked: AtomicBool,
    /// In nanoseconds since `base`; 0 is none.
    deadline: AtomicU64,
    base: Instant,
}

impl Stop {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Stop { asked: AtomicBool::new(false), deadline: AtomicU64::new(0), base: Instant::now() })
    }

    pub(crate) fn set_deadline(&self, deadline: Option<Instant>) {
        let nanos = deadline.map_or(0, |deadline| {
            u64::try_from(deadline.saturating_duration_since(self.base).as_nanos()).unwrap_or(u64::MAX).max(1)
        });
        self.deadline.store(nanos, Ordering::Relaxed);
    }

    /// Nothing stops what comes now.
    pub(crate) fn clear(&self) {
        self.asked.store(false, Ordering::Relaxed);
        self.set_deadline(None);
    }

    /// How much time is left, where there is a limit.
    pub(crate) fn left(&self) -> Option<Duration> {
        match self.deadline.load(Ordering::Relaxed) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos).saturating_sub(self.base.elapsed())),
        }
    }

    /// Why to stop.
    pub(crate) fn reason(&self) -> Option<ErrorKind> {
        if self.asked.load(Ordering::Relaxed) {
            return Some(ErrorKind::Cancelled);
        }
        self.left().filter(Duration::is_zero).map(|_| ErrorKind::Timeout)
    }

    /// # Errors
    /// Where it is time to stop.
    pub(crate) fn check(&self) -> Result<()> {
        match self.reason() {
            None => Ok(()),
            Some(kind) => Err(Error::new(kind, "interrupted")),
        }
    }
}

/// Stops operations of one connection.
pub(crate) struct Canceller {
    stop: Arc<Stop>,
    handle: InterruptHandle,
}

impl Canceller {
    pub(crate) fn new(stop: Arc<Stop>, handle: InterruptHandle) -> Self {
        Canceller { stop, handle }
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> BoxFuture<'static, Result<()>> {
        self.stop.asked.store(true, Ordering::Relaxed);
        self.handle.interrupt();
        Box::pin(std::future::ready(Ok(())))
    }

    fn forget(&self) {
        self.stop.asked.store(false, Ordering::Relaxed);
    }

    fn is_exact(&self) -> bool {
        true
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SQLite")
    }
}
