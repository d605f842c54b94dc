//! The names of types as most databases have them. A dialect says what differs and leaves the rest to [`common`].

use super::Dialect;
use crate::compiler::CompileError;
use crate::schema::TableName;
use crate::types::mysql::{IntegerSize, NumberKind, TextKind};
use crate::types::{Exact, MssqlType, MysqlType, OracleType, PostgresType, Type};

/// The name of a type in DDL where the dialect says nothing else.
///
/// A generic type becomes an exact one, for which the dialect is asked again; a type of another database becomes the
/// standard one that it is a form of.
///
/// # Errors
/// For types of another database that have no standard form, and for what has no name anywhere.
pub fn common(dialect: &dyn Dialect, ty: &Type) -> Result<String, CompileError> {
    let again = |exact: Exact| dialect.type_name(&Type::Exact(exact));
    match ty {
        Type::Null => Err(CompileError::invalid(
            "a type that is not known has no name: give the column, or the cast, a type".to_owned(),
        )),
        Type::SmallInteger => again(Exact::SmallInt),
        Type::Integer => again(Exact::Integer),
        Type::BigInteger => again(Exact::BigInt),
        Type::Float { precision } => again(Exact::Float { precision: *precision }),
        Type::Double => again(Exact::Double),
        Type::Numeric { precision, scale } => again(Exact::Numeric { precision: *precision, scale: *scale }),
        Type::Boolean => again(Exact::Boolean),
        Type::String { length } | Type::Unicode { length } => again(Exact::Varchar { length: *length }),
        Type::Text { length } | Type::UnicodeText { length } => again(Exact::Text { length: *length }),
        Type::Binary { .. } => again(Exact::Blob { length: None }),
        Type::Date => again(Exact::Date),
        Type::Time { timezone } => again(Exact::Time { timezone: *timezone }),
        Type::DateTime { .. } => again(Exact::DateTime),
        Type::Uuid if dialect.capabilities().native_uuid => again(Exact::Uuid),
        Type::Uuid | Type::UuidText => again(Exact::Char { length: Some(32) }),
        Type::Json => again(Exact::Json),
        Type::Interval => again(Exact::BigInt),
        Type::Inet => again(Exact::Varchar { length: Some(43) }),
        Type::Array(_) => dialect.type_name(&Type::Json),
        Type::Range(_) => {
            Err(CompileError::unsupported(dialect.name(), "ranges (keep the bounds in two columns)"))
        }
        Type::Tuple(_) => Err(CompileError::unsupported(dialect.name(), "a column of several values")),
        Type::Enum(enumeration) => {
            if let Some(length) = enumeration.text_length() {
                let too_long =
                    enumeration.values.iter().find(|value| value.chars().count() > length as usize);
                if let Some(value) = too_long {
                    return Err(CompileError::invalid(format!(
                        "the enumeration `{}` has a length of {length}, and its value `{value}` is longer",
                        enumeration.name.as_deref().unwrap_or_default()
                    )));
                }
            }
            dialect.type_name(&enumeration.as_text())
        }
        Type::Named(name) => Ok(qualified(dialect, name)),
        Type::Collated(collated) => {
            let name = dialect.type_name(&collated.ty)?;
            Ok(format!("{name} COLLATE {}", collation(dialect, &collated.collation)))
        }
        Type::Variants(variants) => dialect.type_name(variants.on(dialect.name())),
        Type::Custom(custom) => custom.type_name(dialect),
        Type::Raw(words) => Ok(words.clone()),
        Type::Exact(ty) => Ok(exact(*ty)),
        Type::Postgres(_) | Type::Mysql(_) | Type::Sqlite(_) | Type::Mssql(_) | Type::Oracle(_) => {
            match standard_form(ty) {
                Some(standard) => dialect.type_name(&standard),
                None => Err(foreign(dialect, ty)),
            }
        }
    }
}

/// An exact type in its usual spelling.
pub(crate) fn exact(ty: Exact) -> String {
    match ty {
        Exact::SmallInt => "SMALLINT".into(),
        Exact::Integer => "INTEGER".into(),
        Exact::BigInt => "BIGINT".into(),
        Exact::Float { .. } => "FLOAT".into(),
        Exact::Real => "REAL".into(),
        Exact::Double => "DOUBLE".into(),
        Exact::DoublePrecision => "DOUBLE PRECISION".into(),
        Exact::Decimal { precision, scale } => number("DECIMAL", precision, scale),
        Exact::Numeric { precision, scale } => number("NUMERIC", precision, scale),
        Exact::Boolean => "BOOLEAN".into(),
        Exact::Char { length } => sized("CHAR", length),
        Exact::Varchar { length } => sized("VARCHAR", length),
        Exact::Nchar { length } => sized("NCHAR", length),
        Exact::Nvarchar { length } => sized("NVARCHAR", length),
        Exact::Text { length } => sized("TEXT", length),
        Exact::Clob => "CLOB".into(),
        Exact::Nclob => "NCLOB".into(),
        Exact::Binary { length } => sized("BINARY", length),
        Exact::Varbinary { length } => sized("VARBINARY", length),
        Exact::Blob { .. } => "BLOB".into(),
        Exact::Date => "DATE".into(),
        Exact::Time { .. } => "TIME".into(),
        Exact::DateTime => "DATETIME".into(),
        Exact::Timestamp { .. } => "TIMESTAMP".into(),
        Exact::Uuid => "UUID".into(),
        Exact::Json => "JSON".into(),
    }
}

/// `NAME(length)`; a length of zero is none.
pub(crate) fn sized(name: &str, length: Option<u32>) -> String {
    stated(name, length.filter(|length| *length > 0))
}

/// `NAME(argument)`, or `NAME` alone.
pub(crate) fn stated(name: &str, argument: Option<u32>) -> String {
    match argument {
        Some(argument) => format!("{name}({argument})"),
        None => name.into(),
    }
}

/// `NAME(precision, scale)`; a scale without a precision says nothing.
pub(crate) fn number(name: &str, precision: Option<u32>, scale: Option<u32>) -> String {
    match (precision, scale) {
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
        (precision, _) => stated(name, precision),
    }
}

/// A name in its schema.
pub(crate) fn qualified(dialect: &dyn Dialect, name: &TableName) -> String {
    let mut out = String::new();
    if let Some(schema) = &name.schema {
        dialect.quote(schema, &mut out);
        out.push('.');
    }
    dialect.quote(&name.name, &mut out);
    out
}

/// A collation, with its schema where it has one.
pub(crate) fn collation(dialect: &dyn Dialect, name: &TableName) -> String {
    let mut out = String::new();
    if let Some(schema) = &name.schema {
        dialect.quote(schema, &mut out);
        out.push('.');
    }
    dialect.collation(&name.name, &mut out);
    out
}

/// The standard type of which a database's own type is a form: what another database makes of it.
fn standard_form(ty: &Type) -> Option<Type> {
    let exact = match ty {
        Type::Postgres(ty) => match *ty {
            PostgresType::Json => Exact::Json,
            PostgresType::Time { timezone, .. } => Exact::Time { timezone },
            PostgresType::Timestamp { timezone, .. } => Exact::Timestamp { timezone },
            _ => return None,
        },
        Type::Mysql(ty) => match &**ty {
            MysqlType::Integer(integer) => match integer.size {
                IntegerSize::SmallInt => Exact::SmallInt,
                IntegerSize::Integer => Exact::Integer,
                IntegerSize::BigInt => Exact::BigInt,
                IntegerSize::TinyInt | IntegerSize::MediumInt => return None,
            },
            MysqlType::Number(number) => {
                let (precision, scale) = (number.precision, number.scale);
                match number.kind {
                    NumberKind::Decimal => Exact::Decimal { precision, scale },
                    NumberKind::Numeric => Exact::Numeric { precision, scale },
                    NumberKind::Float => Exact::Float { precision },
                    NumberKind::Double => Exact::Double,
                    NumberKind::Real => Exact::Real,
                }
            }
            MysqlType::Text(text) => {
                let length = text.length;
                let exact = match text.kind {
                    TextKind::Char => Exact::Char { length },
                    TextKind::Varchar => Exact::Varchar { length },
                    TextKind::Nchar => Exact::Nchar { length },
                    TextKind::Nvarchar => Exact::Nvarchar { length },
                    TextKind::Text => Exact::Text { length },
                    TextKind::TinyText | TextKind::MediumText | TextKind::LongText => return None,
                };
                let plain = Type::Exact(exact);
                return Some(match &text.charset.collation {
                    Some(collation) => plain.collate(TableName::new(collation.clone())),
                    None => plain,
                });
            }
            MysqlType::Time { .. } => Exact::Time { timezone: false },
            MysqlType::DateTime { .. } => Exact::DateTime,
            MysqlType::Timestamp { .. } => Exact::Timestamp { timezone: false },
            _ => return None,
        },
        Type::Mssql(ty) => match *ty {
            MssqlType::Time { .. } => Exact::Time { timezone: false },
            MssqlType::Filestream => Exact::Varbinary { length: None },
            _ => return None,
        },
        Type::Oracle(ty) => match *ty {
            OracleType::Float { .. } => Exact::Float { precision: None },
            OracleType::TimestampLocal => Exact::Timestamp { timezone: true },
            OracleType::Nclob => Exact::Nclob,
            OracleType::Json { .. } => Exact::Json,
            _ => return None,
        },
        _ => return None,
    };
    Some(Type::Exact(exact))
}

/// Refuses a type that only another database has.
#[cold]
pub(crate) fn foreign(dialect: &dyn Dialect, ty: &Type) -> CompileError {
    let (owner, name) = match ty {
        Type::Postgres(ty) => ("PostgreSQL", super::postgres::types::own(*ty)),
        Type::Mysql(ty) => ("MySQL", super::mysql::types::own(ty)),
        Type::Sqlite(ty) => ("SQLite", super::sqlite::types::own(*ty).to_owned()),
        Type::Mssql(ty) => ("SQL Server", super::mssql::types::own(*ty)),
        Type::Oracle(ty) => ("Oracle", super::oracle::types::own(*ty)),
        other => ("another database", format!("{other:?}")),
    };
    let what = format!(
        "the type {name}, which belongs to {owner} (say what stands for it here: `.with_variant(…, \"{}\")`)",
        dialect.name()
    );
    CompileError::unsupported(dialect.name(), &what)
}
