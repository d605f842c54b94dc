//! What the pool knows of one connection, and what users keep along with it.

use std::any::{Any, TypeId};
use std::fmt;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

/// One connection to the database as the pool sees it, from its opening to its end. Mirrors SQLAlchemy's
/// `ConnectionPoolEntry`.
#[derive(Debug)]
pub struct ConnectionRecord {
    id: u64,
    opened: Instant,
    /// The pool's generation when the connection began to be opened.
    pub(super) generation: u64,
    /// It is not to be handed out again.
    pub(super) doomed: bool,
    info: Info,
}

impl ConnectionRecord {
    pub(super) fn new(id: u64, generation: u64) -> Self {
        ConnectionRecord { id, opened: Instant::now(), generation, doomed: false, info: Info::default() }
    }

    /// A number that no other connection of the pool has or had.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// How long the connection has been open.
    pub fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// What is kept along with the connection.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// The same, to be changed.
    pub fn info_mut(&mut self) -> &mut Info {
        &mut self.info
    }
}

/// Values that live as long as a connection, one of each type: what a listener or a program knows about the session on
/// the server. They survive the way through the pool. Mirrors SQLAlchemy's `Connection.info`.
#[derive(Default)]
pub struct Info(FxHashMap<TypeId, Box<dyn Any + Send>>);

impl Info {
    /// Keeps a value, and returns the one of this type that was there.
    pub fn insert<T: Any + Send>(&mut self, value: T) -> Option<T> {
        let old = self.0.insert(TypeId::of::<T>(), Box::new(value))?;
        old.downcast().ok().map(|old| *old)
    }

    /// The value of this type.
    pub fn get<T: Any + Send>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }

    /// The value of this type, to be changed.
    pub fn get_mut<T: Any + Send>(&mut self) -> Option<&mut T> {
        self.0.get_mut(&TypeId::of::<T>())?.downcast_mut()
    }

    /// Takes the value of this type out.
    pub fn remove<T: Any + Send>(&mut self) -> Option<T> {
        self.0.remove(&TypeId::of::<T>())?.downcast().ok().map(|value| *value)
    }
}

impl fmt::Debug for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Info({} values)", self.0.len())
    }
}
