//! Types that one database has.

use aludel_sql::Type;
use aludel_sql::schema::TableName;
use aludel_sql::types::mysql::{
    self, IntegerSize, MysqlCharset, MysqlInteger, MysqlList, MysqlNumber, MysqlText, NumberKind, TextKind,
};
use aludel_sql::types::oracle::{VectorFormat, VectorStorage};
use aludel_sql::types::postgres::IntervalFields;
use aludel_sql::types::{EnumStorage, Exact, MssqlType, MysqlType, OracleType, PostgresType};

use super::super::Context;
use super::{array, enumeration, number};
use crate::node::Node;
use crate::unsayable::Unsayable;

pub(super) fn postgres<'c>(node: &Node<'c>, name: &str, ctx: &Context<'c>) -> Result<Type, Unsayable> {
    let range = |of: Type| Ok(Type::Range(Box::new(of)));
    let (precision, timezone) = (number(node, "precision")?, node.flag("timezone")?);
    Ok(Type::Postgres(match name {
        "ARRAY" => return array(node, ctx),
        "ENUM" => return enumeration(node, EnumStorage::Native),
        "DOMAIN" => {
            // What it is made of is said where it is created.
            node.passes_over(&[
                "data_type",
                "check",
                "default",
                "not_null",
                "constraint_name",
                "create_type",
            ]);
            node.passes_over(&["collation", "collation_schema"]);
            let schema = node.text_or_none("schema")?.map(str::to_owned);
            return Ok(Type::Named(Box::new(TableName { schema, name: node.text("name")?.to_owned() })));
        }
        "INET" => return Ok(Type::Inet),
        "INT4RANGE" => return range(Type::Integer),
        "INT8RANGE" => return range(Type::BigInteger),
        "NUMRANGE" => return range(Type::Numeric { precision: None, scale: None }),
        "DATERANGE" => return range(Type::Date),
        "TSRANGE" => return range(Type::DateTime { timezone: false }),
        "TSTZRANGE" => return range(Type::DateTime { timezone: true }),
        "INT4MULTIRANGE" => PostgresType::Int4Multirange,
        "INT8MULTIRANGE" => PostgresType::Int8Multirange,
        "NUMMULTIRANGE" => PostgresType::NumMultirange,
        "DATEMULTIRANGE" => PostgresType::DateMultirange,
        "TSMULTIRANGE" => PostgresType::TsMultirange,
        "TSTZMULTIRANGE" => PostgresType::TstzMultirange,
        "JSON" => PostgresType::Json,
        "JSONB" => PostgresType::Jsonb,
        "JSONPATH" => PostgresType::JsonPath,
        "HSTORE" => {
            node.passes_over(&["text_type"]);
            PostgresType::Hstore
        }
        "CIDR" => PostgresType::Cidr,
        "MACADDR" => PostgresType::Macaddr,
        "MACADDR8" => PostgresType::Macaddr8,
        "MONEY" => PostgresType::Money,
        "OID" => PostgresType::Oid,
        "REGCLASS" => PostgresType::Regclass,
        "REGCONFIG" => PostgresType::Regconfig,
        "TSVECTOR" => PostgresType::Tsvector,
        "TSQUERY" => PostgresType::Tsquery,
        "CITEXT" => PostgresType::Citext,
        "BYTEA" => PostgresType::Bytea,
        "BIT" => match (node.flag("varying")?, number(node, "length")?) {
            (true, length) => PostgresType::BitVarying { length },
            (false, length) => PostgresType::Bit { length: length.unwrap_or(1) },
        },
        "TIME" => PostgresType::Time { precision, timezone },
        "TIMESTAMP" => PostgresType::Timestamp { precision, timezone },
        "INTERVAL" => PostgresType::Interval {
            fields: match node.text_or_none("fields")? {
                None => None,
                Some(words) => Some(
                    IntervalFields::parse(words)
                        .ok_or_else(|| node.wrong("fields", "are none of an interval"))?,
                ),
            },
            precision,
        },
        _ => return Err(node.unknown("a type")),
    }))
}

pub(super) fn mysql(node: &Node<'_>, name: &str) -> Result<Type, Unsayable> {
    let integer = |size| {
        let mut ty = MysqlInteger { display_width: number(node, "display_width")?, ..mysql::integer() };
        (ty.size, ty.unsigned, ty.zerofill) = (size, node.flag("unsigned")?, node.flag("zerofill")?);
        Ok(ty.into())
    };
    let decimal = |kind| {
        let mut ty =
            MysqlNumber { kind, ..mysql::decimal(number(node, "precision")?, number(node, "scale")?) };
        (ty.unsigned, ty.zerofill) = (node.flag("unsigned")?, node.flag("zerofill")?);
        Ok(ty.into())
    };
    let text = |kind| {
        let length = number(node, "length")?;
        Ok(MysqlText { kind, length, charset: charset(node)? }.into())
    };
    let fsp = || Ok::<u32, Unsayable>(number(node, "fsp")?.unwrap_or(0));
    node.passes_over(&["timezone"]);
    Ok(match name {
        "TINYINT" => return integer(IntegerSize::TinyInt),
        "SMALLINT" => return integer(IntegerSize::SmallInt),
        "MEDIUMINT" => return integer(IntegerSize::MediumInt),
        "INTEGER" => return integer(IntegerSize::Integer),
        "BIGINT" => return integer(IntegerSize::BigInt),
        "DECIMAL" => return decimal(NumberKind::Decimal),
        "NUMERIC" => return decimal(NumberKind::Numeric),
        "FLOAT" => return decimal(NumberKind::Float),
        "DOUBLE" => return decimal(NumberKind::Double),
        "REAL" => return decimal(NumberKind::Real),
        "CHAR" => return text(TextKind::Char),
        "VARCHAR" => return text(TextKind::Varchar),
        "NCHAR" => return text(TextKind::Nchar),
        "NVARCHAR" => return text(TextKind::Nvarchar),
        "TEXT" => return text(TextKind::Text),
        "TINYTEXT" => return text(TextKind::TinyText),
        "MEDIUMTEXT" => return text(TextKind::MediumText),
        "LONGTEXT" => return text(TextKind::LongText),
        "ENUM" | "SET" => {
            let values = node.list("values")?.iter();
            let values = values.map(|value| value.as_text().map(str::to_owned)).collect::<Option<_>>();
            let values = values.ok_or_else(|| node.wrong("values", "should be strings"))?;
            node.passes_over(&["name", "length", "native_enum", "retrieve_as_bitwise"]);
            MysqlList { several: name == "SET", values, charset: charset(node)? }.into()
        }
        "BIT" => mysql::bit(number(node, "length")?),
        "YEAR" if node.get("display_width").is_none() => mysql::year(),
        "TIME" => MysqlType::Time { fsp: fsp()? }.into(),
        "DATETIME" => MysqlType::DateTime { fsp: fsp()? }.into(),
        "TIMESTAMP" => MysqlType::Timestamp { fsp: fsp()? }.into(),
        "TINYBLOB" => mysql::tiny_blob(),
        "MEDIUMBLOB" => mysql::medium_blob(),
        "LONGBLOB" => mysql::long_blob(),
        "INET4" => mysql::inet4(),
        "INET6" => mysql::inet6(),
        "JSON" => Type::Exact(Exact::Json),
        _ => return Err(node.unknown("a type")),
    })
}

fn charset(node: &Node<'_>) -> Result<MysqlCharset, Unsayable> {
    Ok(MysqlCharset {
        charset: node.text_or_none("charset")?.map(str::to_owned),
        collation: node.text_or_none("collation")?.map(str::to_owned),
        ascii: node.flag("ascii")?,
        unicode: node.flag("unicode")?,
        binary: node.flag("binary")?,
        national: node.flag("national")?,
    })
}

pub(super) fn mssql(node: &Node<'_>, name: &str) -> Result<Type, Unsayable> {
    let precision = number(node, "precision")?;
    Ok(Type::Mssql(match name {
        "TINYINT" => MssqlType::TinyInt,
        "BIT" => MssqlType::Bit,
        "MONEY" => MssqlType::Money,
        "SMALLMONEY" => MssqlType::SmallMoney,
        "TIME" => MssqlType::Time { precision },
        "DATETIME" => return Ok(Type::Exact(Exact::DateTime)),
        "DATETIME2" => MssqlType::DateTime2 { precision },
        "DATETIMEOFFSET" => MssqlType::DateTimeOffset { precision },
        "SMALLDATETIME" => MssqlType::SmallDateTime,
        "TIMESTAMP" => return Ok(Type::Exact(Exact::Timestamp { timezone: false })),
        "ROWVERSION" => MssqlType::RowVersion,
        "NTEXT" => MssqlType::NText,
        "IMAGE" => MssqlType::Image,
        "VARBINARY" if node.flag("filestream")? => MssqlType::Filestream,
        "VARBINARY" => return Ok(Type::Exact(Exact::Varbinary { length: varbinary(node)? })),
        "XML" => MssqlType::Xml,
        "UNIQUEIDENTIFIER" => MssqlType::UniqueIdentifier,
        "SQL_VARIANT" => MssqlType::SqlVariant,
        "REAL" => return Ok(Type::Exact(Exact::Real)),
        "DOUBLE_PRECISION" => return Ok(Type::Exact(Exact::DoublePrecision)),
        "JSON" => return Ok(Type::Json),
        _ => return Err(node.unknown("a type")),
    }))
}

/// `max` is no length.
fn varbinary(node: &Node<'_>) -> Result<Option<u32>, Unsayable> {
    if node.get("length").and_then(crate::json::Json::as_text) == Some("max") {
        return Ok(None);
    }
    number(node, "length")
}

pub(super) fn oracle(node: &Node<'_>, name: &str) -> Result<Type, Unsayable> {
    let length = || number(node, "length");
    Ok(Type::Oracle(match name {
        "NUMBER" => OracleType::Number {
            precision: number(node, "precision")?,
            scale: match node.int_or_none("scale")? {
                None => None,
                Some(scale) => Some(i32::try_from(scale).map_err(|_| node.wrong("scale", "is too large"))?),
            },
        },
        "FLOAT" => OracleType::Float { binary_precision: number(node, "binary_precision")? },
        "BINARY_FLOAT" => OracleType::BinaryFloat,
        "BINARY_DOUBLE" => OracleType::BinaryDouble,
        "VARCHAR2" | "VARCHAR" => OracleType::Varchar2 { length: length()? },
        "NVARCHAR2" => OracleType::Nvarchar2 { length: length()? },
        "NCLOB" => OracleType::Nclob,
        "LONG" => OracleType::Long,
        "RAW" => OracleType::Raw { length: length()? },
        "ROWID" => OracleType::RowId,
        "DATE" => return Ok(Type::Exact(Exact::Date)),
        "TIMESTAMP" if node.flag("local_timezone")? => OracleType::TimestampLocal,
        "TIMESTAMP" => return Ok(Type::Exact(Exact::Timestamp { timezone: node.flag("timezone")? })),
        "INTERVAL" => OracleType::Interval {
            day_precision: number(node, "day_precision")?,
            second_precision: number(node, "second_precision")?,
        },
        "JSON" => match node.flag_or_none("use_blob")? {
            None => return Ok(Type::Json),
            Some(blob) => OracleType::Json { blob },
        },
        "VECTOR" => OracleType::Vector {
            dimensions: number(node, "dim")?,
            format: match node.text_or_none("storage_format")? {
                None => None,
                Some("INT8") => Some(VectorFormat::Int8),
                Some("BINARY") => Some(VectorFormat::Binary),
                Some("FLOAT32") => Some(VectorFormat::Float32),
                Some("FLOAT64") => Some(VectorFormat::Float64),
                Some(_) => return Err(node.wrong("storage_format", "is not known")),
            },
            storage: match node.text_or_none("storage_type")? {
                None => None,
                Some("SPARSE") => Some(VectorStorage::Sparse),
                Some("DENSE") => Some(VectorStorage::Dense),
                Some(_) => return Err(node.wrong("storage_type", "is not known")),
            },
        },
        _ => return Err(node.unknown("a type")),
    }))
}
