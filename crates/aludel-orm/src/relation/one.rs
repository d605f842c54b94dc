//! `One<T>`: the field of a relation to one object.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::held::{Single, short_name};
use super::one_field::OneField;
use super::{LoadState, NotLoaded, RelationField};
use crate::handle::{Handle, RawHandle};
use crate::model::Model;

/// A relation to one object: `One<User>`, or `One<Option<User>>` where there may be none.
///
/// Like [`Many`](crate::Many), it holds the object by value or by handle, and knows whether it was loaded.
pub struct One<T> {
    field: OneField,
    marker: PhantomData<fn() -> T>,
}

/// What stands between the brackets of a [`One`]: a model, or an `Option` of one.
pub trait OneTarget {
    /// The model.
    type Model: Model;
    /// Whether there may be no object.
    const NULLABLE: bool;
}

impl<M: Model> OneTarget for M {
    type Model = M;
    const NULLABLE: bool = false;
}

impl<M: Model> OneTarget for Option<M> {
    type Model = M;
    const NULLABLE: bool = true;
}

impl<T> One<T> {
    /// Nothing. Assigned to a loaded object, it takes away what was there.
    pub const fn new() -> Self {
        One { field: OneField::new(LoadState::New), marker: PhantomData }
    }

    /// No object, said outright: beats a foreign key that was set by hand.
    pub const fn none() -> Self {
        One { field: OneField::new(LoadState::Loaded), marker: PhantomData }
    }

    /// The content is not known.
    pub const fn unloaded() -> Self {
        One { field: OneField::new(LoadState::Unloaded), marker: PhantomData }
    }

    /// Whether the content is known: loaded, or made by the program.
    pub fn is_loaded(&self) -> bool {
        self.field.is_loaded()
    }

    /// The field without its type: what the session and the loaders work on. The derive calls it.
    pub fn field(&self) -> &dyn RelationField {
        &self.field
    }

    /// The same, to change.
    pub fn field_mut(&mut self) -> &mut dyn RelationField {
        &mut self.field
    }

    fn of_value(value: impl Model) -> Self {
        let mut one = One::new();
        one.field.value = Some(Box::new(Single(Some(value))));
        one
    }

    fn of_handle(handle: RawHandle) -> Self {
        let mut one = One::new();
        one.field.handle = Some(handle);
        one
    }
}

impl<T: OneTarget> One<T> {
    /// The related object, where the field holds it by value.
    ///
    /// # Errors
    /// Where it was never loaded.
    pub fn loaded(&self) -> Result<Option<&T::Model>, NotLoaded> {
        if self.is_loaded() {
            Ok(self.value())
        } else {
            Err(NotLoaded { model: T::Model::definition().name })
        }
    }

    /// The related object, where the field holds it by value.
    ///
    /// # Panics
    /// Where it was never loaded; [`loaded`](Self::loaded) does not.
    #[track_caller]
    pub fn get(&self) -> Option<&T::Model> {
        match self.loaded() {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }

    /// The handle of the related object of the session.
    pub fn handle(&self) -> Option<Handle<T::Model>> {
        self.field.handle.map(Handle::new)
    }

    fn value(&self) -> Option<&T::Model> {
        let single: Option<&Single<T::Model>> =
            self.field.value.as_deref().and_then(|value| (value as &dyn Any).downcast_ref());
        single.and_then(|single| single.0.as_ref())
    }
}

impl<T> Default for One<T> {
    fn default() -> Self {
        One::new()
    }
}

impl<M: Model> From<M> for One<M> {
    fn from(value: M) -> Self {
        One::of_value(value)
    }
}

impl<M: Model> From<M> for One<Option<M>> {
    fn from(value: M) -> Self {
        One::of_value(value)
    }
}

impl<M: Model> From<Handle<M>> for One<M> {
    fn from(handle: Handle<M>) -> Self {
        One::of_handle(handle.raw)
    }
}

impl<M: Model> From<Handle<M>> for One<Option<M>> {
    fn from(handle: Handle<M>) -> Self {
        One::of_handle(handle.raw)
    }
}

impl<M: Model> From<Option<Handle<M>>> for One<Option<M>> {
    fn from(handle: Option<Handle<M>>) -> Self {
        handle.map_or_else(One::none, One::from)
    }
}

impl<T: OneTarget> Clone for One<T>
where
    T::Model: Clone,
{
    fn clone(&self) -> Self {
        One { field: self.field.duplicate(), marker: PhantomData }
    }
}

impl<T: OneTarget> PartialEq for One<T>
where
    T::Model: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.field.equals(&other.field)
    }
}

impl<T: OneTarget> fmt::Debug for One<T>
where
    T::Model: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.field.print(short_name::<T::Model>(), f)
    }
}
