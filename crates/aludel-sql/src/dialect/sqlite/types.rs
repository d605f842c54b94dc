//! The names of types in SQLite.

use crate::compiler::CompileError;
use crate::types::Type;

/// SQLite takes any words; these give the right affinity and are what people expect to read in a schema.
pub(super) fn name(ty: &Type) -> Result<String, CompileError> {
    Ok(match ty {
        Type::SmallInteger => "SMALLINT".into(),
        Type::Integer => "INTEGER".into(),
        Type::BigInteger => "BIGINT".into(),
        Type::Float => "FLOAT".into(),
        Type::Double => "DOUBLE".into(),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            format!("NUMERIC({precision}, {scale})")
        }
        Type::Numeric { precision: Some(precision), scale: None } => format!("NUMERIC({precision})"),
        Type::Numeric { .. } => "NUMERIC".into(),
        Type::Boolean => "BOOLEAN".into(),
        Type::String { length: Some(length) } => format!("VARCHAR({length})"),
        Type::String { length: None } => "VARCHAR".into(),
        Type::Text => "TEXT".into(),
        Type::Binary { length: Some(length) } => format!("BLOB({length})"),
        Type::Binary { length: None } => "BLOB".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME".into(),
        Type::DateTime { timezone: false } => "DATETIME".into(),
        Type::DateTime { timezone: true } => "TIMESTAMP".into(),
        Type::Uuid => "CHAR(36)".into(),
        Type::Json | Type::Array(_) => "JSON".into(),
        Type::Interval => "BIGINT".into(),
        Type::Inet => "VARCHAR(43)".into(),
        Type::Range(_) => {
            return Err(CompileError::unsupported("sqlite", "ranges (keep the bounds in two columns)"));
        }
        Type::Enum { values, .. } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(1);
            format!("VARCHAR({longest})")
        }
        Type::Raw(words) => words.clone(),
    })
}
