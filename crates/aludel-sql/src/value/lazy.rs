//! Values that are made when they are asked for.

use super::{Value, ValueRef};

/// Something that can make its database value: a JSON document that is still a tree, a decimal that is still a number,
/// a type that is stored as another.
///
/// It is lent to a driver as [`ValueRef::Lazy`], and the driver asks for the value as it binds it.
pub trait MakeValue: Send + Sync {
    /// Makes the value; [`Value::Failed`] where that is not possible.
    fn make_value(&self) -> Value;
}

/// A value that is not lazy any more.
#[derive(Clone, Debug)]
pub enum Resolved<'a> {
    /// It was there.
    Lent(ValueRef<'a>),
    /// It was made.
    Made(Value),
}

impl<'a> ValueRef<'a> {
    /// Makes the value where it is lazy.
    #[inline]
    pub fn resolve(self) -> Resolved<'a> {
        match self {
            ValueRef::Lazy(lazy) => Resolved::Made(lazy.make_value()),
            lent => Resolved::Lent(lent),
        }
    }
}

impl Resolved<'_> {
    /// Borrows the value, which is not [`ValueRef::Lazy`].
    #[inline]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Resolved::Lent(value) => *value,
            Resolved::Made(value) => value.as_ref(),
        }
    }
}
