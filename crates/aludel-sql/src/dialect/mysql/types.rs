//! The names of types in MySQL and MariaDB.

use super::Mysql;
use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::dialect::type_names::{common, number, stated};
use crate::types::mysql::{
    IntegerSize, MysqlCharset, MysqlInteger, MysqlNumber, MysqlText, NumberKind, TextKind,
};
use crate::types::{EnumStorage, Exact, MysqlType, Type};

pub(super) fn name(dialect: &Mysql, ty: &Type) -> Result<String, CompileError> {
    let plain = dialect.capabilities().plain_types;
    Ok(match ty {
        Type::Float { precision } => stated("FLOAT", *precision),
        Type::Binary { length } if plain => stated("BLOB", *length),
        Type::Binary { length: Some(length) } => format!("VARBINARY({length})"),
        Type::Binary { length: None } => "LONGBLOB".into(),
        // Without digits behind the second, the server would cut off what it is given.
        Type::Time { .. } if !plain => "TIME(6)".into(),
        Type::DateTime { .. } if !plain => "DATETIME(6)".into(),
        Type::Enum(enumeration) if enumeration.storage == EnumStorage::Native => {
            listed("ENUM", &enumeration.values, &MysqlCharset::default())
        }
        Type::Exact(exact) => match *exact {
            Exact::Boolean => "BOOL".into(),
            Exact::Float { precision } => stated("FLOAT", precision),
            Exact::Varchar { length } => text(dialect, &plain_text(TextKind::Varchar, length))?,
            Exact::Char { length } => text(dialect, &plain_text(TextKind::Char, length))?,
            Exact::Nvarchar { length } => text(dialect, &plain_text(TextKind::Nvarchar, length))?,
            Exact::Nchar { length } => text(dialect, &plain_text(TextKind::Nchar, length))?,
            Exact::Text { length } => text(dialect, &plain_text(TextKind::Text, length))?,
            Exact::Blob { length } => stated("BLOB", length),
            Exact::Varbinary { length: None } => return Err(needs_length(dialect, "VARBINARY")),
            other => return common(dialect, &Type::Exact(other)),
        },
        Type::Mysql(ty) => match &**ty {
            MysqlType::Text(own) => text(dialect, own)?,
            MysqlType::Inet4 | MysqlType::Inet6 if dialect.name() != "mariadb" => {
                return Err(CompileError::unsupported(
                    dialect.name(),
                    &format!("{} (use varbinary)", own(ty)),
                ));
            }
            _ => own(ty),
        },
        other => return common(dialect, other),
    })
}

/// What `CAST` knows: a few words of its own.
pub(super) fn cast_name(dialect: &Mysql, ty: &Type) -> Result<String, CompileError> {
    let ty = ty.on(dialect.name());
    let chars = |length: &Option<u32>| stated("CHAR", *length);
    Ok(match ty {
        Type::SmallInteger | Type::Integer | Type::BigInteger | Type::Interval => "SIGNED INTEGER".into(),
        Type::Boolean | Type::Exact(Exact::Boolean) => "SIGNED INTEGER".into(),
        Type::Exact(Exact::SmallInt | Exact::Integer | Exact::BigInt) => "SIGNED INTEGER".into(),
        Type::Numeric { precision, scale }
        | Type::Exact(Exact::Numeric { precision, scale } | Exact::Decimal { precision, scale }) => {
            number("DECIMAL", *precision, *scale)
        }
        Type::String { length } | Type::Unicode { length } => chars(length),
        Type::Text { length } | Type::UnicodeText { length } => chars(length),
        Type::Exact(
            Exact::Char { length }
            | Exact::Varchar { length }
            | Exact::Nchar { length }
            | Exact::Nvarchar { length }
            | Exact::Text { length },
        ) => chars(length),
        Type::Exact(Exact::Clob | Exact::Nclob) | Type::Inet => "CHAR".into(),
        // The collation belongs behind the cast.
        Type::Collated(collated) => return dialect.cast_type_name(&collated.ty),
        Type::Enum(enumeration) => chars(&enumeration.text_length()),
        Type::Binary { .. } => "BINARY".into(),
        Type::Exact(Exact::Blob { .. } | Exact::Binary { .. } | Exact::Varbinary { .. }) => "BINARY".into(),
        Type::Exact(Exact::Timestamp { .. }) => "DATETIME".into(),
        Type::Json | Type::Array(_) | Type::Exact(Exact::Json) => {
            if dialect.name() == "mariadb" {
                return Err(CompileError::unsupported(dialect.name(), "a cast to JSON"));
            }
            "JSON".into()
        }
        Type::Mysql(ty) => return own_cast(dialect, ty),
        Type::Custom(custom) => return custom.cast_type_name(dialect),
        other => return dialect.type_name(other),
    })
}

fn own_cast(dialect: &Mysql, ty: &MysqlType) -> Result<String, CompileError> {
    Ok(match ty {
        MysqlType::Integer(integer) if integer.unsigned => "UNSIGNED INTEGER".into(),
        MysqlType::Integer(_) => "SIGNED INTEGER".into(),
        MysqlType::Number(MysqlNumber { kind, precision, scale, .. }) => match kind {
            NumberKind::Decimal | NumberKind::Numeric => number("DECIMAL", *precision, *scale),
            NumberKind::Float => stated("FLOAT", precision.filter(|_| scale.is_none())),
            NumberKind::Double => "DOUBLE".into(),
            NumberKind::Real => "REAL".into(),
        },
        MysqlType::Text(text) => {
            let charset = MysqlCharset { national: false, ..text.charset.clone() };
            with_charset(stated("CHAR", text.length), &charset)
        }
        MysqlType::Timestamp { fsp } => own(&MysqlType::DateTime { fsp: *fsp }),
        MysqlType::Time { .. } | MysqlType::DateTime { .. } => own(ty),
        MysqlType::TinyBlob | MysqlType::MediumBlob | MysqlType::LongBlob => "BINARY".into(),
        MysqlType::Year | MysqlType::Bit { .. } => "UNSIGNED INTEGER".into(),
        MysqlType::List(_) => "CHAR".into(),
        MysqlType::Inet4 | MysqlType::Inet6 => return dialect.type_name(&ty.clone().into()),
    })
}

/// MySQL's own types.
pub(in crate::dialect) fn own(ty: &MysqlType) -> String {
    let fsp = |name: &str, fsp: u32| stated(name, Some(fsp).filter(|fsp| *fsp > 0));
    match ty {
        MysqlType::Integer(MysqlInteger { size, display_width, unsigned, zerofill }) => {
            let name = match size {
                IntegerSize::TinyInt => "TINYINT",
                IntegerSize::SmallInt => "SMALLINT",
                IntegerSize::MediumInt => "MEDIUMINT",
                IntegerSize::Integer => "INTEGER",
                IntegerSize::BigInt => "BIGINT",
            };
            signs(stated(name, *display_width), *unsigned, *zerofill)
        }
        MysqlType::Number(MysqlNumber { kind, precision, scale, unsigned, zerofill }) => {
            let both = precision.and(*scale).is_some();
            let name = match kind {
                NumberKind::Decimal => number("DECIMAL", *precision, *scale),
                NumberKind::Numeric => number("NUMERIC", *precision, *scale),
                NumberKind::Float => number("FLOAT", *precision, *scale),
                NumberKind::Double if both => number("DOUBLE", *precision, *scale),
                NumberKind::Real if both => number("REAL", *precision, *scale),
                NumberKind::Double => "DOUBLE".into(),
                NumberKind::Real => "REAL".into(),
            };
            signs(name, *unsigned, *zerofill)
        }
        MysqlType::Text(text) => unchecked_text(text),
        MysqlType::List(list) => {
            listed(if list.several { "SET" } else { "ENUM" }, &list.values, &list.charset)
        }
        MysqlType::Bit { length } => stated("BIT", *length),
        MysqlType::Year => "YEAR".into(),
        MysqlType::Time { fsp: digits } => fsp("TIME", *digits),
        MysqlType::DateTime { fsp: digits } => fsp("DATETIME", *digits),
        MysqlType::Timestamp { fsp: digits } => fsp("TIMESTAMP", *digits),
        MysqlType::TinyBlob => "TINYBLOB".into(),
        MysqlType::MediumBlob => "MEDIUMBLOB".into(),
        MysqlType::LongBlob => "LONGBLOB".into(),
        MysqlType::Inet4 => "INET4".into(),
        MysqlType::Inet6 => "INET6".into(),
    }
}

fn signs(mut name: String, unsigned: bool, zerofill: bool) -> String {
    if unsigned {
        name.push_str(" UNSIGNED");
    }
    if zerofill {
        name.push_str(" ZEROFILL");
    }
    name
}

fn plain_text(kind: TextKind, length: Option<u32>) -> MysqlText {
    MysqlText { kind, length, charset: MysqlCharset::default() }
}

fn text(dialect: &Mysql, text: &MysqlText) -> Result<String, CompileError> {
    match (text.kind, text.length) {
        (TextKind::Varchar, None) => Err(needs_length(dialect, "VARCHAR")),
        (TextKind::Nvarchar, None) => Err(needs_length(dialect, "NVARCHAR")),
        _ => Ok(unchecked_text(text)),
    }
}

fn unchecked_text(text: &MysqlText) -> String {
    let (name, national) = match text.kind {
        TextKind::Char => ("CHAR", false),
        TextKind::Varchar => ("VARCHAR", false),
        TextKind::Nchar => ("CHAR", true),
        TextKind::Nvarchar => ("VARCHAR", true),
        TextKind::TinyText => ("TINYTEXT", false),
        TextKind::Text => ("TEXT", false),
        TextKind::MediumText => ("MEDIUMTEXT", false),
        TextKind::LongText => ("LONGTEXT", false),
    };
    let charset = MysqlCharset { national: national || text.charset.national, ..text.charset.clone() };
    with_charset(stated(name, text.length), &charset)
}

/// A national text has the server's national character set, whatever else is said.
fn with_charset(name: String, charset: &MysqlCharset) -> String {
    let mut words = if charset.national { format!("NATIONAL {name}") } else { name };
    if !charset.national {
        if let Some(name) = &charset.charset {
            words.push_str(&format!(" CHARACTER SET {name}"));
        } else if charset.ascii {
            words.push_str(" ASCII");
        } else if charset.unicode {
            words.push_str(" UNICODE");
        }
    }
    if let Some(collation) = &charset.collation {
        words.push_str(&format!(" COLLATE {collation}"));
    } else if charset.binary {
        words.push_str(" BINARY");
    }
    words
}

/// `ENUM('a','b')`. A backslash begins an escape, as the server is set by default.
fn listed(name: &str, values: &[String], charset: &MysqlCharset) -> String {
    let quoted = |value: &String| format!("'{}'", value.replace('\'', "''").replace('\\', "\\\\"));
    let values: Vec<String> = values.iter().map(quoted).collect();
    with_charset(format!("{name}({})", values.join(",")), charset)
}

#[cold]
fn needs_length(dialect: &Mysql, name: &str) -> CompileError {
    let what = format!("{name} without a length (give the column a length, or make it text)");
    CompileError::unsupported(dialect.name(), &what)
}
