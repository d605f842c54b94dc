//! The names of types in PostgreSQL.

use crate::types::Type;

pub(super) fn name(ty: &Type) -> String {
    match ty {
        Type::SmallInteger => "SMALLINT".into(),
        Type::Integer => "INTEGER".into(),
        Type::BigInteger => "BIGINT".into(),
        Type::Float => "REAL".into(),
        Type::Double => "DOUBLE PRECISION".into(),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            format!("NUMERIC({precision}, {scale})")
        }
        Type::Numeric { precision: Some(precision), scale: None } => format!("NUMERIC({precision})"),
        Type::Numeric { .. } => "NUMERIC".into(),
        Type::Boolean => "BOOLEAN".into(),
        Type::String { length: Some(length) } => format!("VARCHAR({length})"),
        Type::String { length: None } => "VARCHAR".into(),
        Type::Text => "TEXT".into(),
        Type::Binary { .. } => "BYTEA".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME WITHOUT TIME ZONE".into(),
        Type::DateTime { timezone: false } => "TIMESTAMP WITHOUT TIME ZONE".into(),
        Type::DateTime { timezone: true } => "TIMESTAMP WITH TIME ZONE".into(),
        Type::Uuid => "UUID".into(),
        Type::Json => "JSONB".into(),
        Type::Interval => "INTERVAL".into(),
        Type::Inet => "INET".into(),
        // An array of arrays is one array of more dimensions, which its type does not tell.
        Type::Array(element) if matches!(**element, Type::Array(_)) => name(element),
        Type::Array(element) => format!("{}[]", name(element)),
        Type::Range(subtype) => match **subtype {
            Type::Integer => "INT4RANGE".into(),
            Type::BigInteger => "INT8RANGE".into(),
            Type::Numeric { .. } => "NUMRANGE".into(),
            Type::Date => "DATERANGE".into(),
            Type::DateTime { timezone: false } => "TSRANGE".into(),
            Type::DateTime { timezone: true } => "TSTZRANGE".into(),
            // As the server names the ranges of a type that a user makes.
            ref other => format!("{}RANGE", name(other)),
        },
        // As text: a named type is an object of its own, with a life of its own.
        Type::Enum { values, .. } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(1);
            format!("VARCHAR({longest})")
        }
        Type::Raw(words) => words.clone(),
    }
}
