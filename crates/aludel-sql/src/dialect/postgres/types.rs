//! The names of types in PostgreSQL.

use super::Postgres;
use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::dialect::type_names::{common, qualified, sized, stated};
use crate::schema::TableName;
use crate::types::{Enum, EnumStorage, Exact, PostgresType, SqliteType, Type};

pub(super) fn name(dialect: &Postgres, ty: &Type) -> Result<String, CompileError> {
    Ok(match ty {
        Type::Double => "DOUBLE PRECISION".into(),
        Type::Binary { .. } => "BYTEA".into(),
        Type::DateTime { timezone } => zoned("TIMESTAMP", None, *timezone),
        Type::Json if !dialect.capabilities().plain_types => "JSONB".into(),
        Type::Interval => "INTERVAL".into(),
        Type::Inet => "INET".into(),
        Type::Array(element) => array(&dialect.type_name(element)?),
        Type::Range(subtype) => range(dialect, subtype)?,
        Type::Enum(enumeration) if enumeration.storage == EnumStorage::Native => {
            qualified(dialect, &native(enumeration)?)
        }
        Type::Exact(Exact::Float { precision }) => sized("FLOAT", *precision),
        Type::Exact(Exact::Time { timezone }) => zoned("TIME", None, *timezone),
        Type::Exact(Exact::Timestamp { timezone }) => zoned("TIMESTAMP", None, *timezone),
        Type::Postgres(ty) => own(*ty),
        Type::Sqlite(SqliteType::Jsonb) => "JSONB".into(),
        other => return common(dialect, other),
    })
}

/// PostgreSQL's own types.
pub(in crate::dialect) fn own(ty: PostgresType) -> String {
    let word = match ty {
        PostgresType::Json => "JSON",
        PostgresType::Jsonb => "JSONB",
        PostgresType::JsonPath => "JSONPATH",
        PostgresType::Hstore => "HSTORE",
        PostgresType::Cidr => "CIDR",
        PostgresType::Macaddr => "MACADDR",
        PostgresType::Macaddr8 => "MACADDR8",
        PostgresType::Money => "MONEY",
        PostgresType::Oid => "OID",
        PostgresType::Regclass => "REGCLASS",
        PostgresType::Regconfig => "REGCONFIG",
        PostgresType::Tsvector => "TSVECTOR",
        PostgresType::Tsquery => "TSQUERY",
        PostgresType::Citext => "CITEXT",
        PostgresType::Bytea => "BYTEA",
        PostgresType::Xml => "XML",
        PostgresType::Int4Multirange => "INT4MULTIRANGE",
        PostgresType::Int8Multirange => "INT8MULTIRANGE",
        PostgresType::NumMultirange => "NUMMULTIRANGE",
        PostgresType::DateMultirange => "DATEMULTIRANGE",
        PostgresType::TsMultirange => "TSMULTIRANGE",
        PostgresType::TstzMultirange => "TSTZMULTIRANGE",
        PostgresType::Bit { length } => return format!("BIT({length})"),
        PostgresType::BitVarying { length } => return stated("BIT VARYING", length),
        PostgresType::Time { precision, timezone } => return zoned("TIME", precision, timezone),
        PostgresType::Timestamp { precision, timezone } => return zoned("TIMESTAMP", precision, timezone),
        PostgresType::Interval { fields, precision } => {
            let mut words = String::from("INTERVAL");
            if let Some(fields) = fields {
                words.push(' ');
                words.push_str(fields.words());
            }
            if let Some(precision) = precision {
                words.push_str(&format!(" ({precision})"));
            }
            return words;
        }
    };
    word.into()
}

fn zoned(name: &str, precision: Option<u32>, timezone: bool) -> String {
    let with = if timezone { "WITH" } else { "WITHOUT" };
    format!("{} {with} TIME ZONE", stated(name, precision))
}

/// The brackets stand in front of a collation.
fn array(element: &str) -> String {
    match element.find(" COLLATE ").and_then(|at| element.split_at_checked(at)) {
        Some((name, collation)) => format!("{name}[]{collation}"),
        None => format!("{element}[]"),
    }
}

fn range(dialect: &Postgres, subtype: &Type) -> Result<String, CompileError> {
    Ok(match subtype {
        Type::Integer => "INT4RANGE".into(),
        Type::BigInteger => "INT8RANGE".into(),
        Type::Numeric { .. } => "NUMRANGE".into(),
        Type::Date => "DATERANGE".into(),
        Type::DateTime { timezone: false } => "TSRANGE".into(),
        Type::DateTime { timezone: true } => "TSTZRANGE".into(),
        // As the server names the ranges of a type that a user makes.
        other => format!("{}RANGE", dialect.type_name(other)?),
    })
}

/// The name of an enumeration's type.
fn native(enumeration: &Enum) -> Result<TableName, CompileError> {
    let Some(name) = &enumeration.name else {
        return Err(CompileError::invalid(
            "an enumeration that PostgreSQL keeps as a type needs a name: `Enum::new(name, values)`"
                .to_owned(),
        ));
    };
    // The server looks for its own types first.
    if enumeration.schema.is_none() && BUILT_IN.binary_search(&name.as_str()).is_ok() {
        return Err(CompileError::invalid(format!(
            "the enumeration `{name}` has the name of a type of PostgreSQL's own: give it another name, or its schema"
        )));
    }
    Ok(TableName { schema: enumeration.schema.clone(), name: name.clone() })
}

/// Names that the server takes for types of its own, in order.
#[rustfmt::skip]
const BUILT_IN: &[&str] = &[
    "bigint", "bit", "bool", "boolean", "bytea", "char", "character", "cidr", "citext", "date", "datemultirange",
    "daterange", "decimal", "double precision", "float", "float4", "float8", "hstore", "inet", "int", "int2", "int4",
    "int4multirange", "int4range", "int8", "int8multirange", "int8range", "integer", "interval", "json", "jsonb",
    "jsonpath", "macaddr", "macaddr8", "money", "name", "numeric", "nummultirange", "numrange", "oid", "real",
    "regclass", "regconfig", "smallint", "text", "time", "timestamp", "timestamptz", "timetz", "tsmultirange",
    "tsquery", "tsrange", "tstzmultirange", "tstzrange", "tsvector", "uuid", "varbit", "varchar", "xml",
];

/// The form that the server keeps: it knows several names for many types, and forgets how many dimensions an array was
/// said to have.
pub(super) fn canonical(name: String) -> String {
    let element = name.trim_end_matches("[]");
    if element.len() < name.len() {
        return format!("{}[]", canonical(element.to_owned()));
    }
    let upper = name.to_ascii_uppercase();
    let (word, arguments) = match upper.split_once('(') {
        Some((word, rest)) => (word.trim_end(), rest.strip_suffix(')')),
        None => (upper.as_str(), None),
    };
    let digits: Option<u32> = arguments.and_then(|arguments| arguments.trim().parse().ok());
    match (word, arguments) {
        ("FLOAT", None) => "DOUBLE PRECISION".into(),
        ("FLOAT", Some(_)) if digits.is_some_and(|digits| digits <= 24) => "REAL".into(),
        ("FLOAT", Some(_)) => "DOUBLE PRECISION".into(),
        ("FLOAT4", None) => "REAL".into(),
        ("FLOAT8", None) => "DOUBLE PRECISION".into(),
        ("NUMERIC" | "DECIMAL", Some(_)) if digits.is_some() => {
            format!("NUMERIC({}, 0)", digits.unwrap_or_default())
        }
        ("CHAR" | "CHARACTER" | "NCHAR", None) => "CHAR(1)".into(),
        ("NCHAR", Some(length)) => format!("CHAR({length})"),
        ("BIT", None) => "BIT(1)".into(),
        ("VARBIT", None) => "BIT VARYING".into(),
        ("VARBIT", Some(length)) => format!("BIT VARYING({length})"),
        ("TIME", None) => "TIME WITHOUT TIME ZONE".into(),
        ("TIMESTAMP", None) => "TIMESTAMP WITHOUT TIME ZONE".into(),
        ("TIMETZ", None) => "TIME WITH TIME ZONE".into(),
        ("TIMESTAMPTZ", None) => "TIMESTAMP WITH TIME ZONE".into(),
        _ => name,
    }
}
