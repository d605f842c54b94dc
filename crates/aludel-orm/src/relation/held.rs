//! Objects that a relation holds by value, without their type.

use std::any::Any;
use std::fmt;

use crate::model::Model;

/// What a relation holds by value: a `Vec<T>` or a [`Single<T>`].
///
/// Cloning, comparing and printing go through here and never through the relation's type: see
/// [`Abilities`](crate::model::Abilities).
pub(super) trait Held: Any + Send + Sync {
    /// The struct's name.
    fn name(&self) -> &'static str;

    /// A copy; `None` where the model can't be cloned.
    fn duplicate(&self) -> Option<Box<dyn Held>>;

    /// Whether the other holds the same; `None` where the model can't be compared.
    fn equals(&self, other: &dyn Held) -> Option<bool>;

    /// Prints one of the objects, or the struct's name where it can't be printed.
    ///
    /// # Errors
    /// Where the formatter refuses.
    fn print(&self, index: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// One object.
pub(super) struct Single<T>(pub(super) T);

impl<T: Model> Held for Vec<T> {
    fn name(&self) -> &'static str {
        short_name::<T>()
    }

    fn duplicate(&self) -> Option<Box<dyn Held>> {
        let clone = T::ABILITIES.clone?;
        Some(Box::new(self.iter().map(clone).collect::<Vec<T>>()))
    }

    fn equals(&self, other: &dyn Held) -> Option<bool> {
        let eq = T::ABILITIES.eq?;
        let Some(other) = (other as &dyn Any).downcast_ref::<Self>() else { return Some(false) };
        Some(self.len() == other.len() && self.iter().zip(other).all(|(left, right)| eq(left, right)))
    }

    fn print(&self, index: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self.get(index), f)
    }
}

impl<T: Model> Held for Single<T> {
    fn name(&self) -> &'static str {
        short_name::<T>()
    }

    fn duplicate(&self) -> Option<Box<dyn Held>> {
        let clone = T::ABILITIES.clone?;
        Some(Box::new(Single(clone(&self.0))))
    }

    fn equals(&self, other: &dyn Held) -> Option<bool> {
        let eq = T::ABILITIES.eq?;
        Some((other as &dyn Any).downcast_ref::<Self>().is_some_and(|other| eq(&self.0, &other.0)))
    }

    fn print(&self, _: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(Some(&self.0), f)
    }
}

fn print<T: Model>(value: Option<&T>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (value, T::ABILITIES.debug) {
        (Some(value), Some(debug)) => debug(value, f),
        _ => f.write_str(short_name::<T>()),
    }
}

/// The struct's name, without asking the model's description: that would lead to its relations' models.
fn short_name<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    name.rsplit("::").next().unwrap_or(name)
}

/// One of the objects that a relation holds, for `Debug`.
pub(super) struct Printed<'h>(pub(super) &'h dyn Held, pub(super) usize);

impl fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(self.1, f)
    }
}

/// A copy of what a relation holds.
///
/// # Panics
/// Where a hand-written model is `Clone` and does not say so in its `ABILITIES`.
pub(super) fn duplicate(held: Option<&dyn Held>) -> Option<Box<dyn Held>> {
    held.map(|held| match held.duplicate() {
        Some(copy) => copy,
        None => panic!("the model `{}` does not say in `Model::ABILITIES` how it is cloned", held.name()),
    })
}

/// Whether two relations hold the same.
///
/// # Panics
/// Where a hand-written model is `PartialEq` and does not say so in its `ABILITIES`.
pub(super) fn equal(left: Option<&dyn Held>, right: Option<&dyn Held>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.equals(right).unwrap_or_else(|| {
            panic!("the model `{}` does not say in `Model::ABILITIES` how it is compared", left.name())
        }),
        (None, None) => true,
        _ => false,
    }
}
