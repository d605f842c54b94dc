//! What is inside a [`One`](super::One), whatever its model: compiled once, not once per relation.

use std::fmt;

use super::held::{Held, duplicate, equal};
use super::{LoadState, RelationField};
use crate::handle::{PrintedHandle, RawHandle};
use crate::model::Objects;

/// The content of a relation to one object.
pub(super) struct OneField {
    pub(super) state: LoadState,
    pub(super) handle: Option<RawHandle>,
    /// A `Single` of the model.
    pub(super) value: Option<Box<dyn Held>>,
}

impl OneField {
    pub(super) const fn new(state: LoadState) -> Self {
        OneField { state, handle: None, value: None }
    }

    /// Whether the content is known.
    pub(super) fn is_loaded(&self) -> bool {
        self.state != LoadState::Unloaded || self.handle.is_some() || self.value.is_some()
    }

    /// A copy.
    pub(super) fn duplicate(&self) -> Self {
        OneField { state: self.state, handle: self.handle, value: duplicate(self.value.as_deref()) }
    }

    /// Whether both hold the same.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.is_loaded() == other.is_loaded()
            && self.handle == other.handle
            && equal(self.value.as_deref(), other.value.as_deref())
    }

    /// Prints the content; `model` is the struct's name.
    pub(super) fn print(&self, model: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.handle, self.value.as_deref()) {
            (Some(handle), _) => fmt::Debug::fmt(&PrintedHandle(handle, model), f),
            (None, Some(value)) => value.print(0, f),
            (None, None) if self.is_loaded() => f.write_str("None"),
            (None, None) => f.write_str("<not loaded>"),
        }
    }
}

impl RelationField for OneField {
    fn is_many(&self) -> bool {
        false
    }

    fn state(&self) -> LoadState {
        self.state
    }

    fn set_state(&mut self, state: LoadState) {
        self.state = state;
    }

    fn handles(&self) -> &[RawHandle] {
        self.handle.as_slice()
    }

    fn set_handles(&mut self, handles: Vec<RawHandle>) {
        self.handle = handles.last().copied();
    }

    fn put_handle(&mut self, handle: RawHandle) {
        self.handle = Some(handle);
    }

    fn take_handle(&mut self, handle: RawHandle) -> bool {
        self.handle.take_if(|held| *held == handle).is_some()
    }

    fn has_values(&self) -> bool {
        self.value.is_some()
    }

    fn take_values(&mut self, into: &mut dyn Objects) -> usize {
        match self.value.take() {
            Some(mut value) => value.move_into(into),
            None => 0,
        }
    }

    fn fill(&mut self, from: &mut dyn Objects, places: &[usize]) {
        self.state = LoadState::Loaded;
        self.handle = None;
        self.value = places.first().and_then(|place| from.take_one(*place));
    }
}
