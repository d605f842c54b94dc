//! [`SqlType`] for the `uuid` crate's identifier.

use uuid::Uuid;

use super::{Element, SqlType, Type, ValueError};
use crate::value::ValueRef;

impl SqlType for Uuid {
    fn sql_type() -> Type {
        Type::Uuid
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Uuid(*self.as_bytes())
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let uuid = match value {
            ValueRef::Uuid(bytes) => Some(Uuid::from_bytes(bytes)),
            ValueRef::Text(text) => Uuid::try_parse(text).ok(),
            ValueRef::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
            _ => None,
        };
        uuid.ok_or_else(|| ValueError::mismatch("a UUID", value))
    }
}

impl Element for Uuid {}
