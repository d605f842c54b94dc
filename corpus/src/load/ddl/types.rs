//! Types in schema statements: those of columns, and those that are objects of the schema.

use aludel_sql::Type;
use aludel_sql::schema::{NamedType, ServerDefault, Sql, TableName, domain, enum_type};
use aludel_sql::{Value, ast};

use super::{Target, column, names};
use crate::json::Json;
use crate::load::{expr, name, types};
use crate::node::Node;
use crate::unsayable::Unsayable;

/// A type of a column. A named type of PostgreSQL is written by its name, which is that of an object of the schema.
pub(super) fn load<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Type, Unsayable> {
    let json = target.ctx.follow(json)?;
    let kind = json.get("type").and_then(Json::as_text).unwrap_or_default();
    let native = json.get("native_enum") != Some(&Json::Bool(false)) && json.get("name").is_some();
    let named = match kind {
        "Enum" => native && target.dialect.name() == "postgres",
        "postgresql.ENUM" | "postgresql.DOMAIN" => true,
        _ => false,
    };
    if named {
        return Ok(Type::Raw(written(&name_of(json, target)?, target)));
    }
    if kind == "postgresql.ARRAY"
        && let Some(item) = json.get("item_type")
        && let Type::Raw(words) = load(item, target)?
    {
        return Ok(Type::Raw(format!("{words}[]")));
    }
    types::load(json, target.ctx)
}

fn name_of<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<TableName, Unsayable> {
    names::load(&Node::tagged(json, "type")?, target)
}

fn written(name: &TableName, target: &Target<'_, '_>) -> String {
    let mut out = String::new();
    if let Some(schema) = &name.schema {
        target.dialect.quote(schema, &mut out);
        out.push('.');
    }
    target.dialect.quote(&name.name, &mut out);
    out
}

/// An enumeration or a domain.
pub(super) fn named<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<NamedType, Unsayable> {
    let node = Node::tagged(target.ctx.follow(json)?, "type")?;
    let own = names::load(&node, target)?;
    let text = |json: &Json| json.as_text().map(str::to_owned);
    let made: NamedType = match node.kind {
        "postgresql.ENUM" | "Enum" => {
            node.passes_over(&["create_type", "native_enum", "create_constraint"]);
            let values: Option<Vec<String>> = node.list("values")?.iter().map(text).collect();
            enum_type(own, values.ok_or_else(|| node.wrong("values", "should hold strings"))?).into()
        }
        "postgresql.DOMAIN" => {
            node.passes_over(&["create_type"]);
            let mut made = domain(own, load(node.part("data_type")?, target)?);
            let collation = node.get("collation").map(|name| name::given(name, target.ctx)).transpose()?;
            let schema =
                node.get("collation_schema").map(|name| name::given(name, target.ctx)).transpose()?;
            made.collation = collation.map(|name| TableName {
                schema: schema.map(|schema| schema.to_string()),
                name: name.to_string(),
            });
            made.default = match node.get("default") {
                None | Some(Json::Null) => None,
                Some(Json::Text(words)) => {
                    Some(ServerDefault(ast::Expr::Literal(Value::Text(words.clone()))))
                }
                Some(default) => Some(column::default_of(default, target)?),
            };
            made.not_null = node.flag("not_null")?;
            let constraint = node.get("constraint_name").map(|name| name::given(name, target.ctx));
            made.constraint_name = constraint.transpose()?.map(|name| name.to_string());
            made.check = match node.get("check") {
                None | Some(Json::Null) => None,
                Some(Json::Text(words)) => Some(Sql::words(words.as_str())),
                Some(check) => Some(Sql::expr(expr::load(check, target.ctx)?)),
            };
            made.into()
        }
        _ => return Err(node.unknown("a named type")),
    };
    node.done()?;
    Ok(made)
}
