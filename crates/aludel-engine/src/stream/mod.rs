//! Rows one after the other: what a query's result is while it is still being read.
//!
//! A stream has to hold on to a future that uses the connection between two looks at it. So the connection moves into
//! that future and comes out of it again; nothing borrows itself, and a `next` whose future is dropped loses nothing.

mod partitions;
mod read;

use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aludel_sql::ast::Statement;
use futures_core::Stream;

pub use self::partitions::Partitions;
pub(crate) use self::read::Plain;
pub use self::read::{ReadRows, Streamable, Streamed};
use crate::connection::{Connection, Cursor};
use crate::driver::BoxFuture;
use crate::error::{Error, ErrorKind, Result};

/// How many rows are read at a time unless [`RowStream::yield_per`] says otherwise.
const BATCH: usize = 500;

/// The rows of a query as they come: [`Connection::stream`] makes it. Mirrors SQLAlchemy's `AsyncResult`.
///
/// It reads a batch of rows ahead, and no more before those were taken: who takes them slowly slows the database down,
/// and not the program's memory. It is a [`Stream`] as well, for those who want combinators.
///
/// | | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|---|
/// | where the rows are meanwhile | in a cursor of the server | in the server, which waits to send them | in the file |
/// | other statements in between, by [`connection`](Self::connection) | in a transaction | no | no |
/// | dropped early | the cursor is closed | a few rows are read, many are stopped | the statement is stopped |
///
/// Dropped early, it leaves a connection that can be used at once. A statement that writes (`INSERT … RETURNING`) is run
/// to its end all the same; call [`close`](Self::close) to hear whether that went well.
///
/// The future of [`next`](Self::next) may be dropped, as `select!` does: the row that it would have given is given next
/// time. A stream that is dropped in the middle of reading costs the connection on PostgreSQL and MySQL.
#[must_use = "nothing is read before the first row is asked for"]
pub struct RowStream<'c, R> {
    state: State<'c, R>,
}

enum State<'c, R> {
    Idle(Box<Reading<'c, R>>),
    Busy(BoxFuture<'c, (Box<Reading<'c, R>>, Result<()>)>),
    /// Only while the state is being changed, or where that panicked.
    Changing,
}

/// A stream at rest.
struct Reading<'c, R> {
    connection: &'c mut Connection,
    reader: Option<Box<dyn ReadRows<R>>>,
    /// Until it is sent.
    statement: Option<Statement>,
    /// While there may be more rows.
    cursor: Option<Cursor>,
    ready: std::vec::IntoIter<R>,
    /// What comes behind the rows that are ready.
    failed: Option<Error>,
    batch: Option<usize>,
}

impl<'c, R: Send + 'static> RowStream<'c, R> {
    pub(crate) fn new(connection: &'c mut Connection, query: Result<Streamed<R>>) -> Self {
        let (statement, reader, failed) = match query {
            Ok((statement, reader)) => (Some(statement), Some(reader), None),
            Err(error) => (None, None, Some(error)),
        };
        let ready = Vec::new().into_iter();
        let reading = Reading { connection, reader, statement, cursor: None, ready, failed, batch: None };
        RowStream { state: State::Idle(Box::new(reading)) }
    }

    /// Reads so many rows at a time (500 unless this says otherwise), at least one. It counts until the first row is asked
    /// for. Mirrors SQLAlchemy's `yield_per`.
    pub fn yield_per(mut self, rows: usize) -> Self {
        if let State::Idle(reading) = &mut self.state {
            reading.batch = Some(rows.max(1));
        }
        self
    }

    /// The next row, or `None` behind the last.
    ///
    /// # Errors
    /// Where the statement cannot be compiled or run, or a row cannot be read; it names statement and parameters. Nothing
    /// comes behind it.
    pub async fn next(&mut self) -> Result<Option<R>> {
        if let Some(row) = self.take_ready() {
            return Ok(Some(row));
        }
        poll_fn(|context| self.poll_row(context)).await.transpose()
    }

    /// The rows by so many at a time; the last time there may be fewer. Mirrors SQLAlchemy's `Result.partitions`.
    ///
    /// ```
    /// # use aludel_engine::{Connection, Result};
    /// # use aludel_sql::statement::sql;
    /// # async fn run(connection: &mut Connection) -> Result<()> {
    /// let mut parts = connection.stream(sql("SELECT id FROM users").rows::<i64>()).partitions(1_000);
    /// while let Some(ids) = parts.next().await? {
    ///     println!("{} more", ids.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn partitions(mut self, rows: usize) -> Partitions<'c, R> {
        let rows = rows.max(1);
        if let State::Idle(reading) = &mut self.state {
            reading.batch.get_or_insert(rows);
        }
        Partitions::new(self, rows)
    }

    /// The rows that were not taken yet, all of them.
    ///
    /// # Errors
    /// As for [`next`](Self::next).
    pub async fn all(mut self) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await? {
            rows.push(row);
        }
        Ok(rows)
    }

    /// Ends it before its last row. Dropping it does the same, but tells nobody of errors. Mirrors SQLAlchemy's
    /// `Result.close`.
    ///
    /// # Errors
    /// Where the database cannot be reached, or a statement that writes failed after the rows that were read.
    pub async fn close(mut self) -> Result<()> {
        poll_fn(|context| self.poll_idle(context)).await?;
        match &mut self.state {
            State::Idle(reading) => match reading.cursor.take() {
                Some(mut cursor) => reading.connection.close_cursor(&mut cursor).await,
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The connection, for other statements between two rows: inside of a transaction, where the database has cursors of
    /// its own ([`DriverFeatures::server_cursors`](crate::driver::DriverFeatures)); before the first row and behind the last
    /// one anywhere.
    ///
    /// # Errors
    /// [`NotSupported`](ErrorKind::NotSupported) elsewhere, where a second connection can be used instead.
    pub fn connection(&mut self) -> Result<&mut Connection> {
        match &mut self.state {
            State::Idle(reading) if reading.cursor.is_none() || reading.connection.leaves_room() => {
                Ok(reading.connection)
            }
            State::Idle(_) => Err(Error::new(
                ErrorKind::NotSupported,
                "the connection is reading rows, and nothing else can run on it until they are read: use a second \
                 connection, or, on a database with cursors of its own such as PostgreSQL, a transaction around both",
            )),
            _ => Err(Error::usage(
                "the stream is in the middle of reading, because the future of `next` was dropped: await `next` first",
            )),
        }
    }

    fn take_ready(&mut self) -> Option<R> {
        match &mut self.state {
            State::Idle(reading) => reading.ready.next(),
            _ => None,
        }
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        loop {
            if let Some(row) = self.take_ready() {
                return Poll::Ready(Some(Ok(row)));
            }
            if let State::Idle(reading) = &mut self.state {
                if let Some(error) = reading.failed.take() {
                    return Poll::Ready(Some(Err(error)));
                }
                if reading.cursor.is_none() && reading.statement.is_none() {
                    return Poll::Ready(None);
                }
                if let State::Idle(reading) = mem::replace(&mut self.state, State::Changing) {
                    self.state = State::Busy(Box::pin(reading.advance()));
                }
            }
            if let Err(error) = ready!(self.poll_idle(context)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    /// Waits until nothing is under way.
    fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        match &mut self.state {
            State::Idle(_) => Poll::Ready(Ok(())),
            State::Changing => Poll::Ready(Err(Error::usage("the stream ended by a panic"))),
            State::Busy(reading) => {
                let (reading, result) = ready!(reading.as_mut().poll(context));
                self.state = State::Idle(reading);
                Poll::Ready(result)
            }
        }
    }
}

impl<R: Send + 'static> Reading<'_, R> {
    async fn advance(mut self: Box<Self>) -> (Box<Self>, Result<()>) {
        let result = self.read().await;
        (self, result)
    }

    /// Reads the next batch.
    async fn read(&mut self) -> Result<()> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        let batch = self.batch.unwrap_or(BATCH);
        if let Some(statement) = self.statement.take() {
            if reader.needs_statements() && !self.connection.leaves_room() {
                return Err(needs_room());
            }
            self.cursor = Some(self.connection.open_cursor(&statement, batch).await?);
        }
        let Some(cursor) = &mut self.cursor else { return Ok(()) };
        let mut read = |row: &dyn aludel_sql::decode::Row| reader.read(row);
        let result = self.connection.fetch_cursor(cursor, batch, &mut read).await;
        if !matches!(result, Ok(true)) {
            self.cursor = None;
        }
        self.failed = result.err();
        if let Some(completing) = reader.complete(self.connection)
            && let Err(error) = completing.await
        {
            self.failed.get_or_insert(error);
        }
        self.ready = reader.take().into_iter();
        if self.failed.is_some()
            && let Some(mut cursor) = self.cursor.take()
        {
            // What was to be loaded along could not be; that is the error that matters.
            let _ = self.connection.close_cursor(&mut cursor).await;
        }
        Ok(())
    }
}

/// Rows that nobody will read are given up.
impl<R> Drop for Reading<'_, R> {
    fn drop(&mut self) {
        if let Some(mut cursor) = self.cursor.take() {
            self.connection.abandon_cursor(&mut cursor);
        }
    }
}

impl<R: Send + 'static> Stream for RowStream<'_, R> {
    type Item = Result<R>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        self.get_mut().poll_row(context)
    }
}

// The reader's rows are moved, never pinned.
impl<R> Unpin for RowStream<'_, R> {}

impl<R> fmt::Debug for RowStream<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RowStream");
        match &self.state {
            State::Idle(reading) => shown
                .field("ready", &reading.ready.len())
                .field("open", &reading.cursor.is_some())
                .finish_non_exhaustive(),
            _ => shown.field("busy", &true).finish_non_exhaustive(),
        }
    }
}

#[cold]
fn needs_room() -> Error {
    Error::new(
        ErrorKind::NotSupported,
        "relations that are loaded by queries of their own (`selectin`) need the connection between two batches of a stream, \
         which works inside of a transaction on a database with cursors of its own, such as PostgreSQL. Load them with \
         `.joined()` where they are single objects, or ask for `all`",
    )
}
