//! Columns, and what the tree knows about the types of expressions.

use aludel_sql::ast::{ColumnRef, Expr, Source};

use super::{Context, from, name};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// A column: of a source, or free.
///
/// # Errors
/// Where its source or name cannot be said.
pub(super) fn load<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let name = node.part("name")?;
    let position = node.int_or_none("index")?.and_then(|index| usize::try_from(index).ok());
    // A column of a schema that is in no table is written like any other name, and its type is told where it matters.
    node.passes_over(&["type", "key", "schema_column", "detached", "literal"]);
    let of = node.text_or_none("of")?;
    node.done()?;
    let Some(of) = of else { return Ok(Expr::Column(ColumnRef::free(name::given(name, ctx)?))) };
    if ctx.is_proposed(of) {
        return Ok(Expr::Excluded(name::given(name, ctx)?));
    }
    let source = from::source(ctx.def(of)?, ctx)?;
    match (source, position) {
        (Source::Derived(derived), Some(position)) if is_query(of, ctx)? => {
            Ok(Expr::Position(derived, position))
        }
        (source, _) => Ok(Expr::column(source, name::given(name, ctx)?)),
    }
}

/// Whether a source's columns are those of a query, whose names may be made up.
fn is_query<'c>(id: &'c str, ctx: &Context<'c>) -> Result<bool, Unsayable> {
    let node = Node::new(ctx.def(id)?)?;
    match node.kind {
        "subquery" | "cte" => Ok(true),
        "alias" | "lateral" | "tablesample" => {
            let element = node.part("element")?;
            match element.get("ref").and_then(Json::as_text) {
                Some(element) => is_query(element, ctx),
                None => Ok(true),
            }
        }
        "select" | "compound_select" => Ok(true),
        _ => Ok(false),
    }
}

/// The type of an expression, as far as the tree tells it.
pub(super) fn type_of<'c>(json: &'c Json, ctx: &Context<'c>) -> Option<&'c Json> {
    let json = ctx.follow(json).ok()?;
    if let Some(ty) = json.get("type").filter(|ty| ty.as_text().is_none()) {
        return Some(ty);
    }
    match json.get("node")?.as_text()? {
        "column" => {
            let source = json.get("of")?.as_text()?;
            column_type(ctx.def(source).ok()?, json.get("name")?, ctx)
        }
        "grouping" | "label" | "over" | "funcfilter" | "withingroup" | "aggregateorderby"
        | "scalar_select" => type_of(json.get("element")?, ctx),
        "select" => type_of(json.get("columns")?.as_list()?.first()?, ctx),
        _ => None,
    }
}

/// The type of a column of this source.
fn column_type<'c>(source: &'c Json, name: &Json, ctx: &Context<'c>) -> Option<&'c Json> {
    match source.get("columns").and_then(Json::as_list) {
        Some(columns) if source.get("node").and_then(Json::as_text) != Some("select") => {
            columns.iter().find(|column| column.get("name") == Some(name))?.get("type")
        }
        Some(columns) => {
            let named =
                |column: &&'c Json| ctx.follow(column).is_ok_and(|column| column.get("name") == Some(name));
            type_of(columns.iter().find(named)?, ctx)
        }
        None => column_type(ctx.follow(source.get("element")?).ok()?, name, ctx),
    }
}

/// The name of the type of an expression: `Integer`, `postgresql.JSONB`.
pub(super) fn type_name<'c>(json: &'c Json, ctx: &Context<'c>) -> Option<&'c str> {
    type_of(json, ctx)?.get("type")?.as_text()
}
