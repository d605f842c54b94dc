//! Types that SQLite has beyond the generic ones.

use super::Type;

/// A type of SQLite. Written through the functions of this module, as in `sqlite::any()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SqliteType {
    /// `ANY`: a column of a `STRICT` table that keeps every value as it is.
    Any,
    /// `INT`: an integer that, as a key, is not the row's own number.
    Int,
    /// `JSONB`: a document in SQLite's own bytes.
    Jsonb,
}

/// `ANY`: a column of a `STRICT` table that keeps every value as it is.
pub fn any() -> Type {
    Type::Sqlite(SqliteType::Any)
}

/// `INT`: an integer that, as a key, is not the row's own number.
pub fn int() -> Type {
    Type::Sqlite(SqliteType::Int)
}

/// `JSONB`: a document in SQLite's own bytes.
pub fn jsonb() -> Type {
    Type::Sqlite(SqliteType::Jsonb)
}

/// What SQLite tries to make of a value before it stores it in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Affinity {
    /// An integer.
    Integer,
    /// Text.
    Text,
    /// Nothing: every value stays as it is.
    Blob,
    /// A floating-point number.
    Real,
    /// A number, whole or not.
    Numeric,
}

impl Affinity {
    /// The affinity of a column that was declared with these words, by SQLite's own rule: the first of a few pieces
    /// that is found in them decides.
    pub fn of(words: &str) -> Self {
        let words = words.to_ascii_uppercase();
        let has = |piece: &str| words.contains(piece);
        if has("INT") {
            Affinity::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Affinity::Text
        } else if has("BLOB") || words.is_empty() {
            Affinity::Blob
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Affinity::Real
        } else {
            Affinity::Numeric
        }
    }
}
