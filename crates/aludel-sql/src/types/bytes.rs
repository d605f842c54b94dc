//! [`SqlType`] for the `bytes` crate's shared bytes.

use bytes::Bytes;

use super::{Element, SqlType, Type, ValueError};
use crate::value::ValueRef;

impl SqlType for Bytes {
    fn sql_type() -> Type {
        Type::Binary { length: None }
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Bytes(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        <Vec<u8> as SqlType>::from_value(value).map(Bytes::from)
    }
}

impl Element for Bytes {}
