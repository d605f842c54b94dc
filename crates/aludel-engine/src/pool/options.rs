//! What one may choose about a pool.

use std::time::Duration;

/// What kind of pool it is. Mirrors SQLAlchemy's pool classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PoolKind {
    /// Connections are kept and handed out again, up to a number. Mirrors `AsyncAdaptedQueuePool`.
    #[default]
    Queue,
    /// Nothing is kept: each checkout opens a connection, each return closes it, and there is no limit. For servers with
    /// a pooler of their own in front. Mirrors `NullPool`.
    Null,
    /// One connection that is never closed while the engine lives, because the database lives in it: SQLite in memory.
    /// Its users take turns. Mirrors `StaticPool`.
    Static,
}

/// Which idle connection is handed out first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PoolOrder {
    /// The one that came back last; the others grow idle, so that a server may time them out. Mirrors
    /// `pool_use_lifo=True`.
    #[default]
    Lifo,
    /// The one that came back first; all are used in turn.
    Fifo,
}

/// How many connections a pool keeps, how long one waits for them and when they are given up. Mirrors the arguments of
/// SQLAlchemy's `QueuePool`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolOptions {
    /// What kind of pool it is.
    pub kind: PoolKind,
    /// Connections that are kept open; at least one. (SQLAlchemy reads 0 as "no limit"; here that is
    /// [`overflow`](Self::overflow)` = usize::MAX`.)
    pub size: usize,
    /// Connections beyond these that are opened under load and closed when they come back.
    pub overflow: usize,
    /// How long to wait for a connection. With zero, a checkout that would have to wait fails at once, and its error
    /// says who holds the connections: that finds leaks in tests, as SQLAlchemy's `AssertionPool` does.
    pub timeout: Duration,
    /// The age at which a connection is not handed out any more but replaced, so that servers and firewalls that end
    /// old connections find none. It is looked at on checkout only, never while a connection is in use.
    pub recycle: Option<Duration>,
    /// Whether the server is asked on each checkout of a kept connection whether it still answers. Costs a round trip;
    /// where it doesn't answer, this connection and all older ones are given up and another one is opened.
    pub pre_ping: bool,
    /// Which idle connection is handed out first.
    pub order: PoolOrder,
}

impl Default for PoolOptions {
    fn default() -> Self {
        PoolOptions {
            kind: PoolKind::Queue,
            size: 5,
            overflow: 10,
            timeout: Duration::from_secs(30),
            recycle: None,
            pre_ping: false,
            order: PoolOrder::Lifo,
        }
    }
}

impl PoolOptions {
    /// One connection that is never given up: what a database in memory needs.
    pub fn single() -> Self {
        PoolOptions { kind: PoolKind::Static, size: 1, overflow: 0, ..PoolOptions::default() }
    }

    /// Nothing is kept: see [`PoolKind::Null`].
    pub fn null() -> Self {
        PoolOptions { kind: PoolKind::Null, ..PoolOptions::default() }
    }

    /// How many connections are kept.
    #[must_use]
    pub fn with_size(mut self, size: usize) -> Self {
        self.size = size;
        self
    }

    /// How many more may be opened under load.
    #[must_use]
    pub fn with_overflow(mut self, overflow: usize) -> Self {
        self.overflow = overflow;
        self
    }

    /// How long to wait for a connection.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The age at which a connection is replaced.
    #[must_use]
    pub fn with_recycle(mut self, age: Duration) -> Self {
        self.recycle = Some(age);
        self
    }

    /// Asks the server on each checkout whether it still answers.
    #[must_use]
    pub fn with_pre_ping(mut self) -> Self {
        self.pre_ping = true;
        self
    }

    /// Which idle connection is handed out first.
    #[must_use]
    pub fn with_order(mut self, order: PoolOrder) -> Self {
        self.order = order;
        self
    }

    /// How many connections are kept.
    pub(crate) fn kept(&self) -> usize {
        match self.kind {
            PoolKind::Queue => self.size.max(1),
            PoolKind::Null => 0,
            PoolKind::Static => 1,
        }
    }

    /// How many connections there may be at once.
    pub(crate) fn most(&self) -> usize {
        match self.kind {
            PoolKind::Queue => self.kept().saturating_add(self.overflow),
            PoolKind::Null => usize::MAX,
            PoolKind::Static => 1,
        }
    }
}
