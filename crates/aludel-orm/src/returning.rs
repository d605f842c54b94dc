//! What the database fills in at an insert, and how it becomes known: by rows that the statement returns, or by the driver.

use aludel_engine::driver::ManySink;
use aludel_engine::{Connection, Execution};
use aludel_sql::ast::{Alias, Insert, InsertSource, SelectItem, Statement, TableRef};
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::value::Value;

use crate::model::ModelDef;

/// What is to be known of each row, and how it becomes known.
pub(crate) struct Returning {
    /// The columns that the statement returns.
    pub(crate) columns: Vec<usize>,
    /// The lone key that the driver tells by itself.
    pub(crate) id: Option<usize>,
}

impl Returning {
    /// For rows that set these columns.
    pub(crate) fn of(connection: &Connection, definition: &ModelDef, set: &[usize]) -> Self {
        let capabilities = connection.dialect().capabilities();
        let fetched = fetched_columns(definition, set);
        // A lone generated key is told by the driver, where it can, which is cheaper than a row.
        let id = match definition.primary_key.as_slice() {
            [key] if fetched.contains(key) => Some(*key),
            _ => None,
        };
        let id = id.filter(|key| {
            capabilities.last_insert_id
                && (fetched.len() == 1 || !capabilities.insert_returning)
                // A key with a default is not the row's number.
                && definition.table.columns.get(*key).is_some_and(|column| column.server_default.is_none())
        });
        let by_row = id.is_none() && capabilities.insert_returning;
        Returning { columns: if by_row { fetched } else { Vec::new() }, id }
    }
}

/// The columns that the database fills in: generated keys, server defaults, computed values.
fn fetched_columns(definition: &ModelDef, set: &[usize]) -> Vec<usize> {
    let columns = definition.table.columns.iter().enumerate();
    columns
        .filter(|(index, _)| !set.contains(index))
        .filter(|(index, column)| {
            column.server_default.is_some()
                || column.computed.is_some()
                || definition.primary_key.contains(index)
        })
        .map(|(index, _)| index)
        .collect()
}

/// Inserts rows that set these columns, and returns those.
pub(crate) fn insert_statement(
    definition: &'static ModelDef,
    columns: &[usize],
    returning: &[usize],
) -> Statement {
    let table = TableRef::from_static(&definition.table.name, Alias::None);
    let names = |columns: &[usize]| -> Vec<_> {
        columns.iter().filter_map(|column| definition.column_names.get(*column).cloned()).collect()
    };
    Statement::Insert(Insert {
        columns: names(columns),
        source: InsertSource::Placeholders,
        on_conflict: None,
        options: None,
        returning: names(returning).into_iter().map(|name| SelectItem::column(table.clone(), name)).collect(),
        table,
    })
}

/// What the database handed back, row by row.
pub(crate) struct Returned {
    width: usize,
    keep_ids: bool,
    /// The keys that the driver told, where those are asked for.
    pub(crate) ids: Vec<Option<i64>>,
    /// The returned values of all rows, one after another.
    pub(crate) values: Vec<Value>,
}

impl Returned {
    /// Nothing so far.
    pub(crate) fn expected(returning: &Returning) -> Self {
        Returned {
            width: returning.columns.len(),
            keep_ids: returning.id.is_some(),
            ids: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl ManySink for Returned {
    fn returned(&mut self, _: usize, row: &dyn Row) -> Result<(), DecodeError> {
        for column in 0..self.width {
            let value = row.value(column).map_err(|error| DecodeError::at(row, column, error))?;
            self.values.push(value.to_owned());
        }
        Ok(())
    }

    fn done(&mut self, _: usize, execution: Execution) {
        if self.keep_ids {
            self.ids.push(execution.last_insert_id);
        }
    }
}
