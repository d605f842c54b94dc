//! The two traits between Rust and SQL: [`SqlType`] for a value, [`Field`] for a column that may be empty.

use std::fmt;

use super::Type;
use crate::value::ValueRef;

/// A Rust type that can be stored in a column (never `NULL`: that is [`Option`]'s part).
///
/// `#[derive(SqlType)]` writes it for newtypes and for enums without data; a type that is stored as another has
/// [`StoredAs`](super::StoredAs). Mirrors SQLAlchemy's `TypeEngine` with its bind and result processors.
///
/// | Rust (feature) | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|---|
/// | `bool` | boolean | `BOOL` (0 and 1) | 0 and 1 |
/// | `i8`, `i16`, `u8` | smallint | `SMALLINT` | integer |
/// | `i32`, `u16` | integer | `INTEGER` | integer |
/// | `i64`, `u32` | bigint | `BIGINT` | integer |
/// | `u64` | numeric(20) | `NUMERIC(20)`; `BIGINT UNSIGNED` as well | integer up to `i64::MAX`, more is refused |
/// | `f32`, `f64` | real, double precision | `FLOAT`, `DOUBLE`; NaN and infinities are refused | real; NaN is refused |
/// | `rust_decimal::Decimal` (`rust_decimal`), `bigdecimal::BigDecimal` (`bigdecimal`) | numeric | `NUMERIC(65, 30)` | 15 digits or an `i64`, more is refused |
/// | `String` | varchar | `VARCHAR`: give it a length | text |
/// | `Vec<u8>`, `bytes::Bytes` (`bytes`) | bytea | `LONGBLOB` | blob |
/// | `NaiveDate`, `NaiveTime`, `NaiveDateTime` (`chrono`); `Date`, `Time`, `PrimitiveDateTime` (`time`); `civil::Date`, `civil::Time`, `civil::DateTime` (`jiff`) | date, time, timestamp | `DATE`, `TIME(6)`, `DATETIME(6)` | ISO 8601 text |
/// | `DateTime<Utc>`, `DateTime<FixedOffset>` (`chrono`); `OffsetDateTime` (`time`); `Timestamp` (`jiff`) | timestamptz | `DATETIME(6)` in UTC | ISO 8601 text in UTC |
/// | `std::time::Duration`; `TimeDelta` (`chrono`), `Duration` (`time`), `SignedDuration`, `Span` (`jiff`) | interval | microseconds | microseconds |
/// | `uuid::Uuid` (`uuid`) | uuid | text | text |
/// | `serde_json::Value`, [`Json<T>`](super) (`json`) | jsonb, json | `JSON` | text; a document that is nothing but a number is a number |
/// | `std::net::IpAddr`, `Ipv4Addr`, `Ipv6Addr`; `IpNet`, `Ipv4Net`, `Ipv6Net` (`ipnet`) | inet, cidr | text | text |
/// | `Vec<T>` of any [`Element`](super::Element) | an array | a JSON document | a JSON document |
/// | [`Range<T>`](super::Range) | a range | refused | refused |
/// | an enum with `#[derive(SqlType)]` | text, or its number | text, or its number | text, or its number |
///
/// Every database but SQLite cuts fractions of a second off behind the microseconds. What a database can't hold is an
/// error before anything is sent. MySQL compares an exact decimal that is bound with a column exactly, but with an
/// expression (`price * 2`) as floating-point numbers: cast the parameter there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a column",
    note = "a column's type is a number, `bool`, `String`, `Vec<u8>`, a date or time, a type with `#[derive(SqlType)]`, or an `Option` of one of these"
)]
pub trait SqlType: Sized + Send + Sync + 'static {
    /// The column type that stands for this Rust type where a model says nothing else.
    fn sql_type() -> Type;

    /// Lends the value to a driver.
    fn to_value(&self) -> ValueRef<'_>;

    /// Takes a value from a driver. It is never handed [`ValueRef::Null`].
    ///
    /// # Errors
    /// Where the database's value is of another kind or out of range.
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError>;
}

/// A value that could not be turned into the Rust type asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    message: String,
}

impl ValueError {
    /// An error with a message of its own.
    #[cold]
    pub fn new(message: impl Into<String>) -> Self {
        ValueError { message: message.into() }
    }

    /// "expected `wanted`, got a …".
    #[cold]
    pub fn mismatch(wanted: &str, got: ValueRef<'_>) -> Self {
        let got = match got {
            ValueRef::Text(text) if text.chars().count() <= 40 => format!("the text {text:?}"),
            ValueRef::I64(number) => format!("the integer {number}"),
            ValueRef::F64(number) => format!("the number {number:?}"),
            other => other.kind().to_owned(),
        };
        ValueError { message: format!("expected {wanted}, got {got}") }
    }

    /// A text that is none of an enum's variants; `known` are those that there are.
    #[cold]
    pub fn unknown_variant(name: &str, known: &[&str], got: ValueRef<'_>) -> Self {
        ValueError::mismatch(&format!("a `{name}` (one of {})", known.join(", ")), got)
    }

    /// The same for an enum that is stored as numbers.
    #[cold]
    pub fn unknown_number(name: &str, known: &[i64], got: ValueRef<'_>) -> Self {
        let known: Vec<String> = known.iter().map(i64::to_string).collect();
        ValueError::mismatch(&format!("a `{name}` (one of {})", known.join(", ")), got)
    }

    /// `NULL` where no `NULL` can be held.
    #[cold]
    pub fn null(rust_type: &str) -> Self {
        ValueError {
            message: format!("got NULL, which `{rust_type}` cannot hold: make it `Option<{rust_type}>`"),
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ValueError {}

/// The type of a model's field: a [`SqlType`], an [`Option`] of one, or a wrapper that may still be unset.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a column",
    note = "a column's type is a number, `bool`, `String`, `Vec<u8>`, a date or time, a type with `#[derive(SqlType)]`, or an `Option` or `Auto` of one of these"
)]
pub trait Field: Sized {
    /// What a query of the column yields: the type without the wrapper that may be unset, with `Option` if nullable.
    type Value: Field;
    /// The plain type: without `Option` and without wrappers.
    type Plain: SqlType;
    /// Whether the column takes `NULL`.
    const NULLABLE: bool;
    /// Whether the value may be left to the database or the flush to fill in.
    const AUTO: bool = false;

    /// Lends the value; `None` where it is unset.
    fn to_value(&self) -> Option<ValueRef<'_>>;

    /// Takes a value, `NULL` included.
    ///
    /// # Errors
    /// Where the value is of another kind, out of range, or `NULL` in a field that takes none.
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError>;
}

impl<T: SqlType> Field for T {
    type Value = T;
    type Plain = T;
    const NULLABLE: bool = false;

    fn to_value(&self) -> Option<ValueRef<'_>> {
        Some(SqlType::to_value(self))
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        if value.is_null() {
            return Err(ValueError::null(&short_type_name::<T>()));
        }
        T::from_value(value)
    }
}

impl<T: SqlType> Field for Option<T> {
    type Value = Option<T>;
    type Plain = T;
    const NULLABLE: bool = true;

    fn to_value(&self) -> Option<ValueRef<'_>> {
        Some(self.as_ref().map_or(ValueRef::Null, SqlType::to_value))
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

/// The type's name without the paths: `Option<String>`, not `core::option::Option<alloc::string::String>`.
#[cold]
pub(crate) fn short_type_name<T>() -> String {
    let mut short = String::new();
    let mut segment = 0;
    for letter in std::any::type_name::<T>().chars() {
        match letter {
            // Of the two colons the first takes the segment away, and the second has none to take.
            ':' => short.truncate(segment),
            letter => {
                short.push(letter);
                if !letter.is_alphanumeric() && letter != '_' {
                    segment = short.len();
                }
            }
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_without_its_paths() {
        assert_eq!(short_type_name::<String>(), "String");
        assert_eq!(short_type_name::<Option<Vec<Option<String>>>>(), "Option<Vec<Option<String>>>");
        assert_eq!(
            short_type_name::<(i64, crate::types::Range<i32>, [u8; 4])>(),
            "(i64, Range<i32>, [u8; 4])"
        );
    }
}
