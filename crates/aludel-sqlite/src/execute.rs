//! Statements one at a time, and scripts.

use std::ops::ControlFlow;

use aludel_engine::driver::{Execution, RowSink};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::ValueRef;
use rusqlite::CachedStatement;

use crate::busy::Attempt;
use crate::codec::{SqliteRow, bind};
use crate::connection::SqliteConnection;
use crate::error;
use crate::script::{Statements, check_nul, check_single, is_insert};

impl SqliteConnection {
    pub(crate) fn prepare(&self, sql: &str, given: usize) -> Attempt<CachedStatement<'_>> {
        check_single(sql)?;
        let statement = self.raw.prepare_cached(sql)?;
        let taken = statement.parameter_count();
        if taken != given {
            return Err(wrong_count(taken, given).into());
        }
        Ok(statement)
    }

    pub(crate) fn execute_now(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Attempt<Execution> {
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
    pub(crate) fn execution(&self, total: &mut u64, insert: bool) -> Execution {
        let before = std::mem::replace(total, self.raw.total_changes());
        if *total == before {
            return Execution::new(0, None);
        }
        Execution::new(self.raw.changes(), insert.then(|| self.raw.last_insert_rowid()))
    }

    pub(crate) fn fetch_now(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        sink: &mut RowSink<'_>,
    ) -> Attempt<()> {
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

    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
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
