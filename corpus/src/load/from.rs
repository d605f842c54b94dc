//! `FROM`: tables, what a statement makes up, and joins.

use std::sync::Arc;

use aludel_sql::ast::{
    Alias, Cte, Derived, DerivedKind, Expr, Fragment, FromItem, JoinKind, JoinedFrom, Label, Source,
    TableFunction, TableRef, TableSample, Values, WithCte, new_id,
};
use aludel_sql::{Name, Type};

use super::{Context, expr, function, name, param, select, types};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// An element of `FROM`.
///
/// # Errors
/// Where our tree has no place for it.
pub(crate) fn item<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<FromItem, Unsayable> {
    let node = ctx.node(json)?;
    match node.kind {
        "join" => ctx.item(node.id, || Ok(FromItem::Join(Arc::new(join(&node, ctx)?)))),
        "from_grouping" | "grouping" => item(node.part("element")?, ctx),
        "text" => {
            if node.get("binds").is_some() {
                // A text with parameters is what a function's call would be.
                let call = Expr::Template(Box::new(expr::template(&node, ctx)?));
                let function = TableFunction {
                    call,
                    columns: Vec::new(),
                    derived: false,
                    with_types: false,
                    ordinality: false,
                    joins_implicitly: true,
                };
                let kind = DerivedKind::Function(Box::new(function));
                return Ok(FromItem::Derived(Arc::new(Derived {
                    id: new_id(),
                    name: None,
                    kind,
                    lateral: false,
                })));
            }
            let text = FromItem::Text(Name::Owned(node.text("text")?.to_owned()));
            node.done()?;
            Ok(text)
        }
        "function" => ctx.item(node.id, || {
            let kind = DerivedKind::Function(Box::new(table_function(&node, ctx)?));
            Ok(FromItem::Derived(Arc::new(Derived { id: new_id(), name: None, kind, lateral: false })))
        }),
        _ => source(json, ctx).map(FromItem::from),
    }
}

fn join<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<JoinedFrom, Unsayable> {
    node.passes_over(&["clone_of"]);
    let kind = join_kind(node)?;
    let on = match node.get("onclause") {
        Some(on) => expr::load(on, ctx)?,
        None => super::join::condition(node.part("left")?, node.part("right")?, ctx)?,
    };
    let join = JoinedFrom {
        left: item(node.part("left")?, ctx)?,
        kind,
        right: item(node.part("right")?, ctx)?,
        on: Some(on),
    };
    node.done()?;
    Ok(join)
}

/// Inner, outer or full.
pub(super) fn join_kind(node: &Node<'_>) -> Result<JoinKind, Unsayable> {
    Ok(match (node.flag("full")?, node.flag("outer")?) {
        (true, _) => JoinKind::Full,
        (false, true) => JoinKind::Left,
        (false, false) => JoinKind::Inner,
    })
}

/// Whether this is an element of `FROM`.
pub(super) fn is_item<'c>(json: &'c Json, ctx: &Context<'c>) -> bool {
    ctx.node(json).is_ok_and(|node| is_source(node.kind) || matches!(node.kind, "join" | "from_grouping"))
}

/// Whether a node is a source with columns.
pub(super) fn is_source(kind: &str) -> bool {
    matches!(
        kind,
        "table" | "alias" | "subquery" | "lateral" | "tablesample" | "cte" | "table_valued_alias" | "values"
    )
}

/// A source with columns.
///
/// # Errors
/// Where our tree has no place for it.
pub(crate) fn source<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Source, Unsayable> {
    let node = ctx.node(json)?;
    match node.id {
        Some(id) => ctx.source(id, || make(&node, ctx)),
        None => make(&node, ctx),
    }
}

/// What a derived source has been made of.
fn derived(name: Option<Label>, kind: DerivedKind, lateral: bool) -> Source {
    Source::Derived(Arc::new(Derived { id: new_id(), name, kind, lateral }))
}

fn make<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Source, Unsayable> {
    // A clone counts as what it was made from, and has an object of its own.
    node.passes_over(&["clone_of"]);
    let label = || node.get("name").map(|label| name::label(label, ctx)).transpose();
    let source = match node.kind {
        "table" => return table(node, ctx).map(Source::Table),
        "alias" => aliased(source(node.part("element")?, ctx)?, name::label(node.part("name")?, ctx)?),
        "subquery" => {
            derived(label()?, DerivedKind::Subquery(select::query(node.part("element")?, ctx)?), false)
        }
        "lateral" => {
            let element = node.part("element")?;
            let kind = match ctx.node(element)?.kind {
                "function" => DerivedKind::Function(Box::new(table_function(&ctx.node(element)?, ctx)?)),
                "subquery" => DerivedKind::Subquery(select::query(ctx.node(element)?.part("element")?, ctx)?),
                _ => DerivedKind::Subquery(select::query(element, ctx)?),
            };
            derived(label()?, kind, true)
        }
        "tablesample" => {
            let of = source(node.part("element")?, ctx)?;
            let method = function::words(node.part("sampling")?, ctx)?;
            let seed = expr::optional(node.get("seed"), ctx)?;
            derived(label()?, DerivedKind::Sample(Box::new(TableSample { of, method, seed })), false)
        }
        "cte" => return cte(node, ctx),
        "table_valued_alias" => return table_valued(node, ctx),
        "values" => {
            let lateral = node.flag("lateral")?;
            let name = if node.flag("unnamed")? { None } else { label()? };
            derived(name, DerivedKind::Values(Box::new(values(node, ctx)?)), lateral)
        }
        _ => return Err(node.unknown("an element of FROM")),
    };
    node.done()?;
    Ok(source)
}

/// The reference to a table. What the table consists of is nothing that a statement says.
///
/// # Errors
/// For a name with rules of its own.
pub(crate) fn table<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<TableRef, Unsayable> {
    let schema = node.get("schema").map(|schema| name::given(schema, ctx)).transpose()?;
    Ok(TableRef { schema, name: name::given(node.part("name")?, ctx)?, alias: Alias::None })
}

/// Another occurrence of a source. An alias of an alias is the table under the last name alone.
fn aliased(of: Source, label: Label) -> Source {
    match (of, label) {
        (Source::Table(table), Label::Named(name)) => {
            Source::Table(TableRef { alias: Alias::Named(name), ..table })
        }
        (Source::Table(table), Label::Anonymous { id, stem }) if stem == table.name => {
            Source::Table(TableRef { alias: Alias::Anonymous(id), ..table })
        }
        (Source::Table(table), label) => {
            let table = Source::Table(TableRef { alias: Alias::None, ..table });
            derived(Some(label), DerivedKind::Alias(table), false)
        }
        (of, label) => derived(Some(label), DerivedKind::Alias(of), false),
    }
}

fn cte<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Source, Unsayable> {
    let label = name::label(node.part("name")?, ctx)?;
    if let Some(of) = node.get("alias_of") {
        // An alias says nothing but its name; the rest stands at the one that it is an alias of.
        return Ok(derived(Some(label), DerivedKind::Alias(source(of, ctx)?), false));
    }
    let restates = match node.get("restates").map(|of| source(of, ctx)).transpose()? {
        Some(Source::Derived(derived)) => Some(derived.id),
        Some(Source::Table(_)) => return Err(node.wrong("restates", "should be a cte")),
        None => None,
    };
    let cte = Cte {
        recursive: node.flag("recursive")?,
        nesting: node.flag("nesting")?,
        restates,
        prefixes: fragments(node.list("prefixes")?, ctx)?,
        suffixes: fragments(node.list("suffixes")?, ctx)?,
        ..Cte::new(select::query(node.part("element")?, ctx)?)
    };
    node.done()?;
    Ok(derived(Some(label), DerivedKind::Cte(Box::new(cte)), false))
}

/// Common table expressions that a statement writes by itself.
///
/// # Errors
/// Where one of them cannot be said.
pub(super) fn ctes<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<WithCte>, Unsayable> {
    let mut ctes = Vec::new();
    for json in list {
        let node = Node::named(json, "a cte of a statement")?;
        let Source::Derived(cte) = source(node.part("cte")?, ctx)? else {
            return Err(node.wrong("cte", "is a table"));
        };
        ctes.push(WithCte { cte, nest_here: node.flag("nest_here")? });
        node.done()?;
    }
    Ok(ctes)
}

/// Words at places of a statement, each with the dialect that they are for.
///
/// # Errors
/// Where the words cannot be said.
pub(super) fn fragments<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<Fragment>, Unsayable> {
    let mut fragments = Vec::new();
    for json in list {
        let node = Node::named(json, "words")?;
        let text = function::words(node.part("text")?, ctx)?;
        fragments.push(Fragment { text, dialect: node.text_or_none("dialect")?.and_then(name::dialect) });
        node.done()?;
    }
    Ok(fragments)
}

/// Columns with their types, where we have these.
fn columns<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<(Name, Option<Type>)>, Unsayable> {
    list.iter()
        .map(|column| {
            let name = column.get("name").ok_or_else(|| Unsayable::new("a column without a name"))?;
            Ok((name::given(name, ctx)?, types::if_known(column.get("type"), ctx)))
        })
        .collect()
}

fn table_function<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<TableFunction, Unsayable> {
    let columns = columns(node.list("table_columns")?, ctx)?;
    let ordinality = node.flag("with_ordinality")?;
    let call = function::load(node, ctx)?;
    Ok(TableFunction {
        call,
        columns,
        derived: false,
        with_types: false,
        ordinality,
        joins_implicitly: false,
    })
}

fn table_valued<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Source, Unsayable> {
    let mut element = ctx.node(node.part("element")?)?;
    // An alias of an alias is the function under another name.
    // What an alias of an alias is about is that of the innermost; that it is lateral stays.
    let mut lateral = node.flag("lateral")?;
    while element.kind == "table_valued_alias" {
        lateral |= element.flag("lateral")?;
        element = ctx.node(element.part("element")?)?;
    }
    if element.kind != "function" {
        return Err(element.unknown("a function in FROM"));
    }
    let mut function = table_function(&element, ctx)?;
    if node.get("columns").is_some() {
        function.columns = columns(node.list("columns")?, ctx)?;
    }
    function.derived = node.flag("render_derived")?;
    function.with_types = node.flag("with_types")?;
    function.joins_implicitly = node.flag("joins_implicitly")?;
    let label = node.get("name").map(|label| name::label(label, ctx)).transpose()?;
    node.passes_over(&["type"]);
    node.done()?;
    Ok(derived(label, DerivedKind::Function(Box::new(function)), lateral))
}

/// A function in `FROM` as a value.
///
/// # Errors
/// Where it is no function.
pub(super) fn row<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
    let of = source(ctx.def(node.text("of")?)?, ctx)?;
    node.passes_over(&["name", "type"]);
    node.done()?;
    Ok(Expr::Row(of))
}

/// Rows of values.
///
/// # Errors
/// Where one of the values cannot be said.
pub(super) fn values<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Values, Unsayable> {
    node.passes_over(&["name", "unnamed", "lateral"]);
    let columns = columns(node.list("columns")?, ctx)?;
    let mut rows = Vec::new();
    for row in node.list("data")?.iter().filter_map(Json::as_list).flatten() {
        let Some(items) = row.as_list() else { return Err(node.wrong("data", "should be batches of rows")) };
        let types = columns.iter().map(|(_, ty)| ty.clone()).chain(std::iter::repeat(None));
        let items = items.iter().zip(types);
        rows.push(items.map(|(item, ty)| param::plain(item, ty, ctx)).collect::<Result<_, _>>()?);
    }
    let literal = node.flag("literal_binds")?;
    let ctes = ctes(node.list("ctes")?, ctx)?;
    node.passes_over(&["type"]);
    node.done()?;
    Ok(Values { columns, rows, literal, ctes })
}
