//! A connection: statements run as plain function calls, and only the wait for a lock is asynchronous.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aludel_engine::driver::{
    BoxFuture, Cancel, DriverFeatures, Execution, ManyInsert, ManySink, RawConnection, RowSink,
    TransactionOptions,
};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::inspect::Inspector;
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Dialect, ValueRef};
use rusqlite::{Connection, TransactionState};

use crate::busy::{Attempt, Failure, Patience};
use crate::error;
use crate::inserts::{Inserts, TEXTS};
use crate::inspect::SqliteInspector;
use crate::options::{Location, Mode, Options};
use crate::stop::{Canceller, INSTRUCTIONS, Stop};

/// Prepared statements that each connection keeps, besides those that insert several rows.
const STATEMENTS: usize = 256;

/// An open database.
pub(crate) struct SqliteConnection {
    pub(crate) raw: Connection,
    dialect: Arc<dyn Dialect>,
    busy_timeout: Duration,
    /// `PRAGMA query_only` is on for a read-only transaction.
    pub(crate) query_only: bool,
    /// The open transaction is one that `execute_many` began for itself.
    pub(crate) implicit: bool,
    /// Something that must not fail did.
    pub(crate) broken: bool,
    /// When the next operation is to be stopped.
    deadline: Option<Instant>,
    /// What stops operations, once somebody has wanted that.
    pub(crate) stop: Option<Arc<Stop>>,
    /// What is known of inserts of many rows.
    pub(crate) inserts: Inserts,
}

impl SqliteConnection {
    pub(crate) fn new(raw: Connection, dialect: Arc<dyn Dialect>, busy_timeout: Duration) -> Self {
        raw.set_prepared_statement_cache_capacity(STATEMENTS + TEXTS);
        SqliteConnection {
            raw,
            dialect,
            busy_timeout,
            query_only: false,
            implicit: false,
            broken: false,
            deadline: None,
            stop: None,
            inserts: Inserts::new(),
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

    fn insert_many<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        self.arm();
        Box::pin(self.insert(insert, rows, sink))
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
