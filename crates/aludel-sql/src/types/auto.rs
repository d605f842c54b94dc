//! `Auto<T>`: a value that the flush fills in.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use super::{Field, SqlType, ValueError};
use crate::ast;
use crate::expression::{Expr, IntoExpr};
use crate::value::ValueRef;

/// A value that the database or the flush fills in: a generated key, a server default, a foreign key taken from a
/// relation.
///
/// It reads like a `T`: it derefs to one, prints as one and compares with one. [`is_set`](Self::is_set) tells whether
/// there is a value yet; [`get`](Self::get) gives it without a panic.
///
/// ```
/// use aludel_sql::types::Auto;
///
/// let mut id = Auto::<i64>::unset();
/// assert!(!id.is_set());
/// id = 7.into();
/// assert_eq!(id, 7);
/// assert_eq!(*id + 1, 8);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Auto<T>(Option<T>);

impl<T> Auto<T> {
    /// No value yet.
    pub const fn unset() -> Self {
        Auto(None)
    }

    /// A value.
    pub const fn new(value: T) -> Self {
        Auto(Some(value))
    }

    /// Whether there is a value.
    pub const fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// The value, where there is one.
    pub const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The value itself, where there is one.
    pub fn into_inner(self) -> Option<T> {
        self.0
    }

    /// Gives it a value.
    pub fn set(&mut self, value: T) {
        self.0 = Some(value);
    }

    /// Takes the value away, so that it is filled in again.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}

/// Unset.
impl<T> Default for Auto<T> {
    fn default() -> Self {
        Auto(None)
    }
}

impl<T> From<T> for Auto<T> {
    fn from(value: T) -> Self {
        Auto(Some(value))
    }
}

impl<T> Deref for Auto<T> {
    type Target = T;

    /// # Panics
    /// Where there is no value yet; [`Auto::get`] does not.
    #[track_caller]
    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => panic!(
                "an unset `Auto<{}>` was read: the database fills it in when the object is flushed (`session.flush()` \
                 or `commit()`); ask `is_set()` or use `get()` where it may not have been yet",
                std::any::type_name::<T>()
            ),
        }
    }
}

impl<T: PartialEq> PartialEq<T> for Auto<T> {
    fn eq(&self, other: &T) -> bool {
        self.0.as_ref() == Some(other)
    }
}

impl<T: PartialOrd> PartialOrd<T> for Auto<T> {
    fn partial_cmp(&self, other: &T) -> Option<Ordering> {
        self.0.as_ref().and_then(|value| value.partial_cmp(other))
    }
}

impl<T: fmt::Debug> fmt::Debug for Auto<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("unset"),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Auto<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("unset"),
        }
    }
}

impl<T: Field> Field for Auto<T> {
    type Value = T::Value;
    type Plain = T::Plain;
    const NULLABLE: bool = T::NULLABLE;
    const AUTO: bool = true;

    fn to_value(&self) -> Option<ValueRef<'_>> {
        self.0.as_ref().and_then(T::to_value)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        T::from_value(value).map(Auto::new)
    }
}

fn bind<F: Field, T>(auto: &Auto<F>) -> Expr<T> {
    Expr::from_ast(match auto.to_value() {
        Some(value) => ast::Expr::Bind(value.to_owned()),
        None => ast::Expr::Invalid(format!(
            "an unset `Auto<{}>` is used as a value: flush the object first",
            std::any::type_name::<F>()
        )),
    })
}

impl<T: SqlType> IntoExpr<T> for Auto<T> {
    fn into_expr(self) -> Expr<T> {
        bind(&self)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for Auto<T> {
    fn into_expr(self) -> Expr<Option<T>> {
        bind(&self)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for Auto<Option<T>> {
    fn into_expr(self) -> Expr<Option<T>> {
        bind(&self)
    }
}

impl<T: SqlType> IntoExpr<T> for &Auto<T> {
    fn into_expr(self) -> Expr<T> {
        bind(self)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for &Auto<T> {
    fn into_expr(self) -> Expr<Option<T>> {
        bind(self)
    }
}

/// A set value serialises as itself, an unset one as `null`.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Auto<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// `null` is unset; a field that is missing needs `#[serde(default)]`.
#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Auto<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Auto)
    }
}
