//! The names of types in standard SQL.

use crate::compiler::CompileError;
use crate::types::Type;

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
        Type::Binary { .. } => "BLOB".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME".into(),
        Type::DateTime { timezone: false } => "DATETIME".into(),
        Type::DateTime { timezone: true } => "DATETIME".into(),
        Type::Uuid => "CHAR(32)".into(),
        Type::Json => "JSON".into(),
        Type::Interval => "INTERVAL".into(),
        Type::Inet => "VARCHAR(43)".into(),
        Type::Array(element) => format!("{} ARRAY", name(element)?),
        Type::Range(_) => {
            return Err(CompileError::unsupported("standard SQL", "ranges (keep the bounds in two columns)"));
        }
        Type::Enum { values, .. } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(1);
            let length = longest;
            format!("VARCHAR({length})")
        }
        Type::Raw(words) => words.clone(),
    })
}
