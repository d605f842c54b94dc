//! The table that a write is about, with what the tree says of its columns.

use aludel_sql::Name;
use aludel_sql::ast::{Alias, ColumnRef, Expr, Source, TableRef};

use super::{Context, expr, from, name};
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
    /// What gives it a value where none is given: in an insert, in an update.
    defaults: [Option<&'c Json>; 2],
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
            if column.get("omit_from_statements") == Some(&Json::Bool(true)) {
                continue;
            }
            let name = column.get("name").ok_or_else(|| node.wrong("columns", "should have names"))?;
            columns.push(Column {
                name: name::given(name, ctx)?,
                key: column.get("key").and_then(Json::as_text),
                defaults: ["default", "onupdate"].map(|key| column.get(key)),
            });
        }
        Ok(Target { table, id: node.id, columns })
    }

    /// The names of all columns, in order.
    pub(super) fn names(&self) -> Vec<Name> {
        self.columns.iter().map(|column| column.name.clone()).collect()
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

    /// Says that no other column than those given would get a value by itself.
    ///
    /// # Errors
    /// Where one would: our tree knows nothing of a table's defaults.
    pub(super) fn without_defaults(&self, given: &[Name], update: bool) -> Result<(), Unsayable> {
        let [insert, change] = [0, 1].map(|which| {
            self.columns.iter().find(|column| {
                column.defaults.get(which).is_some_and(Option::is_some) && !given.contains(&column.name)
            })
        });
        match if update { change } else { insert } {
            None => Ok(()),
            Some(_) => Err(Unsayable::new("a column's default that is part of the statement")),
        }
    }

    /// Whether an alias is another name of this table.
    pub(super) fn is_aliased(&self, alias: &Node<'c>) -> bool {
        let element = alias.get("element").and_then(|element| element.get("ref")).and_then(Json::as_text);
        alias.kind == "alias" && element.is_some() && element == self.id
    }
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
