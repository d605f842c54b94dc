//! Many objects inserted at once, without a session.

use aludel_engine::{Connection, Result};
use aludel_sql::ast::{Alias, Insert, InsertSource, Statement, TableRef};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};
use rustc_hash::FxHashMap;

use crate::model::{Model, ModelDef};

/// Bulk inserts on a connection. In the prelude.
pub trait InsertAll {
    /// Inserts objects in order, by one prepared statement that runs once per object. Unset fields get their client
    /// default or are left to the database; nothing is handed back. Relations are not written. Mirrors SQLAlchemy's
    /// `connection.execute(insert(User), rows)`.
    ///
    /// # Errors
    /// Where the database refuses an object. Outside of a transaction, none is inserted then.
    fn insert_all<M: Model>(&mut self, objects: &[M]) -> impl Future<Output = Result<u64>> + Send;
}

impl InsertAll for Connection {
    async fn insert_all<M: Model>(&mut self, objects: &[M]) -> Result<u64> {
        let mut rest = objects;
        let mut columns = Vec::new();
        let mut next = Vec::new();
        while let Some(first) = rest.first() {
            set_columns(first, &mut columns);
            // Objects that set the same columns share one statement.
            let mut length = 1;
            while let Some(object) = rest.get(length) {
                set_columns(object, &mut next);
                if next != columns {
                    break;
                }
                length += 1;
            }
            let (run, behind) = rest.split_at(length);
            let rows = ObjectRows { objects: run, columns: &columns, defaults: defaults(run, &columns) };
            self.execute_many_statement(&statement(M::definition(), &columns), &rows, &mut ()).await?;
            rest = behind;
        }
        Ok(objects.len() as u64)
    }
}

fn set_columns<M: Model>(object: &M, columns: &mut Vec<usize>) {
    let definition = M::definition();
    columns.clear();
    for (index, column) in definition.table.columns.iter().enumerate() {
        let has_default = definition.fields.get(index).is_some_and(|field| field.default.is_some());
        let set = has_default || object.value(index).is_some();
        if set && column.computed.is_none() {
            columns.push(index);
        }
    }
}

/// The client defaults of unset fields, by object and column.
fn defaults<M: Model>(objects: &[M], columns: &[usize]) -> FxHashMap<(usize, usize), Value> {
    let mut found = FxHashMap::default();
    for column in columns {
        let Some(default) = M::definition().fields.get(*column).and_then(|field| field.default) else {
            continue;
        };
        for (row, object) in objects.iter().enumerate() {
            if object.value(*column).is_none() {
                found.insert((row, *column), default());
            }
        }
    }
    found
}

fn statement(definition: &'static ModelDef, columns: &[usize]) -> Statement {
    Statement::Insert(Insert {
        table: TableRef::from_static(&definition.table.name, Alias::None),
        columns: columns.iter().filter_map(|column| definition.column_names.get(*column).cloned()).collect(),
        source: InsertSource::Placeholders,
        on_conflict: None,
        options: None,
        returning: Vec::new(),
    })
}

struct ObjectRows<'a, M> {
    objects: &'a [M],
    columns: &'a [usize],
    defaults: FxHashMap<(usize, usize), Value>,
}

impl<M: Model> ParameterRows for ObjectRows<'_, M> {
    fn rows(&self) -> usize {
        self.objects.len()
    }

    fn width(&self) -> usize {
        self.columns.len()
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        let column = self.columns[parameter];
        match self.objects[row].value(column) {
            Some(value) => value,
            None => self.defaults.get(&(row, column)).map_or(ValueRef::Null, Value::as_ref),
        }
    }
}
