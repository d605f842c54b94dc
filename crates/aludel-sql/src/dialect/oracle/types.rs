//! The names of types in Oracle.

use crate::compiler::CompileError;
use crate::dialect::Capabilities;
use crate::types::Type;

pub(super) fn name(facts: &Capabilities, ty: &Type) -> Result<String, CompileError> {
    Ok(match ty {
        Type::SmallInteger => "SMALLINT".into(),
        Type::Integer => "INTEGER".into(),
        Type::BigInteger => "NUMBER(19)".into(),
        Type::Float => "FLOAT".into(),
        Type::Double => "DOUBLE PRECISION".into(),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            format!("NUMERIC({precision}, {scale})")
        }
        Type::Numeric { precision: Some(precision), scale: None } => format!("NUMERIC({precision})"),
        Type::Numeric { .. } => "NUMERIC".into(),
        Type::Boolean => if facts.boolean_literals { "BOOLEAN" } else { "SMALLINT" }.into(),
        Type::String { length: Some(length) } => format!("VARCHAR2({length} CHAR)"),
        Type::String { length: None } => "VARCHAR2".into(),
        Type::Text => "CLOB".into(),
        Type::Binary { .. } => "BLOB".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME".into(),
        Type::DateTime { timezone: false } => "DATE".into(),
        Type::DateTime { timezone: true } => "TIMESTAMP WITH TIME ZONE".into(),
        Type::Uuid => "CHAR(32)".into(),
        Type::Json | Type::Array(_) => "JSON".into(),
        Type::Interval => "INTERVAL DAY TO SECOND".into(),
        Type::Inet => "VARCHAR2(43 CHAR)".into(),
        Type::Range(_) => {
            return Err(CompileError::unsupported("oracle", "ranges (keep the bounds in two columns)"));
        }
        Type::Enum { values, .. } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(1);
            let length = longest;
            format!("VARCHAR2({length} CHAR)")
        }
        Type::Raw(words) => words.clone(),
    })
}
