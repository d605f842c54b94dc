//! `One<T>`: the field of a relation to one object.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::held::{Held, Single, duplicate, equal};
use super::{LoadState, NotLoaded, RelationField, RelationKind};
use crate::handle::{Handle, RawHandle};
use crate::model::{Model, Objects};

/// A relation to one object: `One<User>`, or `One<Option<User>>` where there may be none.
///
/// Like [`Many`](crate::Many), it holds the object by value or by handle, and knows whether it was loaded.
pub struct One<T> {
    state: LoadState,
    handle: Option<RawHandle>,
    /// A `Single` of the model.
    value: Option<Box<dyn Held>>,
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
        One { state: LoadState::New, handle: None, value: None, marker: PhantomData }
    }

    /// No object, said outright: beats a foreign key that was set by hand.
    pub const fn none() -> Self {
        One { state: LoadState::Loaded, handle: None, value: None, marker: PhantomData }
    }

    /// The content is not known.
    pub const fn unloaded() -> Self {
        One { state: LoadState::Unloaded, handle: None, value: None, marker: PhantomData }
    }

    /// Whether the content is known: loaded, or made by the program.
    pub fn is_loaded(&self) -> bool {
        self.state != LoadState::Unloaded || self.handle.is_some() || self.value.is_some()
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
        self.handle.map(Handle::new)
    }

    fn value(&self) -> Option<&T::Model> {
        let single = self.value.as_deref().and_then(|value| (value as &dyn Any).downcast_ref());
        single.map(|Single(value)| value)
    }
}

impl<T: OneTarget> RelationField for One<T> {
    fn kind(&self) -> RelationKind {
        RelationKind::One { nullable: T::NULLABLE }
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
        let Some(into) = into.as_any_mut().downcast_mut::<Vec<Option<T::Model>>>() else { return 0 };
        let value = self.value.take().map(|value| value as Box<dyn Any>);
        match value.and_then(|value| value.downcast::<Single<T::Model>>().ok()) {
            Some(single) => {
                into.push(Some(single.0));
                1
            }
            None => 0,
        }
    }

    fn fill(&mut self, from: &mut dyn Objects, places: &[usize]) {
        self.state = LoadState::Loaded;
        self.handle = None;
        self.value = None;
        if let (Some(place), Some(from)) =
            (places.first(), from.as_any_mut().downcast_mut::<Vec<Option<T::Model>>>())
        {
            let taken = from.get_mut(*place).and_then(Option::take);
            self.value = taken.map(|value| Box::new(Single(value)) as Box<dyn Held>);
        }
    }
}

impl<T> Default for One<T> {
    fn default() -> Self {
        One::new()
    }
}

impl<M: Model> From<M> for One<M> {
    fn from(value: M) -> Self {
        One { value: Some(Box::new(Single(value))), ..One::new() }
    }
}

impl<M: Model> From<M> for One<Option<M>> {
    fn from(value: M) -> Self {
        One { value: Some(Box::new(Single(value))), ..One::new() }
    }
}

impl<M: Model> From<Handle<M>> for One<M> {
    fn from(handle: Handle<M>) -> Self {
        One { handle: Some(handle.raw), ..One::new() }
    }
}

impl<M: Model> From<Handle<M>> for One<Option<M>> {
    fn from(handle: Handle<M>) -> Self {
        One { handle: Some(handle.raw), ..One::new() }
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
        One {
            state: self.state,
            handle: self.handle,
            value: duplicate(self.value.as_deref()),
            marker: PhantomData,
        }
    }
}

impl<T: OneTarget> PartialEq for One<T>
where
    T::Model: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.is_loaded() == other.is_loaded()
            && self.handle == other.handle
            && equal(self.value.as_deref(), other.value.as_deref())
    }
}

impl<T: OneTarget> fmt::Debug for One<T>
where
    T::Model: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.handle(), self.value.as_deref()) {
            (Some(handle), _) => handle.fmt(f),
            (None, Some(value)) => value.print(0, f),
            (None, None) if self.is_loaded() => f.write_str("None"),
            (None, None) => f.write_str("<not loaded>"),
        }
    }
}
