//! JSON documents: serde_json's tree, and [`Json`] for any type that serialises.

use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{SqlType, Type, ValueError};
use crate::value::{MakeValue, Value, ValueRef};

/// A value that is stored as a JSON document. It derefs to the value.
///
/// ```
/// use aludel_sql::types::{Json, SqlType};
///
/// let tags = Json(vec!["red".to_owned(), "round".to_owned()]);
/// assert_eq!(tags.len(), 2);
/// assert_eq!(tags.to_value().to_string(), r#"'["red","round"]'"#);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Json(value)
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> SqlType for Json<T> {
    fn sql_type() -> Type {
        Type::Json
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Lazy(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        parse(value).map(Json)
    }
}

impl<T: Serialize + Send + Sync> MakeValue for Json<T> {
    fn make_value(&self) -> Value {
        write(&self.0)
    }
}

/// JSON's own `null` is a document; SQL's `NULL` is the `None` of an `Option`.
impl SqlType for serde_json::Value {
    fn sql_type() -> Type {
        Type::Json
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Lazy(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        parse(value)
    }
}

impl MakeValue for serde_json::Value {
    fn make_value(&self) -> Value {
        write(self)
    }
}

fn write(value: &impl Serialize) -> Value {
    match serde_json::to_string(value) {
        Ok(text) => Value::Json(text),
        Err(error) => ValueError::new(format!("the value has no form in JSON: {error}")).into(),
    }
}

fn parse<T: DeserializeOwned>(value: ValueRef<'_>) -> Result<T, ValueError> {
    let parsed = match value {
        ValueRef::Text(text) | ValueRef::Json(text) => serde_json::from_str(text),
        // SQLite has a binary form of its own, which looks different, and text that was cast to bytes.
        ValueRef::Bytes(bytes) => serde_json::from_slice(bytes),
        // A document that is a number is one in a column of SQLite's with numeric affinity.
        ValueRef::I64(_) | ValueRef::U64(_) | ValueRef::F64(_) => serde_json::from_str(&value.to_string()),
        other => return Err(ValueError::mismatch("a JSON document", other)),
    };
    parsed.map_err(|error| ValueError::new(format!("the JSON document can't be read: {error}")))
}

/// It serialises as the value.
impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Json<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Json)
    }
}
