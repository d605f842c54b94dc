//! What travels between a program and a database: [`ValueRef`] by reference, [`Value`] owned.
//!
//! A `ValueRef` borrows from the object that is being written or from the driver's own row buffer, so neither
//! direction builds an intermediate value. `Value` is the owned twin: bound parameters inside a statement and the
//! snapshots that change tracking compares with.

use std::fmt;

use crate::temporal::{Date, Time, Timestamp};

/// One database value, borrowed. Cheap to copy; it never owns memory.
///
/// Drivers hand out the variant nearest to what they hold: SQLite has no dates, so a timestamp arrives there as
/// [`ValueRef::Text`]; the conversions of [`SqlType`](crate::SqlType) accept every form that a database uses.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// SQL `NULL`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of any width up to 64 bits.
    I64(i64),
    /// A floating-point number.
    F64(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A calendar date.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A date with a time of day, with or without an offset.
    Timestamp(Timestamp),
    /// A universally unique identifier, as its 16 bytes.
    Uuid([u8; 16]),
}

/// One database value, owned.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of any width up to 64 bits.
    I64(i64),
    /// A floating-point number.
    F64(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A calendar date.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A date with a time of day, with or without an offset.
    Timestamp(Timestamp),
    /// A universally unique identifier, as its 16 bytes.
    Uuid([u8; 16]),
}

impl ValueRef<'_> {
    /// Copies the value out of the memory that it borrows from.
    pub fn to_owned(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(v) => Value::Bool(v),
            ValueRef::I64(v) => Value::I64(v),
            ValueRef::F64(v) => Value::F64(v),
            ValueRef::Text(v) => Value::Text(v.to_owned()),
            ValueRef::Bytes(v) => Value::Bytes(v.to_vec()),
            ValueRef::Date(v) => Value::Date(v),
            ValueRef::Time(v) => Value::Time(v),
            ValueRef::Timestamp(v) => Value::Timestamp(v),
            ValueRef::Uuid(v) => Value::Uuid(v),
        }
    }

    /// Whether this is SQL `NULL`.
    pub fn is_null(self) -> bool {
        matches!(self, ValueRef::Null)
    }

    /// The name of the variant, for messages.
    pub fn kind(self) -> &'static str {
        match self {
            ValueRef::Null => "NULL",
            ValueRef::Bool(_) => "a boolean",
            ValueRef::I64(_) => "an integer",
            ValueRef::F64(_) => "a floating-point number",
            ValueRef::Text(_) => "text",
            ValueRef::Bytes(_) => "bytes",
            ValueRef::Date(_) => "a date",
            ValueRef::Time(_) => "a time",
            ValueRef::Timestamp(_) => "a timestamp",
            ValueRef::Uuid(_) => "a UUID",
        }
    }
}

impl Value {
    /// Borrows the value.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Bool(v) => ValueRef::Bool(*v),
            Value::I64(v) => ValueRef::I64(*v),
            Value::F64(v) => ValueRef::F64(*v),
            Value::Text(v) => ValueRef::Text(v),
            Value::Bytes(v) => ValueRef::Bytes(v),
            Value::Date(v) => ValueRef::Date(*v),
            Value::Time(v) => ValueRef::Time(*v),
            Value::Timestamp(v) => ValueRef::Timestamp(*v),
            Value::Uuid(v) => ValueRef::Uuid(*v),
        }
    }

    /// Whether this is SQL `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// Prints as a person would write the value in a log line; not SQL.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueRef::Null => f.write_str("NULL"),
            ValueRef::Bool(v) => v.fmt(f),
            ValueRef::I64(v) => v.fmt(f),
            ValueRef::F64(v) => fmt::Debug::fmt(v, f),
            ValueRef::Text(v) => write!(f, "'{v}'"),
            ValueRef::Bytes(v) => write!(f, "<{} bytes>", v.len()),
            ValueRef::Date(v) => v.fmt(f),
            ValueRef::Time(v) => v.fmt(f),
            ValueRef::Timestamp(v) => v.fmt(f),
            ValueRef::Uuid(v) => {
                for (index, byte) in v.iter().enumerate() {
                    if matches!(index, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}
