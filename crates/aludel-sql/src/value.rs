//! What travels between a program and a database: [`ValueRef`] by reference, [`Value`] owned.
//!
//! A `ValueRef` borrows from the object that is being written or from the driver's own row buffer, so neither
//! direction builds an intermediate value. `Value` is the owned twin: bound parameters inside a statement and the
//! snapshots that change tracking compares with.
//!
//! What has no plain form in memory (a JSON document, an exact decimal of some library) is lent as
//! [`ValueRef::Lazy`] and made into a `Value` where a driver binds it.

mod display;
mod lazy;

use std::fmt;

pub use lazy::{MakeValue, Resolved};

use crate::interval::Interval;
use crate::network::Network;
use crate::temporal::{Date, Time, Timestamp};
use crate::types::{Range, ValueError};

/// One database value, borrowed. Cheap to copy; it never owns memory.
///
/// Drivers hand out the variant nearest to what they hold: SQLite has no dates, so a timestamp arrives there as
/// [`ValueRef::Text`]; the conversions of [`SqlType`](crate::SqlType) accept every form that a database uses. Exact
/// decimals and JSON documents arrive as text everywhere.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// SQL `NULL`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of any width up to 64 bits.
    I64(i64),
    /// An integer beyond what [`I64`](Self::I64) holds.
    U64(u64),
    /// A floating-point number.
    F64(f64),
    /// An exact decimal number: digits with an optional sign and point, or `NaN`, `Infinity`, `-Infinity`.
    Decimal(&'a str),
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
    /// A length of time.
    Interval(Interval),
    /// A universally unique identifier, as its 16 bytes.
    Uuid([u8; 16]),
    /// A JSON document, as its text.
    Json(&'a str),
    /// The address of a host or of a network.
    Network(Network),
    /// A list of values of one type; an array of several dimensions holds arrays.
    Array(&'a [Value]),
    /// A range of values.
    Range(&'a Range<Value>),
    /// A value that is made when it is asked for.
    Lazy(&'a dyn MakeValue),
    /// A value that could not be made. Drivers refuse it in these words.
    Failed(&'a ValueError),
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
    /// An integer beyond what [`I64`](Self::I64) holds.
    U64(u64),
    /// A floating-point number.
    F64(f64),
    /// An exact decimal number: digits with an optional sign and point, or `NaN`, `Infinity`, `-Infinity`.
    Decimal(String),
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
    /// A length of time.
    Interval(Interval),
    /// A universally unique identifier, as its 16 bytes.
    Uuid([u8; 16]),
    /// A JSON document, as its text.
    Json(String),
    /// The address of a host or of a network.
    Network(Network),
    /// A list of values of one type; an array of several dimensions holds arrays.
    Array(Vec<Value>),
    /// A range of values.
    Range(Box<Range<Value>>),
    /// A value that could not be made. Drivers and literals refuse it in these words.
    Failed(Box<ValueError>),
}

impl ValueRef<'_> {
    /// Copies the value out of the memory that it borrows from. What is lazy is made.
    pub fn to_owned(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(v) => Value::Bool(v),
            ValueRef::I64(v) => Value::I64(v),
            ValueRef::U64(v) => Value::U64(v),
            ValueRef::F64(v) => Value::F64(v),
            ValueRef::Decimal(v) => Value::Decimal(v.to_owned()),
            ValueRef::Text(v) => Value::Text(v.to_owned()),
            ValueRef::Bytes(v) => Value::Bytes(v.to_vec()),
            ValueRef::Date(v) => Value::Date(v),
            ValueRef::Time(v) => Value::Time(v),
            ValueRef::Timestamp(v) => Value::Timestamp(v),
            ValueRef::Interval(v) => Value::Interval(v),
            ValueRef::Uuid(v) => Value::Uuid(v),
            ValueRef::Json(v) => Value::Json(v.to_owned()),
            ValueRef::Network(v) => Value::Network(v),
            ValueRef::Array(v) => Value::Array(v.to_vec()),
            ValueRef::Range(v) => Value::Range(Box::new(v.clone())),
            ValueRef::Lazy(v) => v.make_value(),
            ValueRef::Failed(v) => Value::Failed(Box::new(v.clone())),
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
            ValueRef::U64(_) => "a large integer",
            ValueRef::F64(_) => "a floating-point number",
            ValueRef::Decimal(_) => "an exact decimal",
            ValueRef::Text(_) => "text",
            ValueRef::Bytes(_) => "bytes",
            ValueRef::Date(_) => "a date",
            ValueRef::Time(_) => "a time",
            ValueRef::Timestamp(_) => "a timestamp",
            ValueRef::Interval(_) => "an interval",
            ValueRef::Uuid(_) => "a UUID",
            ValueRef::Json(_) => "a JSON document",
            ValueRef::Network(_) => "a network address",
            ValueRef::Array(_) => "an array",
            ValueRef::Range(_) => "a range",
            ValueRef::Lazy(v) => v.make_value().as_ref().kind(),
            ValueRef::Failed(_) => "a value that could not be made",
        }
    }

    /// Whether two values are the same to the last bit. Unlike in SQL and in IEEE arithmetic, `NULL` and NaN are the
    /// same as themselves, and zero is not the same as minus zero.
    pub fn is_same(self, other: ValueRef<'_>) -> bool {
        let (left, right) = (self.resolve(), other.resolve());
        match (left.as_ref(), right.as_ref()) {
            (ValueRef::F64(left), ValueRef::F64(right)) => left.to_bits() == right.to_bits(),
            (ValueRef::Array(left), ValueRef::Array(right)) => {
                left.len() == right.len()
                    && left.iter().zip(right).all(|(left, right)| left.as_ref().is_same(right.as_ref()))
            }
            (left, right) => left == right,
        }
    }
}

/// What is lazy compares as what it makes.
impl PartialEq for ValueRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        use ValueRef::*;
        match (*self, *other) {
            (Null, Null) => true,
            (Bool(left), Bool(right)) => left == right,
            (I64(left), I64(right)) => left == right,
            (U64(left), U64(right)) => left == right,
            (F64(left), F64(right)) => left == right,
            (Decimal(left), Decimal(right)) => left == right,
            (Text(left), Text(right)) => left == right,
            (Bytes(left), Bytes(right)) => left == right,
            (Date(left), Date(right)) => left == right,
            (Time(left), Time(right)) => left == right,
            (Timestamp(left), Timestamp(right)) => left == right,
            (Interval(left), Interval(right)) => left == right,
            (Uuid(left), Uuid(right)) => left == right,
            (Json(left), Json(right)) => left == right,
            (Network(left), Network(right)) => left == right,
            (Array(left), Array(right)) => left == right,
            (Range(left), Range(right)) => left == right,
            (Failed(left), Failed(right)) => left == right,
            (Lazy(left), right) => left.make_value().as_ref() == right,
            (left, Lazy(right)) => left == right.make_value().as_ref(),
            _ => false,
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
            Value::U64(v) => ValueRef::U64(*v),
            Value::F64(v) => ValueRef::F64(*v),
            Value::Decimal(v) => ValueRef::Decimal(v),
            Value::Text(v) => ValueRef::Text(v),
            Value::Bytes(v) => ValueRef::Bytes(v),
            Value::Date(v) => ValueRef::Date(*v),
            Value::Time(v) => ValueRef::Time(*v),
            Value::Timestamp(v) => ValueRef::Timestamp(*v),
            Value::Interval(v) => ValueRef::Interval(*v),
            Value::Uuid(v) => ValueRef::Uuid(*v),
            Value::Json(v) => ValueRef::Json(v),
            Value::Network(v) => ValueRef::Network(*v),
            Value::Array(v) => ValueRef::Array(v),
            Value::Range(v) => ValueRef::Range(v),
            Value::Failed(v) => ValueRef::Failed(v),
        }
    }

    /// Whether this is SQL `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

/// A value that could not be made.
impl From<ValueError> for Value {
    fn from(error: ValueError) -> Self {
        Value::Failed(Box::new(error))
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}
