//! Rows bit by bit: a cursor of the server's where the statement can have one, else the answer as it comes.
//!
//! A cursor holds no more than a batch on its way, can be left at any time by one word that nobody has to wait for, and
//! leaves room for other statements. It needs a transaction: where none is open, it has one of its own.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;

use aludel_engine::driver::RowSink;
use aludel_engine::error::{Error, Result};
use aludel_sql::ValueRef;
use futures_core::Stream;
use tokio_postgres::RowStream;

use crate::codec::PostgresRow;
use crate::connection::PostgresConnection;
use crate::parameter::Parameter;
use crate::pipeline::{self, Failure};
use crate::statements::{Prepared, begins_with};
use crate::wire::Wire;

/// The cursor's name on the server.
const NAME: &str = "aludel_stream";

/// The statement whose rows are being read.
pub(crate) enum Cursor {
    /// The server keeps the rows.
    Declared {
        /// The transaction around it is its own.
        own: bool,
        /// The statement that asks for so many rows.
        fetch: Option<(usize, Arc<Prepared>)>,
    },
    /// The rows are on their way, and nothing else can be until they are read.
    Answer { rows: Pin<Box<RowStream>>, prepared: Arc<Prepared> },
}

impl Cursor {
    /// Whether other statements have to wait for its end.
    pub(crate) fn fills_the_wire(&self) -> bool {
        !matches!(self, Cursor::Declared { own: false, .. })
    }

    /// Whether rows are coming that nobody asked for one by one.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self, Cursor::Answer { .. })
    }
}

impl PostgresConnection {
    pub(crate) async fn open_cursor_now(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Result<()> {
        if self.cursor.is_some() {
            return Err(one_is_open());
        }
        if !can_be_declared(sql) {
            return self.open_answer(sql, parameters).await.map_err(|error| error.with_statement(sql));
        }
        let own = !self.is_in_transaction();
        if own {
            self.command("BEGIN").await?;
        }
        let declare = format!("DECLARE {NAME} NO SCROLL CURSOR FOR {sql}");
        self.start().await?;
        let result = self.run(&declare, parameters, &mut |_| Ok(ControlFlow::Break(()))).await;
        if let Err(failure) = &result {
            self.may_run_again(&declare, failure);
        }
        let result = result.map_err(|failure| self.failure(failure));
        if let Err(error) = self.end(result) {
            if own {
                // Where that fails, too, the connection is gone.
                let _ = self.command("ROLLBACK").await;
            }
            return Err(error.with_statement(sql));
        }
        self.cursor = Some(Cursor::Declared { own, fetch: None });
        Ok(())
    }

    async fn open_answer(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Result<()> {
        self.start().await?;
        let mut result = self.ask(sql, parameters).await;
        if let Err(failure) = &result
            && self.may_run_again(sql, failure)
        {
            result = self.ask(sql, parameters).await;
        }
        let result = result.map_err(|failure| self.failure(failure));
        self.cursor = Some(self.end(result)?);
        Ok(())
    }

    async fn ask(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Result<Cursor, Failure> {
        let value = |index: usize| parameters.get(index).copied().unwrap_or(ValueRef::Null);
        let prepared = self.prepare(sql, parameters.len(), value).await?;
        let bound = parameters.iter().enumerate().map(|(index, value)| Parameter::new(index, *value));
        let (client, wire) = self.ends()?;
        let rows = wire.drive(client.query_raw(&prepared.statement, bound)).await?;
        Ok(Cursor::Answer { rows: Box::pin(rows), prepared })
    }

    pub(crate) async fn fetch_cursor_now(&mut self, most: usize, sink: &mut RowSink<'_>) -> Result<bool> {
        let Some(cursor) = self.cursor.take() else { return Ok(false) };
        self.start().await?;
        let mut taken = 0;
        let mut count = |row: &PostgresRow<'_>| {
            taken += 1;
            sink(row)
        };
        match cursor {
            Cursor::Answer { mut rows, prepared } => {
                let result = match self.ends() {
                    Ok((_, wire)) => read_some(wire, rows.as_mut(), &prepared, most, &mut count).await,
                    Err(error) => Err(error.into()),
                };
                let result = result.map_err(|failure| self.failure(failure));
                let more = self.end(result)?;
                if more {
                    self.cursor = Some(Cursor::Answer { rows, prepared });
                }
                Ok(more)
            }
            Cursor::Declared { own, mut fetch } => {
                let result = self.fetch_declared(&mut fetch, most, &mut count).await;
                let result = result.map_err(|failure| self.failure(failure));
                let result = self.end(result);
                let over = result.is_ok() && taken < most;
                self.cursor = Some(Cursor::Declared { own, fetch });
                result?;
                if over {
                    self.end_declared(own, "COMMIT").await?;
                }
                Ok(!over)
            }
        }
    }

    async fn fetch_declared(
        &mut self,
        fetch: &mut Option<(usize, Arc<Prepared>)>,
        most: usize,
        each: &mut pipeline::EachRow<'_>,
    ) -> Result<(), Failure> {
        let prepared = match fetch {
            Some((rows, prepared)) if *rows == most => Arc::clone(prepared),
            _ => {
                let text = format!("FETCH FORWARD {most} FROM {NAME}");
                let prepared = self.parse(&text, &[]).await?;
                *fetch = Some((most, Arc::clone(&prepared)));
                prepared
            }
        };
        let (client, wire) = self.ends()?;
        let none: [Parameter<'_>; 0] = [];
        wire.drive(pipeline::run(client, &prepared, none, each)).await?;
        Ok(())
    }

    async fn end_declared(&mut self, own: bool, word: &str) -> Result<()> {
        self.cursor = None;
        match own {
            true => self.command(word).await,
            // With a transaction that failed it is gone as well, as soon as that is taken back.
            false if self.has_failed() => Ok(()),
            false => self.command(CLOSE).await,
        }
    }

    pub(crate) async fn end_cursor(&mut self) -> Result<()> {
        match self.cursor.take() {
            None => Ok(()),
            Some(Cursor::Declared { own, .. }) => self.end_declared(own, "ROLLBACK").await,
            Some(Cursor::Answer { mut rows, prepared }) => {
                self.start().await?;
                let result = match self.ends() {
                    Ok((_, wire)) => {
                        let mut pass = |_: &PostgresRow<'_>| Ok(ControlFlow::Continue(()));
                        read_some(wire, rows.as_mut(), &prepared, usize::MAX, &mut pass).await
                    }
                    Err(error) => Err(error.into()),
                };
                let result = result.map_err(|failure| self.failure(failure));
                self.end(result).map(|_| ())
            }
        }
    }

    /// Sends the word that ends the cursor. The rest of an answer has to be heard, so that needs time.
    pub(crate) fn send_close(&mut self) -> bool {
        match self.cursor.take() {
            None => true,
            Some(Cursor::Declared { own: false, .. }) if self.has_failed() => true,
            Some(Cursor::Declared { own, .. }) => self.send_word(if own { "ROLLBACK" } else { CLOSE }),
            answer => {
                self.cursor = answer;
                false
            }
        }
    }
}

const CLOSE: &str = "CLOSE aludel_stream";

/// Reads some of an answer, and tells whether there is more.
async fn read_some(
    wire: &mut Wire,
    mut rows: Pin<&mut RowStream>,
    prepared: &Prepared,
    most: usize,
    each: &mut pipeline::EachRow<'_>,
) -> Result<bool, Failure> {
    for _ in 0..most {
        let Some(row) = wire.drive(poll_fn(|context| rows.as_mut().poll_next(context))).await else {
            return Ok(false);
        };
        if each(&PostgresRow::new(&row?, &prepared.columns)).map_err(Failure::Decode)?.is_break() {
            break;
        }
    }
    Ok(true)
}

/// Whether the server makes a cursor of the statement: where it only reads. Its own word about others would come too late,
/// because it would end the transaction.
fn can_be_declared(sql: &str) -> bool {
    if begins_with(sql, "WITH") || sql.trim_start().starts_with('(') {
        let mut words = sql.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
        return !words.any(|word| {
            ["insert", "update", "delete", "merge"].iter().any(|known| known.eq_ignore_ascii_case(word))
        });
    }
    ["SELECT", "VALUES", "TABLE"].iter().any(|word| begins_with(sql, word))
}

#[cold]
pub(crate) fn one_is_open() -> Error {
    Error::usage(
        "the connection is reading the rows of an earlier statement: read them to their end, or close or drop their stream",
    )
}

#[cfg(test)]
mod tests {
    use super::can_be_declared;

    #[test]
    fn what_reads_can_be_declared() {
        for sql in ["select 1", "VALUES (1)", "table t", "WITH a AS (SELECT 1) SELECT * FROM a", "(SELECT 1)"]
        {
            assert!(can_be_declared(sql), "{sql}");
        }
        for sql in [
            "INSERT INTO t VALUES (1) RETURNING id",
            "WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone",
            "SHOW ALL",
            "EXPLAIN SELECT 1",
        ] {
            assert!(!can_be_declared(sql), "{sql}");
        }
    }
}
