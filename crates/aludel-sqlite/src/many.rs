//! One statement for many rows, run by run.

use aludel_engine::driver::{ManyInsert, ManySink};
use aludel_engine::error::{Error, Result};
use aludel_sql::encode::ParameterRows;
use rusqlite::CachedStatement;

use crate::busy::Attempt;
use crate::codec::{SqliteRow, bind};
use crate::connection::SqliteConnection;
use crate::error;
use crate::script::is_insert;

impl SqliteConnection {
    /// Runs the statement once for each row.
    pub(crate) async fn many(
        &mut self,
        sql: &str,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        self.all_or_nothing(sql, None, rows, sink).await
    }

    /// Inserts rows, several of them in one statement where that is faster. Where such a statement is refused, they run one
    /// by one, so that the row is found which is to blame.
    pub(crate) async fn insert(
        &mut self,
        insert: ManyInsert<'_>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        let together = rows.rows() > 1 && rows.width() > 0;
        self.all_or_nothing(insert.sql(), Some(&insert).filter(|_| together), rows, sink).await
    }

    /// Runs the statement for the rows one by one, or as the insert that takes several at once.
    async fn all_or_nothing(
        &mut self,
        sql: &str,
        together: Option<&ManyInsert<'_>>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        let mut own = false;
        let mut runs = Runs { rows, sink, next: 0, at_fault: 0, stuck: false };
        let mut result = self
            .patiently(Some(sql), |connection| {
                if !own {
                    connection.settle()?;
                    connection.implicit = connection.raw.is_autocommit();
                }
                let statement = connection.prepare(sql, rows.width())?;
                if rows.rows() == 0 {
                    return Ok(());
                }
                if !statement.readonly() && connection.raw.is_autocommit() {
                    // At once with the lock for writing, so that none of the rows has to wait for it.
                    connection.run("BEGIN IMMEDIATE")?;
                    own = true;
                }
                runs.at_fault = 1;
                let Some(insert) = together else {
                    return runs.each(connection, statement, sql, rows.rows());
                };
                drop(statement);
                runs.together(connection, insert)
            })
            .await;
        self.broken |= runs.stuck;
        // What is wrong with the text is no row's fault.
        if rows.rows() > 1 && runs.at_fault > 0 {
            result = result.map_err(|error| error.context(runs.place()));
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
}

/// The rows of one statement, and how far they are.
pub(crate) struct Runs<'r> {
    pub(crate) rows: &'r dyn ParameterRows,
    pub(crate) sink: &'r mut dyn ManySink,
    /// The first row that is not done.
    pub(crate) next: usize,
    /// Among so many rows from the next on is the one that an error is about.
    pub(crate) at_fault: usize,
    /// What had to be taken back could not be.
    pub(crate) stuck: bool,
}

impl Runs<'_> {
    /// Runs the statement for the rows up to `end`, one after the other.
    pub(crate) fn one_by_one(&mut self, connection: &SqliteConnection, sql: &str, end: usize) -> Attempt<()> {
        if self.next >= end {
            return Ok(());
        }
        let statement = connection.prepare(sql, self.rows.width())?;
        self.each(connection, statement, sql, end)
    }

    /// The same with the statement that the text was made into.
    fn each(
        &mut self,
        connection: &SqliteConnection,
        mut statement: CachedStatement<'_>,
        sql: &str,
        end: usize,
    ) -> Attempt<()> {
        let Runs { rows, sink, next, .. } = self;
        let width = rows.width();
        let insert = is_insert(sql);
        let returning = statement.column_count() > 0;
        let mut total = connection.raw.total_changes();
        while *next < end {
            let run = *next;
            if let Some(stop) = &connection.stop {
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
            sink.done(run, connection.execution(&mut total, insert));
        }
        Ok(())
    }

    /// Where the rows are that an error is about.
    fn place(&self) -> String {
        let (first, all) = (self.next + 1, self.rows.rows());
        match self.at_fault {
            0 | 1 => format!("row {first} of {all}"),
            several => format!("one of the rows {first} to {} of {all}", self.next + several),
        }
    }
}
