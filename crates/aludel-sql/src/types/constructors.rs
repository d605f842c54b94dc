//! Functions that make a [`Type`], as they are written in models and revisions.

use super::{Enum, Type};
use crate::schema::TableName;

/// A 16-bit integer (`SMALLINT`).
pub fn small_integer() -> Type {
    Type::SmallInteger
}

/// A 32-bit integer (`INTEGER`).
pub fn integer() -> Type {
    Type::Integer
}

/// A 64-bit integer (`BIGINT`).
pub fn big_integer() -> Type {
    Type::BigInteger
}

/// A floating-point number of the width that the database gives `FLOAT`.
pub fn float() -> Type {
    Type::Float { precision: None }
}

/// A floating-point number with at least so many binary digits: 24 are 32 bits, 53 are 64.
pub fn float_of(precision: u32) -> Type {
    Type::Float { precision: Some(precision) }
}

/// A 64-bit floating-point number.
pub fn double() -> Type {
    Type::Double
}

/// An exact decimal number with `precision` digits in all, `scale` of them behind the point.
pub fn numeric(precision: u32, scale: u32) -> Type {
    Type::Numeric { precision: Some(precision), scale: Some(scale) }
}

/// An exact decimal number with `precision` digits in all; the database decides about the point.
pub fn numeric_of(precision: u32) -> Type {
    Type::Numeric { precision: Some(precision), scale: None }
}

/// An exact decimal number of the database's own widest form.
pub fn decimal() -> Type {
    Type::Numeric { precision: None, scale: None }
}

/// True or false.
pub fn boolean() -> Type {
    Type::Boolean
}

/// Text of at most `length` characters (`VARCHAR(length)`).
pub fn string(length: u32) -> Type {
    Type::String { length: Some(length) }
}

/// Text without a stated length (`VARCHAR`).
pub fn unbounded_string() -> Type {
    Type::String { length: None }
}

/// Text of any length (`TEXT`).
pub fn text() -> Type {
    Type::Text { length: None }
}

/// Text with the longest length stated, which only some databases look at.
pub fn text_of(length: u32) -> Type {
    Type::Text { length: Some(length) }
}

/// Text of at most `length` characters, in the national character set where the database tells it from its own
/// (`NVARCHAR(length)`).
pub fn unicode(length: u32) -> Type {
    Type::Unicode { length: Some(length) }
}

/// Text of any length, in the national character set where the database tells it from its own.
pub fn unicode_text() -> Type {
    Type::UnicodeText { length: None }
}

/// Bytes of any length (`BLOB`, `BYTEA`).
pub fn binary() -> Type {
    Type::Binary { length: None }
}

/// Bytes, at most `length` of them.
pub fn binary_of(length: u32) -> Type {
    Type::Binary { length: Some(length) }
}

/// A calendar date.
pub fn date() -> Type {
    Type::Date
}

/// A time of day.
pub fn time() -> Type {
    Type::Time { timezone: false }
}

/// A time of day with an offset, where the database keeps one.
pub fn time_tz() -> Type {
    Type::Time { timezone: true }
}

/// A date with a time of day, as a wall clock shows it.
pub fn date_time() -> Type {
    Type::DateTime { timezone: false }
}

/// A point in time.
pub fn date_time_tz() -> Type {
    Type::DateTime { timezone: true }
}

/// A universally unique identifier.
pub fn uuid() -> Type {
    Type::Uuid
}

/// A universally unique identifier as text of 32 hexadecimal digits, on every database.
pub fn uuid_text() -> Type {
    Type::UuidText
}

/// A JSON document.
pub fn json() -> Type {
    Type::Json
}

/// A length of time (`INTERVAL`; microseconds in a `BIGINT` where a database has no such type).
pub fn interval() -> Type {
    Type::Interval
}

/// The address of a host or of a network (`INET`; text elsewhere).
pub fn inet() -> Type {
    Type::Inet
}

/// A list of values of one type: `array(text())` is `TEXT[]` on PostgreSQL and a JSON document elsewhere.
pub fn array(element: impl Into<Type>) -> Type {
    Type::Array(Box::new(element.into()))
}

/// A range of values of one type: `range(date())` is `DATERANGE`. Only PostgreSQL has them.
pub fn range(subtype: impl Into<Type>) -> Type {
    Type::Range(Box::new(subtype.into()))
}

/// One of a fixed list of texts, stored as text. [`Enum`] says more.
pub fn enumeration<V: Into<String>>(name: impl Into<String>, values: impl IntoIterator<Item = V>) -> Type {
    Enum::new(name, values).into()
}

/// A type that is an object of the schema, such as a domain, by its name: `named("us_postal_code")`.
pub fn named(name: impl Into<TableName>) -> Type {
    Type::Named(Box::new(name.into()))
}

/// A type by the database's own words; nothing is checked or translated.
pub fn raw(words: impl Into<String>) -> Type {
    Type::Raw(words.into())
}
