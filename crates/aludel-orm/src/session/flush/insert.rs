//! Inserts: batches of rows that set the same columns, with their keys handed back in order.

use aludel_sql::encode::ParameterRows;
use aludel_sql::value::ValueRef;

use super::Work;
use crate::error::{Error, Result};
use crate::handle::RawHandle;
use crate::model::Objects;
use crate::returning::{Returned, Returning, insert_statement};
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
        let returning = Returning::of(connection, definition, &batch.columns);
        let statement = insert_statement(definition, &batch.columns, &returning.columns);
        let mut sink = Returned::expected(&returning);
        let arena = &mut objects.list[batch.arena as usize];
        let rows =
            InsertRows { objects: arena.objects.as_ref(), columns: &batch.columns, places: &batch.places };
        connection.insert_many_statement(&statement, &rows, &mut sink, returning.id.is_some()).await?;
        for (run, place) in batch.places.iter().enumerate() {
            let assigned = if let Some(key) = returning.id {
                let id = sink.ids.get(run).copied().flatten();
                id.map_or(Ok(()), |id| arena.objects.assign(*place as usize, key, ValueRef::I64(id)))
            } else {
                let values = sink.values.iter().skip(run * returning.columns.len());
                returning.columns.iter().zip(values).try_for_each(|(column, value)| {
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
