//! `Many<T>`: the field of a relation to any number of objects.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::held::short_name;
use super::many_field::ManyField;
use super::{LoadState, NotLoaded, RelationField};
use crate::handle::{Handle, RawHandle};
use crate::model::Model;

/// A relation to any number of objects. It holds them by value (in trees that a connection returned, and in objects
/// that are not in a session yet) or by handle (in a session).
///
/// *Not loaded* is told from *empty*: reading one that was never loaded is an error. Pushing onto it adds to whatever
/// is in the database; assigning a new `Many` replaces that.
///
/// What it holds is erased inside, so that a chain of models is no work for the compiler.
pub struct Many<T> {
    field: ManyField,
    marker: PhantomData<fn() -> T>,
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
        Many { field: ManyField::new(LoadState::New), marker: PhantomData }
    }

    /// The content is not known.
    pub const fn unloaded() -> Self {
        Many { field: ManyField::new(LoadState::Unloaded), marker: PhantomData }
    }

    /// Whether the content is known: loaded, or made by the program.
    pub fn is_loaded(&self) -> bool {
        self.field.state != LoadState::Unloaded
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
        self.field.take_handle(handle.raw)
    }

    fn raw_handles(&self) -> &[RawHandle] {
        self.field.handles()
    }

    /// The field without its type: what the session and the loaders work on. The derive calls it.
    pub fn field(&self) -> &dyn RelationField {
        &self.field
    }

    /// The same, to change.
    pub fn field_mut(&mut self) -> &mut dyn RelationField {
        &mut self.field
    }
}

impl<T: Model> Many<T> {
    /// Adds an object: a new one by value, or one of the session by handle.
    pub fn push(&mut self, member: impl Into<Member<T>>) {
        match member.into() {
            Member::Value(value) => self.values_mut().push(value),
            Member::Handle(handle) => self.field.put_handle(handle.raw),
        }
    }

    /// How many objects it holds; of one that is not loaded, how many were added.
    pub fn len(&self) -> usize {
        self.field.count()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes everything out. Of one that is not loaded, only what was added.
    pub fn clear(&mut self) {
        self.field.clear();
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
        self.field
            .take_held()
            .and_then(|values| (values as Box<dyn Any>).downcast::<Vec<T>>().ok())
            .map(|values| *values)
            .unwrap_or_default()
    }

    fn values(&self) -> &[T] {
        let values = self.field.held().and_then(|values| (values as &dyn Any).downcast_ref::<Vec<T>>());
        values.map_or(&[], Vec::as_slice)
    }

    fn values_mut(&mut self) -> &mut Vec<T> {
        let values = self.field.values_mut().get_or_insert_with(|| Box::new(Vec::<T>::new()));
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
        let mut many = Many::new();
        many.field.set_handles(handles.into_iter().map(|handle| handle.raw).collect());
        many
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
        Many { field: self.field.duplicate(), marker: PhantomData }
    }
}

impl<T: Model + PartialEq> PartialEq for Many<T> {
    fn eq(&self, other: &Self) -> bool {
        self.field.equals(&other.field)
    }
}

impl<T: Model + fmt::Debug> fmt::Debug for Many<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.field.print(short_name::<T>(), f)
    }
}
