//! Queries: `select`, queries combined, texts with columns, and writes that yield rows.

use aludel_sql::ast::{
    Compound, Correlation, Expr, Fetch, FromItem, Hint, LabelStyle, Lock, LockStrength, LockWait, Locked,
    Query, Select, SelectItem, SelectOptions, SetOperator, Source, TextQuery,
};
use aludel_sql::{Name, Type};

use super::{Context, column, dml, expr, from, join, name, operator, types};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// Something that yields rows.
///
/// # Errors
/// Where our tree has no place for it.
pub(crate) fn query<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Query, Unsayable> {
    let node = ctx.node(json)?;
    match node.kind {
        "select" => Ok(Query::Select(Box::new(select(&node, ctx)?))),
        "compound_select" => Ok(Query::Compound(Box::new(compound(&node, ctx)?))),
        // Where members of a compound need parentheses, our compiler knows.
        "select_statement_grouping" | "grouping" | "scalar_select" => query(node.part("element")?, ctx),
        "textual_select" => Ok(Query::Text(Box::new(textual(&node, ctx)?))),
        "values" => Ok(Query::Values(Box::new(from::values(&node, ctx)?))),
        "insert" => Ok(Query::Insert(Box::new(dml::insert(&node, ctx)?))),
        "update" => Ok(Query::Update(Box::new(dml::update(&node, ctx)?))),
        "delete" => Ok(Query::Delete(Box::new(dml::delete(&node, ctx)?))),
        _ => Err(node.unknown("a query")),
    }
}

/// A `SELECT`.
///
/// # Errors
/// Where our tree has no place for a part of it.
pub(crate) fn select<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Select, Unsayable> {
    ctx.stating(node.members("params")?, || stated(node, ctx))
}

fn stated<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Select, Unsayable> {
    let mut select = Select {
        distinct: distinct(node)?,
        items: items(node.list("columns")?, ctx)?,
        filter: expr::conditions(node.list("where")?, ctx)?,
        group_by: expr::flat(node.list("group_by")?, ctx)?,
        having: expr::conditions(node.list("having")?, ctx)?,
        order_by: operator::orders(node.list("order_by")?, ctx)?,
        limit: expr::optional(node.get("limit"), ctx)?,
        offset: expr::optional(node.get("offset"), ctx)?,
        ..Select::default()
    };
    for element in node.list("from")?.iter().chain(joins_of(node.list("columns")?, ctx)?) {
        let item = from::item(element, ctx)?;
        if !select.from.contains(&item) {
            select.from.push(item);
        }
    }
    select.joins = join::all(node, ctx)?;
    let mut options = SelectOptions { implicit_from: true, ..SelectOptions::default() };
    options.fetch = fetch(node, ctx)?;
    options.lock = node.get("for_update").map(|lock| self::lock(lock, ctx)).transpose()?;
    options.correlation = correlation(node, ctx)?;
    options.label_style = match node.text_or_none("label_style")? {
        None => LabelStyle::Disambiguate,
        Some("none") => LabelStyle::None,
        Some("tablename_plus_col") => LabelStyle::TableName,
        Some(style) => return Err(Unsayable::new(format!("the label style {style}"))),
    };
    options.distinct_on = expr::flat(node.list("distinct_on")?, ctx)?;
    if let Some(clause) = node.get("pre_columns") {
        let clause = ctx.node(clause)?;
        if clause.kind != "postgresql_distinct_on" {
            return Err(clause.unknown("what stands in front of the columns"));
        }
        select.distinct = true;
        options.distinct_on = expr::flat(clause.list("clauses")?, ctx)?;
        clause.done()?;
    }
    options.after_columns = expr::optional(node.get("post_select"), ctx)?;
    options.after_filter = expr::optional(node.get("post_criteria"), ctx)?;
    options.after_body = expr::optional(node.get("post_body"), ctx)?;
    options.ctes = from::ctes(node.list("ctes")?, ctx)?;
    options.prefixes = from::fragments(node.list("prefixes")?, ctx)?;
    if let Some(Json::Text(words)) = node.get("distinct") {
        let text = aludel_sql::ast::Expr::Text(Name::Owned(words.to_uppercase()));
        options.prefixes.push(aludel_sql::ast::Fragment { text, dialect: Some(Name::Borrowed("mysql")) });
    }
    options.suffixes = from::fragments(node.list("suffixes")?, ctx)?;
    options.hints = hints(node.list("hints")?, ctx)?;
    options.statement_hints = statement_hints(node.list("statement_hints")?)?;
    select.options = Some(Box::new(options));
    node.done()?;
    Ok(select)
}

/// The joins among a query's columns: whoever selects a join's columns reads it.
fn joins_of<'c>(columns: &'c [Json], ctx: &Context<'c>) -> Result<Vec<&'c Json>, Unsayable> {
    let mut joins = Vec::new();
    for json in columns {
        match ctx.node(json)?.kind {
            "join" | "from_grouping" => joins.push(json),
            _ => {}
        }
    }
    Ok(joins)
}

fn distinct(node: &Node<'_>) -> Result<bool, Unsayable> {
    match node.get("distinct") {
        // MySQL's older way to say words behind SELECT.
        Some(Json::Text(_)) => Ok(false),
        _ => node.flag("distinct"),
    }
}

/// What a query yields.
///
/// # Errors
/// Where one of the items cannot be said.
pub(super) fn items<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<SelectItem>, Unsayable> {
    let mut items = Vec::new();
    for json in list {
        let node = ctx.node(json)?;
        match node.kind {
            kind if from::is_source(kind) => items.extend(typed_columns(all_columns(json, ctx)?, &node, ctx)),
            // Either side's columns.
            "join" => {
                for side in ["left", "right"] {
                    items.extend(self::items(std::slice::from_ref(node.part(side)?), ctx)?);
                }
            }
            "from_grouping" => items.extend(self::items(std::slice::from_ref(node.part("element")?), ctx)?),
            "clauselist" => items.extend(self::items(node.list("clauses")?, ctx)?),
            "column" => items
                .push(SelectItem::Expr(typed(expr::load(json, ctx)?, column::type_of(json, ctx), ctx), None)),
            _ => items.push(SelectItem::Expr(expr::load(json, ctx)?, None)),
        }
    }
    Ok(items)
}

/// A column with its type, where that reads it in a way of its own.
fn typed<'c>(column: Expr, ty: Option<&'c Json>, ctx: &Context<'c>) -> Expr {
    match types::if_known(ty, ctx) {
        Some(ty @ (Type::Custom(_) | Type::Variants(_))) => Expr::Typed(Box::new(column), ty),
        _ => column,
    }
}

/// The columns of a source one by one, where the type of one reads it in a way of its own.
fn typed_columns<'c>(all: SelectItem, node: &Node<'c>, ctx: &Context<'c>) -> Vec<SelectItem> {
    let own = |name: &Name| {
        let columns = node.list("columns").ok()?.iter();
        let column =
            columns.into_iter().find(|column| column.get("name").and_then(Json::as_text) == Some(name))?;
        column.get("type").filter(|ty| ty.get("column_expression").is_some() || ty.get("variants").is_some())
    };
    match all {
        SelectItem::OwnedColumns(source, names) if names.iter().any(|name| own(name).is_some()) => {
            let column = |name: Name| {
                let ty = own(&name);
                SelectItem::Expr(typed(Expr::column(source.clone(), name), ty, ctx), None)
            };
            names.into_iter().map(column).collect()
        }
        other => vec![other],
    }
}

/// All columns of a source. Those of a table are what the table says; what else there is knows its own.
fn all_columns<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<SelectItem, Unsayable> {
    let source = from::source(json, ctx)?;
    let mut node = ctx.node(json)?;
    while matches!(node.kind, "alias" | "tablesample") {
        node = ctx.node(node.part("element")?)?;
    }
    match source {
        Source::Derived(derived) if node.kind != "table" => Ok(SelectItem::All(derived)),
        source => {
            let left_out = |column: &&Json| column.get("omit_from_statements") == Some(&Json::Bool(true));
            let names = node.list("columns")?.iter().filter(|column| !left_out(column)).map(|column| {
                let name = column.get("name").ok_or_else(|| Unsayable::new("a column without a name"))?;
                name::given(name, ctx)
            });
            Ok(SelectItem::OwnedColumns(source, names.collect::<Result<_, _>>()?))
        }
    }
}

fn fetch<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Option<Fetch>, Unsayable> {
    let options = node.get("fetch_options").map(|options| Node::named(options, "the options of FETCH"));
    let options = options.transpose()?;
    let flag = |key: &str| options.as_ref().map_or(Ok(false), |options| options.flag(key));
    let Some(count) = node.get("fetch") else { return Ok(None) };
    let count = expr::load(count, ctx)?;
    Ok(Some(Fetch { count, with_ties: flag("with_ties")?, percent: flag("percent")? }))
}

fn lock<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Lock, Unsayable> {
    let node = Node::named(json, "for_update")?;
    let strength = match (node.flag("read")?, node.flag("key_share")?) {
        (true, true) => LockStrength::KeyShare,
        (true, false) => LockStrength::Share,
        (false, true) => LockStrength::NoKeyUpdate,
        (false, false) => LockStrength::Update,
    };
    let wait = match (node.flag("nowait")?, node.flag("skip_locked")?) {
        (true, _) => Some(LockWait::NoWait),
        (false, true) => Some(LockWait::SkipLocked),
        (false, false) => None,
    };
    let mut of = Vec::new();
    for json in node.list("of")? {
        of.extend(locked(json, ctx)?);
    }
    node.passes_over(&["update"]);
    node.done()?;
    Ok(Lock { strength, of, wait })
}

/// Whose rows are locked: those of both sides of a join, the right one named first.
fn locked<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Vec<Locked>, Unsayable> {
    let node = ctx.node(json)?;
    match node.kind {
        kind if from::is_source(kind) => Ok(vec![Locked::Source(from::source(json, ctx)?)]),
        "join" => {
            let mut both = locked(node.part("right")?, ctx)?;
            both.extend(locked(node.part("left")?, ctx)?);
            Ok(both)
        }
        "from_grouping" => locked(node.part("element")?, ctx),
        _ => Ok(vec![Locked::Expr(expr::load(json, ctx)?)]),
    }
}

fn correlation<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Correlation, Unsayable> {
    let sources = |key: &str| {
        let list = node.list(key)?;
        let mut sources = Vec::new();
        for json in list {
            // A join stands for what it joins.
            match ctx.node(json)?.kind {
                "join" | "from_grouping" => {
                    for id in join::leaves(json, ctx)? {
                        sources.push(from::source(ctx.def(id)?, ctx)?);
                    }
                }
                _ => sources.push(from::source(json, ctx)?),
            }
        }
        Ok::<_, Unsayable>(sources)
    };
    let (only, except) = (sources("correlate")?, sources("correlate_except")?);
    match (node.get("correlate"), node.get("correlate_except")) {
        // To name exceptions turns off what goes by itself, which an empty list beside them says once more.
        (_, Some(_)) if only.is_empty() => Ok(Correlation::Except(except)),
        (Some(_), None) => Ok(Correlation::Only(only)),
        (None, None) => Ok(Correlation::Auto),
        _ => Err(node.wrong("correlate", "and its `correlate_except` both name sources")),
    }
}

fn hints<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<Hint>, Unsayable> {
    let mut hints = Vec::new();
    for json in list {
        let node = Node::named(json, "a hint")?;
        hints.push(Hint {
            of: from::source(ctx.def(node.text("of")?)?, ctx)?,
            text: Name::Owned(node.text("text")?.to_owned()),
            dialect: node.text_or_none("dialect")?.and_then(name::dialect),
        });
        node.done()?;
    }
    Ok(hints)
}

fn statement_hints(list: &[Json]) -> Result<Vec<(Option<Name>, Name)>, Unsayable> {
    list.iter()
        .map(|hint| match hint.as_list() {
            Some([Json::Text(dialect), Json::Text(text)]) => {
                Ok((name::dialect(dialect), Name::Owned(text.clone())))
            }
            _ => Err(Unsayable::new(format!("a hint of another form: {hint}"))),
        })
        .collect()
}

fn compound<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<Compound, Unsayable> {
    let operator = match node.text("keyword")? {
        "UNION" => SetOperator::Union,
        "UNION ALL" => SetOperator::UnionAll,
        "INTERSECT" => SetOperator::Intersect,
        "INTERSECT ALL" => SetOperator::IntersectAll,
        "EXCEPT" => SetOperator::Except,
        "EXCEPT ALL" => SetOperator::ExceptAll,
        keyword => return Err(Unsayable::new(format!("queries combined by {keyword}"))),
    };
    let members = node.list("selects")?.iter().map(|member| query(member, ctx));
    let mut compound = Compound::new(operator, members.collect::<Result<_, _>>()?);
    compound.group_by = expr::flat(node.list("group_by")?, ctx)?;
    compound.order_by = operator::orders(node.list("order_by")?, ctx)?;
    compound.limit = expr::optional(node.get("limit"), ctx)?;
    compound.offset = expr::optional(node.get("offset"), ctx)?;
    compound.fetch = fetch(node, ctx)?;
    compound.lock = node.get("for_update").map(|lock| self::lock(lock, ctx)).transpose()?;
    compound.ctes = from::ctes(node.list("ctes")?, ctx)?;
    // Only a select names its columns in a way of its own.
    node.passes_over(&["label_style"]);
    node.done()?;
    Ok(compound)
}

fn textual<'c>(node: &Node<'c>, ctx: &Context<'c>) -> Result<TextQuery, Unsayable> {
    let mut columns = Vec::new();
    for column in node.list("columns")? {
        columns.push(name::given(ctx.node(column)?.part("name")?, ctx)?);
    }
    let text = expr::template(&ctx.node(node.part("element")?)?, ctx)?;
    let ctes = from::ctes(node.list("ctes")?, ctx)?;
    // By place or by name: either way the names are these.
    node.passes_over(&["positional"]);
    node.done()?;
    Ok(TextQuery { text, columns, ctes })
}

/// An element of `FROM`, for statements that list them.
pub(super) fn from_items<'c>(list: &'c [Json], ctx: &Context<'c>) -> Result<Vec<FromItem>, Unsayable> {
    list.iter().map(|json| from::item(json, ctx)).collect()
}
