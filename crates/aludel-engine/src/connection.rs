//! Connections: where statements run.

use std::ops::ControlFlow;
use std::sync::Arc;

use aludel_sql::Dialect;
use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::decode::{FromRow, RowReader};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};

use crate::cache::CompileCache;
use crate::driver::{Execution, ManySink, RawConnection, RowSink, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Fetch;
use crate::inspect::Inspector;
use crate::pool::Pool;
use crate::transaction::Transaction;

/// A connection out of an engine's pool; dropping it gives it back.
///
/// Outside of a [`Transaction`] every statement is a transaction of its own. Mirrors SQLAlchemy's `Connection`, except
/// that a transaction never begins by itself.
#[derive(Debug)]
pub struct Connection {
    /// `None` only while the connection is being given back.
    raw: Option<Box<dyn RawConnection>>,
    dialect: Arc<dyn Dialect>,
    pool: Arc<Pool>,
    cache: Arc<CompileCache>,
    savepoints: u32,
    /// A savepoint that was dropped without an end; it is taken back before anything else is done.
    abandoned: Option<u32>,
    /// A transaction that was dropped without an end, and that the driver could not take back at once; it is taken back
    /// before anything else is done.
    unfinished: bool,
}

impl Connection {
    pub(crate) fn new(raw: Box<dyn RawConnection>, pool: Arc<Pool>, cache: Arc<CompileCache>) -> Self {
        let dialect = raw.dialect();
        Connection { raw: Some(raw), dialect, pool, cache, savepoints: 0, abandoned: None, unfinished: false }
    }

    /// The dialect, with the facts of this server's version.
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        &self.dialect
    }

    /// The driver's side of the connection.
    ///
    /// # Errors
    /// Where the connection was given up.
    pub fn raw(&mut self) -> Result<&mut dyn RawConnection> {
        match &mut self.raw {
            Some(raw) => Ok(raw.as_mut()),
            None => Err(Error::usage("the connection was given back to its pool")),
        }
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

    pub(crate) async fn begin_raw(&mut self, options: TransactionOptions) -> Result<()> {
        self.settle().await?;
        if self.in_transaction() {
            return Err(Error::usage(
                "a transaction is already open on this connection: use `begin_nested` for one inside of it",
            ));
        }
        self.savepoints = 0;
        self.abandoned = None;
        self.raw()?.begin(options).await
    }

    /// Begins a transaction that no guard watches over: for layers that keep their own transaction state. Others use
    /// [`begin`](Self::begin).
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub async fn begin_unguarded(&mut self, options: TransactionOptions) -> Result<()> {
        self.begin_raw(options).await
    }

    /// Commits what [`begin_unguarded`](Self::begin_unguarded) began.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn commit_unguarded(&mut self) -> Result<()> {
        self.settle().await?;
        self.raw()?.commit().await
    }

    /// Rolls back what [`begin_unguarded`](Self::begin_unguarded) began.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn rollback_unguarded(&mut self) -> Result<()> {
        self.raw()?.rollback().await?;
        self.abandoned = None;
        Ok(())
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        !self.unfinished && self.raw.as_ref().is_some_and(|raw| raw.in_transaction())
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
        self.raw()?.execute_script(sql).await
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

    /// Reads the schema.
    ///
    /// # Errors
    /// Where the connection was given up.
    pub fn inspector(&mut self) -> Result<Box<dyn Inspector + '_>> {
        match &mut self.raw {
            Some(raw) => Ok(raw.inspector()),
            None => Err(Error::usage("the connection was given back to its pool")),
        }
    }

    /// Runs a statement that was built as a tree.
    ///
    /// # Errors
    /// As for [`execute`](Self::execute).
    pub async fn execute_statement(&mut self, statement: &Statement) -> Result<Execution> {
        self.settle().await?;
        let key = StatementKey::of(statement);
        let compiled = self.cache.compile(statement, &key, self.dialect.as_ref())?;
        let parameters = parameters(&compiled.binds, key.binds());
        self.raw()?.execute(&compiled.sql, &parameters).await
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
        let compiled = self.cache.compile(statement, &key, self.dialect.as_ref())?;
        let parameters = parameters(&compiled.binds, key.binds());
        let Some(raw) = &mut self.raw else {
            return Err(Error::usage("the connection was given back to its pool"));
        };
        fetch_raw(raw.as_mut(), &compiled.sql, &parameters, sink).await
    }

    /// Runs one statement for every row of parameters. An insert's source is
    /// [`InsertSource::Placeholders`](aludel_sql::ast::InsertSource).
    ///
    /// # Errors
    /// Where the statement cannot be compiled or the database refuses a row; rows before it have been written.
    pub async fn execute_many_statement(
        &mut self,
        statement: &Statement,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        self.settle().await?;
        let key = StatementKey::of(statement);
        let compiled = self.cache.compile(statement, &key, self.dialect.as_ref())?;
        if !compiled.binds.iter().copied().eq(0..rows.width()) {
            return Err(Error::usage(format!(
                "the statement takes {} values per row in the order in which they are given, but each row has {}",
                compiled.binds.len(),
                rows.width()
            )));
        }
        self.raw()?.execute_many(&compiled.sql, rows, sink).await
    }

    /// Takes back what a dropped transaction or savepoint left behind.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        if self.unfinished {
            self.raw()?.rollback().await?;
            self.unfinished = false;
            self.abandoned = None;
        }
        // Forgotten only when it is done: nothing of the transaction may run before that.
        if let Some(number) = self.abandoned.filter(|number| *number <= self.savepoints)
            && self.in_transaction()
        {
            self.rollback_savepoint(number).await?;
        }
        self.abandoned = None;
        Ok(())
    }

    /// Leaves the transaction to be taken back before the next statement: for guards that are dropped.
    pub(crate) fn abandon_transaction(&mut self) {
        self.unfinished = true;
    }

    /// Leaves a savepoint to be taken back before the next statement: for guards that are dropped.
    pub fn abandon_savepoint(&mut self, number: u32) {
        self.abandoned = Some(self.abandoned.map_or(number, |outer| outer.min(number)));
    }

    pub(crate) fn savepoint_began(&mut self) -> u32 {
        self.savepoints += 1;
        self.savepoints
    }

    pub(crate) fn savepoint_ended(&mut self, number: u32) {
        self.savepoints = number.saturating_sub(1);
    }

    pub(crate) fn open_savepoints(&self) -> u32 {
        self.savepoints
    }
}

/// A function of its own, so that the sink's lifetime is tied to this call alone.
async fn fetch_raw<'a>(
    raw: &'a mut dyn RawConnection,
    sql: &'a str,
    parameters: &'a [ValueRef<'a>],
    sink: &'a mut RowSink<'_>,
) -> Result<()> {
    let mut forward = |row: &dyn aludel_sql::decode::Row| sink(row);
    raw.fetch(sql, parameters, &mut forward).await
}

fn parameters<'v>(order: &[usize], values: &[&'v Value]) -> Vec<ValueRef<'v>> {
    order.iter().filter_map(|index| values.get(*index)).map(|value| value.as_ref()).collect()
}

/// Reads at most `most` rows of a query.
pub(crate) async fn fetch_rows<R: FromRow + Send>(
    connection: &mut Connection,
    statement: &Statement,
    most: usize,
) -> Result<Vec<R>> {
    let mut rows: Vec<R> = Vec::new();
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
        if let Some(raw) = self.raw.take() {
            self.pool.give_back(raw);
        }
    }
}
