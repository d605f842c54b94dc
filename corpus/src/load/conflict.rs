//! What an insert does where a row is already there.

use aludel_sql::Name;
use aludel_sql::ast::{ConflictAction, ConflictTarget, OnConflict};

use super::target::{Target, each_source};
use super::{Context, dml, expr, name};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// The clause, where this is one.
///
/// # Errors
/// Where our tree has no place for a part of it.
pub(super) fn load<'c>(
    node: &Node<'c>,
    target: &Target<'c>,
    ctx: &Context<'c>,
) -> Result<Option<OnConflict>, Unsayable> {
    let conflict = match node.kind {
        "on_conflict_do_nothing" => {
            node.passes_over(&["dialect"]);
            let target = constraint(node, ctx)?;
            OnConflict { target, action: ConflictAction::DoNothing, new_row: None }
        }
        "on_conflict_do_update" => {
            node.passes_over(&["dialect"]);
            let excluded = excluded(node, target, ctx);
            let load = || Ok::<_, Unsayable>((constraint(node, ctx)?, action(node, target, ctx)?));
            let (target, action) = match excluded {
                Some(alias) => ctx.proposing(alias, load)?,
                None => load()?,
            };
            OnConflict { target, action, new_row: None }
        }
        "on_duplicate_key_update" => {
            let alias = node.part("inserted")?.get("ref").and_then(Json::as_text).unwrap_or_default();
            let ordered = node.get("order").is_some();
            let set = ctx.proposing(alias, || dml::set(node, "set", target, ordered, ctx))?;
            let action = ConflictAction::DoUpdate { set: set.0, filter: Vec::new() };
            OnConflict { target: ConflictTarget::Any, action, new_row: None }
        }
        _ => return Ok(None),
    };
    node.done()?;
    Ok(Some(conflict))
}

/// The alias `excluded` of the table, which is the row that was proposed.
fn excluded<'c>(node: &Node<'c>, target: &Target<'c>, ctx: &Context<'c>) -> Option<&'c str> {
    let mut found = None;
    for key in ["set", "where"] {
        if let Some(part) = node.get(key) {
            each_source(part, &mut |id| {
                let alias = ctx.def(id).and_then(Node::new);
                let named = |alias: &Node<'c>| {
                    target.is_aliased(alias) && alias.get("name").and_then(Json::as_text) == Some("excluded")
                };
                if alias.is_ok_and(|alias| named(&alias)) {
                    found = Some(id);
                }
            });
        }
    }
    found
}

/// The constraint in question.
fn constraint<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<ConflictTarget, Unsayable> {
    if let Some(constraint) = node.get("constraint") {
        return Ok(ConflictTarget::Constraint(name::given(constraint, ctx)?));
    }
    let mut elements = Vec::new();
    for element in node.list("elements")? {
        elements.push(match element {
            Json::Text(name) => {
                aludel_sql::ast::Expr::Column(aludel_sql::ast::ColumnRef::free(Name::Owned(name.clone())))
            }
            node => expr::load(node, ctx)?,
        });
    }
    let filter = expr::optional(node.get("index_where"), ctx)?.into_iter().collect();
    if elements.is_empty() {
        return Ok(ConflictTarget::Any);
    }
    Ok(ConflictTarget::Columns { elements, filter })
}

fn action<'c>(node: &Node<'c>, target: &Target<'c>, ctx: &Context<'c>) -> Result<ConflictAction, Unsayable> {
    let (set, elsewhere) = dml::set(node, "set", target, false, ctx)?;
    if !elsewhere.is_empty() {
        return Err(node.wrong("set", "names columns of another table"));
    }
    let filter = expr::optional(node.get("where"), ctx)?.into_iter().collect();
    Ok(ConflictAction::DoUpdate { set, filter })
}
