//! Joins of a `SELECT`: which element of the `FROM` list each one goes to, and conditions that are found from foreign
//! keys.

use aludel_sql::ast::{Expr, Join, Source};
use aludel_sql::schema::{Occurrence, Table, TableName, foreign_key, join_condition, table};

use super::{Context, expr, from, target};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// All joins of a select, those that it had before its columns were replaced first.
///
/// # Errors
/// Where a condition is found neither in the tree nor from foreign keys.
pub(super) fn all<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Vec<Join>, Unsayable> {
    let mut elements: Vec<Vec<&'c str>> = Vec::new();
    for item in node.list("from")? {
        elements.push(leaves(item, ctx)?);
    }
    let mut joins = Vec::new();
    for memoized in node.list("memoized")? {
        let memoized = Node::named(memoized, "what a select was")?;
        let (columns, list) = (memoized.list("columns")?, memoized.list("joins")?);
        memoized.done()?;
        for json in list {
            joins.push(one(json, columns, &mut elements, true, ctx)?);
        }
    }
    for json in node.list("joins")? {
        joins.push(one(json, node.list("columns")?, &mut elements, false, ctx)?);
    }
    Ok(joins)
}

/// One join. With `before`, the select's columns are others by now and say nothing about its left side.
fn one<'c>(
    json: &'c Json,
    columns: &'c [Json],
    elements: &mut Vec<Vec<&'c str>>,
    before: bool,
    ctx: &Context<'c>,
) -> Result<Join, Unsayable> {
    let node = Node::named(json, "a join")?;
    let target_json = node.part("target")?;
    let right = leaves(target_json, ctx)?;
    let kind = from::join_kind(&node)?;
    let stated = node.get("left");
    let on = node.get("onclause");
    node.done()?;
    let stated_leaves = stated.map(|left| leaves(left, ctx)).transpose()?;
    // What may stand on the left: what is said, what is read already, or what the columns name.
    let candidates: Vec<Vec<&'c str>> = match (&stated_leaves, elements.is_empty()) {
        (Some(left), _) => vec![left.clone()],
        (None, false) => elements.clone(),
        (None, true) => named_in(columns, ctx)?.into_iter().map(|id| vec![id]).collect(),
    };
    let mut left = stated_leaves;
    let on = match on {
        Some(on) => {
            if left.is_none() && (before || candidates.len() == 1) {
                let mut read = Vec::new();
                target::each_source(on, &mut |id| read.push(id));
                let names =
                    |one: &&Vec<&'c str>| one.iter().any(|id| read.contains(id) && !right.contains(id));
                left = candidates.iter().find(names).cloned();
            }
            expr::load(on, ctx)?
        }
        None => {
            let found = candidates.into_iter().map(|one| (connect(&one, &right, ctx), one));
            let (mut fits, mut failed) = (Vec::new(), None);
            for (on, one) in found {
                match on {
                    Ok(on) => fits.push((on, one)),
                    Err(error) => failed = Some(error),
                }
            }
            match (fits.pop(), fits.is_empty()) {
                (Some((on, one)), true) => {
                    left = Some(one);
                    on
                }
                (Some(_), false) => {
                    return Err(Unsayable::new("a join that could go to several elements of FROM"));
                }
                (None, _) => {
                    return Err(failed.unwrap_or_else(|| Unsayable::new("a join that goes to nothing")));
                }
            }
        }
    };
    let holds = |one: &Vec<&'c str>| left.as_ref().is_some_and(|left| left.iter().any(|id| one.contains(id)));
    match elements.iter_mut().find(|one| holds(one)) {
        Some(element) => element.extend(right),
        None if left.is_some() => {
            elements.push(left.iter().flatten().copied().chain(right).collect());
        }
        None => match elements.as_mut_slice() {
            [only] => only.extend(right),
            _ => elements.push(right),
        },
    }
    let first = left.as_ref().and_then(|left| left.first());
    let left = match (stated, first) {
        (Some(stated), _) => Some(from::item(stated, ctx)?),
        (None, Some(first)) => Some(from::item(ctx.def(first)?, ctx)?),
        (None, None) => None,
    };
    Ok(Join { kind, target: from::item(target_json, ctx)?, on: Some(on), left })
}

/// The condition between two elements of `FROM`, found from foreign keys.
///
/// # Errors
/// Where none is found.
pub(super) fn condition<'c>(left: &'c Json, right: &'c Json, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    connect(&leaves(left, ctx)?, &leaves(right, ctx)?, ctx)
}

fn connect<'c>(left: &[&'c str], right: &[&'c str], ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let tables =
        |side: &[&'c str]| side.iter().map(|id| schema_table(id, ctx)).collect::<Result<Vec<_>, _>>();
    let (left_tables, right_tables) = (tables(left)?, tables(right)?);
    let occurrences = |ids: &[&'c str], tables: &[Table]| -> Result<Vec<(usize, Source)>, Unsayable> {
        let sources = ids.iter().map(|id| from::source(ctx.def(id)?, ctx));
        (0..tables.len()).zip(sources).map(|(index, source)| Ok((index, source?))).collect()
    };
    fn sides<'t>(tables: &'t [Table], found: Vec<(usize, Source)>) -> Vec<Occurrence<'t>> {
        let one = |(index, source): (usize, Source)| {
            let read_as = source.as_table()?.clone();
            Some(Occurrence { table: tables.get(index)?, read_as })
        };
        found.into_iter().filter_map(one).collect()
    }
    let left = sides(&left_tables, occurrences(left, &left_tables)?);
    let right = sides(&right_tables, occurrences(right, &right_tables)?);
    Ok(join_condition(&left, &right)?)
}

/// What the foreign keys of a table are; nothing else of it matters here.
fn schema_table<'c>(id: &'c str, ctx: &Context<'c>) -> Result<Table, Unsayable> {
    let mut node = ctx.node(ctx.def(id)?)?;
    while node.kind == "alias" {
        node = ctx.node(node.part("element")?)?;
    }
    let name_of = |json: &Json| match (json.get("schema").and_then(Json::as_text), json.get("name")) {
        (Some(schema), Some(Json::Text(name))) => Some(TableName::in_schema(schema, name)),
        (None, Some(Json::Text(name))) => Some(TableName::new(name)),
        _ => None,
    };
    let Some(name) = ctx.def(node.id.unwrap_or(id)).ok().and_then(name_of) else {
        return Err(node.unknown("a table with foreign keys"));
    };
    let mut made = table(name);
    for constraint in node.list("constraints")? {
        if constraint.get("constraint").and_then(Json::as_text) != Some("foreign_key") {
            continue;
        }
        let names = |json: Option<&Json>| -> Vec<String> {
            json.and_then(Json::as_list)
                .into_iter()
                .flatten()
                .filter_map(Json::as_text)
                .map(str::to_owned)
                .collect()
        };
        let Some(target) = constraint.get("target") else { continue };
        let referred =
            target.get("table").and_then(Json::as_text).and_then(|id| ctx.def(id).ok()).unwrap_or(target);
        if let Some(name) = name_of(referred) {
            let key = foreign_key(names(constraint.get("columns")));
            made = made.foreign_key(key.references(name, names(target.get("columns"))));
        }
    }
    Ok(made)
}

/// The sources in an element of `FROM`, from left to right.
///
/// # Errors
/// Where it is no node.
pub(super) fn leaves<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Vec<&'c str>, Unsayable> {
    let node = ctx.node(json)?;
    match node.kind {
        "join" => {
            let mut all = leaves(node.part("left")?, ctx)?;
            all.extend(leaves(node.part("right")?, ctx)?);
            Ok(all)
        }
        "from_grouping" | "grouping" => leaves(node.part("element")?, ctx),
        _ => Ok(node.id.into_iter().collect()),
    }
}

/// The sources that columns name.
fn named_in<'c>(columns: &'c [Json], ctx: &Context<'c>) -> Result<Vec<&'c str>, Unsayable> {
    let mut named: Vec<&'c str> = Vec::new();
    for column in columns {
        let json = ctx.follow(column)?;
        let node = Node::new(json)?;
        let mut add = |id: &'c str| {
            if !named.contains(&id) {
                named.push(id);
            }
        };
        match node.id {
            Some(id) if from::is_source(node.kind) => add(id),
            _ => target::each_source(json, &mut add),
        }
    }
    Ok(named)
}
