//! The names of types in MySQL and MariaDB.

use crate::compiler::CompileError;
use crate::types::Type;

pub(super) fn name(dialect: &'static str, ty: &Type) -> Result<String, CompileError> {
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
        Type::Boolean => "BOOL".into(),
        Type::String { length: Some(length) } => format!("VARCHAR({length})"),
        Type::String { length: None } => {
            return Err(CompileError::unsupported(
                dialect,
                "VARCHAR without a length (give the column a length, or make it text)",
            ));
        }
        Type::Text => "TEXT".into(),
        Type::Binary { length: Some(length) } => format!("VARBINARY({length})"),
        Type::Binary { length: None } => "LONGBLOB".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME(6)".into(),
        Type::DateTime { .. } => "DATETIME(6)".into(),
        Type::Uuid => "CHAR(36)".into(),
        Type::Json | Type::Array(_) => "JSON".into(),
        Type::Interval => "BIGINT".into(),
        Type::Inet => "VARCHAR(43)".into(),
        Type::Range(_) => return Err(no_ranges(dialect)),
        Type::Enum { values, .. } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(1);
            format!("VARCHAR({longest})")
        }
        Type::Raw(words) => words.clone(),
    })
}

pub(super) fn cast_name(dialect: &'static str, ty: &Type) -> Result<String, CompileError> {
    Ok(match ty {
        Type::SmallInteger | Type::Integer | Type::BigInteger | Type::Boolean | Type::Interval => {
            "SIGNED INTEGER".into()
        }
        Type::Float | Type::Double => "DOUBLE".into(),
        Type::Numeric { precision: Some(precision), scale } => {
            format!("DECIMAL({precision}, {})", scale.unwrap_or(0))
        }
        Type::Numeric { .. } => "DECIMAL".into(),
        Type::String { length: Some(length) } => format!("CHAR({length})"),
        Type::String { length: None } | Type::Text | Type::Uuid | Type::Inet | Type::Enum { .. } => {
            "CHAR".into()
        }
        Type::Binary { length: Some(length) } => format!("BINARY({length})"),
        Type::Binary { length: None } => "BINARY".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME(6)".into(),
        Type::DateTime { .. } => "DATETIME(6)".into(),
        Type::Json | Type::Array(_) if dialect == "mysql" => "JSON".into(),
        Type::Range(_) => return Err(no_ranges(dialect)),
        Type::Json | Type::Array(_) => return Err(CompileError::unsupported(dialect, "a cast to JSON")),
        Type::Raw(words) => words.clone(),
    })
}

#[cold]
fn no_ranges(dialect: &str) -> CompileError {
    CompileError::unsupported(dialect, "ranges (keep the bounds in two columns)")
}
