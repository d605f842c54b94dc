//! The names of types in Oracle.

use super::Oracle;
use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::dialect::type_names::{common, sized, stated};
use crate::types::{Exact, OracleType, Type};

pub(super) fn name(dialect: &Oracle, ty: &Type) -> Result<String, CompileError> {
    Ok(match ty {
        Type::BigInteger => "NUMBER(19)".into(),
        Type::Double => "DOUBLE PRECISION".into(),
        Type::Boolean if !dialect.capabilities().boolean_literals => "SMALLINT".into(),
        Type::String { length } => text(dialect, OracleType::Varchar2 { length: *length }),
        Type::Unicode { length } if dialect.national_text => sized("NVARCHAR2", *length),
        Type::Unicode { length } => text(dialect, OracleType::Varchar2 { length: *length }),
        Type::UnicodeText { .. } if dialect.national_text => "NCLOB".into(),
        Type::Text { .. } | Type::UnicodeText { .. } => "CLOB".into(),
        // A `DATE` has a time of day, to the second.
        Type::DateTime { timezone: false } => "DATE".into(),
        Type::DateTime { timezone: true } if dialect.capabilities().plain_types => "DATE".into(),
        Type::DateTime { timezone: true } => "TIMESTAMP WITH TIME ZONE".into(),
        Type::Time { .. } => {
            return Err(CompileError::unsupported(dialect.name(), "times of day (use a date and time)"));
        }
        Type::Interval => "INTERVAL DAY TO SECOND".into(),
        Type::Json if !dialect.has_documents() => "BLOB".into(),
        Type::Exact(exact) => match *exact {
            Exact::Float { precision: Some(precision) } => return Err(decimal_digits(dialect, precision)),
            Exact::Varchar { length } => characters(dialect, "VARCHAR", length),
            Exact::Nvarchar { length } => sized("NVARCHAR2", length),
            Exact::Timestamp { timezone: true } => "TIMESTAMP WITH TIME ZONE".into(),
            other => return common(dialect, &Type::Exact(other)),
        },
        Type::Oracle(ty) => text(dialect, *ty),
        other => return common(dialect, other),
    })
}

fn text(dialect: &Oracle, ty: OracleType) -> String {
    match ty {
        OracleType::Varchar2 { length } => characters(dialect, "VARCHAR2", length),
        other => own(other),
    }
}

/// Oracle's own types.
pub(in crate::dialect) fn own(ty: OracleType) -> String {
    match ty {
        OracleType::Number { precision: Some(precision), scale: Some(scale) } => {
            format!("NUMBER({precision}, {scale})")
        }
        OracleType::Number { precision, .. } => stated("NUMBER", precision),
        OracleType::Float { binary_precision } => stated("FLOAT", binary_precision),
        OracleType::BinaryFloat => "BINARY_FLOAT".into(),
        OracleType::BinaryDouble => "BINARY_DOUBLE".into(),
        OracleType::Varchar2 { length } => sized("VARCHAR2", length),
        OracleType::Nvarchar2 { length } => sized("NVARCHAR2", length),
        OracleType::Nclob => "NCLOB".into(),
        OracleType::Long => "LONG".into(),
        OracleType::Raw { length } => sized("RAW", length),
        OracleType::RowId => "ROWID".into(),
        OracleType::TimestampLocal => "TIMESTAMP WITH LOCAL TIME ZONE".into(),
        OracleType::Interval { day_precision, second_precision } => {
            format!("INTERVAL {} TO {}", stated("DAY", day_precision), stated("SECOND", second_precision))
        }
        OracleType::Json { blob: true } => "BLOB".into(),
        OracleType::Json { blob: false } => "JSON".into(),
        OracleType::Vector { dimensions, format, storage } => {
            let dimensions = dimensions.map_or_else(|| "*".to_owned(), |number| number.to_string());
            let format = format.map_or("*", |format| format.word());
            let storage = storage.map_or("*", |storage| storage.word());
            format!("VECTOR({dimensions},{format},{storage})")
        }
    }
}

/// A length in characters, where the version can say so.
fn characters(dialect: &Oracle, name: &str, length: Option<u32>) -> String {
    match length {
        Some(length) if length > 0 && dialect.has_character_lengths() => format!("{name}({length} CHAR)"),
        length => sized(name, length),
    }
}

#[cold]
fn decimal_digits(dialect: &Oracle, precision: u32) -> CompileError {
    CompileError::unsupported(
        dialect.name(),
        &format!(
            "FLOAT with {precision} digits, because it counts binary ones: say them with \
             `.with_variant(oracle::float({}), \"oracle\")`",
            // log10(2) is near enough to 0.30103.
            u64::from(precision) * 100_000 / 30_103
        ),
    )
}
