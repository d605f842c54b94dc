//! Column types as the calls that make them.

use aludel_sql::types::mysql::{IntegerSize, MysqlCharset, NumberKind, TextKind};
use aludel_sql::types::{
    Enum, EnumLength, EnumStorage, Exact, MssqlType, MysqlType, OracleType, PostgresType, SqliteType,
};
use aludel_sql::{Dialect, Type};

use super::RenderError;
use super::code::{Code, atom, call, text, texts};
use super::schema::table_name;

/// The call that makes a type.
pub(super) fn type_code(ty: &Type, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    let number = |number: &u32| atom(number.to_string());
    Ok(match ty {
        Type::SmallInteger => call("small_integer", []),
        Type::Integer => call("integer", []),
        Type::BigInteger => call("big_integer", []),
        Type::Float { precision: None } => call("float", []),
        Type::Float { precision: Some(precision) } => call("float_of", [number(precision)]),
        Type::Double => call("double", []),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            call("numeric", [number(precision), number(scale)])
        }
        Type::Numeric { precision: Some(precision), scale: None } => call("numeric_of", [number(precision)]),
        Type::Numeric { precision: None, scale: None } => call("decimal", []),
        Type::Boolean => call("boolean", []),
        Type::String { length: Some(length) } => call("string", [number(length)]),
        Type::String { length: None } => call("unbounded_string", []),
        Type::Text { length: None } => call("text", []),
        Type::Text { length: Some(length) } => call("text_of", [number(length)]),
        Type::Unicode { length: Some(length) } => call("unicode", [number(length)]),
        Type::UnicodeText { length: None } => call("unicode_text", []),
        Type::Binary { length: Some(length) } => call("binary_of", [number(length)]),
        Type::Binary { length: None } => call("binary", []),
        Type::Date => call("date", []),
        Type::Time { timezone: false } => call("time", []),
        Type::Time { timezone: true } => call("time_tz", []),
        Type::DateTime { timezone: false } => call("date_time", []),
        Type::DateTime { timezone: true } => call("date_time_tz", []),
        Type::Uuid => call("uuid", []),
        Type::UuidText => call("uuid_text", []),
        Type::Json => call("json", []),
        Type::Interval => call("interval", []),
        Type::Inet => call("inet", []),
        Type::Array(element) => call("array", [type_code(element, dialect)?]),
        Type::Range(subtype) => call("range", [type_code(subtype, dialect)?]),
        Type::Enum(enumeration) => enumeration_code(enumeration)?,
        Type::Named(name) => call("named", [table_name(name)]),
        Type::Collated(collated) => {
            whole(&collated.ty, dialect)?.then("collate", [table_name(&collated.collation)])
        }
        Type::Variants(variants) => {
            let mut code = whole(&variants.base, dialect)?;
            for (name, ty) in &variants.by_dialect {
                code = code.then("with_variant", [type_code(ty, dialect)?, text(name)]);
            }
            code
        }
        Type::Exact(ty) => exact(*ty),
        Type::Postgres(ty) => postgres(*ty),
        Type::Mysql(ty) => mysql(ty),
        Type::Sqlite(ty) => sqlite(*ty),
        Type::Mssql(ty) => mssql(*ty),
        Type::Oracle(ty) => oracle(*ty),
        // A revision stands for itself, whatever becomes of the user's own type.
        Type::Custom(_) => call("raw", [text(&dialect.type_name(ty)?)]),
        Type::Raw(words) => call("raw", [text(words)]),
        other => return Err(unwritable(other)),
    })
}

#[cold]
fn unwritable(ty: &dyn std::fmt::Debug) -> RenderError {
    RenderError::new(format!("the type {ty:?} cannot be written in a revision file"))
}

/// A type on which methods of [`Type`] can be called: some functions make a type's own builder.
fn whole(ty: &Type, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    let code = type_code(ty, dialect)?;
    let builder = match ty {
        Type::Mysql(ty) => {
            matches!(
                **ty,
                MysqlType::Integer(_) | MysqlType::Number(_) | MysqlType::Text(_) | MysqlType::List(_)
            )
        }
        Type::Enum(_) => {
            matches!(&code, Code::Chain(..)) || matches!(&code, Code::Call(name, _) if name.contains("::"))
        }
        _ => false,
    };
    Ok(if builder { call("Type::from", [code]) } else { code })
}

fn enumeration_code(enumeration: &Enum) -> Result<Code, RenderError> {
    let Enum { name, schema, values, storage, length, .. } = enumeration;
    if values.is_empty() {
        let name = name.as_deref().unwrap_or_default();
        return Err(RenderError::new(format!("the enumeration `{name}` has no values")));
    }
    let plain = *storage == EnumStorage::Text && *length == EnumLength::Longest && schema.is_none();
    let mut code = match name {
        Some(name) if plain => return Ok(call("enumeration", [text(name), texts(values)])),
        Some(name) => call("Enum::new", [text(name), texts(values)]),
        None => call("Enum::unnamed", [texts(values)]),
    };
    if *storage == EnumStorage::Native {
        code = code.then("native", []);
    }
    if let Some(schema) = schema {
        code = code.then("in_schema", [text(schema)]);
    }
    Ok(match length {
        EnumLength::Longest => code,
        EnumLength::Unstated => code.then("any_length", []),
        EnumLength::Of(length) => code.then("length", [atom(length.to_string())]),
    })
}

fn optional(number: Option<impl ToString>) -> Code {
    atom(number.map_or_else(|| "None".to_owned(), |number| number.to_string()))
}

fn exact(ty: Exact) -> Code {
    let (name, arguments) = match ty {
        Exact::SmallInt => ("small_int", vec![]),
        Exact::Integer => ("integer", vec![]),
        Exact::BigInt => ("big_int", vec![]),
        Exact::Float { precision } => ("float", vec![optional(precision)]),
        Exact::Real => ("real", vec![]),
        Exact::Double => ("double", vec![]),
        Exact::DoublePrecision => ("double_precision", vec![]),
        Exact::Decimal { precision, scale } => ("decimal", vec![optional(precision), optional(scale)]),
        Exact::Numeric { precision, scale } => ("numeric", vec![optional(precision), optional(scale)]),
        Exact::Boolean => ("boolean", vec![]),
        Exact::Char { length } => ("char", vec![optional(length)]),
        Exact::Varchar { length } => ("varchar", vec![optional(length)]),
        Exact::Nchar { length } => ("nchar", vec![optional(length)]),
        Exact::Nvarchar { length } => ("nvarchar", vec![optional(length)]),
        Exact::Text { length } => ("text", vec![optional(length)]),
        Exact::Clob => ("clob", vec![]),
        Exact::Nclob => ("nclob", vec![]),
        Exact::Binary { length } => ("binary", vec![optional(length)]),
        Exact::Varbinary { length } => ("varbinary", vec![optional(length)]),
        Exact::Blob { length } => ("blob", vec![optional(length)]),
        Exact::Date => ("date", vec![]),
        Exact::Time { timezone } => ("time", vec![atom(timezone.to_string())]),
        Exact::DateTime => ("date_time", vec![]),
        Exact::Timestamp { timezone } => ("timestamp", vec![atom(timezone.to_string())]),
        Exact::Uuid => ("uuid", vec![]),
        Exact::Json => ("json", vec![]),
    };
    call(&format!("exact::{name}"), arguments)
}

fn postgres(ty: PostgresType) -> Code {
    let flag = |flag: bool| atom(flag.to_string());
    let (name, arguments) = match ty {
        PostgresType::Json => ("json", vec![]),
        PostgresType::Jsonb => ("jsonb", vec![]),
        PostgresType::JsonPath => ("json_path", vec![]),
        PostgresType::Hstore => ("hstore", vec![]),
        PostgresType::Cidr => ("cidr", vec![]),
        PostgresType::Macaddr => ("macaddr", vec![]),
        PostgresType::Macaddr8 => ("macaddr8", vec![]),
        PostgresType::Money => ("money", vec![]),
        PostgresType::Oid => ("oid", vec![]),
        PostgresType::Regclass => ("regclass", vec![]),
        PostgresType::Regconfig => ("regconfig", vec![]),
        PostgresType::Tsvector => ("tsvector", vec![]),
        PostgresType::Tsquery => ("tsquery", vec![]),
        PostgresType::Citext => ("citext", vec![]),
        PostgresType::Bytea => ("bytea", vec![]),
        PostgresType::Xml => ("xml", vec![]),
        PostgresType::Int4Multirange => ("int4_multirange", vec![]),
        PostgresType::Int8Multirange => ("int8_multirange", vec![]),
        PostgresType::NumMultirange => ("num_multirange", vec![]),
        PostgresType::DateMultirange => ("date_multirange", vec![]),
        PostgresType::TsMultirange => ("ts_multirange", vec![]),
        PostgresType::TstzMultirange => ("tstz_multirange", vec![]),
        PostgresType::Bit { length } => ("bit", vec![atom(length.to_string())]),
        PostgresType::BitVarying { length } => ("bit_varying", vec![optional(length)]),
        PostgresType::Time { precision, timezone } => ("time", vec![optional(precision), flag(timezone)]),
        PostgresType::Timestamp { precision, timezone } => {
            ("timestamp", vec![optional(precision), flag(timezone)])
        }
        PostgresType::Interval { fields, precision } => {
            let fields = fields.map(|fields| format!("postgres::IntervalFields::{fields:?}"));
            ("interval", vec![optional(fields), optional(precision)])
        }
    };
    call(&format!("postgres::{name}"), arguments)
}

fn mysql(ty: &MysqlType) -> Code {
    match ty {
        MysqlType::Integer(integer) => {
            let name = match integer.size {
                IntegerSize::TinyInt => "mysql::tiny_int",
                IntegerSize::SmallInt => "mysql::small_int",
                IntegerSize::MediumInt => "mysql::medium_int",
                IntegerSize::Integer => "mysql::integer",
                IntegerSize::BigInt => "mysql::big_int",
            };
            let mut code = call(name, []);
            if let Some(width) = integer.display_width {
                code = code.then("display_width", [atom(width.to_string())]);
            }
            signs(code, integer.unsigned, integer.zerofill)
        }
        MysqlType::Number(number) => {
            let name = match number.kind {
                NumberKind::Decimal => "mysql::decimal",
                NumberKind::Numeric => "mysql::numeric",
                NumberKind::Float => "mysql::float",
                NumberKind::Double => "mysql::double",
                NumberKind::Real => "mysql::real",
            };
            let code = call(name, [optional(number.precision), optional(number.scale)]);
            signs(code, number.unsigned, number.zerofill)
        }
        MysqlType::Text(own) => {
            let length = optional(own.length);
            let code = match own.kind {
                TextKind::Char => call("mysql::char", [length]),
                TextKind::Varchar => call("mysql::varchar", [length]),
                TextKind::Nchar => call("mysql::nchar", [length]),
                TextKind::Nvarchar => call("mysql::nvarchar", [length]),
                TextKind::Text => call("mysql::text", [length]),
                TextKind::TinyText => call("mysql::tiny_text", []),
                TextKind::MediumText => call("mysql::medium_text", []),
                TextKind::LongText => call("mysql::long_text", []),
            };
            characters(code, &own.charset)
        }
        MysqlType::List(list) => {
            let name = if list.several { "mysql::set" } else { "mysql::enumeration" };
            characters(call(name, [texts(&list.values)]), &list.charset)
        }
        MysqlType::Bit { length } => call("mysql::bit", [optional(*length)]),
        MysqlType::Year => call("mysql::year", []),
        MysqlType::Time { fsp } => call("mysql::time", [atom(fsp.to_string())]),
        MysqlType::DateTime { fsp } => call("mysql::date_time", [atom(fsp.to_string())]),
        MysqlType::Timestamp { fsp } => call("mysql::timestamp", [atom(fsp.to_string())]),
        MysqlType::TinyBlob => call("mysql::tiny_blob", []),
        MysqlType::MediumBlob => call("mysql::medium_blob", []),
        MysqlType::LongBlob => call("mysql::long_blob", []),
        MysqlType::Inet4 => call("mysql::inet4", []),
        MysqlType::Inet6 => call("mysql::inet6", []),
    }
}

fn signs(mut code: Code, unsigned: bool, zerofill: bool) -> Code {
    if unsigned {
        code = code.then("unsigned", []);
    }
    if zerofill { code.then("zerofill", []) } else { code }
}

fn characters(mut code: Code, charset: &MysqlCharset) -> Code {
    for (name, value) in [("charset", &charset.charset), ("collation", &charset.collation)] {
        if let Some(value) = value {
            code = code.then(name, [text(value)]);
        }
    }
    for (name, on) in [
        ("ascii", charset.ascii),
        ("unicode", charset.unicode),
        ("binary", charset.binary),
        ("national", charset.national),
    ] {
        if on {
            code = code.then(name, []);
        }
    }
    code
}

fn sqlite(ty: SqliteType) -> Code {
    let name = match ty {
        SqliteType::Any => "sqlite::any",
        SqliteType::Int => "sqlite::int",
        SqliteType::Jsonb => "sqlite::jsonb",
    };
    call(name, [])
}

fn mssql(ty: MssqlType) -> Code {
    let (name, arguments) = match ty {
        MssqlType::TinyInt => ("tiny_int", vec![]),
        MssqlType::Bit => ("bit", vec![]),
        MssqlType::Money => ("money", vec![]),
        MssqlType::SmallMoney => ("small_money", vec![]),
        MssqlType::Time { precision } => ("time", vec![optional(precision)]),
        MssqlType::DateTime2 { precision } => ("date_time2", vec![optional(precision)]),
        MssqlType::DateTimeOffset { precision } => ("date_time_offset", vec![optional(precision)]),
        MssqlType::SmallDateTime => ("small_date_time", vec![]),
        MssqlType::RowVersion => ("row_version", vec![]),
        MssqlType::NText => ("ntext", vec![]),
        MssqlType::Image => ("image", vec![]),
        MssqlType::Filestream => ("filestream", vec![]),
        MssqlType::Xml => ("xml", vec![]),
        MssqlType::UniqueIdentifier => ("unique_identifier", vec![]),
        MssqlType::SqlVariant => ("sql_variant", vec![]),
    };
    call(&format!("mssql::{name}"), arguments)
}

fn oracle(ty: OracleType) -> Code {
    let (name, arguments) = match ty {
        OracleType::Number { precision, scale } => ("number", vec![optional(precision), optional(scale)]),
        OracleType::Float { binary_precision } => ("float", vec![optional(binary_precision)]),
        OracleType::BinaryFloat => ("binary_float", vec![]),
        OracleType::BinaryDouble => ("binary_double", vec![]),
        OracleType::Varchar2 { length } => ("varchar2", vec![optional(length)]),
        OracleType::Nvarchar2 { length } => ("nvarchar2", vec![optional(length)]),
        OracleType::Nclob => ("nclob", vec![]),
        OracleType::Long => ("long", vec![]),
        OracleType::Raw { length } => ("raw", vec![optional(length)]),
        OracleType::RowId => ("row_id", vec![]),
        OracleType::TimestampLocal => ("timestamp_local", vec![]),
        OracleType::Interval { day_precision, second_precision } => {
            ("interval", vec![optional(day_precision), optional(second_precision)])
        }
        OracleType::Json { blob } => ("json", vec![atom(blob.to_string())]),
        OracleType::Vector { dimensions, format, storage } => {
            let format = format.map(|format| format!("oracle::VectorFormat::{format:?}"));
            let storage = storage.map(|storage| format!("oracle::VectorStorage::{storage:?}"));
            ("vector", vec![optional(dimensions), optional(format), optional(storage)])
        }
    };
    call(&format!("oracle::{name}"), arguments)
}
