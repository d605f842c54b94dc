//! `Vec<T>` as an array: PostgreSQL's own, a JSON document elsewhere.

use super::{Auto, Field, SqlType, Type, ValueError};
use crate::json_array;
use crate::value::{MakeValue, Value, ValueRef};

/// A type of which a column can hold a `Vec`: any column type but `u8` (a `Vec<u8>` is bytes) and JSON documents (of
/// which a document holds a list better than an array does), an `Option` of one, or a `Vec` of one.
///
/// `#[derive(SqlType)]` implements it. For an implementation of [`SqlType`] by hand: `impl Element for Colour {}`.
#[diagnostic::on_unimplemented(
    message = "a column can't hold a `Vec<{Self}>`",
    note = "a `Vec` of numbers, texts, dates or types with `#[derive(SqlType)]` is an array; `Json<Vec<…>>` holds a list of anything else"
)]
pub trait Element: Field + Send + Sync + 'static {}

impl<T: Element + SqlType> Element for Option<T> {}
impl<T: Element> Element for Vec<T> {}
impl Element for Vec<u8> {}
impl<T: Element> Element for Auto<T> {}

macro_rules! elements {
    ($($ty:ty),+ $(,)?) => {$(
        impl Element for $ty {}
    )+};
}

elements!(i8, i16, i32, i64, u16, u32, u64, f32, f64, bool, String);

impl<T: Element> SqlType for Vec<T> {
    fn sql_type() -> Type {
        Type::Array(Box::new(T::Plain::sql_type()))
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Lazy(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let parsed;
        let elements = match value {
            ValueRef::Array(elements) => elements,
            ValueRef::Text(text) | ValueRef::Json(text) => {
                parsed = json_array::parse(text).ok_or_else(|| ValueError::mismatch("an array", value))?;
                &parsed
            }
            other => return Err(ValueError::mismatch("an array", other)),
        };
        let element = |(index, element): (usize, &Value)| {
            T::from_value(element.as_ref())
                .map_err(|error| ValueError::new(format!("element {index} of the array: {error}")))
        };
        elements.iter().enumerate().map(element).collect()
    }
}

impl<T: Element> MakeValue for Vec<T> {
    fn make_value(&self) -> Value {
        Value::Array(
            self.iter().map(|element| element.to_value().map_or(Value::Null, ValueRef::to_owned)).collect(),
        )
    }
}
