//! A connection that can be somewhere else: on a thread of its own, while its rows are read bit by bit, and for every
//! statement where the URL says so.
//!
//! SQLite's statements borrow their connection and can't be held between two looks at a future. So the connection itself
//! moves to the thread, runs the statement there, and comes back with the end of it. Whoever gives it up before, waits for
//! the moment that SQLite takes to stop; so at rest the connection is always here.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use aludel_engine::driver::{
    BoxFuture, Cancel, DriverFeatures, Execution, ManyInsert, ManySink, PipelineSink, PipelineStep,
    RawConnection, Replication, RowChunks, RowSink, TransactionOptions, TwoPhase, load_by_inserts,
    pipeline_one_by_one,
};
use aludel_engine::error::{Error, Result};
use aludel_engine::inspect::{Inspector, SchemaObject};
use aludel_sql::encode::ParameterRows;
use aludel_sql::schema::{Table, TableName};
use aludel_sql::{Dialect, ValueRef};
use rusqlite::InterruptHandle;

use crate::connection::SqliteConnection;
use crate::cursor::Cursor;
use crate::elsewhere::start;
use crate::exchange::{End, Exchange};
use crate::task::{Task, owned};

/// What the thread is sent.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// A connection, here or on its thread.
pub(crate) struct MovableConnection {
    here: Option<SqliteConnection>,
    /// Every statement runs on the thread.
    always: bool,
    /// The thread, from the first time on that it was needed.
    thread: Option<mpsc::Sender<Job>>,
    dialect: Arc<dyn Dialect>,
    interrupt: InterruptHandle,
    /// Whether a transaction was open when the connection left.
    in_transaction: bool,
    pub(crate) cursor: Option<Cursor>,
}

impl MovableConnection {
    pub(crate) fn new(connection: SqliteConnection, always: bool) -> Self {
        MovableConnection {
            dialect: connection.dialect(),
            interrupt: connection.raw().get_interrupt_handle(),
            here: Some(connection),
            always,
            thread: None,
            in_transaction: false,
            cursor: None,
        }
    }

    fn place(&mut self) -> Place<'_> {
        if self.always {
            return Place::Thread(self);
        }
        match self.here {
            Some(ref mut here) => Place::Here(here),
            None => Place::Thread(self),
        }
    }

    /// Sends the connection to its thread with a task.
    pub(crate) fn send(&mut self, task: Task) -> Result<Arc<Exchange>> {
        let thread = match &self.thread {
            Some(thread) => thread.clone(),
            None => self.thread.insert(start()?).clone(),
        };
        let connection = self.here.take().ok_or_else(away)?;
        self.in_transaction = connection.in_transaction();
        let exchange = Arc::new(Exchange::default());
        let end = Arc::clone(&exchange);
        if thread.send(Box::new(move || task.run(connection, end))).is_err() {
            exchange.lose();
        }
        Ok(exchange)
    }

    pub(crate) fn arrive(&mut self, end: Result<End>) -> Result<Execution> {
        let (connection, result) = end?;
        self.here = Some(connection);
        result
    }

    /// Stops the task, and waits for that.
    pub(crate) fn bring_back(&mut self, exchange: &Exchange, stop: bool) -> Result<Execution> {
        exchange.leave();
        let end = exchange.wait_for_end(|| {
            if stop {
                self.interrupt.interrupt();
            }
        });
        self.arrive(end)
    }
}

/// What is left of a connection whose thread ended in a panic.
struct Nowhere;

impl Inspector for Nowhere {
    fn table_names<'a>(&'a mut self, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        Box::pin(std::future::ready(Err(away())))
    }

    fn table<'a>(&'a mut self, _: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        Box::pin(std::future::ready(Err(away())))
    }

    fn objects<'a>(&'a mut self, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        Box::pin(std::future::ready(Err(away())))
    }
}

/// Where a statement runs.
enum Place<'c> {
    Here(&'c mut SqliteConnection),
    Thread(&'c mut MovableConnection),
}

// What it does not forward silently becomes what the trait does by default.
#[deny(clippy::missing_trait_methods)]
impl RawConnection for MovableConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn features(&self) -> DriverFeatures {
        let mut features = self.here.as_ref().map(RawConnection::features).unwrap_or_default();
        features.streaming = true;
        features
    }

    /// What stops it does so on whatever thread it is.
    fn canceller(&mut self) -> Option<Arc<dyn Cancel>> {
        self.here.as_mut()?.canceller()
    }

    fn stop_next_at(&mut self, deadline: Instant) -> bool {
        self.here.as_mut().is_some_and(|here| here.stop_next_at(deadline))
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        match self.here {
            Some(ref mut here) => here.driver_connection(),
            None => self,
        }
    }

    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>> {
        match self.place() {
            Place::Here(here) => here.execute(sql, parameters),
            Place::Thread(this) => this.plain(Task::Execute(sql.to_owned(), owned(parameters))),
        }
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        match self.place() {
            Place::Here(here) => here.fetch(sql, parameters, sink),
            Place::Thread(this) => Box::pin(this.fetch_elsewhere(sql, parameters, sink)),
        }
    }

    fn open_cursor<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        batch: usize,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(self.open_cursor_now(sql, parameters, batch)))
    }

    fn fetch_cursor<'a>(&'a mut self, most: usize, sink: &'a mut RowSink<'a>) -> BoxFuture<'a, Result<bool>> {
        Box::pin(self.fetch_cursor_now(most, sink))
    }

    fn close_cursor(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(self.end_cursor()))
    }

    fn close_cursor_now(&mut self) -> bool {
        // Without a connection there is nothing left to close.
        let _ = self.end_cursor();
        true
    }

    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        match self.place() {
            Place::Here(here) => here.execute_many(sql, rows, sink),
            Place::Thread(this) => Box::pin(this.many_elsewhere(sql, None, rows, sink)),
        }
    }

    fn insert_many<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        match self.place() {
            Place::Here(here) => here.insert_many(insert, rows, sink),
            Place::Thread(this) => {
                Box::pin(async move { this.many_elsewhere(insert.sql(), Some(&insert), rows, sink).await })
            }
        }
    }

    fn bulk_load<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a mut dyn RowChunks,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(load_by_inserts(self, insert, rows))
    }

    fn pipeline<'a>(
        &'a mut self,
        steps: &'a [PipelineStep<'a>],
        sink: &'a mut dyn PipelineSink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(pipeline_one_by_one(self, steps, sink))
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        match self.place() {
            Place::Here(here) => here.execute_script(sql),
            Place::Thread(this) => this.plain_unit(Task::Script(sql.to_owned())),
        }
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        match self.place() {
            Place::Here(here) => here.begin(options),
            Place::Thread(this) => this.plain_unit(Task::Begin(options)),
        }
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        match self.place() {
            Place::Here(here) => here.commit(),
            Place::Thread(this) => this.plain_unit(Task::Commit),
        }
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        match self.place() {
            Place::Here(here) => here.rollback(),
            Place::Thread(this) => this.plain_unit(Task::Rollback),
        }
    }

    fn in_transaction(&self) -> bool {
        self.here.as_ref().map_or(self.in_transaction, RawConnection::in_transaction)
    }

    fn rollback_now(&mut self) -> bool {
        self.close_cursor_now();
        self.here.as_mut().is_some_and(RawConnection::rollback_now)
    }

    fn is_usable(&self) -> bool {
        self.here.as_ref().is_some_and(RawConnection::is_usable)
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        match self.here {
            Some(ref mut here) => here.ping(),
            None => Box::pin(std::future::ready(Err(away()))),
        }
    }

    fn two_phase<'a>(&'a mut self, step: TwoPhase<'a>) -> BoxFuture<'a, Result<()>> {
        match self.here {
            Some(ref mut here) => here.two_phase(step),
            None => Box::pin(std::future::ready(Err(away()))),
        }
    }

    fn prepared(&mut self) -> BoxFuture<'_, Result<Vec<String>>> {
        match self.here {
            Some(ref mut here) => here.prepared(),
            None => Box::pin(std::future::ready(Err(away()))),
        }
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        self.close_cursor_now();
        match self.here {
            Some(ref mut here) => here.inspector(),
            None => Box::new(Nowhere),
        }
    }

    fn replication(&mut self) -> Option<Box<dyn Replication + '_>> {
        match self.here {
            Some(ref mut here) => here.replication(),
            None => None,
        }
    }

    fn close(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        self.close_cursor_now();
        match self.here.take() {
            Some(here) => Box::new(here).close(),
            None => Box::pin(std::future::ready(Ok(()))),
        }
    }
}

impl Drop for MovableConnection {
    fn drop(&mut self) {
        self.close_cursor_now();
    }
}

impl fmt::Debug for MovableConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.here {
            Some(here) => here.fmt(f),
            None => f.debug_struct("SqliteConnection").field("reading", &true).finish_non_exhaustive(),
        }
    }
}

#[cold]
fn away() -> Error {
    Error::usage(
        "the connection is reading the rows of an earlier statement: read them to their end, or close or drop their stream",
    )
}
