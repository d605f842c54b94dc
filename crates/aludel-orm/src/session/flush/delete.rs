//! Deletes: one statement per model, rows that refer to others first.

use aludel_sql::ast::{Alias, Delete, Statement, TableRef};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};

use super::Work;
use super::update::key_condition;
use crate::error::Result;
use crate::handle::RawHandle;
use crate::session::Session;

impl Session {
    pub(super) async fn delete_group(&mut self, work: &Work, group: &[u32]) -> Result<()> {
        let mut handles: Vec<RawHandle> =
            work.deletes.iter().copied().filter(|handle| group.contains(&handle.arena)).collect();
        if handles.is_empty() {
            return Ok(());
        }
        self.sort_by_key(&mut handles);
        let handles = self.sort_deletes(handles, group)?;
        for run in handles.chunk_by(|one, other| one.arena == other.arena) {
            self.delete_batch(run).await?;
        }
        Ok(())
    }

    async fn delete_batch(&mut self, handles: &[RawHandle]) -> Result<()> {
        let Some(first) = handles.first() else { return Ok(()) };
        let definition = self.objects.arena(*first).definition;
        let table = TableRef::from_static(&definition.table.name, Alias::None);
        let filter = key_condition(definition, &table, 0);
        let statement = Statement::Delete(Delete { table, filter, returning: Vec::new(), options: None });
        let keys = handles.iter().flat_map(|handle| {
            let arena = self.objects.arena(*handle);
            let base = arena.meta.get(handle.index as usize).and_then(|meta| meta.base.as_ref());
            // The row has the key that the database knows, whatever was assigned since.
            definition.primary_key.iter().map(move |column| match base {
                Some(base) => base.columns.get(*column).cloned().flatten().unwrap_or(Value::Null),
                None => {
                    let value = arena.objects.value(handle.index as usize, *column);
                    value.map_or(Value::Null, ValueRef::to_owned)
                }
            })
        });
        let rows = KeyRows { values: keys.collect(), width: definition.primary_key.len() };
        // A row that is gone already is as good as deleted.
        self.open().await?.execute_many_statement(&statement, &rows, &mut ()).await?;
        Ok(())
    }
}

/// Rows of owned values.
pub(super) struct KeyRows {
    pub(super) values: Vec<Value>,
    pub(super) width: usize,
}

impl ParameterRows for KeyRows {
    fn rows(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    fn width(&self) -> usize {
        self.width
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        self.values.get(row * self.width + parameter).map_or(ValueRef::Null, Value::as_ref)
    }
}
