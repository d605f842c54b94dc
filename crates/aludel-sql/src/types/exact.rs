//! Types that have the same name on every database: SQLAlchemy's "upper case" types.

use super::Type;

/// A type by its own name in SQL. A dialect may still have to spell its arguments in its own way.
///
/// Written through the functions of this module, as in `exact::varchar(50)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum Exact {
    SmallInt,
    Integer,
    BigInt,
    Float { precision: Option<u32> },
    Real,
    Double,
    DoublePrecision,
    Decimal { precision: Option<u32>, scale: Option<u32> },
    Numeric { precision: Option<u32>, scale: Option<u32> },
    Boolean,
    Char { length: Option<u32> },
    Varchar { length: Option<u32> },
    Nchar { length: Option<u32> },
    Nvarchar { length: Option<u32> },
    Text { length: Option<u32> },
    Clob,
    Nclob,
    Binary { length: Option<u32> },
    Varbinary { length: Option<u32> },
    Blob { length: Option<u32> },
    Date,
    Time { timezone: bool },
    DateTime,
    Timestamp { timezone: bool },
    Uuid,
    Json,
}

impl Exact {
    /// Whether this is text.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Exact::Char { .. }
                | Exact::Varchar { .. }
                | Exact::Nchar { .. }
                | Exact::Nvarchar { .. }
                | Exact::Text { .. }
                | Exact::Clob
                | Exact::Nclob
        )
    }
}

macro_rules! plain {
    ($($name:ident => $variant:ident, $sql:literal;)+) => {$(
        #[doc = concat!("`", $sql, "`")]
        pub fn $name() -> Type {
            Type::Exact(Exact::$variant)
        }
    )+};
}

plain! {
    small_int => SmallInt, "SMALLINT";
    integer => Integer, "INTEGER";
    big_int => BigInt, "BIGINT";
    real => Real, "REAL";
    double => Double, "DOUBLE";
    double_precision => DoublePrecision, "DOUBLE PRECISION";
    boolean => Boolean, "BOOLEAN";
    clob => Clob, "CLOB";
    nclob => Nclob, "NCLOB";
    date => Date, "DATE";
    date_time => DateTime, "DATETIME";
    uuid => Uuid, "UUID";
    json => Json, "JSON";
}

macro_rules! sized {
    ($($name:ident => $variant:ident, $sql:literal;)+) => {$(
        #[doc = concat!("`", $sql, "(length)`, or `", $sql, "` without a length.")]
        pub fn $name(length: impl Into<Option<u32>>) -> Type {
            Type::Exact(Exact::$variant { length: length.into() })
        }
    )+};
}

sized! {
    char => Char, "CHAR";
    varchar => Varchar, "VARCHAR";
    nchar => Nchar, "NCHAR";
    nvarchar => Nvarchar, "NVARCHAR";
    text => Text, "TEXT";
    binary => Binary, "BINARY";
    varbinary => Varbinary, "VARBINARY";
    blob => Blob, "BLOB";
}

/// `FLOAT`, or `FLOAT(precision)` where the database wants to know.
pub fn float(precision: impl Into<Option<u32>>) -> Type {
    Type::Exact(Exact::Float { precision: precision.into() })
}

/// `DECIMAL(precision, scale)`
pub fn decimal(precision: impl Into<Option<u32>>, scale: impl Into<Option<u32>>) -> Type {
    Type::Exact(Exact::Decimal { precision: precision.into(), scale: scale.into() })
}

/// `NUMERIC(precision, scale)`
pub fn numeric(precision: impl Into<Option<u32>>, scale: impl Into<Option<u32>>) -> Type {
    Type::Exact(Exact::Numeric { precision: precision.into(), scale: scale.into() })
}

/// `TIME`, where the database knows the difference with an offset or without.
pub fn time(timezone: bool) -> Type {
    Type::Exact(Exact::Time { timezone })
}

/// `TIMESTAMP`, where the database knows the difference as a point in time or as a wall clock's reading.
pub fn timestamp(timezone: bool) -> Type {
    Type::Exact(Exact::Timestamp { timezone })
}
