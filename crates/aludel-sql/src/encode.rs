//! From Rust values to a statement's parameters: rows that are lent to a driver one value at a time.

use crate::types::{Auto, Field, SqlType};
use crate::value::{Value, ValueRef};

/// Rows of parameters for one statement that is run many times (an `executemany`).
///
/// A driver walks the rows and asks for each value as it binds it, so nothing is copied on the way.
pub trait ParameterRows: Send + Sync {
    /// How many rows there are.
    fn rows(&self) -> usize;

    /// How many parameters each row has.
    fn width(&self) -> usize;

    /// The value of one parameter of one row.
    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_>;
}

/// A value that is bound to a parameter of the user's own SQL: any column type, an `Option` of one, or `&str`.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be bound to a parameter")]
pub trait IntoValue {
    /// The value.
    fn into_value(self) -> Value;
}

impl<T: Field> IntoValue for T {
    fn into_value(self) -> Value {
        self.to_value().map_or(Value::Null, ValueRef::to_owned)
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

/// The key of a row: a value, or a tuple of values for a key of several columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    note = "a key is a value or a tuple of values"
)]
pub trait IntoKey {
    /// The values in the key's order.
    fn into_key(self) -> Vec<Value>;
}

impl<T: SqlType> IntoKey for T {
    fn into_key(self) -> Vec<Value> {
        vec![SqlType::to_value(&self).to_owned()]
    }
}

impl IntoKey for &str {
    fn into_key(self) -> Vec<Value> {
        vec![Value::Text(self.to_owned())]
    }
}

/// An unset value is a key that no row has.
impl<T: Field> IntoKey for Auto<T> {
    fn into_key(self) -> Vec<Value> {
        vec![self.to_value().map_or(Value::Null, ValueRef::to_owned)]
    }
}

macro_rules! keys {
    ($(($($name:ident $index:tt),+))+) => {$(
        impl<$($name: IntoKey),+> IntoKey for ($($name,)+) {
            fn into_key(self) -> Vec<Value> {
                let mut key = Vec::new();
                $(key.extend(self.$index.into_key());)+
                key
            }
        }
    )+};
}

keys! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
}
