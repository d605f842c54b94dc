//! Connections: where statements run.

mod cursor;
mod limit;
mod load;
mod many;
mod options;
mod pipeline;
mod run;
mod savepoints;
mod watched;

use std::ops::ControlFlow;
use std::sync::Arc;

use aludel_sql::Dialect;
use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::decode::{FromRow, RowReader};
use aludel_sql::value::{Value, ValueRef};

pub(crate) use self::cursor::Cursor;
pub use self::load::BulkLoad;
pub use self::options::WithOptions;
pub use self::pipeline::{All, Append, Pipeline, Run, Step, Steps};
use self::savepoints::Savepoints;
use crate::cache::CompileCache;
use crate::cancel::CancelHandle;
use crate::driver::{Execution, RawConnection, RowSink, TransactionOptions};
use crate::engine::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::events::Said;
use crate::execution::ExecutionOptions;
use crate::fetch::Fetch;
use crate::inspect::Inspector;
use crate::options::IsolationLevel;
use crate::pool::{ConnectionRecord, Info, Lease};
use crate::stream::{RowStream, Streamable};
use crate::transaction::Transaction;

/// A connection out of an engine's pool; dropping it gives it back.
///
/// Outside of a [`Transaction`] every statement is a transaction of its own. Mirrors SQLAlchemy's `Connection`, except
/// that a transaction never begins by itself.
#[derive(Debug)]
pub struct Connection {
    /// `None` only while the connection is being given back.
    lease: Option<Lease>,
    dialect: Arc<dyn Dialect>,
    shared: Arc<Shared>,
    /// What transactions begin with unless they say otherwise.
    defaults: TransactionOptions,
    /// How statements run.
    execution: ExecutionOptions,
    /// What was compiled for the schemas of these options, where they translate any.
    translated: Option<Arc<CompileCache>>,
    /// What stops statements of this connection, once somebody has asked for it.
    cancel: Option<CancelHandle>,
    savepoints: Savepoints,
    /// A savepoint that was dropped without an end; it is taken back before anything else is done.
    abandoned: Option<u32>,
    /// A transaction that was dropped without an end, and that the driver could not take back at once; it is taken back
    /// before anything else is done.
    unfinished: bool,
    /// A stream was dropped before its end, and the driver could not close its cursor at once; that is done before
    /// anything else.
    cursor_left: bool,
    /// What the engine knows of the transaction that it began.
    transaction: State,
    /// An operation has begun and not ended.
    midway: bool,
    /// The future of an operation was dropped before its end, so that what follows tells nothing about the server.
    suspect: bool,
}

/// A transaction as the engine knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// None was begun.
    #[default]
    None,
    /// One was begun, and was open when the last statement was sent.
    Open,
    /// One was begun, and the database has made its changes last by itself, as MySQL does before it changes the schema.
    Committed,
    /// The database has taken it back after an error. What follows must not run as if nothing had happened.
    TakenBack,
}

impl Connection {
    pub(crate) fn new(
        lease: Lease,
        shared: Arc<Shared>,
        defaults: TransactionOptions,
        execution: ExecutionOptions,
    ) -> Self {
        let dialect = lease.pooled.raw.dialect();
        let translated = execution.schema_map().map(|map| shared.translated.of(map));
        Connection {
            lease: Some(lease),
            dialect,
            shared,
            defaults,
            execution,
            translated,
            cancel: None,
            savepoints: Savepoints::default(),
            abandoned: None,
            unfinished: false,
            cursor_left: false,
            transaction: State::None,
            midway: false,
            suspect: false,
        }
    }

    /// The dialect, with the facts of this server's version.
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        &self.dialect
    }

    /// The driver's side of the connection. What is done there goes past the engine: no listener hears of it, and a
    /// transaction that is begun there is taken back when the connection is.
    ///
    /// # Errors
    /// Where the connection was given up.
    pub fn raw(&mut self) -> Result<&mut dyn RawConnection> {
        Ok(self.lease()?.pooled.raw.as_mut())
    }

    /// The same, once what a dropped transaction or savepoint left behind is taken back: for what runs statements there.
    ///
    /// # Errors
    /// Where the connection was given up, or that fails.
    pub async fn raw_settled(&mut self) -> Result<&mut dyn RawConnection> {
        self.settle().await?;
        self.raw()
    }

    fn lease(&mut self) -> Result<&mut Lease> {
        self.lease.as_mut().ok_or_else(given_back)
    }

    /// What the pool knows of the connection.
    ///
    /// # Errors
    /// Where the connection was given up.
    pub fn record(&mut self) -> Result<&mut ConnectionRecord> {
        Ok(&mut self.lease()?.pooled.record)
    }

    /// Values that live as long as the connection to the server, however often it goes through the pool. Mirrors
    /// SQLAlchemy's `Connection.info`.
    ///
    /// # Errors
    /// Where the connection was given up.
    pub fn info(&mut self) -> Result<&mut Info> {
        Ok(self.record()?.info_mut())
    }

    /// Closes the connection at once instead of giving it back: where its session on the server is in a state that
    /// nobody else should meet. Mirrors SQLAlchemy's `Connection.invalidate`.
    pub fn invalidate(mut self) {
        self.invalidate_on_return();
    }

    /// The same, but when the connection comes back. Mirrors SQLAlchemy's soft invalidation.
    pub fn invalidate_on_return(&mut self) {
        if let Some(lease) = &mut self.lease {
            self.shared.pool.doom(&mut lease.pooled.record, None);
        }
    }

    /// Takes the connection out of the pool for good, which may open another one in its place; it is closed when it is
    /// dropped. Mirrors SQLAlchemy's `Connection.detach`.
    pub fn detach(&mut self) {
        if let Some(lease) = &mut self.lease {
            self.shared.pool.detach(lease);
        }
    }

    /// Sets what transactions on this connection begin with unless they say otherwise. That ends when the connection is
    /// given back.
    pub fn set_transaction_options(&mut self, defaults: TransactionOptions) {
        self.defaults = defaults;
    }

    /// Sets the isolation level of transactions on this connection that name none. Nothing is sent; so nothing has to be
    /// restored when the connection is given back.
    ///
    /// # Errors
    /// Where a transaction is open, which would go on with the old one.
    pub fn set_isolation(&mut self, level: IsolationLevel) -> Result<()> {
        if self.in_transaction() {
            return Err(Error::usage(
                "the isolation level of a transaction that is open can't be changed: give it to `begin_with`, or set it \
                 before",
            ));
        }
        self.defaults = self.defaults.with_isolation(level);
        Ok(())
    }

    /// Begins a transaction on this connection. Dropped without a commit, it is rolled back.
    ///
    /// # Errors
    /// Where a transaction is open already, or the database refuses.
    pub async fn begin(&mut self) -> Result<Transaction<'_>> {
        self.begin_with(TransactionOptions::default()).await
    }

    /// The same with options.
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub async fn begin_with(&mut self, options: TransactionOptions) -> Result<Transaction<'_>> {
        self.begin_raw(options).await?;
        Ok(Transaction::borrowed(self))
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        !self.unfinished && self.lease.as_ref().is_some_and(|lease| lease.pooled.raw.in_transaction())
    }

    /// Runs a statement and tells what it did. Rows that it yields are dropped.
    ///
    /// # Errors
    /// Where the statement cannot be compiled or the database refuses it.
    pub async fn execute(&mut self, statement: impl Into<Statement>) -> Result<Execution> {
        let statement = statement.into();
        self.execute_statement(&statement).await
    }

    /// Runs several statements in one text, as they are.
    ///
    /// # Errors
    /// Where the database refuses one; those before it have run.
    pub async fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.settle().await?;
        self.run_script(sql).await
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// Where the statement cannot be compiled or run, or a row cannot be read.
    pub async fn all<F: Fetch>(&mut self, query: F) -> Result<Vec<F::Row>> {
        query.fetch(self, usize::MAX).await
    }

    /// The first row of a query, if there is one. The others are not read.
    ///
    /// # Errors
    /// As for [`all`](Self::all).
    pub async fn first<F: Fetch>(&mut self, query: F) -> Result<Option<F::Row>> {
        Ok(query.fetch(self, 1).await?.pop())
    }

    /// The only row of a query.
    ///
    /// # Errors
    /// [`ErrorKind::NoRow`] or [`ErrorKind::SeveralRows`] where there is not exactly one; else as for
    /// [`all`](Self::all).
    pub async fn one<F: Fetch>(&mut self, query: F) -> Result<F::Row> {
        match self.one_or_none(query).await? {
            Some(row) => Ok(row),
            None => Err(no_row()),
        }
    }

    /// The only row of a query, or `None` where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::SeveralRows`] where there are several; else as for [`all`](Self::all).
    pub async fn one_or_none<F: Fetch>(&mut self, query: F) -> Result<Option<F::Row>> {
        at_most_one(query.fetch(self, 2).await?)
    }

    /// The rows of a query one after the other: they are read from the database as they are asked for, so that a result of
    /// any size takes the memory of one batch. Nothing is sent before the first row is asked for. Mirrors SQLAlchemy's
    /// `stream_results` and `AsyncConnection.stream`.
    ///
    /// ```
    /// # use aludel_engine::{Engine, Wait};
    /// # use aludel_sql::statement::sql;
    /// # fn run(engine: &Engine) -> aludel_engine::Result<()> {
    /// let mut connection = engine.connect().wait()?;
    /// let query = sql("SELECT id, name FROM users ORDER BY id").rows::<(i64, String)>();
    /// let mut rows = connection.stream(query).yield_per(100);
    /// while let Some((id, name)) = rows.next().wait()? {
    ///     println!("{id}: {name}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Until the stream is dropped, the connection is lent to it; see [`RowStream`] for what a database allows meanwhile,
    /// and for what becomes of rows that nobody reads.
    pub fn stream<Q: Streamable>(&mut self, query: Q) -> RowStream<'_, Q::Row> {
        RowStream::new(self, query.into_stream())
    }

    /// Reads the schema. Names are taken and given as they are in the database: [schemas](ExecutionOptions::schemas) are
    /// not translated here.
    ///
    /// # Errors
    /// Where the connection was given up.
    pub fn inspector(&mut self) -> Result<Box<dyn Inspector + '_>> {
        Ok(self.lease()?.pooled.raw.inspector())
    }

    /// Runs a statement that was built as a tree.
    ///
    /// # Errors
    /// As for [`execute`](Self::execute).
    pub async fn execute_statement(&mut self, statement: &Statement) -> Result<Execution> {
        self.settle().await?;
        let key = StatementKey::of(statement);
        let compiled = self.compile(statement, &key)?;
        let parameters = parameters(&compiled.binds, key.binds());
        self.run(Said::new(&compiled.sql, statement), &parameters).await
    }

    /// Runs a query that was built as a tree and hands each row on as it arrives.
    ///
    /// # Errors
    /// Where the statement cannot be compiled or run, or the sink refuses a row.
    pub async fn fetch_statement<'a>(
        &'a mut self,
        statement: &'a Statement,
        sink: &'a mut RowSink<'a>,
    ) -> Result<()> {
        self.settle().await?;
        let key = StatementKey::of(statement);
        let compiled = self.compile(statement, &key)?;
        let parameters = parameters(&compiled.binds, key.binds());
        self.run_fetch(Said::new(&compiled.sql, statement), &parameters, sink).await
    }
}

fn parameters<'v>(order: &[usize], values: &[&'v Value]) -> Vec<ValueRef<'v>> {
    order.iter().filter_map(|index| values.get(*index)).map(|value| value.as_ref()).collect()
}

/// For so many rows there is room from the beginning.
const FEW: usize = 2;

/// Reads at most `most` rows of a query.
pub(crate) async fn fetch_rows<R: FromRow + Send>(
    connection: &mut Connection,
    statement: &Statement,
    most: usize,
) -> Result<Vec<R>> {
    let mut rows: Vec<R> = Vec::with_capacity(if most <= FEW { most } else { 0 });
    let mut sink = |row: &dyn aludel_sql::decode::Row| {
        rows.push(R::from_row(&mut RowReader::new(row))?);
        Ok(if rows.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    connection.fetch_statement(statement, &mut sink).await?;
    Ok(rows)
}

/// The only element, or none.
///
/// # Errors
/// [`ErrorKind::SeveralRows`] where there are several.
pub fn at_most_one<R>(mut rows: Vec<R>) -> Result<Option<R>> {
    if rows.len() > 1 {
        return Err(Error::new(
            ErrorKind::SeveralRows,
            "the query yields several rows where at most one is wanted: add a condition, or ask for `first`",
        ));
    }
    Ok(rows.pop())
}

/// The error of a query that should have yielded a row.
#[cold]
pub fn no_row() -> Error {
    Error::new(
        ErrorKind::NoRow,
        "the query yields no row where exactly one is wanted: ask for `one_or_none` where that may be",
    )
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.leave_no_cursor();
        if let Some(mut lease) = self.lease.take() {
            if self.cancel.take().is_some_and(|cancel| cancel.close()) {
                // The next user's statement is neither to be stopped by a request that was meant for this one's, nor to wait for
                // it.
                self.shared.pool.doom(&mut lease.pooled.record, None);
            }
            self.shared.pool.give_back(lease);
        }
    }
}

#[cold]
fn given_back() -> Error {
    Error::usage("the connection was given back to its pool")
}
