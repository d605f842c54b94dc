//! What a model's struct can do beside being a model: be cloned, compared and printed.
//!
//! A relation holds its objects without their type, and finds these abilities through them. Were they found through the
//! relation's type instead, the code of `Clone` of one model would lead the compiler to that of the next, along the
//! whole graph of models, until it gives up.

use std::fmt;
use std::marker::PhantomData;

/// What a model's struct can do.
pub struct Abilities<M> {
    /// `Clone::clone`
    pub clone: Option<fn(&M) -> M>,
    /// `PartialEq::eq`
    pub eq: Option<fn(&M, &M) -> bool>,
    /// `Debug::fmt`
    pub debug: Option<fn(&M, &mut fmt::Formatter<'_>) -> fmt::Result>,
}

impl<M> Abilities<M> {
    /// None of it, which is what a hand-written model starts from.
    pub const NONE: Self = Abilities { clone: None, eq: None, debug: None };
}

/// Asks what a type can do: `Probe::<User>::CLONE` is the constant below where `User: Clone`, and that of [`Lacking`]
/// otherwise.
#[derive(Debug)]
pub struct Probe<M>(PhantomData<M>);

impl<M: Clone> Probe<M> {
    /// The type can be cloned.
    pub const CLONE: Option<fn(&M) -> M> = Some(M::clone);
}

impl<M: PartialEq> Probe<M> {
    /// The type can be compared.
    pub const EQ: Option<fn(&M, &M) -> bool> = Some(M::eq);
}

impl<M: fmt::Debug> Probe<M> {
    /// The type can be printed.
    pub const DEBUG: Option<fn(&M, &mut fmt::Formatter<'_>) -> fmt::Result> = Some(M::fmt);
}

/// The answers of a [`Probe`] of a type that lacks an ability.
pub trait Lacking<M> {
    /// The type can't be cloned.
    const CLONE: Option<fn(&M) -> M> = None;
    /// The type can't be compared.
    const EQ: Option<fn(&M, &M) -> bool> = None;
    /// The type can't be printed.
    const DEBUG: Option<fn(&M, &mut fmt::Formatter<'_>) -> fmt::Result> = None;
}

impl<M> Lacking<M> for Probe<M> {}

impl<M> fmt::Debug for Abilities<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Abilities {{ clone: {}, eq: {}, debug: {} }}",
            self.clone.is_some(),
            self.eq.is_some(),
            self.debug.is_some()
        )
    }
}
