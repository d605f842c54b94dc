//! Columns of tables.

use aludel_sql::schema::{Column, Computed, Constraint, Identity, ServerDefault, Sql, column};
use aludel_sql::{Type, Value, ast};

use super::table::Keys;
use super::{Target, constraint, options, sequence, types};
use crate::json::Json;
use crate::load::{expr, name};
use crate::node::Node;
use crate::unsayable::Unsayable;

/// A column; none where no statement makes it.
pub(super) fn load<'c>(
    json: &'c Json,
    keys: &Keys<'_>,
    target: &Target<'c, '_>,
) -> Result<Option<Column>, Unsayable> {
    let node = Node::named(json, "column")?;
    // What inserts and queries make of it.
    node.passes_over(&[
        "node",
        "key",
        "onupdate",
        "server_onupdate",
        "insert_sentinel",
        "omit_from_statements",
    ]);
    if node.flag("system")? {
        return Ok(None);
    }
    let ty = match node.get("type") {
        // Where only names are needed, an unknown type does no harm, and no database takes this one.
        None => Type::Raw("NULL".to_owned()),
        Some(ty) => types::load(ty, target)?,
    };
    let mut made = column(name::given(node.part("name")?, target.ctx)?.to_string(), ty);
    let primary_key = node.flag("primary_key")?;
    made.nullable = node.flag_or_none("nullable")?.unwrap_or(!primary_key);
    made.server_default = match node.get("server_default") {
        None | Some(Json::Null) => None,
        Some(json) if json.get("fetched").is_some() => None,
        Some(json) => Some(default_of(json, target)?),
    };
    made.computed = node.get("computed").map(|json| computed(json, target)).transpose()?;
    made.identity = node.get("identity").map(|json| sequence::identity(json, target)).transpose()?;
    made.comment = node.text_or_none("comment")?.map(str::to_owned);
    made.options = options::load(node.members("options")?, target)?;
    made.autoincrement = numbering(&node, target)?;
    by_options(&mut made, target);
    // SQL Server numbers the rows of any column that asks for it.
    if target.dialect.name() == "mssql" && made.autoincrement == Some(true) && !primary_key {
        made.autoincrement = None;
        made.identity.get_or_insert(Identity::by_default());
    }
    for json in node.list("constraints")? {
        match constraint::load(json, keys, target)? {
            Some(Constraint::Check(check)) => made.checks.push(check),
            _ => return Err(node.wrong("constraints", "are more than checks")),
        }
    }
    node.done()?;
    Ok(Some(made))
}

/// Whether the database is said to number the rows. What the program puts in keeps it from doing so.
fn numbering<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<Option<bool>, Unsayable> {
    let own = match node.get("default") {
        None | Some(Json::Null) => false,
        Some(default) => match default.get("sequence") {
            Some(sequence) => sequence.get("optional") != Some(&Json::Bool(true)),
            None => true,
        },
    };
    // SQLite numbers by itself; the word that asks for more stands among the table's options.
    let rowid = target.dialect.name() == "sqlite";
    Ok(match node.get("autoincrement") {
        _ if own => Some(false),
        Some(Json::Bool(true)) if rowid => None,
        Some(Json::Bool(flag)) => Some(*flag),
        _ => None,
    })
}

/// An older way of SQL Server to say how rows are numbered.
fn by_options(column: &mut Column, target: &Target<'_, '_>) {
    let mut number = |name: &str| match column.options.remove(name) {
        Some(aludel_sql::schema::OptionValue::Number(number)) => Some(number),
        _ => None,
    };
    let (start, step) = (number("mssql_identity_start"), number("mssql_identity_increment"));
    if target.dialect.name() == "mssql" && (start.is_some() || step.is_some()) {
        let mut identity = Identity::by_default();
        (identity.counting.start, identity.counting.increment) = (start, step);
        column.identity = Some(identity);
    }
}

fn computed<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Computed, Unsayable> {
    let node = Node::named(json, "computed")?;
    node.passes_over(&["node"]);
    let expression = Sql::expr(expr::load(node.part("sqltext")?, target.ctx)?);
    let stored = node.flag_or_none("persisted")?;
    node.done()?;
    Ok(Computed { expression, stored })
}

/// What the database fills in: a text, or an expression.
pub(super) fn default_of<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<ServerDefault, Unsayable> {
    if let Some(text) = json.get("text").filter(|_| json.get("node").is_none()) {
        let text = text.as_text().ok_or_else(|| Unsayable::new("a default that is no string"))?;
        return Ok(ServerDefault(ast::Expr::Literal(Value::Text(text.to_owned()))));
    }
    let expr = expr::load(json.get("expr").unwrap_or(json), target.ctx)?;
    Ok(ServerDefault(match expr {
        ast::Expr::NextValue { schema, name } => {
            let name = aludel_sql::schema::TableName {
                schema: schema.map(|schema| schema.to_string()),
                name: name.to_string(),
            };
            let name = target.schemas.name(&name);
            ast::Expr::NextValue { schema: name.schema.map(Into::into), name: name.name.into() }
        }
        expr => expr,
    }))
}
