//! Puts tables together from what the catalogue's queries give back.

use std::collections::BTreeMap;

use aludel_engine::error::Result;
use aludel_sql::ValueRef;
use aludel_sql::ddl::is_enclosed;
use aludel_sql::decode::{DecodeError, Row, RowReader};
use aludel_sql::schema::{
    Column, Computed, ConstraintTraits, ForeignKey, Index, IndexElement, Initially, ReferentialAction, Sql,
    Table, TableName, check, column, foreign_key, index, primary_key, table as new_table, unique,
};

use super::{default, types};
use crate::connection::PostgresConnection;

/// The tables by name, with what belongs to each as a whole, and their numbers.
pub(super) async fn headers(
    connection: &mut PostgresConnection,
    schema: Option<&str>,
    name: Option<&str>,
) -> Result<Vec<(i64, Table)>> {
    let parameters = [schema, name].map(|part| part.map_or(ValueRef::Null, ValueRef::Text));
    let mut tables = connection.rows(include_str!("tables.sql"), &parameters, header).await?;
    for (_, table) in &mut tables {
        table.name.schema = schema.map(str::to_owned);
    }
    Ok(tables)
}

/// The tables with everything on them.
pub(super) async fn tables(
    connection: &mut PostgresConnection,
    schema: Option<&str>,
    name: Option<&str>,
) -> Result<Vec<Table>> {
    let mut tables = headers(connection, schema, name).await?;
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<String> = tables.iter().map(|(number, _)| number.to_string()).collect();
    let numbers = format!("{{{}}}", numbers.join(","));
    let parameters = [ValueRef::Text(&numbers)];
    let columns = connection.rows(include_str!("columns.sql"), &parameters, column_facts).await?;
    let constraints = connection.rows(include_str!("constraints.sql"), &parameters, constraint_facts).await?;
    let indexes = connection.rows(include_str!("indexes.sql"), &parameters, index_facts).await?;

    let places: BTreeMap<i64, usize> =
        tables.iter().enumerate().map(|(place, (number, _))| (*number, place)).collect();
    let mut with_table = |number: i64, work: &mut dyn FnMut(&mut Table)| {
        if let Some((_, table)) = places.get(&number).and_then(|place| tables.get_mut(*place)) {
            work(table);
        }
    };
    for (number, made) in columns {
        with_table(number, &mut |table| table.columns.push(made.clone()));
    }
    for rows in constraints.chunk_by(|one, next| one.number == next.number) {
        if let Some(first) = rows.first() {
            with_table(first.table, &mut |table| add_constraint(table, first, rows));
        }
    }
    for rows in indexes.chunk_by(|one, next| one.number == next.number) {
        if let Some(first) = rows.first() {
            with_table(first.table, &mut |table| add_index(table, first, rows));
        }
    }
    let mut tables: Vec<Table> = tables.into_iter().map(|(_, table)| table).collect();
    tables.iter_mut().for_each(say_what_is_not_numbered);
    Ok(tables)
}

fn header(row: &dyn Row) -> Result<(i64, Table), DecodeError> {
    let mut row = RowReader::new(row);
    let number = row.read()?;
    let mut table = new_table(TableName::new(row.read::<String>()?));
    table.comment = row.read()?;
    for option in ["postgres_partition_by", "postgres_with", "postgres_tablespace"] {
        if let Some(value) = row.read::<Option<String>>()? {
            table.options.insert(option.to_owned(), value);
        }
    }
    Ok((number, table))
}

fn column_facts(row: &dyn Row) -> Result<(i64, Column), DecodeError> {
    let mut row = RowReader::new(row);
    let table = row.read()?;
    let name: String = row.read()?;
    let words: String = row.read()?;
    let mut made = column(name, types::declared(&words));
    made.nullable = !row.read::<bool>()?;
    let expression: Option<String> = row.read()?;
    let generated: String = row.read()?;
    let numbered: bool = row.read()?;
    made.collation = row.read()?;
    made.comment = row.read()?;
    match expression {
        Some(expression) if !generated.is_empty() => {
            let expression = without_parentheses(&expression);
            made.computed = Some(Computed { expression: expression.into(), stored: Some(generated == "s") });
        }
        Some(expression) if !numbered => made.server_default = default::server_default(&expression, &words),
        _ => {}
    }
    if numbered {
        made.autoincrement = Some(true);
    }
    Ok((table, made))
}

/// A row of a constraint: itself, and one of its columns.
struct ConstraintFacts {
    table: i64,
    number: i64,
    name: String,
    kind: String,
    column: Option<String>,
    target_schema: Option<String>,
    target_is_default: bool,
    target: Option<String>,
    target_column: Option<String>,
    on_update: Option<ReferentialAction>,
    on_delete: Option<ReferentialAction>,
    deferrable: bool,
    deferred: bool,
    condition: Option<String>,
}

fn constraint_facts(row: &dyn Row) -> Result<ConstraintFacts, DecodeError> {
    let mut row = RowReader::new(row);
    Ok(ConstraintFacts {
        table: row.read()?,
        number: row.read()?,
        name: row.read()?,
        kind: row.read()?,
        column: row.read()?,
        target_schema: row.read()?,
        target_is_default: row.read::<Option<bool>>()?.unwrap_or(false),
        target: row.read()?,
        target_column: row.read()?,
        on_update: action(&row.read::<String>()?),
        on_delete: action(&row.read::<String>()?),
        deferrable: row.read()?,
        deferred: row.read()?,
        condition: row.read()?,
    })
}

/// `NO ACTION` is what happens where nothing is said.
fn action(letter: &str) -> Option<ReferentialAction> {
    match letter {
        "r" => Some(ReferentialAction::Restrict),
        "c" => Some(ReferentialAction::Cascade),
        "n" => Some(ReferentialAction::SetNull),
        "d" => Some(ReferentialAction::SetDefault),
        _ => None,
    }
}

fn add_constraint(table: &mut Table, facts: &ConstraintFacts, rows: &[ConstraintFacts]) {
    let columns = rows.iter().filter_map(|row| row.column.as_deref());
    match facts.kind.as_str() {
        "p" => table.primary_key = Some(primary_key(columns).named(&facts.name)),
        "u" => table.unique_constraints.push(unique(columns).named(&facts.name)),
        "f" => {
            let target = TableName {
                schema: target_schema(&table.name, facts),
                name: facts.target.clone().unwrap_or_default(),
            };
            let target_columns = rows.iter().filter_map(|row| row.target_column.as_deref());
            table.foreign_keys.push(ForeignKey {
                on_update: facts.on_update,
                on_delete: facts.on_delete,
                traits: ConstraintTraits {
                    deferrable: facts.deferrable.then_some(true),
                    initially: facts.deferred.then_some(Initially::Deferred),
                    ..ConstraintTraits::default()
                },
                ..foreign_key(columns).references(target, target_columns).named(&facts.name)
            });
        }
        _ => table.checks.push(check(facts.condition.clone().unwrap_or_default()).named(&facts.name)),
    }
}

/// The schema of the table referred to, said in the same way as the schema of the table itself.
fn target_schema(table: &TableName, facts: &ConstraintFacts) -> Option<String> {
    let own = table.schema.is_some() && table.schema == facts.target_schema;
    if own || !facts.target_is_default { facts.target_schema.clone() } else { None }
}

/// A row of an index: itself, and one of its elements.
struct IndexFacts {
    table: i64,
    number: i64,
    name: String,
    unique: bool,
    condition: Option<String>,
    column: Option<String>,
    expression: String,
    descending: bool,
    collation: Option<String>,
}

fn index_facts(row: &dyn Row) -> Result<IndexFacts, DecodeError> {
    let mut row = RowReader::new(row);
    Ok(IndexFacts {
        table: row.read()?,
        number: row.read()?,
        name: row.read()?,
        unique: row.read()?,
        condition: row.read()?,
        column: row.read()?,
        expression: row.read()?,
        descending: row.read()?,
        collation: row.read()?,
    })
}

fn add_index(table: &mut Table, facts: &IndexFacts, rows: &[IndexFacts]) {
    let elements = rows.iter().map(|row| {
        let element = match &row.column {
            Some(column) => IndexElement::column(column),
            None => IndexElement::expression(without_parentheses(&row.expression)),
        };
        IndexElement { descending: row.descending, collation: row.collation.clone(), ..element }
    });
    let made = index(&facts.name).on(table.name.clone(), elements);
    table.indexes.push(Index {
        unique: facts.unique,
        condition: facts.condition.clone().map(Sql::from),
        ..made
    });
}

/// A lone integer key that the model would take for one that the server numbers, although it doesn't.
fn say_what_is_not_numbered(table: &mut Table) {
    let Some(name) = table.autoincrement_column().map(|column| column.name.clone()) else { return };
    for column in table.columns.iter_mut().filter(|column| column.name == name) {
        column.autoincrement.get_or_insert(false);
    }
}

fn without_parentheses(expression: &str) -> String {
    let trimmed = expression.trim();
    match trimmed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inside) if is_enclosed(trimmed) => inside.to_owned(),
        _ => trimmed.to_owned(),
    }
}
