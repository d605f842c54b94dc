//! Bulk loads.

use std::fmt;
use std::future::IntoFuture;

use aludel_sql::Insert;
use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::encode::{ParameterRow, ParameterRows};
use aludel_sql::value::ValueRef;

use super::Connection;
use crate::driver::{BoxFuture, ManyInsert, RowChunks};
use crate::error::{Error, Result};

/// Rows that are taken from the iterator, and handed on, at once.
const CHUNK: usize = 1_000;

impl Connection {
    /// Loads rows into a table by the fastest way that the database has, and tells how many were loaded: PostgreSQL's
    /// `COPY` in binary form; on MySQL and MariaDB statements of many rows, or `LOAD DATA LOCAL INFILE` where the URL asks for it
    /// by `local_infile=on`; on SQLite a prepared statement. The rows are taken from the iterator as they are needed, so they are
    /// never all in memory.
    ///
    /// All rows are loaded, or none is; outside of a transaction, that takes one of its own. Values are those of the
    /// columns' own types: `COPY` reads no text where a number or a date belongs.
    ///
    /// ```
    /// # use aludel_engine::{Connection, Result};
    /// # use aludel_sql::schema::{column, table};
    /// # use aludel_sql::statement::insert;
    /// # use aludel_sql::types::Type;
    /// # async fn example(connection: &mut Connection) -> Result<()> {
    /// let readings = table("readings").column(column("at", Type::BigInteger)).column(column("value", Type::BigInteger));
    /// let rows = (0..1_000_000_i64).map(|second| (second, second % 17));
    /// let loaded = connection
    ///     .bulk_load(insert(&readings).columns(["at", "value"]), rows)
    ///     .progress(|rows| println!("{rows} rows so far"))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Awaiting it fails where the insert names no columns, returns something, or says what happens to rows that are there
    /// already; where a row has another width; and where the database refuses a row, which the error names where the
    /// database does.
    pub fn bulk_load<'c, R, I>(&'c mut self, insert: Insert, rows: I) -> BulkLoad<'c>
    where
        R: ParameterRow + 'c,
        I: IntoIterator<Item = R>,
        I::IntoIter: Send + 'c,
    {
        let chunk = Chunk { rows: Vec::new(), width: 0 };
        let chunks = Chunks { rows: rows.into_iter(), chunk, before: 0 };
        BulkLoad {
            connection: self,
            statement: insert.into(),
            rows: Told { rows: Box::new(chunks), progress: None },
        }
    }

    async fn load(&mut self, statement: &Statement, mut rows: Told<'_>) -> Result<u64> {
        self.settle().await?;
        let plain = matches!(statement, Statement::Insert(insert)
            if insert.on_conflict.is_none() && insert.options.is_none() && insert.returning.is_empty());
        let key = StatementKey::of(statement);
        let compiled = self.compile(statement, &key)?;
        let values = compiled.values.clone().filter(|_| plain);
        let Some(insert) = values.and_then(|values| ManyInsert::new(&compiled.sql, values)) else {
            return Err(Error::usage(
                "a bulk load takes an insert that names its columns with `columns(…)` and does nothing else: no \
                 `returning`, no `on_conflict`",
            ));
        };
        rows.rows.set_width(compiled.binds.len());
        self.run_load(statement, insert, &mut rows).await
    }
}

/// A bulk load that has yet to be awaited. Made by [`Connection::bulk_load`].
#[must_use = "a bulk load does nothing until it is awaited"]
pub struct BulkLoad<'c> {
    connection: &'c mut Connection,
    statement: Statement,
    rows: Told<'c>,
}

impl<'c> BulkLoad<'c> {
    /// Calls a function whenever some more rows were handed to the database, with their number so far.
    pub fn progress(mut self, progress: impl FnMut(u64) + Send + 'c) -> Self {
        self.rows.progress = Some(Box::new(progress));
        self
    }
}

impl<'c> IntoFuture for BulkLoad<'c> {
    type Output = Result<u64>;
    type IntoFuture = BoxFuture<'c, Result<u64>>;

    fn into_future(self) -> Self::IntoFuture {
        let BulkLoad { connection, statement, rows } = self;
        Box::pin(async move { connection.load(&statement, rows).await })
    }
}

impl fmt::Debug for BulkLoad<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkLoad").field("statement", &self.statement).finish_non_exhaustive()
    }
}

/// Where the rows come from.
trait Source: Send {
    fn set_width(&mut self, width: usize);
    fn next_chunk(&mut self) -> Result<Option<&dyn ParameterRows>>;
}

struct Chunks<I: Iterator> {
    rows: I,
    chunk: Chunk<I::Item>,
    before: usize,
}

struct Chunk<R> {
    rows: Vec<R>,
    width: usize,
}

impl<I: Iterator<Item: ParameterRow> + Send> Source for Chunks<I> {
    fn set_width(&mut self, width: usize) {
        self.chunk.width = width;
    }

    fn next_chunk(&mut self) -> Result<Option<&dyn ParameterRows>> {
        let Chunk { rows, width } = &mut self.chunk;
        self.before += rows.len();
        rows.clear();
        rows.extend(self.rows.by_ref().take(CHUNK));
        if let Some((place, row)) = rows.iter().enumerate().find(|(_, row)| row.width() != *width) {
            return Err(Error::usage(format!(
                "row {} has {} values, but the insert has {width} columns",
                self.before + place + 1,
                row.width(),
            )));
        }
        Ok(if rows.is_empty() { None } else { Some(&self.chunk) })
    }
}

impl<R: ParameterRow> ParameterRows for Chunk<R> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn width(&self) -> usize {
        self.width
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        self.rows.get(row).map_or(ValueRef::Null, |row| row.value(parameter))
    }
}

/// Rows whose progress somebody wants to hear of.
struct Told<'t> {
    rows: Box<dyn Source + 't>,
    progress: Option<Box<dyn FnMut(u64) + Send + 't>>,
}

impl RowChunks for Told<'_> {
    fn next_chunk(&mut self) -> Result<Option<&dyn ParameterRows>> {
        self.rows.next_chunk()
    }

    fn handed_over(&mut self, total: u64) {
        if let Some(progress) = &mut self.progress {
            progress(total);
        }
    }
}
