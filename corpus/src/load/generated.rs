//! Values of a new row that the database makes up: an insert that runs by itself asks for them, as its key mostly.

use aludel_sql::Name;
use aludel_sql::Value;
use aludel_sql::ast::{Expr, Insert, InsertSource, SelectItem};

use super::Context;
use super::target::Target;
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// What an insert hands back though nothing was asked for. `insert` has no defaults yet.
///
/// # Errors
/// Where the tree is not as it should be.
pub(super) fn items<'c>(
    node: &Node<'c>,
    target: &Target<'c>,
    insert: &Insert,
    ctx: &Context<'c>,
) -> Result<Vec<SelectItem>, Unsayable> {
    let all = node.flag("return_defaults")?;
    let only = node.list("return_defaults_columns")?;
    let asked = ctx.writes.returning && (!ctx.writes.last_key || all);
    let single = node.get("multi_values").is_none() && node.get("select").is_none() && !ctx.writes.many;
    let vetoed = node.flag("inline")? || node.get("returning").is_some() || target.is_silent(ctx);
    if !asked || !single || vetoed || only.iter().any(|column| column.get("node").is_none()) {
        return Ok(Vec::new());
    }
    let auto = target.autoincrement(ctx);
    let mut items = Vec::new();
    for (name, column) in target.columns() {
        let key = column.get("primary_key") == Some(&Json::Bool(true));
        let meant =
            only.is_empty() || only.iter().any(|one| one.get("name").and_then(Json::as_text) == Some(name));
        let made_up = match value_of(insert, name) {
            Some(Expr::Bind(value)) => ctx.writes.null_key && *value == Value::Null,
            Some(Expr::Param(param)) => {
                ctx.writes.null_key && param.value.as_ref().is_none_or(|value| *value == Value::Null)
            }
            Some(_) => true,
            None => is_made_up(column, ctx) || (key && auto == Some(name)),
        };
        if made_up && (key || (all && meant)) {
            items.push(SelectItem::column(target.table.clone(), name.clone()));
        }
    }
    Ok(items)
}

/// What the statement gives a column.
fn value_of<'i>(insert: &'i Insert, name: &Name) -> Option<&'i Expr> {
    let InsertSource::Values(rows) = &insert.source else { return None };
    let place = insert.columns.iter().position(|column| column == name)?;
    rows.first()?.get(place)
}

/// Whether a column that is given nothing gets a value in the database.
fn is_made_up(column: &Json, ctx: &Context<'_>) -> bool {
    match column.get("default") {
        Some(default) => {
            default.get("expr").is_some() || (default.get("sequence").is_some() && ctx.writes.sequences)
        }
        None => ["server_default", "identity", "computed"].iter().any(|key| column.get(key).is_some()),
    }
}
