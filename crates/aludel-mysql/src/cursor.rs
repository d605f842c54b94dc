//! Rows bit by bit: the server sends them as fast as they are read, so what is not asked for stays with it.
//!
//! mysql_async keeps what it knows of an open result in the connection itself, so nothing has to be held besides.

use std::time::Duration;

use aludel_engine::driver::RowSink;
use aludel_engine::error::{Error, Result};
use aludel_sql::ValueRef;
use mysql_async::prelude::{Protocol, Queryable};
use mysql_async::{BinaryProtocol, Conn, QueryResult, TextProtocol};
use tokio::sync::oneshot;

use crate::codec::{self, MysqlRow};
use crate::connection::{Attempt, MysqlConnection};
use crate::error::{self, Failure};
use crate::execute::changes_rows;
use crate::link::Link;
use crate::runtime::reactor;

/// An open result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    /// In the protocol of prepared statements, and not in that of texts.
    binary: bool,
    /// The statement writes: it may not be stopped in the middle.
    writes: bool,
}

/// So many rows that nobody wants are read; with more to come, the server is asked to stop.
const READ: usize = 1_000;

/// How long the server may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

impl MysqlConnection {
    pub(crate) async fn open_cursor_now(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Result<()> {
        let result = match self.start().await {
            Ok(raw) => open(raw, sql, parameters).await,
            Err(failure) => Err(failure),
        };
        match result {
            Ok(cursor) => {
                self.pause(Some(cursor));
                Ok(())
            }
            Err(failure) => self.end(Err(failure), Some(sql)),
        }
    }

    pub(crate) async fn fetch_cursor_now(&mut self, most: usize, sink: &mut RowSink<'_>) -> Result<bool> {
        let Some(cursor) = self.take_cursor() else { return Ok(false) };
        let result = match self.start().await {
            Ok(raw) if cursor.binary => fetch::<BinaryProtocol>(raw, most, sink).await,
            Ok(raw) => fetch::<TextProtocol>(raw, most, sink).await,
            Err(failure) => Err(failure),
        };
        match result {
            Ok(true) => {
                self.pause(Some(cursor));
                Ok(true)
            }
            // A row that could not be read leaves others behind it.
            Err(Failure::Own(error)) if self.is_midway() => {
                self.pause(Some(cursor));
                Err(error)
            }
            result => self.end(result, None),
        }
    }

    pub(crate) async fn end_cursor(&mut self) -> Result<()> {
        let Some(cursor) = self.take_cursor() else { return Ok(()) };
        let result = match self.start().await {
            Ok(raw) => leave(raw, cursor).await,
            Err(failure) => Err(failure),
        };
        self.end(result, None)
    }

    /// Ends it on the background thread. Whoever uses the connection next waits for that.
    pub(crate) fn send_close(&mut self) -> bool {
        let Some(cursor) = self.take_cursor() else { return true };
        let (Ok(reactor), Some(mut raw)) = (reactor(), self.take_raw()) else { return false };
        let (back, returning) = oneshot::channel();
        reactor.spawn(async move {
            if leave(&mut raw, cursor).await.is_ok() {
                // Nobody may be left who wants it; then it is closed.
                let _ = back.send(raw);
            }
        });
        self.comes_back(returning);
        true
    }
}

async fn open(raw: &mut Link, sql: &str, parameters: &[ValueRef<'_>]) -> Attempt<Cursor> {
    let converted = codec::parameters(parameters.iter().copied(), raw.packet)?;
    let writes = changes_rows(sql);
    Ok(match raw.prepare(sql, parameters.len()).await? {
        Some(statement) => {
            raw.exec_iter(&statement, converted).await?;
            Cursor { binary: true, writes }
        }
        None => {
            raw.query_iter(sql).await?;
            Cursor { binary: false, writes }
        }
    })
}

async fn fetch<P: Protocol>(raw: &mut Conn, most: usize, sink: &mut RowSink<'_>) -> Attempt<bool> {
    let mut result = QueryResult::<P>::new(raw);
    for _ in 0..most {
        if result.is_empty() {
            return Ok(false);
        }
        let Some(row) = result.next().await? else { continue };
        if sink(&MysqlRow(&row)).map_err(Error::from)?.is_break() {
            break;
        }
    }
    Ok(true)
}

/// Passes over at most so many rows, and tells whether there are more.
async fn pass<P: Protocol>(raw: &mut Conn, most: usize) -> Attempt<bool> {
    let mut result = QueryResult::<P>::new(raw);
    for _ in 0..most {
        if result.is_empty() {
            return Ok(false);
        }
        result.next().await?;
    }
    Ok(true)
}

async fn leave(raw: &mut Conn, cursor: Cursor) -> Attempt<()> {
    let pass = async |raw: &mut Conn, most: usize| match cursor.binary {
        true => pass::<BinaryProtocol>(raw, most).await,
        false => pass::<TextProtocol>(raw, most).await,
    };
    if cursor.writes {
        pass(raw, usize::MAX).await?;
        return Ok(());
    }
    if !pass(raw, READ).await? {
        return Ok(());
    }
    // Where the server can't be asked, the rest is read: that takes its time, but loses no transaction.
    let asked = tokio::time::timeout(STOP_TIMEOUT, stop(raw)).await.is_ok_and(|result| result.is_ok());
    match pass(raw, usize::MAX).await {
        Err(failure) if failure.is(error::INTERRUPTED) => {}
        result => {
            result?;
            if asked {
                // The statement was over before the request came, and the next one would be stopped in its place.
                match raw.query_drop("DO 0").await.map_err(Failure::from) {
                    Err(failure) if !failure.is(error::INTERRUPTED) => return Err(failure),
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// Asks the server, by a connection that is made for that, to stop the statement.
async fn stop(raw: &Conn) -> Attempt<()> {
    let (opts, id) = (raw.opts().clone(), raw.id());
    let mut other = Conn::new(opts).await?;
    let asked = other.query_drop(format!("KILL QUERY {id}")).await;
    other.disconnect().await?;
    Ok(asked?)
}

#[cold]
pub(crate) fn one_is_open() -> Error {
    Error::usage(
        "the connection is reading the rows of an earlier statement: read them to their end, or close or drop their stream",
    )
}
