//! From the catalogue's rows to tables.

use std::collections::BTreeMap;

use aludel_engine::error::Result;
use aludel_sql::Type;
use aludel_sql::schema::{
    Check, Column, Computed, ForeignKey, Index, IndexElement, IndexKey, ReferentialAction, Table, TableName,
    UniqueConstraint, check, column, foreign_key, index, primary_key, table, unique,
};

use super::read::{self, CheckFacts, ColumnFacts, ForeignKeyFacts, IndexFacts, Scope, TableFacts};
use super::words::{mysql_expression, unenclosed};
use super::{default, types};
use crate::connection::MysqlConnection;

/// The tables of a database with everything on them, by name; or the one that is asked for.
pub(super) async fn tables(
    connection: &mut MysqlConnection,
    schema: Option<&str>,
    only: Option<&str>,
) -> Result<Vec<Table>> {
    let database = read::database(connection, schema).await?;
    let scope = Scope { database: &database, table: only };
    let mariadb = connection.server().mariadb;
    let mut tables = BTreeMap::new();
    for facts in read::tables(connection, scope).await? {
        tables.insert(facts.table.clone(), Building::new(schema, facts));
    }
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    // Before the columns, because MariaDB's JSON is text with a check.
    for facts in read::checks(connection, scope).await? {
        if let Some(building) = tables.get_mut(&facts.table) {
            building.add_check(facts, mariadb);
        }
    }
    for facts in read::columns(connection, scope).await? {
        if let Some(building) = tables.get_mut(&facts.table) {
            building.add_column(facts, mariadb);
        }
    }
    for facts in read::foreign_keys(connection, scope).await? {
        if let Some(building) = tables.get_mut(&facts.table) {
            building.add_foreign_key(facts, schema, &database, mariadb);
        }
    }
    for facts in read::indexes(connection, scope).await? {
        if let Some(building) = tables.get_mut(&facts.table) {
            building.add_index(facts);
        }
    }
    Ok(tables.into_values().map(Building::finish).collect())
}

/// A table that is put together.
struct Building {
    table: Table,
    collation: Option<String>,
    /// Columns that MariaDB checks to be JSON.
    documents: Vec<String>,
    indexes: Vec<IndexParts>,
}

/// An index with its elements so far.
struct IndexParts {
    name: String,
    unique: bool,
    elements: Vec<IndexElement>,
}

impl Building {
    fn new(schema: Option<&str>, facts: TableFacts) -> Self {
        let mut made = table(read::named(schema, facts.table));
        made.comment = facts.comment.filter(|comment| !comment.is_empty());
        let unusual = |value: &Option<String>, usual: &Option<String>| {
            value
                .clone()
                .filter(|value| usual.as_ref().is_none_or(|usual| !usual.eq_ignore_ascii_case(value)))
        };
        let engine = unusual(&facts.engine, &facts.default_engine);
        let collation = unusual(&facts.collation, &facts.default_collation);
        for (name, value) in [("mysql_engine", engine), ("mysql_collate", collation)] {
            made.options.extend(value.map(|value| (name.to_owned(), value)));
        }
        Building { table: made, collation: facts.collation, documents: Vec::new(), indexes: Vec::new() }
    }

    fn add_check(&mut self, facts: CheckFacts, mariadb: bool) {
        let own = facts.level == "Column";
        if own && facts.condition == format!("json_valid(`{}`)", facts.name.replace('`', "``")) {
            self.documents.push(facts.name);
            return;
        }
        let condition = match mariadb {
            true => facts.condition,
            false => unenclosed(&mysql_expression(&facts.condition)).to_owned(),
        };
        // One that was written on a column bears the column's name and can't be dropped by it.
        self.table.checks.push(Check { name: (!own).then(|| facts.name.into()), ..check(condition) });
    }

    fn add_column(&mut self, facts: ColumnFacts, mariadb: bool) {
        let document = facts.words == "longtext" && self.documents.contains(&facts.name);
        let ty = match types::declared(&facts.words) {
            _ if document => Type::Json,
            // Where there is a type for identifiers, one that is text was meant to be.
            Type::Uuid if mariadb && facts.words != "uuid" => Type::UuidText,
            declared => declared,
        };
        let mut made = column(facts.name, ty);
        made.nullable = facts.nullable.eq_ignore_ascii_case("YES");
        made.comment = facts.comment.filter(|comment| !comment.is_empty());
        made.collation = facts.collation.filter(|own| !document && self.collation.as_ref() != Some(own));
        let extra = facts.extra.unwrap_or_default().to_ascii_lowercase();
        let generated = facts.generated.filter(|expression| !expression.is_empty());
        if let Some(expression) = generated {
            let expression = match mariadb {
                true => expression,
                false => unenclosed(&mysql_expression(&expression)).to_owned(),
            };
            made.computed =
                Some(Computed { expression: expression.into(), stored: Some(!extra.contains("virtual")) });
        } else {
            // MariaDB tells a zero date where a column that follows changes has no default.
            let update = extra.find("on update").and_then(|at| extra.get(at..));
            let zero = |kept: &&str| update.is_some() && kept.starts_with("'0000-00-00");
            let kept = facts.default.as_deref().filter(|kept| !zero(kept));
            made.server_default = match mariadb {
                true => default::of_mariadb(kept, &made.ty, &facts.words),
                false => default::of_mysql(kept, extra.contains("default_generated"), &made.ty, &facts.words),
            };
            match update {
                Some(update) if kept.is_none() && !made.nullable => {
                    made.ty = Type::Raw(format!("{} {update}", facts.words));
                }
                Some(update) => made.server_default = Some(default::following(kept, update)),
                None => {}
            }
        }
        made.autoincrement = extra.contains("auto_increment").then_some(true);
        self.table.columns.push(made);
    }

    fn add_foreign_key(
        &mut self,
        facts: ForeignKeyFacts,
        schema: Option<&str>,
        database: &str,
        mariadb: bool,
    ) {
        let keys = &mut self.table.foreign_keys;
        if let Some(key) = keys.last_mut().filter(|key| key.name.as_deref() == Some(facts.name.as_str())) {
            key.columns.push(facts.column);
            key.target_columns.push(facts.target_column);
            return;
        }
        let target = if facts.target_database == database {
            read::named(schema, facts.target)
        } else {
            TableName::in_schema(facts.target_database, facts.target)
        };
        keys.push(ForeignKey {
            on_delete: action(&facts.on_delete, mariadb),
            on_update: action(&facts.on_update, mariadb),
            ..foreign_key([facts.column]).references(target, [facts.target_column]).named(facts.name)
        });
    }

    fn add_index(&mut self, facts: IndexFacts) {
        // Full-text and spatial indexes have no place in the schema model.
        if !matches!(facts.kind.as_str(), "BTREE" | "HASH") {
            return;
        }
        let mut element = match (facts.column, facts.expression, facts.prefix) {
            (Some(column), _, Some(length)) => {
                IndexElement::expression(format!("`{}`({length})", column.replace('`', "``")))
            }
            (Some(column), _, None) => IndexElement::column(column),
            (None, expression, _) => {
                let sql = mysql_expression(&expression.unwrap_or_default());
                IndexElement::expression(unenclosed(&sql))
            }
        };
        element.descending = facts.order.as_deref() == Some("D");
        match self.indexes.last_mut().filter(|parts| parts.name == facts.name) {
            Some(parts) => parts.elements.push(element),
            None => self.indexes.push(IndexParts {
                name: facts.name,
                unique: facts.non_unique == 0,
                elements: vec![element],
            }),
        }
    }

    fn finish(mut self) -> Table {
        for parts in std::mem::take(&mut self.indexes) {
            let columns = parts.plain_columns();
            match columns {
                Some(columns) if parts.name == "PRIMARY" => {
                    self.table.primary_key = Some(primary_key(columns));
                }
                Some(columns) if parts.unique => {
                    let constraint: UniqueConstraint = unique(columns).named(parts.name);
                    self.table.unique_constraints.push(constraint);
                }
                Some(columns) if self.serves_a_foreign_key(&parts.name, &columns) => {}
                _ => {
                    let made = index(parts.name).on(self.table.name.clone(), parts.elements);
                    self.table.indexes.push(Index { unique: parts.unique, ..made });
                }
            }
        }
        // A key that could be numbered and isn't has to say so.
        let silent = self.table.autoincrement_column().filter(|column| column.autoincrement.is_none());
        if let Some(name) = silent.map(|column| column.name.clone()) {
            let columns: &mut Vec<Column> = &mut self.table.columns;
            for column in columns.iter_mut().filter(|column| column.name == name) {
                column.autoincrement = Some(false);
            }
        }
        self.table
    }

    /// Whether the server made the index by itself, because a foreign key needs one: under the key's name, or under
    /// the first column's where the key was made without a name.
    fn serves_a_foreign_key(&self, name: &str, columns: &[String]) -> bool {
        self.table.foreign_keys.iter().any(|key| {
            let own = key.name.as_deref().unwrap_or_default();
            let unnamed = own.starts_with(&format!("{}_ibfk_", self.table.name.name));
            let made = own == name || (unnamed && key.columns.first().is_some_and(|first| first == name));
            made && key.columns == columns
        })
    }
}

impl IndexParts {
    /// The columns, where these are whole and in ascending order.
    fn plain_columns(&self) -> Option<Vec<String>> {
        let plain = self.elements.iter().map(|element| match &element.key {
            IndexKey::Column(name) if !element.descending => Some(name.clone()),
            _ => None,
        });
        plain.collect()
    }
}

/// `NO ACTION` is the default, and InnoDB does the same on `RESTRICT`, which is also what MariaDB tells of a key that
/// says nothing.
fn action(words: &str, mariadb: bool) -> Option<ReferentialAction> {
    match ReferentialAction::parse(words)? {
        ReferentialAction::NoAction => None,
        ReferentialAction::Restrict if mariadb => None,
        other => Some(other),
    }
}
