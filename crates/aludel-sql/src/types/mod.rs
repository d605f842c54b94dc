//! Column types, and the Rust types that stand for them.

mod array;
mod auto;
#[cfg(feature = "bigdecimal")]
mod bigdecimal;
mod builtin;
#[cfg(feature = "bytes")]
mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
mod constructors;
mod duration;
#[cfg(feature = "ipnet")]
mod ipnet;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "json")]
mod json;
mod network;
mod range;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
mod sql_type;
mod stored_as;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

pub use array::Element;
pub use auto::Auto;
pub use constructors::*;
#[cfg(feature = "json")]
pub use json::Json;
pub use range::{Range, RangeElement};
pub use sql_type::{Field, SqlType, ValueError};
pub use stored_as::{As, AsText, StoredAs, stored_value};

/// The type of a column, free of any dialect; a [`Dialect`](crate::Dialect) gives it its name.
///
/// Mirrors SQLAlchemy's generic ("camel case") types. Written through the functions beside it: [`integer()`],
/// [`string(50)`](string), …
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// A 16-bit integer.
    SmallInteger,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    BigInteger,
    /// A 32-bit floating-point number.
    Float,
    /// A 64-bit floating-point number.
    Double,
    /// An exact decimal number.
    Numeric {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits behind the point.
        scale: Option<u32>,
    },
    /// True or false.
    Boolean,
    /// Text up to `length` characters, or of any length where a database allows that.
    String {
        /// The longest text, in characters.
        length: Option<u32>,
    },
    /// Text of any length.
    Text,
    /// Bytes, at most `length` of them where given.
    Binary {
        /// The longest value, in bytes.
        length: Option<u32>,
    },
    /// A calendar date.
    Date,
    /// A time of day.
    Time,
    /// A date with a time of day.
    DateTime {
        /// Whether the value is a point in time (stored in UTC) rather than a wall clock's reading.
        timezone: bool,
    },
    /// A universally unique identifier.
    Uuid,
    /// A JSON document.
    Json,
    /// A length of time: the database's own type where it has one, else whole microseconds in a 64-bit integer.
    Interval,
    /// The address of a host or of a network.
    Inet,
    /// A list of values of one type: an array where the database has them, else a JSON document.
    Array(Box<Type>),
    /// A range of values of one type. Only PostgreSQL has them.
    Range(Box<Type>),
    /// One of a fixed list of texts.
    Enum {
        /// The name of the type, where a database knows named enum types.
        name: String,
        /// The values, in their order.
        values: Vec<String>,
    },
    /// A type by the database's own words, for what has no name of its own here.
    Raw(String),
}

impl Type {
    /// Whether this is an integer of any width.
    pub fn is_integer(&self) -> bool {
        matches!(self, Type::SmallInteger | Type::Integer | Type::BigInteger)
    }
}
