//! The names of types in SQLite.

use super::Sqlite;
use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::dialect::type_names::common;
use crate::types::{PostgresType, SqliteType, Type};

/// SQLite takes any words; these give the right affinity and are what people expect to read in a schema.
pub(super) fn name(dialect: &Sqlite, ty: &Type) -> Result<String, CompileError> {
    let plain = dialect.capabilities().plain_types;
    Ok(match ty {
        Type::Binary { length: Some(length) } if !plain => format!("BLOB({length})"),
        // Told apart, so that what is read from a schema is what was meant.
        Type::DateTime { timezone: true } if !plain => "TIMESTAMP".into(),
        Type::Sqlite(ty) => own(*ty).into(),
        Type::Postgres(PostgresType::Jsonb) => "JSONB".into(),
        other => return common(dialect, other),
    })
}

/// SQLite's own types.
pub(in crate::dialect) fn own(ty: SqliteType) -> &'static str {
    match ty {
        SqliteType::Any => "ANY",
        SqliteType::Int => "INT",
        SqliteType::Jsonb => "JSONB",
    }
}
