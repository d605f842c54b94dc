//! Types: `{"type": "String", "length": 50}`.

mod custom;
mod vendor;

use aludel_sql::Type;
use aludel_sql::schema::TableName;
use aludel_sql::types::{
    Enum, EnumLength, EnumStorage, Exact, OracleType, PostgresType, SqliteType, postgres,
};

use super::Context;
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// The type that stands here.
///
/// # Errors
/// Where we have no such type.
pub(crate) fn load<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Type, Unsayable> {
    let node = Node::tagged(ctx.follow(json)?, "type")?;
    let mut ty = match node.kind.split_once('.') {
        None => common(&node, ctx)?,
        Some(("JSON", index)) => index_type(index).ok_or_else(|| node.unknown("a type"))?,
        Some(("postgresql", name)) => vendor::postgres(&node, name, ctx)?,
        Some(("mysql" | "mariadb", name)) => vendor::mysql(&node, name)?,
        Some(("sqlite", name)) => sqlite(&node, name)?,
        Some(("mssql", name)) => vendor::mssql(&node, name)?,
        Some(("oracle", name)) => vendor::oracle(&node, name)?,
        Some(_) => return Err(node.unknown("a type")),
    };
    // MySQL's texts hold theirs, and that of a domain is said where it is created.
    let holds = matches!(&ty, Type::Mysql(_) | Type::Named(_));
    if let Some(collation) = node.text_or_none("collation")?.filter(|_| !holds) {
        let schema = node.text_or_none("collation_schema")?.map(str::to_owned);
        ty = ty.collate(TableName { schema, name: collation.to_owned() });
    }
    ty = custom::wrap(&node, ty)?;
    for (dialect, variant) in node.members("variants")? {
        let name = match dialect.as_str() {
            "postgresql" => "postgres",
            "default" => "standard",
            dialect => dialect,
        };
        ty = ty.with_variant(load(variant, ctx)?, name);
    }
    // A class of the user's own over a type, or values of another kind in the program: no matter of the text.
    node.passes_over(&["custom", "decorator", "python_values", "asdecimal", "as_uuid", "none_as_null"]);
    node.done()?;
    Ok(ty)
}

/// The type that stands here, where we have it: for what is not written as SQL, a type that we lack is as good as
/// unknown.
pub(super) fn if_known<'c>(json: Option<&'c Json>, ctx: &Context<'c>) -> Option<Type> {
    json.and_then(|json| load(json, ctx).ok())
}

/// A number that is not negative, if it is there.
fn number(node: &Node<'_>, key: &str) -> Result<Option<u32>, Unsayable> {
    match node.int_or_none(key)? {
        None => Ok(None),
        Some(number) => {
            u32::try_from(number).map(Some).map_err(|_| node.wrong(key, "should not be negative"))
        }
    }
}

/// Generic types, and those whose name is the same everywhere.
fn common<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Type, Unsayable> {
    let length = || number(node, "length");
    let precision = || number(node, "precision");
    let timezone = || node.flag("timezone");
    let exact = |ty: Exact| Ok(Type::Exact(ty));
    match node.kind {
        "NullType" | "TableValueType" => {
            node.passes_over(&["columns"]);
            Ok(Type::Null)
        }
        "SmallInteger" => Ok(Type::SmallInteger),
        "Integer" => Ok(Type::Integer),
        "BigInteger" => Ok(Type::BigInteger),
        "Float" => Ok(Type::Float { precision: precision()? }),
        "Double" => {
            // Written by no dialect that has generic types.
            number(node, "precision")?;
            Ok(Type::Double)
        }
        "Numeric" => Ok(Type::Numeric { precision: precision()?, scale: number(node, "scale")? }),
        // Their checks are constraints of the table here.
        "Boolean" | "MatchType" => {
            node.passes_over(&["create_constraint", "name"]);
            Ok(Type::Boolean)
        }
        "String" => Ok(Type::String { length: length()? }),
        "Text" => Ok(Type::Text { length: length()? }),
        "Unicode" => Ok(Type::Unicode { length: length()? }),
        "UnicodeText" => Ok(Type::UnicodeText { length: length()? }),
        "LargeBinary" | "PickleType" => Ok(Type::Binary { length: length()? }),
        "Date" => Ok(Type::Date),
        "Time" => Ok(Type::Time { timezone: timezone()? }),
        "DateTime" => Ok(Type::DateTime { timezone: timezone()? }),
        "Interval" => interval(node),
        "Uuid" if node.flag_or_none("native_uuid")? == Some(false) => Ok(Type::UuidText),
        "Uuid" => Ok(Type::Uuid),
        "JSON" => Ok(Type::Json),
        "ARRAY" => array(node, ctx),
        "TupleType" => {
            let types = node.list("types")?;
            Ok(Type::Tuple(types.iter().map(|ty| load(ty, ctx)).collect::<Result<_, _>>()?))
        }
        "Enum" => enumeration(node, EnumStorage::Native),
        "UserDefinedType" => Ok(match node.text_or_none("spec")? {
            Some(words) => Type::Raw(words.to_owned()),
            None => Type::Null,
        }),
        "SMALLINT" => exact(Exact::SmallInt),
        "INTEGER" | "INT" => exact(Exact::Integer),
        "BIGINT" => exact(Exact::BigInt),
        "FLOAT" => exact(Exact::Float { precision: precision()? }),
        "REAL" => exact(Exact::Real),
        "DOUBLE" => exact(Exact::Double),
        "DOUBLE_PRECISION" => exact(Exact::DoublePrecision),
        "DECIMAL" => exact(Exact::Decimal { precision: precision()?, scale: number(node, "scale")? }),
        "NUMERIC" => exact(Exact::Numeric { precision: precision()?, scale: number(node, "scale")? }),
        "BOOLEAN" => {
            node.passes_over(&["create_constraint", "name"]);
            exact(Exact::Boolean)
        }
        "CHAR" => exact(Exact::Char { length: length()? }),
        "VARCHAR" => exact(Exact::Varchar { length: length()? }),
        "NCHAR" => exact(Exact::Nchar { length: length()? }),
        "NVARCHAR" => exact(Exact::Nvarchar { length: length()? }),
        "TEXT" => exact(Exact::Text { length: length()? }),
        "CLOB" => exact(Exact::Clob),
        "NCLOB" => exact(Exact::Nclob),
        "BINARY" => exact(Exact::Binary { length: length()? }),
        "VARBINARY" => exact(Exact::Varbinary { length: length()? }),
        "BLOB" => exact(Exact::Blob { length: length()? }),
        "DATE" => exact(Exact::Date),
        "TIME" => exact(Exact::Time { timezone: timezone()? }),
        "DATETIME" => exact(Exact::DateTime),
        "TIMESTAMP" => exact(Exact::Timestamp { timezone: timezone()? }),
        "UUID" => exact(Exact::Uuid),
        _ => Err(node.unknown("a type")),
    }
}

/// What a document is asked by. Only PostgreSQL writes it.
fn index_type(name: &str) -> Option<Type> {
    match name {
        "JSONStrIndexType" => Some(Type::Text { length: None }),
        "JSONIntIndexType" => Some(Type::Raw("INT".into())),
        "JSONPathType" => Some(postgres::json_path()),
        _ => None,
    }
}

/// A length of time: its precisions are those of two databases.
fn interval(node: &Node<'_>) -> Result<Type, Unsayable> {
    let day_precision = number(node, "day_precision")?;
    let second_precision = number(node, "second_precision")?;
    if node.flag_or_none("native")? == Some(false) {
        return Err(node.wrong("native", "asks for a date and time in its place"));
    }
    if day_precision.is_none() && second_precision.is_none() {
        return Ok(Type::Interval);
    }
    let oracle = Type::Oracle(OracleType::Interval { day_precision, second_precision });
    let postgres = Type::Postgres(PostgresType::Interval { fields: None, precision: second_precision });
    Ok(Type::Interval.with_variant(oracle, "oracle").with_variant(postgres, "postgres"))
}

/// An array of several dimensions is an array of arrays.
fn array<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Type, Unsayable> {
    let mut ty = load(node.part("item_type")?, ctx)?;
    for _ in 0..number(node, "dimensions")?.unwrap_or(1).max(1) {
        ty = Type::Array(Box::new(ty));
    }
    node.passes_over(&["as_tuple", "zero_indexes"]);
    Ok(ty)
}

/// Its check is a constraint of the table here.
fn enumeration(node: &Node<'_>, storage: EnumStorage) -> Result<Type, Unsayable> {
    let values = node.list("values")?.iter().map(|value| {
        value.as_text().map(str::to_owned).ok_or_else(|| node.wrong("values", "should be strings"))
    });
    let mut ty = Enum::unnamed(values.collect::<Result<Vec<String>, _>>()?);
    ty.name = node.text_or_none("name")?.map(str::to_owned);
    ty.schema = node.text_or_none("schema")?.map(str::to_owned);
    ty.storage = if node.flag_or_none("native_enum")? == Some(false) { EnumStorage::Text } else { storage };
    ty.length = match node.get("length") {
        None => EnumLength::Longest,
        Some(Json::Null) => EnumLength::Unstated,
        Some(_) => number(node, "length")?.map_or(EnumLength::Unstated, EnumLength::Of),
    };
    node.passes_over(&["create_constraint", "create_type", "inherit_schema", "metadata"]);
    Ok(ty.into())
}

fn sqlite(node: &Node<'_>, name: &str) -> Result<Type, Unsayable> {
    match name {
        "JSONB" => Ok(Type::Sqlite(SqliteType::Jsonb)),
        "JSON" => Ok(Type::Json),
        "DATE" => Ok(Type::Exact(Exact::Date)),
        "TIME" => Ok(Type::Exact(Exact::Time { timezone: false })),
        "DATETIME" => Ok(Type::Exact(Exact::DateTime)),
        _ => Err(node.unknown("a type")),
    }
}
