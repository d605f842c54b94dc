//! What a connection does on a thread of its own: with values that it owns, and with a sink that hands over.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use aludel_engine::Wait;
use aludel_engine::driver::{Execution, ManyInsert, ManySink, RawConnection, TransactionOptions};
use aludel_engine::error::Result;
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Value, ValueRef};

use crate::batch::Batch;
use crate::connection::SqliteConnection;
use crate::exchange::{Exchange, Item, Run, Sending};

/// What so many runs did is handed over at once.
const RUNS: usize = 256;

pub(crate) enum Task {
    Execute(String, Vec<Value>),
    /// So many rows are handed over at once.
    Fetch(String, Vec<Value>, usize),
    Many(Many),
    Script(String),
    Begin(TransactionOptions),
    Commit,
    Rollback,
}

/// A statement for many rows.
pub(crate) struct Many {
    pub(crate) sql: String,
    /// For an insert: where its values stand, and whether its keys are wanted.
    pub(crate) insert: Option<(Range<usize>, bool)>,
    pub(crate) rows: OwnedRows,
}

impl Task {
    /// Runs on the thread, which may block.
    pub(crate) fn run(self, mut connection: SqliteConnection, exchange: Arc<Exchange>) {
        let mut sending = Sending(Some(Arc::clone(&exchange)));
        let result = exchange.while_wanted(self.within(&mut connection, &exchange)).wait();
        let result = result.unwrap_or_else(|| Ok(Execution::default()));
        sending.0 = None;
        exchange.finish((connection, result));
    }

    async fn within(self, connection: &mut SqliteConnection, exchange: &Exchange) -> Result<Execution> {
        let done = match self {
            Task::Execute(sql, values) => return connection.execute(&sql, &borrowed(&values)).await,
            Task::Fetch(sql, values, most) => {
                let mut batch = Batch::default();
                // The first rows are not kept waiting for others.
                let mut size = most.min(4);
                let mut sink = |row: &dyn Row| {
                    batch.push(row);
                    if !batch.is_full(size) {
                        return Ok(ControlFlow::Continue(()));
                    }
                    size = size.saturating_mul(4).min(most);
                    let next = batch.next();
                    let full = std::mem::replace(&mut batch, next);
                    let wanted = exchange.send(Item::Rows(full));
                    Ok(if wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
                };
                let result = connection.fetch(&sql, &borrowed(&values), &mut sink).await;
                if batch.len() > 0 {
                    exchange.send(Item::Rows(batch));
                }
                result
            }
            Task::Many(Many { sql, insert, rows }) => {
                let mut runs = Runs { exchange, done: Vec::new() };
                let insert =
                    insert.and_then(|(place, keys)| Some(ManyInsert::new(&sql, place)?.with_keys(keys)));
                let result = match insert {
                    Some(insert) => connection.insert_many(insert, &rows, &mut runs).await,
                    None => connection.execute_many(&sql, &rows, &mut runs).await,
                };
                exchange.send(Item::Runs(runs.done));
                result
            }
            Task::Script(sql) => connection.execute_script(&sql).await,
            Task::Begin(options) => connection.begin(options).await,
            Task::Commit => connection.commit().await,
            Task::Rollback => connection.rollback().await,
        };
        done.map(|()| Execution::default())
    }
}

fn borrowed(values: &[Value]) -> Vec<ValueRef<'_>> {
    values.iter().map(Value::as_ref).collect()
}

pub(crate) fn owned(values: &[ValueRef<'_>]) -> Vec<Value> {
    values.iter().copied().map(ValueRef::to_owned).collect()
}

/// Rows of parameters that were copied.
pub(crate) struct OwnedRows {
    rows: usize,
    width: usize,
    values: Vec<Value>,
}

impl OwnedRows {
    pub(crate) fn of(rows: &dyn ParameterRows) -> Self {
        let width = rows.width();
        let places = (0..rows.rows()).flat_map(|row| (0..width).map(move |index| (row, index)));
        let values = places.map(|(row, index)| rows.value(row, index).to_owned()).collect();
        OwnedRows { rows: rows.rows(), width, values }
    }
}

impl ParameterRows for OwnedRows {
    fn rows(&self) -> usize {
        self.rows
    }

    fn width(&self) -> usize {
        self.width
    }

    fn value(&self, row: usize, index: usize) -> ValueRef<'_> {
        self.values.get(row * self.width + index).map_or(ValueRef::Null, Value::as_ref)
    }
}

struct Runs<'e> {
    exchange: &'e Exchange,
    done: Vec<Run>,
}

impl ManySink for Runs<'_> {
    fn returned(&mut self, run: usize, row: &dyn Row) -> std::result::Result<(), DecodeError> {
        let mut batch = Batch::default();
        batch.push(row);
        self.done.push(Run::Returned(run, batch));
        Ok(())
    }

    fn done(&mut self, run: usize, execution: Execution) {
        self.done.push(Run::Done(run, execution));
        if self.done.len() >= RUNS {
            // Where nobody wants it any more, the future that calls this is dropped at its next wait, or ends.
            self.exchange.send(Item::Runs(std::mem::take(&mut self.done)));
        }
    }
}
