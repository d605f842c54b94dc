//! What is inside a [`Many`](super::Many), whatever its model: compiled once, not once per relation.

use std::fmt;

use super::held::{Held, Printed, duplicate, equal};
use super::{LoadState, RelationField};
use crate::handle::{PrintedHandle, RawHandle};
use crate::model::Objects;

/// The content of a relation to any number of objects.
pub(super) struct ManyField {
    pub(super) state: LoadState,
    content: Option<Box<Content>>,
}

#[derive(Default)]
struct Content {
    handles: Vec<RawHandle>,
    /// A `Vec` of the model.
    values: Option<Box<dyn Held>>,
}

impl ManyField {
    pub(super) const fn new(state: LoadState) -> Self {
        ManyField { state, content: None }
    }

    /// What it holds by value, where that is anything.
    pub(super) fn held(&self) -> Option<&dyn Held> {
        let values = self.content.as_ref().and_then(|content| content.values.as_deref());
        values.filter(|values| values.count() > 0)
    }

    /// The place of what it holds by value.
    pub(super) fn values_mut(&mut self) -> &mut Option<Box<dyn Held>> {
        &mut self.content_mut().values
    }

    /// Takes out what it holds by value.
    pub(super) fn take_held(&mut self) -> Option<Box<dyn Held>> {
        self.content.as_mut().and_then(|content| content.values.take())
    }

    /// How many objects it holds.
    pub(super) fn count(&self) -> usize {
        self.handles().len() + self.held().map_or(0, Held::count)
    }

    pub(super) fn clear(&mut self) {
        self.content = None;
    }

    /// A copy.
    pub(super) fn duplicate(&self) -> Self {
        let mut copy = ManyField::new(self.state);
        if !self.handles().is_empty() {
            copy.content_mut().handles = self.handles().to_vec();
        }
        if let Some(values) = duplicate(self.held()) {
            copy.content_mut().values = Some(values);
        }
        copy
    }

    /// Whether both hold the same.
    pub(super) fn equals(&self, other: &Self) -> bool {
        (self.state == LoadState::Unloaded) == (other.state == LoadState::Unloaded)
            && self.handles() == other.handles()
            && equal(self.held(), other.held())
    }

    /// Prints the content; `model` is the struct's name.
    pub(super) fn print(&self, model: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unloaded = format_args!("<not loaded>");
        if self.state == LoadState::Unloaded && self.count() == 0 {
            return f.write_fmt(unloaded);
        }
        let mut list = f.debug_list();
        if self.state == LoadState::Unloaded {
            list.entry(&unloaded);
        }
        for handle in self.handles() {
            list.entry(&PrintedHandle(*handle, model));
        }
        if let Some(held) = self.held() {
            list.entries((0..held.count()).map(|index| Printed(held, index)));
        }
        list.finish()
    }

    fn content_mut(&mut self) -> &mut Content {
        self.content.get_or_insert_default()
    }
}

impl RelationField for ManyField {
    fn is_many(&self) -> bool {
        true
    }

    fn state(&self) -> LoadState {
        self.state
    }

    fn set_state(&mut self, state: LoadState) {
        self.state = state;
    }

    fn handles(&self) -> &[RawHandle] {
        self.content.as_ref().map_or(&[], |content| &content.handles)
    }

    fn set_handles(&mut self, handles: Vec<RawHandle>) {
        if !handles.is_empty() || self.content.is_some() {
            self.content_mut().handles = handles;
        }
    }

    fn put_handle(&mut self, handle: RawHandle) {
        self.content_mut().handles.push(handle);
    }

    fn take_handle(&mut self, handle: RawHandle) -> bool {
        let Some(content) = &mut self.content else { return false };
        let before = content.handles.len();
        content.handles.retain(|raw| *raw != handle);
        content.handles.len() != before
    }

    fn has_values(&self) -> bool {
        self.held().is_some()
    }

    fn take_values(&mut self, into: &mut dyn Objects) -> usize {
        let Some(content) = &mut self.content else { return 0 };
        let Some(values) = &mut content.values else { return 0 };
        let count = values.move_into(into);
        if values.count() == 0 {
            content.values = None;
        }
        count
    }

    fn fill(&mut self, from: &mut dyn Objects, places: &[usize]) {
        self.state = LoadState::Loaded;
        self.content = None;
        if !places.is_empty() {
            self.content_mut().values = Some(from.take_many(places));
        }
    }
}
