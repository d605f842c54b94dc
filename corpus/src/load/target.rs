//! The table that a write is about, with what the tree says of its columns.

use aludel_sql::Name;
use aludel_sql::ast::{Alias, ColumnDefault, ColumnRef, Expr, Source, TableRef};

use super::{Context, expr, from, name, select};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// The table that is written to.
#[derive(Debug)]
pub(super) struct Target<'c> {
    /// The reference to it.
    pub(super) table: TableRef,
    /// The id of the table itself.
    pub(super) id: Option<&'c str>,
    columns: Vec<Column<'c>>,
}

/// A column of it.
#[derive(Debug)]
struct Column<'c> {
    name: Name,
    /// By what values name it, where that is not its name.
    key: Option<&'c str>,
    /// Whether it is left out where all columns are meant.
    omitted: bool,
    /// What the tree says of it.
    json: &'c Json,
}

impl<'c> Target<'c> {
    /// The table, or an alias of one, that stands here.
    pub(super) fn load(json: &'c Json, ctx: &Context<'c>) -> Result<Self, Unsayable> {
        let mut node = ctx.node(json)?;
        if !from::is_source(node.kind) {
            return Err(node.unknown("what is written to"));
        }
        let Source::Table(table) = from::source(json, ctx)? else {
            return Err(node.unknown("what is written to"));
        };
        while node.kind != "table" {
            node = ctx.node(node.part("element")?)?;
        }
        let mut columns = Vec::new();
        for column in node.list("columns")? {
            let name = column.get("name").ok_or_else(|| node.wrong("columns", "should have names"))?;
            columns.push(Column {
                name: name::given(name, ctx)?,
                key: column.get("key").and_then(Json::as_text),
                omitted: column.get("omit_from_statements") == Some(&Json::Bool(true)),
                json: column,
            });
        }
        Ok(Target { table, id: node.id, columns })
    }

    /// The names of all columns, in order.
    pub(super) fn names(&self) -> Vec<Name> {
        let meant = self.columns.iter().filter(|column| !column.omitted);
        meant.map(|column| column.name.clone()).collect()
    }

    /// The column that values name so.
    pub(super) fn by_key(&self, key: &str) -> Option<Name> {
        let keyed = |column: &&Column<'_>| column.key.unwrap_or(&column.name) == key;
        self.columns.iter().find(keyed).map(|column| column.name.clone())
    }

    /// The column that a name or a node names.
    pub(super) fn column_ref(&self, json: &'c Json, ctx: &Context<'c>) -> Result<ColumnRef, Unsayable> {
        match self.place(json, ctx)? {
            Expr::Column(column) => Ok(column),
            _ => Err(Unsayable::new("a new value for something else than a column")),
        }
    }

    /// What gets a new value: a column, or an element of one.
    pub(super) fn place(&self, json: &'c Json, ctx: &Context<'c>) -> Result<Expr, Unsayable> {
        match json.as_text() {
            Some(key) => {
                let name = self.by_key(key).unwrap_or_else(|| Name::Owned(key.to_owned()));
                Ok(Expr::column(self.table.clone(), name))
            }
            None => expr::load(json, ctx),
        }
    }

    /// Whether a column of this table is one of what is written to: also where that is an alias of the table, unless the
    /// table itself is read beside it.
    pub(super) fn is(&self, table: &TableRef, statement: &Node<'c>) -> bool {
        let itself = TableRef { alias: Alias::None, ..self.table.clone() };
        let read = || {
            let mut read = false;
            if let Some(part) = statement.get("where") {
                each_source(part, &mut |source| read |= Some(source) == self.id);
            }
            read
        };
        *table == self.table || (*table == itself && !read())
    }

    /// The name of the column that a name or a node names.
    pub(super) fn column(&self, json: &'c Json, ctx: &Context<'c>) -> Result<Name, Unsayable> {
        self.column_ref(json, ctx).map(|column| column.name)
    }

    /// Brings values that are named by columns into the order of the columns: who gives values by name gives no order.
    pub(super) fn sort<T>(&self, values: &mut [T], name: impl Fn(&T) -> &Name) {
        let place = |value: &T| {
            let name = name(value);
            self.columns.iter().position(|column| column.name == *name).unwrap_or(usize::MAX)
        };
        values.sort_by_key(place);
    }

    /// What each column gets where the statement gives it nothing. An alias of a table has no defaults.
    ///
    /// # Errors
    /// Where one of them cannot be said.
    pub(super) fn defaults(&self, which: Given, ctx: &Context<'c>) -> Result<Vec<ColumnDefault>, Unsayable> {
        let mut defaults = Vec::new();
        for column in &self.columns {
            let stated = column.json.get(which.key()).filter(|_| self.table.alias == Alias::None);
            let value = match stated {
                Some(default) => default_value(default, &column.name, which, ctx)?,
                None => None,
            };
            defaults.push(ColumnDefault { column: column.name.clone(), value });
        }
        Ok(defaults)
    }

    /// The columns with what the tree says of them.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&Name, &'c Json)> {
        self.columns.iter().map(|column| (&column.name, column.json))
    }

    /// Whether nothing is handed back that was not asked for.
    pub(super) fn is_silent(&self, ctx: &Context<'c>) -> bool {
        let table = self.id.and_then(|id| ctx.def(id).ok());
        table.and_then(|table| table.get("no_implicit_returning")) == Some(&Json::Bool(true))
    }

    /// The key that the database counts up: the one that says so, or a single integer that nothing else gives a value.
    pub(super) fn autoincrement(&self, ctx: &Context<'c>) -> Option<&Name> {
        let is =
            |column: &Column<'_>, key: &str, wanted: bool| column.json.get(key) == Some(&Json::Bool(wanted));
        let mut keys = self.columns.iter().filter(|column| is(column, "primary_key", true));
        if let Some(stated) = keys.clone().find(|column| is(column, "autoincrement", true)) {
            return Some(&stated.name);
        }
        let (Some(key), None) = (keys.next(), keys.next()) else { return None };
        let ty =
            key.json.get("type").and_then(|ty| ty.get("type")).and_then(Json::as_text).unwrap_or_default();
        let integer = ty.to_ascii_lowercase().contains("int") && !ty.eq_ignore_ascii_case("interval");
        let given = ["default", "server_default"].iter().any(|part| key.json.get(part).is_some());
        (integer && !given && !is(key, "autoincrement", false) && !self.refers(key, ctx)).then_some(&key.name)
    }

    /// Whether a column refers to another table.
    fn refers(&self, column: &Column<'c>, ctx: &Context<'c>) -> bool {
        let table = self.id.and_then(|id| ctx.def(id).ok());
        let constraints = table.and_then(|table| table.get("constraints")).and_then(Json::as_list);
        let named = column.key.unwrap_or(&column.name);
        constraints.into_iter().flatten().any(|constraint| {
            let columns = constraint.get("columns").and_then(Json::as_list).into_iter().flatten();
            constraint.get("constraint").and_then(Json::as_text) == Some("foreign_key")
                && columns.filter_map(Json::as_text).any(|column| column == named)
        })
    }

    /// Whether an alias is another name of this table.
    pub(super) fn is_aliased(&self, alias: &Node<'c>) -> bool {
        let element = alias.get("element").and_then(|element| element.get("ref")).and_then(Json::as_text);
        alias.kind == "alias" && element.is_some() && element == self.id
    }
}

/// Which of a column's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// That of a new row.
    Inserted,
    /// That of a changed one.
    Updated,
}

impl Given {
    fn key(self) -> &'static str {
        match self {
            Given::Inserted => "default",
            Given::Updated => "onupdate",
        }
    }
}

fn default_value<'c>(
    default: &'c Json,
    column: &Name,
    which: Given,
    ctx: &Context<'c>,
) -> Result<Option<Expr>, Unsayable> {
    if let Some(json) = default.get("expr") {
        return match ctx.node(json)?.kind {
            "select" | "compound_select" => Ok(Some(Expr::Select(select::query(json, ctx)?))),
            _ => expr::load(json, ctx).map(Some),
        };
    }
    if let Some(sequence) = default.get("sequence") {
        let optional = sequence.get("optional") == Some(&Json::Bool(true));
        if !ctx.writes.sequences || optional || which == Given::Updated {
            return Ok(None);
        }
        let part = |key: &str| sequence.get(key).map(|part| name::given(part, ctx)).transpose();
        let name = part("name")?.ok_or_else(|| Unsayable::new("a sequence without a name"))?;
        return Ok(Some(Expr::NextValue { schema: part("schema")?, name }));
    }
    if default.get("sentinel").is_some() {
        return Ok(None);
    }
    // A plain value, or one that a function yields, is handed in when the statement runs.
    let name = aludel_sql::ast::Label::Named(column.clone());
    Ok(Some(Expr::Param(Box::new(aludel_sql::ast::Param { name, value: None, ty: None, literal: false }))))
}

/// Calls for the source of every column in a tree.
pub(super) fn each_source<'c>(json: &'c Json, each: &mut impl FnMut(&'c str)) {
    match json {
        Json::List(elements) => elements.iter().for_each(|element| each_source(element, each)),
        Json::Object(members) => {
            if let Some(of) = json.get("of").and_then(Json::as_text) {
                each(of);
            }
            members.iter().for_each(|(_, value)| each_source(value, each));
        }
        _ => {}
    }
}
