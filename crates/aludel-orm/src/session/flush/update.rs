//! Updates: batches of rows that change the same columns, each checked to have met its row.

use std::sync::Arc;

use aludel_engine::Execution;
use aludel_engine::driver::ManySink;
use aludel_sql::ast::{Alias, BinaryOperator, Expr, Statement, TableRef, Update};
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::ValueRef;

use super::Work;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::RawHandle;
use crate::model::{ModelDef, Objects};
use crate::session::Session;
use crate::session::arena::Snapshot;

struct Batch {
    arena: u32,
    columns: Vec<usize>,
    places: Vec<u32>,
    /// What the rows are in the database; their keys are found there.
    bases: Vec<Arc<Snapshot>>,
}

impl Session {
    pub(super) async fn write_updates(&mut self, work: &Work, mut handles: Vec<RawHandle>) -> Result<()> {
        for handle in &handles {
            self.apply_keys(work, *handle)?;
            self.keep_cleared(*handle);
        }
        self.sort_by_key(&mut handles);
        let mut batch: Option<Batch> = None;
        for handle in handles {
            let columns = self.changed_columns(handle);
            let Some(base) = self.objects.meta(handle).base.clone().filter(|_| !columns.is_empty()) else {
                continue;
            };
            match &mut batch {
                Some(batch) if batch.arena == handle.arena && batch.columns == columns => {
                    batch.places.push(handle.index);
                    batch.bases.push(base);
                }
                _ => {
                    if let Some(full) = batch.take() {
                        self.update_batch(full).await?;
                    }
                    batch = Some(Batch {
                        arena: handle.arena,
                        columns,
                        places: vec![handle.index],
                        bases: vec![base],
                    });
                }
            }
        }
        match batch {
            Some(batch) => self.update_batch(batch).await,
            None => Ok(()),
        }
    }

    /// A field that was cleared says nothing: it keeps what the row has, the key above all.
    fn keep_cleared(&mut self, handle: RawHandle) {
        let arena = self.objects.arena_mut(handle);
        let index = handle.index as usize;
        let Some(base) = arena.meta.get(index).and_then(|meta| meta.base.clone()) else { return };
        for (column, value) in base.columns.iter().enumerate() {
            if let Some(value) = value
                && arena.objects.value(index, column).is_none()
            {
                // The value came from this very field.
                let _ = arena.objects.assign(index, column, value.as_ref());
            }
        }
    }

    async fn update_batch(&mut self, batch: Batch) -> Result<()> {
        let definition = self.objects.list[batch.arena as usize].definition;
        self.open().await?;
        let Session { connection: Some(connection), objects, .. } = self else { return Ok(()) };
        let statement = update_statement(definition, &batch.columns);
        let rows = UpdateRows {
            objects: objects.list[batch.arena as usize].objects.as_ref(),
            definition,
            batch: &batch,
        };
        let mut sink = Affected::default();
        connection.execute_many_statement(&statement, &rows, &mut sink).await?;
        match sink.missed {
            Some(run) => Err(stale(definition, batch.bases.get(run))),
            None => Ok(()),
        }
    }

    /// In the order of the rows' keys, so that two sessions that write the same rows meet in the same order.
    pub(super) fn sort_by_key(&self, handles: &mut [RawHandle]) {
        let key = |handle: &RawHandle| {
            let arena = self.objects.arena(*handle);
            arena.definition.primary_key.first().and_then(|column| {
                arena.objects.value(handle.index as usize, *column).map(|value| {
                    match value.resolve().as_ref() {
                        ValueRef::I64(number) => (number, String::new()),
                        other => (0, other.to_string()),
                    }
                })
            })
        };
        handles.sort_by_cached_key(|handle| (handle.arena, key(handle)));
    }
}

/// The condition that finds a row by its key, with parameters from `first` on.
pub(super) fn key_condition(definition: &'static ModelDef, table: &TableRef, first: usize) -> Vec<Expr> {
    let columns = definition.primary_key.iter().enumerate();
    columns
        .map(|(index, column)| {
            let name = definition.column_names[*column].clone();
            let column = Expr::column(table.clone(), name);
            Expr::Binary(BinaryOperator::Equal, Box::new(column), Box::new(Expr::Parameter(first + index)))
        })
        .collect()
}

fn update_statement(definition: &'static ModelDef, columns: &[usize]) -> Statement {
    let table = TableRef::from_static(&definition.table.name, Alias::None);
    let set = columns.iter().enumerate();
    Statement::Update(Update {
        set: set
            .map(|(index, column)| (definition.column_names[*column].clone(), Expr::Parameter(index)))
            .collect(),
        filter: key_condition(definition, &table, columns.len()),
        returning: Vec::new(),
        table,
        options: None,
    })
}

fn stale(definition: &ModelDef, base: Option<&Arc<Snapshot>>) -> Error {
    let key: Vec<String> = definition
        .primary_key
        .iter()
        .filter_map(|column| base?.columns.get(*column)?.as_ref().map(ToString::to_string))
        .collect();
    Error::new(
        ErrorKind::StaleData,
        format!(
            "the update of the `{}` with the key {} met no row: it was deleted, or its key was changed, by somebody else",
            definition.name,
            key.join(", ")
        ),
    )
}

struct UpdateRows<'a> {
    objects: &'a dyn Objects,
    definition: &'static ModelDef,
    batch: &'a Batch,
}

impl ParameterRows for UpdateRows<'_> {
    fn rows(&self) -> usize {
        self.batch.places.len()
    }

    fn width(&self) -> usize {
        self.batch.columns.len() + self.definition.primary_key.len()
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        match self.batch.columns.get(parameter) {
            Some(column) => {
                self.objects.value(self.batch.places[row] as usize, *column).unwrap_or(ValueRef::Null)
            }
            None => {
                let column = self.definition.primary_key[parameter - self.batch.columns.len()];
                let value = self.batch.bases[row].columns.get(column).and_then(Option::as_ref);
                value.map_or(ValueRef::Null, |value| value.as_ref())
            }
        }
    }
}

/// Notices a run that did not meet exactly one row.
#[derive(Default)]
pub(super) struct Affected {
    pub(super) missed: Option<usize>,
}

impl ManySink for Affected {
    fn returned(&mut self, _: usize, _: &dyn Row) -> Result<(), DecodeError> {
        Ok(())
    }

    fn done(&mut self, run: usize, execution: Execution) {
        if execution.rows_affected != 1 && self.missed.is_none() {
            self.missed = Some(run);
        }
    }
}
