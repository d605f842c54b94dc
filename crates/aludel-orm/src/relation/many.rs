//! `Many<T>`: the field of a relation to any number of objects.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::held::{Held, Printed, duplicate, equal};
use super::{LoadState, NotLoaded, RelationField, RelationKind};
use crate::handle::{Handle, RawHandle};
use crate::model::{Model, Objects};

/// A relation to any number of objects. It holds them by value (in trees that a connection returned, and in objects
/// that are not in a session yet) or by handle (in a session).
///
/// *Not loaded* is told from *empty*: reading one that was never loaded is an error. Pushing onto it adds to whatever
/// is in the database; assigning a new `Many` replaces that.
///
/// What it holds is erased inside, so that a chain of models is no work for the compiler.
pub struct Many<T> {
    state: LoadState,
    content: Option<Box<Content>>,
    marker: PhantomData<fn() -> T>,
}

#[derive(Default)]
struct Content {
    handles: Vec<RawHandle>,
    /// A `Vec<T>`.
    values: Option<Box<dyn Held>>,
}

/// An object that is put into a relation: a new one by value, or one of the session by handle.
pub enum Member<T> {
    /// A new object.
    Value(T),
    /// An object of the session.
    Handle(Handle<T>),
}

impl<T: Model> From<T> for Member<T> {
    fn from(value: T) -> Self {
        Member::Value(value)
    }
}

impl<T> From<Handle<T>> for Member<T> {
    fn from(handle: Handle<T>) -> Self {
        Member::Handle(handle)
    }
}

impl<T> Many<T> {
    /// Nothing. Assigned to a loaded object, it takes away what was there.
    pub const fn new() -> Self {
        Many { state: LoadState::New, content: None, marker: PhantomData }
    }

    /// The content is not known.
    pub const fn unloaded() -> Self {
        Many { state: LoadState::Unloaded, content: None, marker: PhantomData }
    }

    /// Whether the content is known: loaded, or made by the program.
    pub fn is_loaded(&self) -> bool {
        self.state != LoadState::Unloaded
    }

    /// The handles of the related objects of the session, in order.
    pub fn handles(&self) -> impl ExactSizeIterator<Item = Handle<T>> + '_ {
        self.raw_handles().iter().map(|raw| Handle::new(*raw))
    }

    /// Whether an object of the session is among them.
    pub fn contains(&self, handle: Handle<T>) -> bool {
        self.raw_handles().contains(&handle.raw)
    }

    /// Takes an object of the session out; whether it was there.
    pub fn remove(&mut self, handle: Handle<T>) -> bool {
        let Some(content) = &mut self.content else { return false };
        let before = content.handles.len();
        content.handles.retain(|raw| *raw != handle.raw);
        content.handles.len() != before
    }

    fn raw_handles(&self) -> &[RawHandle] {
        self.content.as_ref().map_or(&[], |content| &content.handles)
    }
}

impl<T: Model> Many<T> {
    /// Adds an object: a new one by value, or one of the session by handle.
    pub fn push(&mut self, member: impl Into<Member<T>>) {
        match member.into() {
            Member::Value(value) => self.values_mut().push(value),
            Member::Handle(handle) => self.content_mut().handles.push(handle.raw),
        }
    }

    /// How many objects it holds; of one that is not loaded, how many were added.
    pub fn len(&self) -> usize {
        self.raw_handles().len() + self.values().len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes everything out. Of one that is not loaded, only what was added.
    pub fn clear(&mut self) {
        self.content = None;
    }

    /// The objects that it holds by value.
    ///
    /// # Errors
    /// Where it was never loaded.
    pub fn loaded(&self) -> Result<&[T], NotLoaded> {
        if self.is_loaded() { Ok(self.values()) } else { Err(NotLoaded { model: T::definition().name }) }
    }

    /// The objects that it holds by value, one after another. Those of a session are reached through
    /// [`Session::related`](crate::Session::related).
    ///
    /// # Panics
    /// Where it was never loaded; [`loaded`](Self::loaded) does not.
    #[track_caller]
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        match self.loaded() {
            Ok(values) => values.iter(),
            Err(error) => panic!("{error}"),
        }
    }

    /// The objects that it holds by value, moved out.
    pub fn into_values(mut self) -> Vec<T> {
        self.content
            .as_mut()
            .and_then(|content| content.values.take())
            .and_then(|values| (values as Box<dyn Any>).downcast::<Vec<T>>().ok())
            .map(|values| *values)
            .unwrap_or_default()
    }

    fn values(&self) -> &[T] {
        let values = self.content.as_ref().and_then(|content| content.values.as_ref());
        values.and_then(|values| (&**values as &dyn Any).downcast_ref::<Vec<T>>()).map_or(&[], Vec::as_slice)
    }

    fn held(&self) -> Option<&dyn Held> {
        let values = self.content.as_ref().and_then(|content| content.values.as_deref());
        values.filter(|_| !self.values().is_empty())
    }

    fn content_mut(&mut self) -> &mut Content {
        self.content.get_or_insert_default()
    }

    fn values_mut(&mut self) -> &mut Vec<T> {
        let values = self.content_mut().values.get_or_insert_with(|| Box::new(Vec::<T>::new()));
        if !(&**values as &dyn Any).is::<Vec<T>>() {
            *values = Box::new(Vec::<T>::new());
        }
        match (&mut **values as &mut dyn Any).downcast_mut::<Vec<T>>() {
            Some(values) => values,
            // What is stored was made a `Vec<T>` just above.
            None => unreachable!("a relation holds values of another model"),
        }
    }
}

impl<T: Model> RelationField for Many<T> {
    fn kind(&self) -> RelationKind {
        RelationKind::Many
    }

    fn state(&self) -> LoadState {
        self.state
    }

    fn set_state(&mut self, state: LoadState) {
        self.state = state;
    }

    fn handles(&self) -> &[RawHandle] {
        self.raw_handles()
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
        self.remove(Handle::new(handle))
    }

    fn has_values(&self) -> bool {
        !self.values().is_empty()
    }

    fn take_values(&mut self, into: &mut dyn Objects) -> usize {
        if !self.has_values() {
            return 0;
        }
        let Some(into) = into.as_any_mut().downcast_mut::<Vec<Option<T>>>() else { return 0 };
        let values = std::mem::take(self.values_mut());
        self.content_mut().values = None;
        let count = values.len();
        into.extend(values.into_iter().map(Some));
        count
    }

    fn fill(&mut self, from: &mut dyn Objects, places: &[usize]) {
        self.state = LoadState::Loaded;
        self.content = None;
        if places.is_empty() {
            return;
        }
        if let Some(from) = from.as_any_mut().downcast_mut::<Vec<Option<T>>>() {
            let taken = places.iter().filter_map(|place| from.get_mut(*place).and_then(Option::take));
            let mut values = Vec::with_capacity(places.len());
            values.extend(taken);
            *self.values_mut() = values;
        }
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many::new()
    }
}

impl<T: Model> FromIterator<T> for Many<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut many = Many::new();
        let values: Vec<T> = values.into_iter().collect();
        if !values.is_empty() {
            *many.values_mut() = values;
        }
        many
    }
}

impl<T: Model> From<Vec<T>> for Many<T> {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Model, const N: usize> From<[T; N]> for Many<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<T> From<Vec<Handle<T>>> for Many<T> {
    fn from(handles: Vec<Handle<T>>) -> Self {
        let handles = handles.into_iter().map(|handle| handle.raw).collect();
        Many { content: Some(Box::new(Content { handles, values: None })), ..Many::new() }
    }
}

impl<'m, T: Model> IntoIterator for &'m Many<T> {
    type Item = &'m T;
    type IntoIter = std::slice::Iter<'m, T>;

    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Model + Clone> Clone for Many<T> {
    fn clone(&self) -> Self {
        let mut clone = Many { state: self.state, ..Many::new() };
        if !self.raw_handles().is_empty() {
            clone.content_mut().handles = self.raw_handles().to_vec();
        }
        if let Some(values) = duplicate(self.held()) {
            clone.content_mut().values = Some(values);
        }
        clone
    }
}

impl<T: Model + PartialEq> PartialEq for Many<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_loaded() == other.is_loaded()
            && self.raw_handles() == other.raw_handles()
            && equal(self.held(), other.held())
    }
}

impl<T: Model + fmt::Debug> fmt::Debug for Many<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.state == LoadState::Unloaded && self.is_empty() {
            return f.write_str("<not loaded>");
        }
        let mut list = f.debug_list();
        if self.state == LoadState::Unloaded {
            list.entry(&format_args!("<not loaded>"));
        }
        list.entries(self.handles());
        if let Some(held) = self.held() {
            list.entries((0..self.values().len()).map(|index| Printed(held, index)));
        }
        list.finish()
    }
}
