//! Handles: typed indexes into a session.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// Which object of which session is meant, without its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawHandle {
    pub(crate) session: u32,
    pub(crate) arena: u32,
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// A handle for `Debug`, with the name of its struct.
pub(crate) struct PrintedHandle<'m>(pub(crate) RawHandle, pub(crate) &'m str);

impl fmt::Debug for PrintedHandle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle<{}>({}v{})", self.1, self.0.index, self.0.generation)
    }
}

/// An object in a [`Session`](crate::Session): a typed index that knows its session and its generation, so that one
/// that is out of date or from elsewhere is noticed. `Copy`, and always `Send` and `Sync`.
pub struct Handle<T> {
    pub(crate) raw: RawHandle,
    marker: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    pub(crate) fn new(raw: RawHandle) -> Self {
        Handle { raw, marker: PhantomData }
    }

    /// The handle without its type.
    pub fn raw(self) -> RawHandle {
        self.raw
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<T> Eq for Handle<T> {}

impl<T> PartialOrd for Handle<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Handle<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.raw.cmp(&other.raw)
    }
}

impl<T> Hash for Handle<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = std::any::type_name::<T>();
        let name = name.rsplit("::").next().unwrap_or(name);
        PrintedHandle(self.raw, name).fmt(f)
    }
}
