//! Objects that a relation holds by value, without their type.

use std::any::Any;
use std::fmt;

use crate::model::{Model, Objects};

/// What a relation holds by value: a `Vec<T>` or a `Single<T>`.
///
/// Cloning, comparing and printing go through here and never through the relation's type: see
/// [`Abilities`](crate::model::Abilities).
pub trait Held: Any + Send + Sync {
    /// How many objects there are.
    fn count(&self) -> usize;

    /// Moves the objects behind those of a list of the same model and returns how many there were. Where the list is
    /// another model's, they stay.
    fn move_into(&mut self, into: &mut dyn Objects) -> usize;

    /// A copy.
    ///
    /// # Panics
    /// Where a hand-written model does not say in its `ABILITIES` how it is cloned.
    fn duplicate(&self) -> Box<dyn Held>;

    /// Whether the other holds the same.
    ///
    /// # Panics
    /// Where a hand-written model does not say in its `ABILITIES` how it is compared.
    fn equals(&self, other: &dyn Held) -> bool;

    /// Prints one of the objects, or the struct's name where it can't be printed.
    ///
    /// # Errors
    /// Where the formatter refuses.
    fn print(&self, index: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// One object, or none once it was moved out.
pub(crate) struct Single<T>(pub(crate) Option<T>);

// Plain loops in here: an iterator's adapters would be compiled anew for each model.

impl<T: Model> Held for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn move_into(&mut self, into: &mut dyn Objects) -> usize {
        let Some(into) = into.as_any_mut().downcast_mut::<Vec<Option<T>>>() else { return 0 };
        let values = std::mem::take(self);
        let count = values.len();
        into.reserve(count);
        for value in values {
            into.push(Some(value));
        }
        count
    }

    fn duplicate(&self) -> Box<dyn Held> {
        let Some(clone) = T::ABILITIES.clone else { lacking("cloned", short_name::<T>()) };
        let mut copy = Vec::with_capacity(self.len());
        for value in self {
            copy.push(clone(value));
        }
        Box::new(copy)
    }

    fn equals(&self, other: &dyn Held) -> bool {
        let Some(eq) = T::ABILITIES.eq else { lacking("compared", short_name::<T>()) };
        let Some(other) = (other as &dyn Any).downcast_ref::<Self>() else { return false };
        if self.len() != other.len() {
            return false;
        }
        let mut others = other.iter();
        for value in self {
            if others.next().is_none_or(|other| !eq(value, other)) {
                return false;
            }
        }
        true
    }

    fn print(&self, index: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self.get(index), f)
    }
}

impl<T: Model> Held for Single<T> {
    fn count(&self) -> usize {
        self.0.is_some().into()
    }

    fn move_into(&mut self, into: &mut dyn Objects) -> usize {
        let Some(into) = into.as_any_mut().downcast_mut::<Vec<Option<T>>>() else { return 0 };
        let value = self.0.take();
        let count = usize::from(value.is_some());
        into.push(value);
        count
    }

    fn duplicate(&self) -> Box<dyn Held> {
        let Some(clone) = T::ABILITIES.clone else { lacking("cloned", short_name::<T>()) };
        Box::new(Single(self.0.as_ref().map(clone)))
    }

    fn equals(&self, other: &dyn Held) -> bool {
        let Some(eq) = T::ABILITIES.eq else { lacking("compared", short_name::<T>()) };
        match ((other as &dyn Any).downcast_ref::<Self>(), &self.0) {
            (Some(Single(Some(other))), Some(value)) => eq(value, other),
            (Some(Single(None)), None) => true,
            _ => false,
        }
    }

    fn print(&self, _: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self.0.as_ref(), f)
    }
}

fn print<T: Model>(value: Option<&T>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (value, T::ABILITIES.debug) {
        (Some(value), Some(debug)) => debug(value, f),
        _ => f.write_str(short_name::<T>()),
    }
}

/// The struct's name, without asking the model's description: that would lead to its relations' models.
pub(super) fn short_name<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    name.rsplit("::").next().unwrap_or(name)
}

#[cold]
fn lacking(verb: &str, model: &str) -> ! {
    panic!("the model `{model}` does not say in `Model::ABILITIES` how it is {verb}")
}

/// One of the objects that a relation holds, for `Debug`.
pub(super) struct Printed<'h>(pub(super) &'h dyn Held, pub(super) usize);

impl fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(self.1, f)
    }
}

/// A copy of what a relation holds.
pub(super) fn duplicate(held: Option<&dyn Held>) -> Option<Box<dyn Held>> {
    held.map(Held::duplicate)
}

/// Whether two relations hold the same.
pub(super) fn equal(left: Option<&dyn Held>, right: Option<&dyn Held>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.equals(right),
        (None, None) => true,
        _ => false,
    }
}
