//! A connection: statements run as plain function calls, and only the wait for a lock is asynchronous.

use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aludel_engine::driver::{
    BoxFuture, Cancel, DriverFeatures, Execution, ManySink, RawConnection, RowSink, TransactionOptions,
};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::inspect::Inspector;
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Dialect, ValueRef};
use rusqlite::{CachedStatement, Connection, TransactionState};

use crate::busy::{Attempt, Failure, Patience};
use crate::codec::{SqliteRow, bind};
use crate::error;
use crate::inspect::SqliteInspector;
use crate::options::{Location, Mode, Options};
use crate::script::{Statements, check_nul, check_single, is_insert};
use crate::stop::{Canceller, INSTRUCTIONS, Stop};

/// Prepared statements that each connection keeps.
const STATEMENTS: usize = 256;

/// An open database.
pub(crate) struct SqliteConnection {
    raw: Connection,
    dialect: Arc<dyn Dialect>,
    busy_timeout: Duration,
    /// `PRAGMA query_only` is on for a read-only transaction.
    query_only: bool,
    /// The open transaction is one that `execute_many` began for itself.
    implicit: bool,
    /// Something that must not fail did.
    broken: bool,
    /// When the next operation is to be stopped.
    deadline: Option<Instant>,
    /// What stops operations, once somebody has wanted that.
    stop: Option<Arc<Stop>>,
}

impl SqliteConnection {
    pub(crate) fn new(raw: Connection, dialect: Arc<dyn Dialect>, busy_timeout: Duration) -> Self {
        raw.set_prepared_statement_cache_capacity(STATEMENTS);
        SqliteConnection {
            raw,
            dialect,
            busy_timeout,
            query_only: false,
            implicit: false,
            broken: false,
            deadline: None,
            stop: None,
        }
    }

    /// rusqlite's connection.
    pub(crate) fn raw(&self) -> &Connection {
        &self.raw
    }

    /// Sets what the URL asks for, and sees whether the file is a database at all.
    pub(crate) async fn configure(&mut self, options: &Options) -> Result<()> {
        self.patiently(None, |connection| connection.configure_now(options)).await
    }

    fn configure_now(&mut self, options: &Options) -> Attempt<()> {
        // Waiting is this crate's business; SQLite's own way would block the thread.
        self.raw.busy_timeout(Duration::ZERO)?;
        self.raw.pragma_update(None, "foreign_keys", options.foreign_keys)?;
        // Reads the file's header, and refuses what is no database.
        let read_only = options.mode == Mode::Read || self.raw.is_readonly("main")?;
        self.raw.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
        let writable_file = matches!(options.location, Location::File(_)) && !read_only;
        let wanted = options.journal_mode.or(writable_file.then_some("wal"));
        let mut journal = String::new();
        if let Some(mode) = wanted {
            let set = format!("PRAGMA journal_mode = {mode}");
            journal = self.raw.query_row(&set, [], |row| row.get(0))?;
            if options.journal_mode.is_some() && !journal.eq_ignore_ascii_case(mode) {
                let message = format!(
                    "the option `journal_mode` can't be `{mode}` here: the database stays with `{journal}`"
                );
                return Err(Error::configuration(message).into());
            }
        }
        let wal = journal.eq_ignore_ascii_case("wal");
        if let Some(level) = options.synchronous.or(wal.then_some("normal")) {
            self.raw.pragma_update(None, "synchronous", level)?;
        }
        Ok(())
    }

    /// Makes attempts until one succeeds, fails for good, or the time is up.
    pub(crate) async fn patiently<T: Send>(
        &mut self,
        sql: Option<&str>,
        mut attempt: impl FnMut(&mut Self) -> Attempt<T> + Send,
    ) -> Result<T> {
        match self.checked(&mut attempt) {
            Ok(value) => Ok(value),
            // What may come then has a place of its own, so that the future of every statement is small.
            Err(failure) => Box::pin(self.retry(sql, failure, attempt)).await,
        }
    }

    /// Goes on after an attempt that failed.
    async fn retry<T: Send>(
        &mut self,
        sql: Option<&str>,
        mut failure: Failure,
        mut attempt: impl FnMut(&mut Self) -> Attempt<T> + Send,
    ) -> Result<T> {
        let mut patience = Patience::new(self.busy_timeout);
        let stop = loop {
            match failure {
                Failure::Final(error) => break error,
                Failure::Busy(busy) if self.holds_read_lock() => break error::cannot_upgrade(busy),
                Failure::Busy(busy) => {
                    if let Err(error) = patience.pause(busy, self.stop.as_deref()).await {
                        break error;
                    }
                }
            }
            failure = match self.checked(&mut attempt) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
        };
        Err(match sql {
            Some(sql) => error::explain_misuse(stop, sql).with_statement(sql),
            None => stop,
        })
    }

    /// Makes one attempt, unless it is to be stopped before it begins.
    fn checked<T>(&mut self, attempt: &mut impl FnMut(&mut Self) -> Attempt<T>) -> Attempt<T> {
        let Some(stop) = self.stop.clone() else { return attempt(self) };
        stop.check()?;
        match attempt(self) {
            // SQLite's word is the same for both.
            Err(Failure::Final(error)) if error.kind() == ErrorKind::Cancelled => {
                Err(Failure::Final(error.with_kind(stop.reason().unwrap_or(ErrorKind::Cancelled))))
            }
            result => result,
        }
    }

    /// What stops operations from now on.
    fn stop(&mut self) -> Result<&Arc<Stop>> {
        if self.stop.is_none() {
            let stop = Stop::new();
            let asked = Arc::clone(&stop);
            self.raw
                .progress_handler(INSTRUCTIONS, Some(move || asked.reason().is_some()))
                .map_err(error::translate)?;
            self.stop = Some(stop);
        }
        self.stop.as_ref().ok_or_else(|| Error::usage("the connection can't be stopped"))
    }

    /// Begins an operation: the limit that was set before is its, and that of an earlier one is none.
    fn arm(&mut self) {
        let deadline = self.deadline.take();
        if let Some(stop) = &self.stop {
            stop.set_deadline(deadline);
        }
    }

    /// Whether the open transaction has read and could only go on to write. Waiting with the read lock in hand might
    /// keep the other connection from ever giving up its own, so SQLite does not do it either.
    fn holds_read_lock(&self) -> bool {
        !self.raw.is_autocommit()
            && self.raw.transaction_state(None::<&str>).is_ok_and(|state| state == TransactionState::Read)
    }

    /// Puts right what a dropped future or a transaction that ended by itself left behind.
    fn settle(&mut self) -> Attempt<()> {
        if self.implicit {
            self.take_back()?;
        }
        if self.query_only && self.raw.is_autocommit() {
            self.after_end()?;
        }
        Ok(())
    }

    fn take_back(&mut self) -> Attempt<()> {
        self.implicit = false;
        // This has to be done, whatever stopped what was before.
        if let Some(stop) = &self.stop {
            stop.clear();
        }
        if !self.raw.is_autocommit() {
            self.run("ROLLBACK").inspect_err(|_| self.broken = true)?;
        }
        self.after_end()
    }

    fn after_end(&mut self) -> Attempt<()> {
        if self.query_only {
            let restored = self.raw.pragma_update(None, "query_only", false);
            self.broken |= restored.is_err();
            restored?;
            self.query_only = false;
        }
        Ok(())
    }

    /// Runs a fixed statement without parameters and rows.
    fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.raw.prepare_cached(sql)?.raw_execute().map(|_| ())
    }

    fn prepare(&self, sql: &str, given: usize) -> Attempt<CachedStatement<'_>> {
        check_single(sql)?;
        let statement = self.raw.prepare_cached(sql)?;
        let taken = statement.parameter_count();
        if taken != given {
            return Err(wrong_count(taken, given).into());
        }
        Ok(statement)
    }

    fn execute_now(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Attempt<Execution> {
        self.settle()?;
        let mut statement = self.prepare(sql, parameters.len())?;
        bind_all(&mut statement, parameters)?;
        let mut total = self.raw.total_changes();
        if statement.column_count() == 0 {
            statement.raw_execute()?;
        } else {
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
        }
        drop(statement);
        Ok(self.execution(&mut total, is_insert(sql)))
    }

    /// What the last statement did. SQLite's own counters keep their old values where a statement changes nothing.
    /// `total` is the count of all changes before it, and after.
    fn execution(&self, total: &mut u64, insert: bool) -> Execution {
        let before = std::mem::replace(total, self.raw.total_changes());
        if *total == before {
            return Execution::new(0, None);
        }
        Execution::new(self.raw.changes(), insert.then(|| self.raw.last_insert_rowid()))
    }

    fn fetch_now(&mut self, sql: &str, parameters: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Attempt<()> {
        self.settle()?;
        let mut statement = self.prepare(sql, parameters.len())?;
        bind_all(&mut statement, parameters)?;
        // A statement that writes is run to its end: only there are its foreign keys checked.
        let read_only = statement.readonly();
        let mut wanted = true;
        let mut delivered = false;
        let mut rows = statement.raw_query();
        loop {
            match rows.next() {
                Ok(None) => break,
                Ok(Some(_)) if !wanted => {}
                Ok(Some(row)) => {
                    delivered = true;
                    if let ControlFlow::Break(()) = sink(&SqliteRow(row)).map_err(Error::from)? {
                        wanted = false;
                        if read_only {
                            break;
                        }
                    }
                }
                // The rows that were handed on can't be taken back, so nothing is tried again.
                Err(failed) if delivered => return Err(error::translate(failed).into()),
                Err(failed) => return Err(failed.into()),
            }
        }
        Ok(())
    }

    /// Runs the statement for the rows from `next` on.
    fn many_now(
        &mut self,
        sql: &str,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
        next: &mut usize,
    ) -> Attempt<()> {
        let width = rows.width();
        let insert = is_insert(sql);
        let mut statement = self.prepare(sql, width)?;
        let returning = statement.column_count() > 0;
        let mut total = self.raw.total_changes();
        while *next < rows.rows() {
            let run = *next;
            if let Some(stop) = &self.stop {
                stop.check()?;
            }
            for parameter in 0..width {
                bind(&mut statement, parameter, rows.value(run, parameter))?;
            }
            if returning {
                let mut returned = statement.raw_query();
                let mut delivered = false;
                loop {
                    match returned.next() {
                        Ok(None) => break,
                        Ok(Some(row)) => {
                            delivered = true;
                            sink.returned(run, &SqliteRow(row)).map_err(Error::from)?;
                        }
                        Err(failed) if delivered => return Err(error::translate(failed).into()),
                        Err(failed) => return Err(failed.into()),
                    }
                }
            } else {
                statement.raw_execute()?;
            }
            *next += 1;
            sink.done(run, self.execution(&mut total, insert));
        }
        Ok(())
    }

    async fn many(&mut self, sql: &str, rows: &dyn ParameterRows, sink: &mut dyn ManySink) -> Result<()> {
        let width = rows.width();
        let writes = self
            .patiently(Some(sql), |connection| {
                connection.settle()?;
                Ok(!connection.prepare(sql, width)?.readonly())
            })
            .await?;
        if rows.rows() == 0 {
            return Ok(());
        }
        let own = writes && self.raw.is_autocommit();
        if own {
            self.patiently(Some(sql), |connection| connection.begin_now(TransactionOptions::immediate()))
                .await?;
            self.implicit = true;
        }
        let mut next = 0;
        let mut result = self
            .patiently(Some(sql), |connection| connection.many_now(sql, rows, &mut *sink, &mut next))
            .await;
        if result.is_err() && rows.rows() > 1 {
            result = result.map_err(|error| error.context(format!("row {} of {}", next + 1, rows.rows())));
        }
        if own && result.is_ok() {
            result = self.patiently(Some("COMMIT"), Self::commit_now).await;
        }
        if own && result.is_err() {
            // The first error is the one that matters; a connection that can't even roll back is closed.
            let _ = self.take_back();
        }
        self.implicit = false;
        result
    }

    fn script_now(&mut self, statements: &mut std::iter::Peekable<Statements<'_>>) -> Attempt<()> {
        while let Some(sql) = statements.peek() {
            if let Some(stop) = &self.stop {
                stop.check()?;
            }
            // A statement of a script may be one that can't be kept, so none is.
            let mut statement = self.raw.prepare(sql)?;
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            statements.next();
        }
        Ok(())
    }

    async fn script(&mut self, sql: &str) -> Result<()> {
        check_nul(sql)?;
        let mut statements = Statements::new(sql).peekable();
        let result = self
            .patiently(None, |connection| {
                connection.settle()?;
                connection.script_now(&mut statements)
            })
            .await;
        result.map_err(|error| match statements.peek() {
            Some(statement) => error.with_statement(statement),
            None => error,
        })
    }

    fn begin_now(&mut self, options: TransactionOptions) -> Attempt<()> {
        self.settle()?;
        if !self.raw.is_autocommit() {
            return Err(Error::usage("a transaction is already open on this connection").into());
        }
        if (options.immediate || options.exclusive) && options.read_only {
            return Err(Error::usage("a read-only transaction can't take the write lock as it begins").into());
        }
        // Every transaction is serializable here, which is as good as whatever level was asked for.
        self.run(match options {
            TransactionOptions { exclusive: true, .. } => "BEGIN EXCLUSIVE",
            TransactionOptions { immediate: true, .. } => "BEGIN IMMEDIATE",
            _ => "BEGIN",
        })?;
        if options.read_only {
            self.query_only = true;
            if let Err(failed) = self.raw.pragma_update(None, "query_only", true) {
                self.take_back()?;
                return Err(error::translate(failed).into());
            }
        }
        Ok(())
    }

    fn commit_now(&mut self) -> Attempt<()> {
        if self.raw.is_autocommit() {
            self.after_end()?;
            return Err(not_open("commit").into());
        }
        self.run("COMMIT")?;
        self.after_end()
    }
}

impl RawConnection for SqliteConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn features(&self) -> DriverFeatures {
        let mut features = DriverFeatures::default();
        features.cancel = true;
        features
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        self
    }

    fn canceller(&mut self) -> Option<Arc<dyn Cancel>> {
        let stop = Arc::clone(self.stop().ok()?);
        Some(Arc::new(Canceller::new(stop, self.raw.get_interrupt_handle())))
    }

    /// Statements keep the thread until they are done, so nobody else could look at the clock.
    fn stop_next_at(&mut self, deadline: Instant) -> bool {
        let kept = self.stop().is_ok();
        self.deadline = kept.then_some(deadline);
        kept
    }

    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>> {
        self.arm();
        Box::pin(self.patiently(Some(sql), move |connection| connection.execute_now(sql, parameters)))
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        self.arm();
        Box::pin(
            self.patiently(Some(sql), move |connection| connection.fetch_now(sql, parameters, &mut *sink)),
        )
    }

    /// Outside of a transaction the runs are one by themselves: they all happen, or none does.
    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        self.arm();
        Box::pin(self.many(sql, rows, sink))
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        self.arm();
        Box::pin(self.script(sql))
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        self.arm();
        Box::pin(self.patiently(None, move |connection| connection.begin_now(options)))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        self.arm();
        Box::pin(self.patiently(None, Self::commit_now))
    }

    /// SQLite takes a transaction back by itself after some errors, so that none may be open any more.
    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.take_back().map_err(Failure::into_error) })
    }

    fn in_transaction(&self) -> bool {
        !self.raw.is_autocommit()
    }

    fn rollback_now(&mut self) -> bool {
        self.take_back().is_ok()
    }

    fn is_usable(&self) -> bool {
        !self.broken
    }

    /// There is no server that could be gone.
    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        if let Some(stop) = &self.stop {
            stop.clear();
        }
        Box::new(SqliteInspector::new(self))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { self.raw.close().map_err(|(_, failed)| error::translate(failed)) })
    }
}

impl fmt::Debug for SqliteConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteConnection")
            .field("path", &self.raw.path())
            .field("in_transaction", &self.in_transaction())
            .finish_non_exhaustive()
    }
}

fn bind_all(statement: &mut CachedStatement<'_>, parameters: &[ValueRef<'_>]) -> Attempt<()> {
    for (index, value) in parameters.iter().enumerate() {
        bind(statement, index, *value)?;
    }
    Ok(())
}

#[cold]
fn wrong_count(taken: usize, given: usize) -> Error {
    let plural = if taken == 1 { "" } else { "s" };
    Error::new(
        ErrorKind::Programming,
        format!("the statement takes {taken} parameter{plural}, but {given} were given"),
    )
}

#[cold]
fn not_open(what: &str) -> Error {
    Error::new(
        ErrorKind::Operational,
        format!(
            "there is no transaction to {what}: SQLite took it back after an earlier error, or it was never begun"
        ),
    )
}
