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

/// A value in a row of parameters: any column type, an `Option` of one, text or bytes by reference, or a plain
/// [`Value`].
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be a value in a row of parameters")]
pub trait Parameter: Send + Sync {
    /// Lends the value. What is unset is `NULL`.
    fn parameter(&self) -> ValueRef<'_>;
}

impl<T: Field + Send + Sync> Parameter for T {
    fn parameter(&self) -> ValueRef<'_> {
        self.to_value().unwrap_or(ValueRef::Null)
    }
}

impl Parameter for &str {
    fn parameter(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }
}

impl Parameter for Option<&str> {
    fn parameter(&self) -> ValueRef<'_> {
        self.map_or(ValueRef::Null, ValueRef::Text)
    }
}

impl Parameter for &[u8] {
    fn parameter(&self) -> ValueRef<'_> {
        ValueRef::Bytes(self)
    }
}

impl Parameter for Value {
    fn parameter(&self) -> ValueRef<'_> {
        self.as_ref()
    }
}

/// One row of parameters: a tuple of values, or a list of values of one type ([`Value`] where they are of several).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of parameters",
    note = "use a tuple of values (`(1, \"a\")`; `(1,)` where there is one), an array, or a `Vec<Value>`"
)]
pub trait ParameterRow: Send + Sync {
    /// How many values it has.
    fn width(&self) -> usize;

    /// Lends the value at `index`; `NULL` where there is none.
    fn value(&self, index: usize) -> ValueRef<'_>;
}

impl<P: Parameter, const N: usize> ParameterRow for [P; N] {
    fn width(&self) -> usize {
        N
    }

    fn value(&self, index: usize) -> ValueRef<'_> {
        self.get(index).map_or(ValueRef::Null, Parameter::parameter)
    }
}

impl<P: Parameter> ParameterRow for Vec<P> {
    fn width(&self) -> usize {
        self.len()
    }

    fn value(&self, index: usize) -> ValueRef<'_> {
        self.get(index).map_or(ValueRef::Null, Parameter::parameter)
    }
}

impl<R: ParameterRow> ParameterRow for &R {
    fn width(&self) -> usize {
        (**self).width()
    }

    fn value(&self, index: usize) -> ValueRef<'_> {
        (**self).value(index)
    }
}

macro_rules! parameter_rows {
    ($(($count:literal $($name:ident $index:tt),+))+) => {$(
        impl<$($name: Parameter),+> ParameterRow for ($($name,)+) {
            fn width(&self) -> usize {
                $count
            }

            #[inline]
            fn value(&self, index: usize) -> ValueRef<'_> {
                match index {
                    $($index => self.$index.parameter(),)+
                    _ => ValueRef::Null,
                }
            }
        }
    )+};
}

parameter_rows! {
    (1 A 0)
    (2 A 0, B 1)
    (3 A 0, B 1, C 2)
    (4 A 0, B 1, C 2, D 3)
    (5 A 0, B 1, C 2, D 3, E 4)
    (6 A 0, B 1, C 2, D 3, E 4, F 5)
    (7 A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (8 A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (9 A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (10 A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (11 A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (12 A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}

/// Rows in memory, lent as they are.
impl<R: ParameterRow> ParameterRows for &[R] {
    fn rows(&self) -> usize {
        self.len()
    }

    fn width(&self) -> usize {
        self.first().map_or(0, ParameterRow::width)
    }

    #[inline]
    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        self.get(row).map_or(ValueRef::Null, |row| row.value(parameter))
    }
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
