//! What the session and the loaders see of a relation's field, whatever its type.

use std::fmt;

use crate::handle::RawHandle;
use crate::model::Objects;

/// What is known of a relation's content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadState {
    /// Made by the program: what it holds is all there is.
    #[default]
    New,
    /// Read from the database without its content. What it holds was added since.
    Unloaded,
    /// Loaded: what it holds is all there is.
    Loaded,
}

/// A relation's field without its type.
///
/// What stands behind it does not know the model at the other end ([`RelationDef::target`](super::RelationDef) does): the
/// compiler would follow, and walk the whole graph of models in one go.
pub trait RelationField: Send + Sync {
    /// Whether it holds any number of objects.
    fn is_many(&self) -> bool;

    /// What is known of the content.
    fn state(&self) -> LoadState;

    /// Says what is known of the content.
    fn set_state(&mut self, state: LoadState);

    /// The related objects that live in a session, in order.
    fn handles(&self) -> &[RawHandle];

    /// Replaces them.
    fn set_handles(&mut self, handles: Vec<RawHandle>);

    /// Adds an object of the session; a to-one holds it instead of what it held.
    fn put_handle(&mut self, handle: RawHandle);

    /// Takes an object of the session out; whether it was there.
    fn take_handle(&mut self, handle: RawHandle) -> bool;

    /// Whether the field holds objects by value.
    fn has_values(&self) -> bool;

    /// Moves the objects that the field holds by value out of it, behind those of `into`, which is a list of the
    /// target's objects.
    fn take_values(&mut self, into: &mut dyn Objects) -> usize;

    /// Fills the field with objects by value, taken out of their places in `from`, and marks it loaded.
    fn fill(&mut self, from: &mut dyn Objects, places: &[usize]);
}

/// A relation that was asked for its content before it was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotLoaded {
    pub(crate) model: &'static str,
}

impl fmt::Display for NotLoaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a relation to `{}` was read but never loaded: load it with the query (`.with(….selectin())`) or with \
             `session.load(…)`",
            self.model
        )
    }
}

impl std::error::Error for NotLoaded {}
