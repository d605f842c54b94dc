//! Types that Oracle has beyond the generic ones.

use super::Type;

/// A type of Oracle. Written through the functions of this module, as in `oracle::number(10, 2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL name that it bears")]
pub enum OracleType {
    Number { precision: Option<u32>, scale: Option<i32> },
    Float { binary_precision: Option<u32> },
    BinaryFloat,
    BinaryDouble,
    Varchar2 { length: Option<u32> },
    Nvarchar2 { length: Option<u32> },
    Nclob,
    Long,
    Raw { length: Option<u32> },
    RowId,
    TimestampLocal,
    Interval { day_precision: Option<u32>, second_precision: Option<u32> },
    Json { blob: bool },
    Vector { dimensions: Option<u32>, format: Option<VectorFormat>, storage: Option<VectorStorage> },
}

/// What the elements of a vector are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL word that it bears")]
pub enum VectorFormat {
    Int8,
    Binary,
    Float32,
    Float64,
}

/// Whether a vector keeps its zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL word that it bears")]
pub enum VectorStorage {
    Sparse,
    Dense,
}

impl VectorFormat {
    /// The word in SQL.
    pub fn word(self) -> &'static str {
        match self {
            VectorFormat::Int8 => "INT8",
            VectorFormat::Binary => "BINARY",
            VectorFormat::Float32 => "FLOAT32",
            VectorFormat::Float64 => "FLOAT64",
        }
    }
}

impl VectorStorage {
    /// The word in SQL.
    pub fn word(self) -> &'static str {
        match self {
            VectorStorage::Sparse => "SPARSE",
            VectorStorage::Dense => "DENSE",
        }
    }
}

impl OracleType {
    /// Whether this is text.
    pub fn is_text(self) -> bool {
        use OracleType::{Long, Nclob, Nvarchar2, Varchar2};
        matches!(self, Varchar2 { .. } | Nvarchar2 { .. } | Nclob | Long)
    }
}

macro_rules! plain {
    ($($name:ident => $variant:ident, $doc:literal;)+) => {$(
        #[doc = $doc]
        pub fn $name() -> Type {
            Type::Oracle(OracleType::$variant)
        }
    )+};
}

plain! {
    binary_float => BinaryFloat, "`BINARY_FLOAT`: 32 bits.";
    binary_double => BinaryDouble, "`BINARY_DOUBLE`: 64 bits.";
    nclob => Nclob, "`NCLOB`";
    long => Long, "`LONG`: the old form of `CLOB`.";
    row_id => RowId, "`ROWID`";
    timestamp_local => TimestampLocal, "`TIMESTAMP WITH LOCAL TIME ZONE`";
}

/// `NUMBER(precision, scale)`
pub fn number(precision: impl Into<Option<u32>>, scale: impl Into<Option<i32>>) -> Type {
    Type::Oracle(OracleType::Number { precision: precision.into(), scale: scale.into() })
}

/// `FLOAT(binary_precision)`
pub fn float(binary_precision: impl Into<Option<u32>>) -> Type {
    Type::Oracle(OracleType::Float { binary_precision: binary_precision.into() })
}

/// `VARCHAR2(length CHAR)`
pub fn varchar2(length: impl Into<Option<u32>>) -> Type {
    Type::Oracle(OracleType::Varchar2 { length: length.into() })
}

/// `NVARCHAR2(length)`
pub fn nvarchar2(length: impl Into<Option<u32>>) -> Type {
    Type::Oracle(OracleType::Nvarchar2 { length: length.into() })
}

/// `RAW(length)`
pub fn raw(length: impl Into<Option<u32>>) -> Type {
    Type::Oracle(OracleType::Raw { length: length.into() })
}

/// `INTERVAL DAY(day_precision) TO SECOND(second_precision)`
pub fn interval(day_precision: impl Into<Option<u32>>, second_precision: impl Into<Option<u32>>) -> Type {
    let (day_precision, second_precision) = (day_precision.into(), second_precision.into());
    Type::Oracle(OracleType::Interval { day_precision, second_precision })
}

/// A document, as `JSON` or in a `BLOB`.
pub fn json(blob: bool) -> Type {
    Type::Oracle(OracleType::Json { blob })
}

/// `VECTOR(dimensions, format, storage)`; what is not said is left open.
pub fn vector(
    dimensions: impl Into<Option<u32>>,
    format: impl Into<Option<VectorFormat>>,
    storage: impl Into<Option<VectorStorage>>,
) -> Type {
    let (dimensions, format, storage) = (dimensions.into(), format.into(), storage.into());
    Type::Oracle(OracleType::Vector { dimensions, format, storage })
}
