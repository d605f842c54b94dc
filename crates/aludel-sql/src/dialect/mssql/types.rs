//! The names of types in SQL Server.

use crate::compiler::CompileError;
use crate::types::Type;

pub(super) fn name(ty: &Type) -> Result<String, CompileError> {
    Ok(match ty {
        Type::SmallInteger => "SMALLINT".into(),
        Type::Integer => "INTEGER".into(),
        Type::BigInteger => "BIGINT".into(),
        Type::Float => "FLOAT".into(),
        Type::Double => "DOUBLE PRECISION".into(),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            format!("NUMERIC({precision}, {scale})")
        }
        Type::Numeric { precision: Some(precision), scale: None } => format!("NUMERIC({precision})"),
        Type::Numeric { .. } => "NUMERIC".into(),
        Type::Boolean => "BIT".into(),
        Type::String { length: Some(length) } => format!("VARCHAR({length})"),
        Type::String { length: None } => "VARCHAR(max)".into(),
        Type::Text => "VARCHAR(max)".into(),
        Type::Binary { .. } => "VARBINARY(max)".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME".into(),
        Type::DateTime { timezone: false } => "DATETIME".into(),
        Type::DateTime { timezone: true } => "DATETIMEOFFSET".into(),
        Type::Uuid => "UNIQUEIDENTIFIER".into(),
        Type::Json | Type::Array(_) => "NVARCHAR(max)".into(),
        Type::Interval => "BIGINT".into(),
        Type::Inet => "VARCHAR(43)".into(),
        Type::Range(_) => {
            return Err(CompileError::unsupported("mssql", "ranges (keep the bounds in two columns)"));
        }
        Type::Enum { values, .. } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(1);
            let length = longest;
            format!("VARCHAR({length})")
        }
        Type::Raw(words) => words.clone(),
    })
}
