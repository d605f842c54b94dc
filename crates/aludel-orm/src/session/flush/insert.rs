//! Inserts: batches of rows that set the same columns, with their keys handed back in order.

use aludel_engine::Execution;
use aludel_engine::driver::ManySink;
use aludel_sql::ast::{Alias, Insert, InsertSource, SelectItem, Statement, TableRef};
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};

use super::Work;
use crate::error::{Error, Result};
use crate::handle::RawHandle;
use crate::model::{ModelDef, Objects};
use crate::session::Session;

/// Consecutive rows of one model that set the same columns.
struct Batch {
    arena: u32,
    columns: Vec<usize>,
    places: Vec<u32>,
}

impl Session {
    /// `linked`: rows may take keys from each other.
    pub(super) async fn write_inserts(
        &mut self,
        work: &Work,
        inserts: &[RawHandle],
        linked: bool,
    ) -> Result<()> {
        let mut batch: Option<Batch> = None;
        let mut columns = Vec::new();
        for handle in inserts {
            // A row that takes its key from one of the batch has to wait until that one is written.
            let waits = linked
                && batch.as_ref().is_some_and(|batch| {
                    work.keys
                        .parents(*handle)
                        .any(|parent| parent.arena == batch.arena && batch.places.contains(&parent.index))
                });
            if waits && let Some(full) = batch.take() {
                self.insert_batch(full).await?;
            }
            self.apply_keys(work, *handle)?;
            self.apply_defaults(*handle)?;
            self.insert_columns(*handle, &mut columns);
            match &mut batch {
                Some(batch) if batch.arena == handle.arena && batch.columns == columns => {
                    batch.places.push(handle.index);
                }
                _ => {
                    if let Some(full) = batch.take() {
                        self.insert_batch(full).await?;
                    }
                    batch = Some(Batch {
                        arena: handle.arena,
                        columns: columns.clone(),
                        places: vec![handle.index],
                    });
                }
            }
        }
        match batch {
            Some(batch) => self.insert_batch(batch).await,
            None => Ok(()),
        }
    }

    /// Fills unset fields that have a client default.
    fn apply_defaults(&mut self, handle: RawHandle) -> Result<()> {
        let arena = self.objects.arena_mut(handle);
        let index = handle.index as usize;
        for (column, field) in arena.definition.fields.iter().enumerate() {
            let Some(default) = field.default else { continue };
            let empty = arena.objects.value(index, column).is_none_or(ValueRef::is_null);
            if empty {
                arena.objects.assign(index, column, default().as_ref()).map_err(|error| {
                    Error::mapping(format!(
                        "the default of `{}.{}` does not fit the field: {error}",
                        arena.definition.name, field.name
                    ))
                })?;
            }
        }
        Ok(())
    }

    /// The columns that the row's insert sets. `NULL` counts as absent where the database has a default.
    fn insert_columns(&self, handle: RawHandle, columns: &mut Vec<usize>) {
        columns.clear();
        let arena = self.objects.arena(handle);
        for (index, column) in arena.definition.table.columns.iter().enumerate() {
            let set = match arena.objects.value(handle.index as usize, index) {
                None => false,
                Some(ValueRef::Null) => column.server_default.is_none(),
                Some(_) => true,
            };
            if set && column.computed.is_none() {
                columns.push(index);
            }
        }
    }

    async fn insert_batch(&mut self, batch: Batch) -> Result<()> {
        let definition = self.objects.list[batch.arena as usize].definition;
        self.open().await?;
        let Session { connection: Some(connection), objects, .. } = self else { return Ok(()) };
        let capabilities = connection.dialect().capabilities();
        let fetched = fetched_columns(definition, &batch.columns);
        // A lone generated key is told by the driver, where it can, which is cheaper than a row.
        let by_id = capabilities.last_insert_id
            && (fetched == definition.primary_key || !capabilities.insert_returning)
            && definition.primary_key.iter().all(|column| fetched.contains(column))
            && definition.primary_key.len() == 1
            && definition.primary_key.iter().all(|column| {
                // A key with a default is not the row's number.
                definition.table.columns.get(*column).is_some_and(|column| column.server_default.is_none())
            });
        let returning = if by_id || !capabilities.insert_returning { Vec::new() } else { fetched };
        let statement = insert_statement(definition, &batch.columns, &returning);
        let mut sink =
            Returned { width: returning.len(), ids: Vec::new(), values: Vec::new(), keep_ids: by_id };
        let arena = &mut objects.list[batch.arena as usize];
        let rows =
            InsertRows { objects: arena.objects.as_ref(), columns: &batch.columns, places: &batch.places };
        connection.insert_many_statement(&statement, &rows, &mut sink, by_id).await?;
        for (run, place) in batch.places.iter().enumerate() {
            let assigned = if by_id {
                let id = sink.ids.get(run).copied().flatten();
                id.map_or(Ok(()), |id| {
                    arena.objects.assign(*place as usize, definition.primary_key[0], ValueRef::I64(id))
                })
            } else {
                let values = sink.values.iter().skip(run * returning.len());
                returning.iter().zip(values).try_for_each(|(column, value)| {
                    arena.objects.assign(*place as usize, *column, value.as_ref())
                })
            };
            assigned.map_err(|error| {
                Error::mapping(format!(
                    "a value that the database filled in does not fit the model `{}`: {error}",
                    definition.name
                ))
            })?;
        }
        Ok(())
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

fn insert_statement(definition: &'static ModelDef, columns: &[usize], returning: &[usize]) -> Statement {
    let table = TableRef::from_static(&definition.table.name, Alias::None);
    let name = |column: &usize| definition.column_names[*column].clone();
    Statement::Insert(Insert {
        columns: columns.iter().map(name).collect(),
        source: InsertSource::Placeholders,
        on_conflict: None,
        options: None,
        returning: returning.iter().map(|column| SelectItem::column(table.clone(), name(column))).collect(),
        table,
    })
}

struct InsertRows<'a> {
    objects: &'a dyn Objects,
    columns: &'a [usize],
    places: &'a [u32],
}

impl ParameterRows for InsertRows<'_> {
    fn rows(&self) -> usize {
        self.places.len()
    }

    fn width(&self) -> usize {
        self.columns.len()
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        self.objects.value(self.places[row] as usize, self.columns[parameter]).unwrap_or(ValueRef::Null)
    }
}

/// What the database handed back, row by row.
struct Returned {
    width: usize,
    keep_ids: bool,
    ids: Vec<Option<i64>>,
    /// The returned values of all rows, one after another.
    values: Vec<Value>,
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
