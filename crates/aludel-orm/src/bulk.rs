//! Many objects inserted at once, without a session.

use std::collections::BTreeMap;

use aludel_engine::{Connection, Error, ErrorKind, Result};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};

use crate::model::{Model, ModelDef};
use crate::returning::{Returned, Returning, insert_statement};

/// Bulk inserts on a connection. In the prelude.
pub trait InsertAll {
    /// Inserts objects in order, many at once. Unset fields get their client default or are left to the database; nothing
    /// is handed back. Relations are not written. Mirrors SQLAlchemy's `connection.execute(insert(User), rows)`.
    ///
    /// # Errors
    /// Where the database refuses an object; the error says which. Outside of a transaction, none is inserted then.
    fn insert_all<M: Model>(&mut self, objects: &[M]) -> impl Future<Output = Result<u64>> + Send;

    /// The same, and gives the objects what the database filled in: generated keys, server defaults, computed values.
    /// Mirrors SQLAlchemy's `bulk_save_objects(…, return_defaults=True)`.
    ///
    /// Databases without `RETURNING` on inserts (MySQL) tell generated keys alone; other values that they fill in stay
    /// unset there.
    ///
    /// # Errors
    /// As for [`insert_all`](Self::insert_all), and where what the database filled in does not fit a field.
    fn insert_and_fill<M: Model>(&mut self, objects: &mut [M]) -> impl Future<Output = Result<u64>> + Send;
}

impl InsertAll for Connection {
    async fn insert_all<M: Model>(&mut self, objects: &[M]) -> Result<u64> {
        let runs = runs(objects);
        // Several statements are one by themselves as well.
        let own = runs.len() > 1 && !self.in_transaction();
        if !own {
            return write_all(self, objects, &runs).await;
        }
        let mut transaction = self.begin().await?;
        let written = write_all(&mut transaction, objects, &runs).await?;
        transaction.commit().await?;
        Ok(written)
    }

    async fn insert_and_fill<M: Model>(&mut self, objects: &mut [M]) -> Result<u64> {
        let runs = runs(objects);
        let own = runs.len() > 1 && !self.in_transaction();
        if !own {
            return fill_all(self, objects, &runs).await;
        }
        let mut transaction = self.begin().await?;
        let written = fill_all(&mut transaction, objects, &runs).await?;
        transaction.commit().await?;
        Ok(written)
    }
}

async fn write_all<M: Model>(connection: &mut Connection, objects: &[M], runs: &[Run]) -> Result<u64> {
    for (run, objects) in parts(objects, runs) {
        let rows = ObjectRows::new(objects, &run.columns);
        let statement = insert_statement(M::definition(), &run.columns, &[]);
        let written = connection.insert_many_statement(&statement, &rows, &mut (), false).await;
        written.map_err(|error| of_run(error, run, runs))?;
    }
    Ok(objects.len() as u64)
}

async fn fill_all<M: Model>(connection: &mut Connection, objects: &mut [M], runs: &[Run]) -> Result<u64> {
    let definition = M::definition();
    for run in runs {
        let Some(objects) = objects.get_mut(run.start..run.start + run.length) else { continue };
        let returning = Returning::of(connection, definition, &run.columns);
        let mut sink = Returned::expected(&returning);
        let rows = ObjectRows::new(objects, &run.columns);
        let statement = insert_statement(definition, &run.columns, &returning.columns);
        let by_id = returning.id.is_some();
        let written = connection.insert_many_statement(&statement, &rows, &mut sink, by_id).await;
        written.map_err(|error| of_run(error, run, runs))?;
        for (column, default) in rows.defaults {
            if let Some(object) = objects.get_mut(column.0) {
                object.assign(column.1, default.as_ref()).map_err(|error| unfit(definition, &error))?;
            }
        }
        if let Some(key) = returning.id {
            for (object, id) in objects.iter_mut().zip(&sink.ids) {
                let id = id.ok_or_else(|| no_key(definition))?;
                object.assign(key, ValueRef::I64(id)).map_err(|error| unfit(definition, &error))?;
            }
        } else if !returning.columns.is_empty() {
            let width = returning.columns.len();
            if sink.values.len() != objects.len() * width {
                return Err(no_key(definition));
            }
            for (object, values) in objects.iter_mut().zip(sink.values.chunks(width)) {
                for (column, value) in returning.columns.iter().zip(values) {
                    object.assign(*column, value.as_ref()).map_err(|error| unfit(definition, &error))?;
                }
            }
        }
    }
    Ok(objects.len() as u64)
}

/// Consecutive objects that set the same columns, so that they share one statement.
struct Run {
    start: usize,
    length: usize,
    columns: Vec<usize>,
}

fn runs<M: Model>(objects: &[M]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut columns = Vec::new();
    for (start, object) in objects.iter().enumerate() {
        set_columns(object, &mut columns);
        match runs.last_mut() {
            Some(run) if run.columns == columns => run.length += 1,
            _ => runs.push(Run { start, length: 1, columns: columns.clone() }),
        }
    }
    runs
}

fn parts<'r, M>(objects: &'r [M], runs: &'r [Run]) -> impl Iterator<Item = (&'r Run, &'r [M])> {
    runs.iter().filter_map(|run| Some((run, objects.get(run.start..run.start + run.length)?)))
}

/// Says which objects an error is about, where it knows only its run.
fn of_run(error: Error, run: &Run, runs: &[Run]) -> Error {
    if runs.len() < 2 {
        return error;
    }
    error.context(format!("objects {} to {}", run.start + 1, run.start + run.length))
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
fn defaults<M: Model>(objects: &[M], columns: &[usize]) -> BTreeMap<(usize, usize), Value> {
    let mut found = BTreeMap::new();
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

struct ObjectRows<'a, M> {
    objects: &'a [M],
    columns: &'a [usize],
    defaults: BTreeMap<(usize, usize), Value>,
}

impl<'a, M: Model> ObjectRows<'a, M> {
    fn new(objects: &'a [M], columns: &'a [usize]) -> Self {
        ObjectRows { objects, columns, defaults: defaults(objects, columns) }
    }
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

#[cold]
fn unfit(definition: &ModelDef, error: &dyn std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("a value that the database filled in does not fit the model `{}`: {error}", definition.name),
    )
}

#[cold]
fn no_key(definition: &ModelDef) -> Error {
    Error::usage(format!(
        "the rows of `{}` are inserted, but the database did not tell what it filled in: use `insert_all`, or set the key \
         yourself",
        definition.name
    ))
}
