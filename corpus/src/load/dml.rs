//! `INSERT`, `UPDATE` and `DELETE`.

use aludel_sql::Name;
use aludel_sql::ast::{
    ColumnRef, Delete, Expr, Insert, InsertSource, Label, Param, Source, TableRef, Update, WriteOptions,
};

use super::target::Given;
use super::{Context, conflict, expr, from, generated, name, param, select, target};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;
use target::Target;

/// An `INSERT` that is part of another statement.
///
/// # Errors
/// Where our tree has no place for a part of it.
pub(crate) fn insert<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Insert, Unsayable> {
    stated(node, false, ctx)
}

/// An `INSERT` by itself, which also asks for what the database makes up.
///
/// # Errors
/// Where our tree has no place for a part of it.
pub(crate) fn insert_alone<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Insert, Unsayable> {
    stated(node, true, ctx)
}

fn stated<'c>(node: &Node<'c>, alone: bool, ctx: &Context<'c>) -> Result<Insert, Unsayable> {
    let target = Target::load(node.part("table")?, ctx)?;
    let (columns, source) = rows(node, &target, ctx)?;
    let mut options = options(node, ctx)?;
    let mut on_conflict = None;
    if let Some(clause) = node.get("post_values") {
        let mut clause = ctx.node(clause)?;
        // Several clauses behind each other, of which ours has one.
        if let ("element_list", [only]) = (clause.kind, clause.list("clauses")?) {
            clause = ctx.node(only)?;
        }
        on_conflict = conflict::load(&clause, &target, ctx)?;
        if on_conflict.is_none() {
            options.after_values = Some(expr::load(node.part("post_values")?, ctx)?);
        }
    }
    let returning = select::items(node.list("returning")?, ctx)?;
    // In which order rows come back is no matter of the text.
    node.passes_over(&["inline", "sort_by_parameter_order", "return_defaults", "return_defaults_columns"]);
    let mut insert = Insert {
        table: target.table.clone(),
        columns,
        source,
        on_conflict,
        returning,
        options: Some(Box::new(options)),
    };
    if alone {
        insert.returning.extend(generated::items(node, &target, &insert, ctx)?);
    }
    // Where nothing is said all columns are meant, and no other.
    let all = ctx.column_keys.is_none()
        && ["values", "multi_values", "select"].iter().all(|key| node.get(key).is_none());
    if !all && node.flag_or_none("include_defaults")?.unwrap_or(true) {
        insert.complete(&target.defaults(Given::Inserted, ctx)?)?;
    }
    node.done()?;
    Ok(insert)
}

/// The columns that are given, and their values.
fn rows<'c>(
    node: &Node<'c>,
    target: &Target<'c>,
    ctx: &Context<'c>,
) -> Result<(Vec<Name>, InsertSource), Unsayable> {
    if let Some(query) = node.get("select") {
        let names = node.list("select_names")?.iter().map(|name| target.column(name, ctx));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        return Ok((names, InsertSource::Select(select::query(query, ctx)?)));
    }
    if node.get("multi_values").is_some() {
        return many(node, target, ctx);
    }
    let given = assignments(node, "values", target, ctx)?;
    let stated = node.get("values").is_some();
    let keys = match (&ctx.column_keys, stated) {
        (Some(keys), _) => keys.iter().filter_map(|key| target.by_key(key)).collect(),
        (None, true) => Vec::new(),
        (None, false) => target.names(),
    };
    let mut pairs: Vec<(Name, Option<Expr>)> =
        given.into_iter().map(|(column, value)| (column.name, Some(value))).collect();
    for key in keys {
        if !pairs.iter().any(|(name, _)| *name == key) {
            pairs.push((key, None));
        }
    }
    target.sort(&mut pairs, |(name, _)| name);
    let names: Vec<Name> = pairs.iter().map(|(name, _)| name.clone()).collect();
    if pairs.is_empty() && ctx.writes.many && ctx.writes.default_word {
        let word = Expr::LiteralColumn(Name::Borrowed("DEFAULT"));
        return Ok((target.names().into_iter().take(1).collect(), InsertSource::Values(vec![vec![word]])));
    }
    if pairs.is_empty() {
        return Ok((names, InsertSource::Defaults));
    }
    let row = pairs.into_iter().map(|(name, value)| value.map_or_else(|| handed_in(name, ctx), Ok));
    Ok((names, InsertSource::Values(vec![row.collect::<Result<_, _>>()?])))
}

/// A value that is handed in at execution, under its column's name.
fn handed_in(name: Name, ctx: &Context<'_>) -> Result<Expr, Unsayable> {
    let value = ctx.stated(&name).map(super::value::load).transpose()?;
    Ok(Expr::Param(Box::new(Param { name: Label::Named(name), value, ty: None, literal: false })))
}

fn many<'c>(
    node: &Node<'c>,
    target: &Target<'c>,
    ctx: &Context<'c>,
) -> Result<(Vec<Name>, InsertSource), Unsayable> {
    let mut names: Vec<Name> = Vec::new();
    let mut rows = Vec::new();
    let mut defaults = target.defaults(Given::Inserted, ctx)?;
    defaults.retain(|default| default.value.is_some());
    for row in node.list("multi_values")?.iter().filter_map(Json::as_list).flatten() {
        let row = Node::named(row, "a row of values")?;
        let mut pairs: Vec<(Name, Expr)> = Vec::new();
        for (column, value) in assignments(&row, "assign", target, ctx)? {
            pairs.push((column.name, value));
        }
        for (name, value) in target.names().into_iter().zip(row.list("row")?) {
            pairs.push((name, param::plain(value, None, ctx)?));
        }
        row.done()?;
        // What one row leaves out another may give: each of them has its own default.
        for default in &defaults {
            if let Some(value) =
                default.value.as_ref().filter(|_| !pairs.iter().any(|(name, _)| *name == default.column))
            {
                pairs.push((default.column.clone(), value.clone()));
            }
        }
        target.sort(&mut pairs, |(name, _)| name);
        let (these, values): (Vec<Name>, Vec<Expr>) = pairs.into_iter().unzip();
        if rows.is_empty() {
            names = these;
        } else if names != these {
            return Err(Unsayable::new("rows that give other columns than the first one"));
        }
        rows.push(values);
    }
    Ok((names, InsertSource::Values(rows)))
}

/// Columns with the values that they get.
fn assignments<'c>(
    node: &Node<'c>,
    key: &str,
    target: &Target<'c>,
    ctx: &Context<'c>,
) -> Result<Vec<(ColumnRef, Expr)>, Unsayable> {
    let mut pairs = Vec::new();
    for pair in node.list(key)? {
        let pair = Node::named(pair, "a value for a column")?;
        let column = target.column_ref(pair.part("column")?, ctx)?;
        let value = param::plain(pair.part("value")?, None, ctx)?;
        pairs.push((column, value));
        pair.done()?;
    }
    Ok(pairs)
}

/// New values: those of the table, in its own order unless the given one is meant, and those of what is no column of it.
type NewValues = (Vec<(Name, Expr)>, Vec<(Expr, Expr)>);

/// The new values of a `SET`.
///
/// # Errors
/// Where one of them cannot be said.
pub(super) fn set<'c>(
    node: &Node<'c>,
    key: &str,
    target: &Target<'c>,
    ordered: bool,
    ctx: &Context<'c>,
) -> Result<NewValues, Unsayable> {
    let (mut own, mut elsewhere) = (Vec::new(), Vec::new());
    for pair in node.list(key)? {
        let pair = Node::named(pair, "a value for a column")?;
        let column = target.place(pair.part("column")?, ctx)?;
        let value = param::plain(pair.part("value")?, None, ctx)?;
        pair.done()?;
        match column {
            Expr::Column(column) => match &column.source {
                Some(Source::Table(table)) if !target.is(table, node) => {
                    elsewhere.push((Expr::Column(column), value));
                }
                Some(Source::Derived(_)) => elsewhere.push((Expr::Column(column), value)),
                _ => own.push((column.name, value)),
            },
            other => elsewhere.push((other, value)),
        }
    }
    if !ordered {
        target.sort(&mut own, |(name, _)| name);
    }
    Ok((own, elsewhere))
}

/// An `UPDATE`.
///
/// # Errors
/// Where our tree has no place for a part of it.
pub(crate) fn update<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Update, Unsayable> {
    let table = node.part("table")?;
    let mut first = table;
    while ctx.node(first)?.kind == "join" {
        first = ctx.node(first)?.part("left")?;
    }
    let target = Target::load(first, ctx)?;
    let ordered = node.flag("ordered")?;
    let (set, mut elsewhere) = set(node, "values", &target, ordered, ctx)?;
    let keys = match (&ctx.column_keys, node.get("values")) {
        (Some(keys), _) => keys.iter().filter_map(|key| target.by_key(key)).collect(),
        (None, Some(_)) => Vec::new(),
        (None, None) => target.names(),
    };
    let mut update =
        Update { table: target.table.clone(), set, filter: Vec::new(), returning: Vec::new(), options: None };
    for key in keys {
        if !update.set.iter().any(|(name, _)| *name == key) {
            update.set.push((key.clone(), handed_in(key, ctx)?));
        }
    }
    // Where columns of other tables alone are set, the table itself stays as it is.
    let all = ctx.column_keys.is_none() && node.get("values").is_none();
    if !all && (elsewhere.is_empty() || !update.set.is_empty()) {
        update.complete(&target.defaults(Given::Updated, ctx)?);
    }
    if !ordered {
        target.sort(&mut update.set, |(name, _)| name);
    }
    let mut options = options(node, ctx)?;
    others(node, &target, &mut elsewhere, ctx)?;
    options.set_elsewhere = elsewhere;
    if ctx.node(table)?.kind == "join" {
        options.from.push(from::item(table, ctx)?);
    }
    update.filter = expr::conditions(node.list("where")?, ctx)?;
    update.returning = select::items(node.list("returning")?, ctx)?;
    update.options = Some(Box::new(options));
    node.passes_over(&["inline"]);
    node.done()?;
    Ok(update)
}

/// Other tables of which columns are set have defaults of their own.
fn others<'c>(
    node: &Node<'c>,
    target: &Target<'c>,
    elsewhere: &mut Vec<(Expr, Expr)>,
    ctx: &Context<'c>,
) -> Result<(), Unsayable> {
    let mut tables: Vec<&'c str> = Vec::new();
    for pair in node.list("values")? {
        let of = pair.get("column").and_then(|column| column.get("of")).and_then(Json::as_text);
        tables.extend(of.filter(|of| !tables.contains(of)));
    }
    for id in tables {
        let table = ctx.def(id)?;
        if table.get("node").and_then(Json::as_text) != Some("table") {
            continue;
        }
        let other = Target::load(table, ctx)?;
        let is_set =
            |expr: &Expr| matches!(expr, Expr::Column(column) if column.table() == Some(&other.table));
        if other.table == target.table || !elsewhere.iter().any(|(column, _)| is_set(column)) {
            continue;
        }
        for default in other.defaults(Given::Updated, ctx)? {
            let column = Expr::column(other.table.clone(), default.column);
            if let Some(value) =
                default.value.filter(|_| !elsewhere.iter().any(|(known, _)| *known == column))
            {
                elsewhere.push((column, value));
            }
        }
    }
    Ok(())
}

/// A `DELETE`.
///
/// # Errors
/// Where our tree has no place for a part of it.
pub(crate) fn delete<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Delete, Unsayable> {
    let table: TableRef = Target::load(node.part("table")?, ctx)?.table;
    let mut options = options(node, ctx)?;
    options.from = select::from_items(node.list("using")?, ctx)?;
    let filter = expr::conditions(node.list("where")?, ctx)?;
    let returning = select::items(node.list("returning")?, ctx)?;
    node.done()?;
    Ok(Delete { table, filter, returning, options: Some(Box::new(options)) })
}

/// What all three have in common.
fn options<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<WriteOptions, Unsayable> {
    let mut options = WriteOptions {
        implicit_from: true,
        ctes: from::ctes(node.list("ctes")?, ctx)?,
        prefixes: from::fragments(node.list("prefixes")?, ctx)?,
        ..WriteOptions::default()
    };
    for hint in node.list("hints")? {
        let hint = Node::named(hint, "a hint")?;
        let text = Name::Owned(hint.text("text")?.to_owned());
        options.hints.push((hint.text_or_none("dialect")?.and_then(name::dialect), text));
        hint.passes_over(&["of"]);
        hint.done()?;
    }
    if let Some(clause) = node.get("post_criteria") {
        let limit = ctx.node(clause)?;
        if limit.kind == "mysql_dml_limit" {
            options.limit = Some(expr::load(limit.part("limit")?, ctx)?);
            limit.done()?;
        } else {
            options.after_filter = Some(expr::load(clause, ctx)?);
        }
    }
    for (option, value) in node.members("options")? {
        match option.as_str() {
            // The older form of the same.
            "mysql_limit" | "mariadb_limit" => {
                let limit = match value {
                    Json::Int(number) => Some(Expr::Literal(aludel_sql::Value::I64(*number))),
                    Json::Null => None,
                    value => Some(expr::load(value, ctx)?),
                };
                options.limit = options.limit.or(limit);
            }
            _ => return Err(Unsayable::new(format!("{}: the option {option} = {value}", node.kind))),
        }
    }
    Ok(options)
}
