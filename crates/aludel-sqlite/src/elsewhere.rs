//! Statements on the connection's own thread, for whoever waits for their results here.

use std::ops::ControlFlow;
use std::sync::{Arc, mpsc};

use aludel_engine::driver::{BoxFuture, Execution, ManyInsert, ManySink, RowSink};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::ValueRef;
use aludel_sql::encode::ParameterRows;

use crate::exchange::{Exchange, Item, Run};
use crate::movable::{Job, MovableConnection};
use crate::task::{Many, OwnedRows, Task, owned};

/// So many rows come from the thread at once where nobody said how many.
const BATCH: usize = 500;

impl MovableConnection {
    /// Runs a task on the thread.
    async fn elsewhere(
        &mut self,
        task: Task,
        each: &mut (dyn FnMut(Item) -> Result<ControlFlow<()>> + Send),
    ) -> Result<Execution> {
        let exchange = self.send(task)?;
        let mut visit = Visit { connection: self, exchange, over: false };
        let mut refused = None;
        while let Some(item) = visit.exchange.next().await {
            let left = match each(item) {
                Ok(flow) => flow.is_break(),
                Err(error) => {
                    refused = Some(error);
                    true
                }
            };
            if left {
                visit.exchange.leave();
            }
        }
        visit.over = true;
        let end = visit.exchange.take_end();
        let result = visit.connection.arrive(end);
        match refused {
            Some(error) => Err(error),
            None => result,
        }
    }

    pub(crate) async fn fetch_elsewhere(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        sink: &mut RowSink<'_>,
    ) -> Result<()> {
        let mut each = |item: Item| {
            if let Item::Rows(batch) = item {
                for row in 0..batch.len() {
                    let flow =
                        sink(&batch.row(row)).map_err(|error| Error::from(error).with_statement(sql))?;
                    if flow.is_break() {
                        return Ok(flow);
                    }
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        self.elsewhere(Task::Fetch(sql.to_owned(), owned(parameters), BATCH), &mut each).await.map(|_| ())
    }

    /// Runs a statement for every row, or inserts the rows.
    pub(crate) async fn many_elsewhere(
        &mut self,
        sql: &str,
        insert: Option<&ManyInsert<'_>>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        let mut each = |item: Item| {
            if let Item::Runs(runs) = item {
                for run in runs {
                    match run {
                        Run::Returned(run, batch) => sink.returned(run, &batch.row(0))?,
                        Run::Done(run, execution) => sink.done(run, execution),
                    }
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        let many = Many {
            sql: sql.to_owned(),
            insert: insert.map(|insert| (insert.place(), insert.wants_keys())),
            rows: OwnedRows::of(rows),
        };
        self.elsewhere(Task::Many(many), &mut each).await.map(|_| ())
    }

    pub(crate) fn plain(&mut self, task: Task) -> BoxFuture<'_, Result<Execution>> {
        Box::pin(async move { self.elsewhere(task, &mut |_| Ok(ControlFlow::Continue(()))).await })
    }

    pub(crate) fn plain_unit(&mut self, task: Task) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.plain(task).await.map(|_| ()) })
    }
}

/// A task under way. Where its future is dropped, it is stopped.
struct Visit<'c> {
    connection: &'c mut MovableConnection,
    exchange: Arc<Exchange>,
    over: bool,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if !self.over {
            // Nobody is left to hear how it ended.
            let _ = self.connection.bring_back(&self.exchange, true);
        }
    }
}

/// The thread lives as long as the connection can send to it.
pub(crate) fn start() -> Result<mpsc::Sender<Job>> {
    let (sender, jobs) = mpsc::channel::<Job>();
    let thread = std::thread::Builder::new().name("aludel-sqlite".into());
    let started = thread.spawn(move || {
        for job in jobs {
            job();
        }
    });
    match started {
        Ok(_) => Ok(sender),
        Err(reason) => Err(Error::new(
            ErrorKind::Operational,
            format!("the thread of the SQLite connection could not be started: {reason}"),
        )
        .with_source(reason)),
    }
}
