//! Column types, and the Rust types that stand for them.
//!
//! There are three kinds, as in SQLAlchemy. The *generic* ones ([`Type::String`], [`Type::Boolean`], …) say what is
//! stored, and each dialect gives them its own name. An [`Exact`] one always has the name that it bears. Those of one
//! database ([`PostgresType`], [`MysqlType`], …) stand in a module of their own each.

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
mod custom;
mod duration;
mod enumeration;
pub mod exact;
#[cfg(feature = "ipnet")]
mod ipnet;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "json")]
mod json;
pub mod mssql;
pub mod mysql;
mod network;
pub mod oracle;
pub mod postgres;
mod range;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
mod sql_type;
pub mod sqlite;
mod stored_as;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
mod variants;

pub use array::Element;
pub use auto::Auto;
pub use constructors::*;
pub use custom::{Custom, CustomType, Wrapping};
pub use enumeration::{Enum, EnumLength, EnumStorage};
pub use exact::Exact;
#[cfg(feature = "json")]
pub use json::Json;
pub use mssql::MssqlType;
pub use mysql::MysqlType;
pub use oracle::OracleType;
pub use postgres::PostgresType;
pub use range::{Range, RangeElement};
pub(crate) use sql_type::short_type_name;
pub use sql_type::{Field, SqlType, ValueError};
pub use sqlite::SqliteType;
pub use stored_as::{As, AsText, StoredAs, stored_value};
pub use variants::{Collated, Variants};

use crate::schema::TableName;

/// The type of a column; a [`Dialect`](crate::Dialect) gives it its name.
///
/// Written through the functions beside it: [`integer()`], [`string(50)`](string), [`exact::char(2)`](exact::char),
/// [`postgres::tsvector()`], … Mirrors SQLAlchemy's `TypeEngine` as far as the database sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// Not known. No column can have it. Mirrors SQLAlchemy's `NullType`.
    Null,
    /// A 16-bit integer.
    SmallInteger,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    BigInteger,
    /// A floating-point number: of the width that the database gives `FLOAT`, or with at least so many binary digits
    /// (24 are 32 bits, 53 are 64).
    Float {
        /// Binary digits.
        precision: Option<u32>,
    },
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
    Text {
        /// The longest text, which only some databases look at: MySQL chooses the kind of text by it.
        length: Option<u32>,
    },
    /// [`String`](Self::String) in the national character set, where the database tells it from its own.
    Unicode {
        /// The longest text, in characters.
        length: Option<u32>,
    },
    /// [`Text`](Self::Text) in the national character set, where the database tells it from its own.
    UnicodeText {
        /// The longest text, which only some databases look at.
        length: Option<u32>,
    },
    /// Bytes, at most `length` of them where given. Mirrors SQLAlchemy's `LargeBinary`.
    Binary {
        /// The longest value, in bytes.
        length: Option<u32>,
    },
    /// A calendar date.
    Date,
    /// A time of day.
    Time {
        /// Whether an offset is kept with it, where the database can.
        timezone: bool,
    },
    /// A date with a time of day.
    DateTime {
        /// Whether the value is a point in time (stored in UTC) rather than a wall clock's reading.
        timezone: bool,
    },
    /// A universally unique identifier: the database's own type where it has one, else [`UuidText`](Self::UuidText).
    Uuid,
    /// A universally unique identifier as text of 32 hexadecimal digits, everywhere.
    UuidText,
    /// A JSON document.
    Json,
    /// A length of time: the database's own type where it has one, else whole microseconds in a 64-bit integer.
    Interval,
    /// The address of a host or of a network.
    Inet,
    /// A list of values of one type: an array where the database has them, else a JSON document. An array of arrays is
    /// one of two dimensions.
    Array(Box<Type>),
    /// A range of values of one type. Only PostgreSQL has them.
    Range(Box<Type>),
    /// Several values in parentheses. It has no name of its own.
    Tuple(Vec<Type>),
    /// One of a fixed list of texts.
    Enum(Box<Enum>),
    /// A type that is an object of the schema, such as a domain, by its name.
    Named(Box<TableName>),
    /// A text in a collation of its own.
    Collated(Box<Collated>),
    /// Another type on some databases.
    Variants(Box<Variants>),
    /// A type that has the same name everywhere.
    Exact(Exact),
    /// A type of PostgreSQL.
    Postgres(PostgresType),
    /// A type of MySQL and MariaDB.
    Mysql(Box<MysqlType>),
    /// A type of SQLite.
    Sqlite(SqliteType),
    /// A type of SQL Server.
    Mssql(MssqlType),
    /// A type of Oracle.
    Oracle(OracleType),
    /// A type of the user's own.
    Custom(Custom),
    /// A type by the database's own words, for what has no name of its own here.
    Raw(String),
}

impl Type {
    /// Whether this is an integer of any width.
    pub fn is_integer(&self) -> bool {
        match self {
            Type::SmallInteger | Type::Integer | Type::BigInteger => true,
            Type::Exact(exact) => matches!(exact, Exact::SmallInt | Exact::Integer | Exact::BigInt),
            Type::Mysql(ty) => matches!(**ty, MysqlType::Integer(_)),
            Type::Sqlite(ty) => *ty == SqliteType::Int,
            Type::Mssql(ty) => *ty == MssqlType::TinyInt,
            Type::Variants(variants) => variants.base.is_integer(),
            Type::Custom(custom) => custom.base().is_some_and(|base| base.is_integer()),
            _ => false,
        }
    }

    /// Whether this is text of any kind.
    pub fn is_text(&self) -> bool {
        match self {
            Type::String { .. } | Type::Text { .. } | Type::Unicode { .. } | Type::UnicodeText { .. } => true,
            Type::Enum(_) | Type::Collated(_) => true,
            Type::Exact(exact) => exact.is_text(),
            Type::Postgres(ty) => *ty == PostgresType::Citext,
            Type::Mysql(ty) => {
                matches!(**ty, MysqlType::Text(_) | MysqlType::List(_))
            }
            Type::Mssql(ty) => *ty == MssqlType::NText,
            Type::Oracle(ty) => ty.is_text(),
            Type::Variants(variants) => variants.base.is_text(),
            Type::Custom(custom) => custom.base().is_some_and(|base| base.is_text()),
            _ => false,
        }
    }

    /// The type on a database: the variant for it where there is one, else the type itself.
    pub fn on(&self, dialect: &str) -> &Type {
        match self {
            Type::Variants(variants) => variants.on(dialect),
            other => other,
        }
    }

    /// Sets the collation, by the database's own name.
    #[must_use]
    pub fn collate(self, collation: impl Into<TableName>) -> Type {
        Type::Collated(Box::new(Collated { ty: self, collation: collation.into() }))
    }

    /// Makes it another type on one database (`postgres`, `mysql`, …), in DDL and in casts. Mirrors SQLAlchemy's
    /// `with_variant`.
    ///
    /// ```
    /// use aludel_sql::Dialect;
    /// use aludel_sql::dialect::{postgres::Postgres, sqlite::Sqlite};
    /// use aludel_sql::types::{postgres, text};
    ///
    /// let ty = text().with_variant(postgres::citext(), "postgres");
    /// assert_eq!(Postgres::default().type_name(&ty)?, "CITEXT");
    /// assert_eq!(Sqlite::default().type_name(&ty)?, "TEXT");
    /// # Ok::<(), aludel_sql::CompileError>(())
    /// ```
    #[must_use]
    pub fn with_variant(self, ty: impl Into<Type>, dialect: impl Into<String>) -> Type {
        Type::Variants(Box::new(Variants::of(self).with(ty.into(), dialect.into())))
    }

    /// The user's own type that stands here on a database, for the SQL that it puts around values and columns.
    pub fn custom(&self, dialect: &str) -> Option<&Custom> {
        match self.on(dialect) {
            Type::Custom(custom) => Some(custom),
            _ => None,
        }
    }

    /// The type of the elements, where this is an array.
    pub fn element(&self) -> Option<&Type> {
        match self {
            Type::Array(element) => Some(element),
            _ => None,
        }
    }
}

impl From<Exact> for Type {
    fn from(ty: Exact) -> Self {
        Type::Exact(ty)
    }
}

impl From<Enum> for Type {
    fn from(ty: Enum) -> Self {
        Type::Enum(Box::new(ty))
    }
}

impl From<PostgresType> for Type {
    fn from(ty: PostgresType) -> Self {
        Type::Postgres(ty)
    }
}

impl From<MysqlType> for Type {
    fn from(ty: MysqlType) -> Self {
        Type::Mysql(Box::new(ty))
    }
}

impl From<SqliteType> for Type {
    fn from(ty: SqliteType) -> Self {
        Type::Sqlite(ty)
    }
}

impl From<MssqlType> for Type {
    fn from(ty: MssqlType) -> Self {
        Type::Mssql(ty)
    }
}

impl From<OracleType> for Type {
    fn from(ty: OracleType) -> Self {
        Type::Oracle(ty)
    }
}

impl From<Custom> for Type {
    fn from(ty: Custom) -> Self {
        Type::Custom(ty)
    }
}
