//! Constraints.

use aludel_sql::schema::{
    CheckedType, Constraint, ConstraintTraits, ForeignKey, Initially, Match, ObjectName, ReferentialAction,
    Sql, TableName, check, exclude, foreign_key, primary_key, unique,
};

use super::table::Keys;
use super::{Target, index, names, options, table};
use crate::json::Json;
use crate::load::{expr, name};
use crate::node::Node;
use crate::unsayable::Unsayable;

/// A constraint of a table; none where it has no columns, which says nothing.
pub(super) fn load<'c>(
    json: &'c Json,
    keys: &Keys<'_>,
    target: &Target<'c, '_>,
) -> Result<Option<Constraint>, Unsayable> {
    let node = Node::tagged(target.ctx.follow(json)?, "constraint")?;
    // Read by whoever makes a table of it.
    node.passes_over(&["node", "implicit", "omit_from_create_table", "link_to_name", "table"]);
    let name = node.get("name").map(|name| names::of_object(name, target)).transpose()?;
    let traits = traits(&node, target)?;
    let columns = columns(&node, keys)?;
    if columns.is_empty() && matches!(node.kind, "primary_key" | "unique") {
        return Ok(None);
    }
    let made: Constraint = match node.kind {
        "primary_key" => {
            let mut key = primary_key(columns);
            (key.name, key.traits) = (name, traits);
            key.into()
        }
        "unique" => {
            let mut made = unique(columns);
            (made.name, made.traits) = (name, traits);
            made.into()
        }
        "foreign_key" => key(&node, columns, (name, traits), target)?.into(),
        "check" => {
            let sqltext = node.part("sqltext")?;
            let mut made = check(Sql::expr(expr::load(sqltext, target.ctx)?));
            (made.name, made.traits) = (name, traits);
            if node.flag("type_bound")? {
                made.stands_for = stands_for(sqltext, target)?;
            }
            made.into()
        }
        "exclude" => excluding(&node, (name, traits), target)?,
        _ => return Err(node.unknown("a constraint")),
    };
    node.done()?;
    Ok(Some(made))
}

/// The names of the columns that a constraint calls by their keys.
fn columns(node: &Node<'_>, keys: &Keys<'_>) -> Result<Vec<String>, Unsayable> {
    let mut names = Vec::new();
    for json in node.list("columns")? {
        let key = json.as_text().ok_or_else(|| node.wrong("columns", "should hold strings"))?;
        let name = keys.iter().find(|(known, _)| *known == key).map_or(key, |(_, name)| name);
        names.push(name.to_owned());
    }
    Ok(names)
}

fn traits<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<ConstraintTraits, Unsayable> {
    let initially = match node.text_or_none("initially")?.map(str::to_ascii_uppercase).as_deref() {
        None => None,
        Some("DEFERRED") => Some(Initially::Deferred),
        Some("IMMEDIATE") => Some(Initially::Immediate),
        Some(_) => return Err(node.wrong("initially", "is no time that we know")),
    };
    Ok(ConstraintTraits {
        deferrable: node.flag_or_none("deferrable")?,
        initially,
        comment: node.text_or_none("comment")?.map(str::to_owned),
        only_on: only_on(node)?,
        options: options::load(node.members("options")?, target)?,
    })
}

/// The dialect for which something is.
pub(super) fn only_on(node: &Node<'_>) -> Result<Vec<String>, Unsayable> {
    let mut names = Vec::new();
    for (key, value) in node.members("ddl_if")? {
        match (key.as_str(), value) {
            ("dialect", Json::Text(name)) => names.push(name.clone()),
            ("dialect", Json::List(list)) => {
                names.extend(list.iter().filter_map(Json::as_text).map(str::to_owned));
            }
            _ => return Err(node.wrong("ddl_if", "is a condition of another kind")),
        }
    }
    Ok(names)
}

fn key<'c>(
    node: &Node<'c>,
    columns: Vec<String>,
    (name, traits): (Option<ObjectName>, ConstraintTraits),
    target: &Target<'c, '_>,
) -> Result<ForeignKey, Unsayable> {
    let to = Node::named(node.part("target")?, "target")?;
    let (table, referred) = referred(&to, target)?;
    to.done()?;
    let mut key = foreign_key(columns).references(table, referred);
    (key.name, key.traits) = (name, traits);
    if let Some(words) = node.text_or_none("ondelete")? {
        let (action, columns) = words.split_once('(').unwrap_or((words, ""));
        key.on_delete = Some(action_of(action, node)?);
        let columns = columns.trim_end_matches(')').split(',').map(str::trim);
        key.on_delete_columns = columns.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    }
    key.on_update = node.text_or_none("onupdate")?.map(|words| action_of(words, node)).transpose()?;
    key.match_ = match node.text_or_none("match")?.map(str::to_ascii_uppercase).as_deref() {
        None => None,
        Some("SIMPLE") => Some(Match::Simple),
        Some("PARTIAL") => Some(Match::Partial),
        Some("FULL") => Some(Match::Full),
        Some(_) => return Err(node.wrong("match", "is no kind that we know")),
    };
    key.use_alter = node.flag("use_alter")?;
    Ok(key)
}

fn action_of(words: &str, node: &Node<'_>) -> Result<ReferentialAction, Unsayable> {
    ReferentialAction::parse(words).ok_or_else(|| node.wrong("ondelete", "is no action that we know"))
}

/// The table and the columns that a key refers to: a shared object, names, or specifications such as `t.id`.
fn referred<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<(TableName, Vec<String>), Unsayable> {
    let text = |json: &'c Json| name::given(json, target.ctx).map(|name| name.to_string());
    if let Some(specs) = node.get("spec") {
        let mut columns = Vec::new();
        let mut table = TableName::new("");
        for spec in specs.as_list().unwrap_or_default() {
            let spec = spec.as_text().ok_or_else(|| node.wrong("spec", "should hold strings"))?;
            let (name, column) = spec.rsplit_once('.').ok_or_else(|| node.wrong("spec", "has no table"))?;
            table = TableName::from(name);
            columns.push(column.to_owned());
        }
        return Ok((target.schemas.name(&table), columns));
    }
    if let Some(id) = node.text_or_none("table")? {
        let def = target.ctx.def(id)?;
        let columns = node.list("columns")?.iter().map(|json| {
            Ok(match json.as_text().and_then(|key| table::name_of(def, key)) {
                Some(name) => name.to_owned(),
                None => text(json)?,
            })
        });
        let columns = columns.collect::<Result<_, Unsayable>>()?;
        return Ok((names::load(&Node::new(def)?, target)?, columns));
    }
    let columns = node.list("columns")?.iter().map(text).collect::<Result<_, Unsayable>>()?;
    Ok((names::load(node, target)?, columns))
}

/// The type that a check is for: that of the column in it. One that no database has natively needs its check anywhere.
fn stands_for<'c>(sqltext: &'c Json, target: &Target<'c, '_>) -> Result<Option<CheckedType>, Unsayable> {
    let column = find_column(sqltext);
    let Some((of, name)) = column else { return Ok(Some(CheckedType::Boolean)) };
    let table = target.ctx.def(of)?;
    let ty = table::column_json(table, name).and_then(|column| column.get("type"));
    let Some(ty) = ty else { return Ok(Some(CheckedType::Boolean)) };
    let ty = target.ctx.follow(ty)?;
    Ok(match ty.get("type").and_then(Json::as_text) {
        Some("Enum") if ty.get("native_enum") == Some(&Json::Bool(false)) => None,
        // By its name in the schema: PostgreSQL has it then.
        Some("Enum") if target.dialect.name() == "postgres" => Some(CheckedType::Boolean),
        Some("Enum") => Some(CheckedType::Enum),
        _ => Some(CheckedType::Boolean),
    })
}

/// The first column of a table in a tree.
fn find_column(json: &Json) -> Option<(&str, &str)> {
    match json {
        Json::List(items) => items.iter().find_map(find_column),
        Json::Object(members) => {
            let is_column = json.get("node").and_then(Json::as_text) == Some("column");
            let found = json.get("of").and_then(Json::as_text).zip(json.get("name").and_then(Json::as_text));
            found.filter(|_| is_column).or_else(|| members.iter().find_map(|(_, json)| find_column(json)))
        }
        _ => None,
    }
}

fn excluding<'c>(
    node: &Node<'c>,
    (name, traits): (Option<ObjectName>, ConstraintTraits),
    target: &Target<'c, '_>,
) -> Result<Constraint, Unsayable> {
    node.passes_over(&["columns"]);
    let mut made = exclude();
    (made.name, made.traits) = (name, traits);
    if let Some(method) = node.text_or_none("using")? {
        made.using = method.to_owned();
    }
    let classes = node.members("ops")?;
    for json in node.list("elements")? {
        let element = Node::named(json, "an element")?;
        let called = element.get("name").and_then(Json::as_text);
        let operator = element.text("operator")?.to_owned();
        let key = index::key(element.part("expr")?, target)?;
        element.done()?;
        let class = classes.iter().find(|(name, _)| Some(name.as_str()) == called);
        let operator_class = class.and_then(|(_, class)| class.as_text()).map(str::to_owned);
        made.elements.push(aludel_sql::schema::ExcludeElement { key, operator_class, operator });
    }
    made.condition = node.get("where").map(|json| expr::load(json, target.ctx).map(Sql::expr)).transpose()?;
    Ok(made.into())
}
