//! Reads SQLite's own tables and puts the schema model together.

use aludel_engine::error::{Error, ErrorKind};
use aludel_engine::inspect::{ObjectKind, SchemaObject};
use aludel_sql::schema::{
    Column, Computed, ForeignKey, Index, IndexElement, IndexKey, Sql, Table, TableName, column, index,
    primary_key, table as new_table,
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::create_table::{ColumnDefinition, TableDefinition};
use super::{UNMODELLED, create_index, create_table, default, types};
use crate::busy::Attempt;
use crate::tokens::quote;

const MAIN: &str = "main";

pub(super) fn table_names(raw: &Connection, schema: Option<&str>) -> Attempt<Vec<TableName>> {
    let database = database(raw, schema)?;
    let sql = "SELECT name FROM pragma_table_list WHERE schema = ?1 AND type = 'table' AND name NOT LIKE 'sqlite\\_%' \
               ESCAPE '\\' ORDER BY name";
    let names = collect(raw, sql, &[&database], |row| row.get::<_, String>(0))?;
    Ok(names.into_iter().map(|name| TableName { schema: schema.map(str::to_owned), name }).collect())
}

pub(super) fn objects(raw: &Connection, schema: Option<&str>) -> Attempt<Vec<SchemaObject>> {
    let database = database(raw, schema)?;
    let sql = format!(
        "SELECT type, name, tbl_name, sql FROM {}.sqlite_schema WHERE type IN ('view', 'trigger') \
         ORDER BY type = 'trigger', rowid",
        quote(&database)
    );
    let object = |row: &Row<'_>| {
        let trigger = row.get_ref(0)?.as_str()? == "trigger";
        Ok(SchemaObject {
            kind: if trigger { ObjectKind::Trigger } else { ObjectKind::View },
            name: row.get(1)?,
            table: if trigger { Some(row.get(2)?) } else { None },
            sql: row.get(3)?,
        })
    };
    Ok(collect(raw, &sql, &[], object)?)
}

pub(super) fn table(raw: &Connection, wanted: &TableName) -> Attempt<Option<Table>> {
    let schema = wanted.schema.as_deref();
    let reader = Reader { raw, database: database(raw, schema)?, schema };
    let Some(facts) = reader.facts(&wanted.name)? else { return Ok(None) };
    reader.table(facts).map(Some)
}

/// The database that a schema's name means, as it is called.
fn database(raw: &Connection, schema: Option<&str>) -> Attempt<String> {
    let wanted = schema.unwrap_or(MAIN);
    let names = collect(raw, "SELECT name FROM pragma_database_list ORDER BY seq", &[], |row| {
        row.get::<_, String>(0)
    })?;
    // The one for temporary tables is listed only while it has some.
    let known =
        names.iter().map(String::as_str).chain(["temp"]).find(|name| name.eq_ignore_ascii_case(wanted));
    match known {
        Some(name) => Ok(name.to_owned()),
        None => {
            let message = format!("there is no schema `{wanted}`: the connection has {}", names.join(", "));
            Err(Error::new(ErrorKind::Programming, message).into())
        }
    }
}

fn collect<T>(
    raw: &Connection,
    sql: &str,
    parameters: &[&String],
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = raw.prepare_cached(sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(parameters), read)?;
    rows.collect()
}

/// What SQLite knows of a table as a whole.
struct TableFacts {
    name: String,
    without_rowid: bool,
    strict: bool,
    sql: String,
}

/// What SQLite knows of a column.
struct ColumnFacts {
    name: String,
    words: String,
    not_null: bool,
    default: Option<String>,
    /// The place in the primary key, from 1.
    key: u32,
    stored: bool,
}

/// What SQLite knows of an indexed column or expression.
struct IndexedFacts {
    /// None for an expression.
    name: Option<String>,
    descending: bool,
    collation: Option<String>,
}

struct Reader<'c> {
    raw: &'c Connection,
    database: String,
    schema: Option<&'c str>,
}

impl Reader<'_> {
    fn facts(&self, name: &str) -> rusqlite::Result<Option<TableFacts>> {
        let sql = format!(
            "SELECT l.name, l.wr, l.strict, s.sql FROM pragma_table_list(?1) AS l \
             JOIN {}.sqlite_schema AS s ON s.type = 'table' AND s.name = l.name \
             WHERE l.schema = ?2 AND l.type IN ('table', 'shadow') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
            quote(&self.database)
        );
        let mut statement = self.raw.prepare_cached(&sql)?;
        let facts = statement.query_row([name, self.database.as_str()], |row| {
            Ok(TableFacts {
                name: row.get(0)?,
                without_rowid: row.get(1)?,
                strict: row.get(2)?,
                sql: row.get(3)?,
            })
        });
        facts.optional()
    }

    fn columns(&self, table: &str) -> rusqlite::Result<Vec<ColumnFacts>> {
        let sql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, ?2) ORDER BY cid";
        collect(self.raw, sql, &[&table.to_owned(), &self.database], |row| {
            Ok(ColumnFacts {
                name: row.get(0)?,
                words: row.get(1)?,
                not_null: row.get(2)?,
                default: row.get(3)?,
                key: row.get(4)?,
                stored: row.get::<_, i64>(5)? == 3,
            })
        })
    }

    fn table(&self, facts: TableFacts) -> Attempt<Table> {
        let columns = self.columns(&facts.name)?;
        let definition =
            create_table::parse(&facts.sql).map_err(|problem| not_understood(&problem, &facts.sql))?;
        let mut table = new_table(self.named(facts.name.clone()));
        let row_number = row_number(&facts, &columns, &definition);
        for column in &columns {
            let written =
                definition.columns.iter().find(|written| written.name.eq_ignore_ascii_case(&column.name));
            let Some(written) = written else {
                let problem = format!("the column `{}` is not in it", column.name);
                return Err(not_understood(&problem, &facts.sql).into());
            };
            let mut made = make_column(column, written);
            made.nullable &= row_number != Some(column.name.as_str());
            table.columns.push(made);
        }
        let actual =
            |name: &String| match columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)) {
                Some(column) => column.name.clone(),
                None => name.clone(),
            };
        table.primary_key = key_of(&columns).map(|key| aludel_sql::schema::PrimaryKey {
            name: definition.primary_key.and_then(|written| written.name),
            ..primary_key(key)
        });
        table.unique_constraints = definition.unique_constraints;
        for constraint in &mut table.unique_constraints {
            constraint.columns = constraint.columns.iter().map(actual).collect();
        }
        for mut key in definition.foreign_keys {
            key.columns = key.columns.iter().map(actual).collect();
            table.foreign_keys.push(self.resolve(key)?);
        }
        table.checks = definition.checks;
        table.indexes = self.indexes(&table)?;
        if row_number.is_none() && !facts.without_rowid {
            refuse_numbering(&mut table);
        }
        let mut options = vec![];
        options.extend(facts.without_rowid.then(|| ("sqlite_without_rowid", String::new())));
        options.extend(facts.strict.then(|| ("sqlite_strict", String::new())));
        options.extend(
            (!definition.unmodelled.is_empty()).then(|| (UNMODELLED, definition.unmodelled.join("\n"))),
        );
        table.options = options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(table)
    }

    fn named(&self, name: String) -> TableName {
        TableName { schema: self.schema.map(str::to_owned), name }
    }

    /// Names the referenced table and its columns as they are called, and those that are left out.
    fn resolve(&self, mut key: ForeignKey) -> Attempt<ForeignKey> {
        let target = self.facts(&key.target.name)?.map_or(key.target.name, |facts| facts.name);
        // None where the table does not exist, which SQLite allows.
        let columns = self.columns(&target)?;
        key.target = self.named(target);
        if key.target_columns.is_empty() {
            key.target_columns = key_of(&columns).unwrap_or_default();
        }
        for name in &mut key.target_columns {
            if let Some(column) = columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)) {
                name.clone_from(&column.name);
            }
        }
        Ok(key)
    }

    /// The indexes that were made by themselves, in the order of their making; those of constraints have no text.
    fn indexes(&self, table: &Table) -> Attempt<Vec<Index>> {
        let sql = format!(
            "SELECT name, sql FROM {}.sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL \
             ORDER BY rowid",
            quote(&self.database)
        );
        let written = collect(self.raw, &sql, &[&table.name.name], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut indexes = Vec::with_capacity(written.len());
        for (name, text) in written {
            indexes.push(self.index(table, name, &text)?);
        }
        Ok(indexes)
    }

    fn index(&self, table: &Table, name: String, text: &str) -> Attempt<Index> {
        let definition = create_index::parse(text).map_err(|problem| not_understood(&problem, text))?;
        let sql = "SELECT name, \"desc\", coll FROM pragma_index_xinfo(?1, ?2) WHERE key ORDER BY seqno";
        let indexed = collect(self.raw, sql, &[&name, &self.database], |row| {
            Ok(IndexedFacts { name: row.get(0)?, descending: row.get(1)?, collation: row.get(2)? })
        })?;
        if indexed.len() != definition.elements.len() {
            let problem = format!("it should have {} elements", indexed.len());
            return Err(not_understood(&problem, text).into());
        }
        let elements = indexed.into_iter().zip(definition.elements).map(|(facts, written)| {
            let (key, collation) = match facts.name {
                Some(column) => {
                    let own = table.get_column(&column).and_then(|column| column.collation.as_deref());
                    let own = own.unwrap_or("BINARY");
                    let other = facts.collation.filter(|collation| !collation.eq_ignore_ascii_case(own));
                    (IndexKey::Column(column), other)
                }
                None => (IndexKey::Expression(written.text.into()), written.collation),
            };
            IndexElement { key, descending: facts.descending, nulls_first: None, collation }
        });
        let elements: Vec<IndexElement> = elements.collect();
        let (unique, condition) = (definition.unique, definition.condition.map(Sql::from));
        Ok(Index { unique, condition, ..index(name).on(table.name.clone(), elements) })
    }
}

fn make_column(facts: &ColumnFacts, written: &ColumnDefinition) -> Column {
    let mut made = column(facts.name.as_str(), types::declared(&facts.words));
    made.nullable = !facts.not_null;
    made.server_default = facts.default.as_deref().and_then(default::server_default);
    made.computed = written
        .computed
        .clone()
        .map(|expression| Computed { expression: expression.into(), stored: Some(facts.stored) });
    made.autoincrement = written.autoincrement.then_some(true);
    made.collation.clone_from(&written.collation);
    made
}

/// The columns of the primary key, in its order.
fn key_of(columns: &[ColumnFacts]) -> Option<Vec<String>> {
    let mut key: Vec<&ColumnFacts> = columns.iter().filter(|column| column.key > 0).collect();
    key.sort_by_key(|column| column.key);
    (!key.is_empty()).then(|| key.into_iter().map(|column| column.name.clone()).collect())
}

/// The column that is another name of the row's number, so that it never is `NULL` although nothing says so.
fn row_number<'f>(
    facts: &TableFacts,
    columns: &'f [ColumnFacts],
    written: &TableDefinition,
) -> Option<&'f str> {
    let mut key = columns.iter().filter(|column| column.key > 0);
    let (Some(only), None) = (key.next(), key.next()) else { return None };
    let integer = only.words.eq_ignore_ascii_case("INTEGER");
    (integer && !facts.without_rowid && !written.descending_key_column).then_some(only.name.as_str())
}

/// An integer key that is not the row's number (a `BIGINT`, say) is not filled in by SQLite, though a lone integer key
/// usually is where the model says nothing.
fn refuse_numbering(table: &mut Table) {
    let usual = table.autoincrement_column().map(|column| column.name.clone());
    for column in table.columns.iter_mut().filter(|column| Some(&column.name) == usual.as_ref()) {
        column.autoincrement = Some(false);
    }
}

#[cold]
fn not_understood(problem: &str, definition: &str) -> Error {
    Error::new(
        ErrorKind::Operational,
        format!("the definition that SQLite keeps could not be read: {problem}. It is: {definition}"),
    )
}
