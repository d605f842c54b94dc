//! One statement for many rows: run by run, or all rows in one.

use std::ops::ControlFlow;
use std::pin::pin;

use aludel_engine::driver::{Execution, ManyInsert, ManySink};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::ValueRef;
use aludel_sql::decode::DecodeError;
use aludel_sql::encode::ParameterRows;

use crate::codec::PostgresRow;
use crate::columns::{Array, Columns};
use crate::connection::PostgresConnection;
use crate::parameter::Parameter;
use crate::pipeline::{self, EachRun, Failure, Request};

const SAVE: &str = "SAVEPOINT aludel_many";
const BEGIN_AND_SAVE: &str = "BEGIN; SAVEPOINT aludel_many";
const RELEASE: &str = "RELEASE SAVEPOINT aludel_many";
const GO_BACK: &str = "ROLLBACK TO SAVEPOINT aludel_many; RELEASE SAVEPOINT aludel_many";

impl PostgresConnection {
    /// Runs the statement for the rows from `next` up to `end`.
    async fn run_many(
        &mut self,
        sql: &str,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
        next: &mut usize,
        end: usize,
    ) -> Result<(), Failure> {
        let first = *next;
        let prepared = self.prepare(sql, rows.width(), |index| rows.value(first, index)).await?;
        let parameters =
            |row: usize| (0..rows.width()).map(move |index| Parameter::new(index, rows.value(row, index)));
        let mut runs = Runs(sink);
        let (client, wire) = self.ends()?;
        wire.drive(pipeline::run_many(client, &prepared, next, end, parameters, &mut runs)).await
    }

    /// Runs the statement once for each row.
    pub(crate) async fn many(
        &mut self,
        sql: &str,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        if rows.rows() == 0 {
            return Ok(());
        }
        if self.in_transaction {
            self.start().await?;
            let mut next = 0;
            let result = self.run_many(sql, rows, sink, &mut next, rows.rows()).await;
            return self.end_many(sql, result, next, rows);
        }
        let mut again = true;
        loop {
            self.command("BEGIN").await?;
            self.start().await?;
            let mut next = 0;
            let result = self.run_many(sql, rows, sink, &mut next, rows.rows()).await;
            let retry = again && result.as_ref().is_err_and(|failure| self.may_run_again(sql, failure));
            let result = self.end_many(sql, result, next, rows);
            let Err(error) = result else {
                return self.command("COMMIT").await.map_err(Error::in_commit);
            };
            // Where that fails, too, the connection is gone, and the changes are with it.
            let _ = self.command("ROLLBACK").await;
            if !retry {
                return Err(error);
            }
            again = false;
        }
    }

    fn end_many(
        &mut self,
        sql: &str,
        result: Result<(), Failure>,
        next: usize,
        rows: &dyn ParameterRows,
    ) -> Result<()> {
        if let Err(failure) = &result {
            self.may_run_again(sql, failure);
        }
        let result = result.map_err(|failure| {
            let error = self.failure(failure);
            // Only these are about one row.
            if error.is_integrity() || matches!(error.kind(), ErrorKind::Data | ErrorKind::Decode) {
                error.context(format!("row {} of {}", next + 1, rows.rows()))
            } else {
                error
            }
        });
        self.end(result).map_err(|error| error.with_statement(sql))
    }

    /// Inserts rows, all of them in one statement where they can travel so. Where that is refused, they run one by one,
    /// so that the row is found which is to blame.
    pub(crate) async fn insert(
        &mut self,
        insert: ManyInsert<'_>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        let sql = insert.sql();
        if rows.rows() < 2 || rows.width() == 0 {
            return self.many(sql, rows, sink).await;
        }
        self.start().await?;
        let prepared = self.prepare(sql, rows.width(), |index| rows.value(0, index)).await;
        let prepared = self.end(prepared).map_err(|error| error.with_statement(sql))?;
        let columns = Columns::of(prepared.statement.params());
        let Some((columns, first)) = columns.and_then(|columns| {
            let first = columns.gather(rows, 0)?;
            Some((columns, first))
        }) else {
            return self.many(sql, rows, sink).await;
        };
        let whole = Whole { sql, many: columns.sql(&insert), columns, rows };
        let mut next = 0;
        if self.in_transaction {
            self.start().await?;
            let result = self.insert_pieces(&whole, first, SAVE, sink, &mut next).await;
            return self.end_many(sql, result, next, rows);
        }
        if first.0 == rows.rows() && prepared.columns.is_empty() {
            // Nothing comes back, so the statement is all there is to it: it is whole by itself.
            self.start().await?;
            let result = self.insert_piece(&whole, &first, None, sink, &mut next).await;
            if result.as_ref().is_err_and(|failure| self.may_run_by_row(&whole, failure)) {
                self.end(Ok(()))?;
                return self.many(sql, rows, sink).await;
            }
            return self.end_many(sql, result, next, rows);
        }
        self.start().await?;
        let result = self.insert_pieces(&whole, first, BEGIN_AND_SAVE, sink, &mut next).await;
        match self.end_many(sql, result, next, rows) {
            Ok(()) => self.command("COMMIT").await.map_err(Error::in_commit),
            Err(error) => {
                // Where that fails, too, the connection is gone, and the changes are with it.
                let _ = self.command("ROLLBACK").await;
                Err(error)
            }
        }
    }

    /// Inserts the rows from `next` on, piece by piece, each behind a savepoint, so that it can be done in another way
    /// where it is refused. `words` are sent before the first one.
    async fn insert_pieces(
        &mut self,
        whole: &Whole<'_>,
        first: (usize, Vec<Array>),
        mut words: &str,
        sink: &mut dyn ManySink,
        next: &mut usize,
    ) -> Result<(), Failure> {
        let rows = whole.rows;
        let mut piece = Some(first);
        while *next < rows.rows() {
            let Some(gathered) = piece.take().or_else(|| whole.columns.gather(rows, *next)) else {
                return self.run_many(whole.sql, rows, sink, next, rows.rows()).await;
            };
            let result = self.insert_piece(whole, &gathered, Some(words), sink, next).await;
            if let Err(failure) = result {
                if !self.may_run_by_row(whole, &failure) {
                    return Err(failure);
                }
                self.send(GO_BACK).await?;
                self.run_many(whole.sql, rows, sink, next, gathered.0).await?;
            }
            words = SAVE;
        }
        Ok(())
    }

    /// Inserts one piece. The savepoint, where there is to be one, is on its way before the server answers.
    async fn insert_piece(
        &mut self,
        whole: &Whole<'_>,
        (end, arrays): &(usize, Vec<Array>),
        words: Option<&str>,
        sink: &mut dyn ManySink,
        next: &mut usize,
    ) -> Result<(), Failure> {
        let mut open = words;
        let prepared = match self.statements.inferred(&whole.many) {
            Some(known) => known,
            None => {
                // What the server may refuse has to stand behind the savepoint.
                if let Some(words) = open.take() {
                    self.send(words).await?;
                }
                self.prepare(&whole.many, arrays.len(), |_| ValueRef::Null).await?
            }
        };
        let (client, wire) = self.ends()?;
        let flight = async {
            let open = match open {
                Some(words) => Some(Request::send(client.batch_execute(words)).await),
                None => None,
            };
            let insert = Request::send(client.query_raw(&prepared.statement, arrays)).await;
            let close = match words {
                Some(_) => Some(Request::send(client.batch_execute(RELEASE)).await),
                None => None,
            };
            if let Some(open) = open {
                open.answer().await?;
            }
            let inserted = async {
                let stream = insert.answer().await?;
                let mut each = |row: &PostgresRow<'_>| {
                    sink.returned(*next, row)?;
                    sink.done(*next, Execution::new(1, None));
                    *next += 1;
                    Ok(ControlFlow::Continue(()))
                };
                pipeline::read(&prepared, pin!(stream), &mut each).await
            };
            let inserted = inserted.await;
            if let Some(close) = close {
                let closed = close.answer().await;
                if inserted.is_ok() {
                    closed?;
                }
            }
            inserted
        };
        let mut changed = wire.drive(flight).await?;
        if !prepared.columns.is_empty() {
            return if *next == *end { Ok(()) } else { Err(rows_left_out().into()) };
        }
        while *next < *end {
            // A trigger may have left rows out; which ones, the server doesn't say.
            sink.done(*next, Execution::new(changed.min(1), None));
            changed = changed.saturating_sub(1);
            *next += 1;
        }
        Ok(())
    }

    /// Whether rows that were refused together run one by one after this: because of what one of them holds, because
    /// the server can't take them together, or because the statement is stale.
    fn may_run_by_row(&mut self, whole: &Whole<'_>, failure: &Failure) -> bool {
        let code = match failure {
            Failure::Postgres(failed) => failed.code().map(|code| code.code()),
            Failure::Other(error) => error.code(),
            Failure::Decode(_) => None,
        };
        let class = code.and_then(|code| code.get(..2)).unwrap_or_default();
        if class == "0A" || class == "26" {
            self.statements.forget(&whole.many);
            self.statements.forget(whole.sql);
        }
        ["0A", "21", "22", "23", "26", "42", "44", "P0"].contains(&class)
    }
}

/// An insert of rows that travel together.
struct Whole<'a> {
    /// The insert of one row.
    sql: &'a str,
    /// That of all.
    many: String,
    columns: Columns,
    rows: &'a dyn ParameterRows,
}

struct Runs<'s>(&'s mut dyn ManySink);

impl EachRun for Runs<'_> {
    fn row(&mut self, run: usize, row: &PostgresRow<'_>) -> Result<(), DecodeError> {
        self.0.returned(run, row)
    }

    fn done(&mut self, run: usize, changed: u64) {
        self.0.done(run, Execution::new(changed, None));
    }
}

#[cold]
fn rows_left_out() -> Error {
    Error::usage(
        "the server handed back another number of rows than were inserted: a trigger or a rule of the table leaves rows out          or adds some, so what came back can't be told apart. Run the insert with `execute_many`, which needs nothing back",
    )
}
