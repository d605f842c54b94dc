//! One statement for many rows, run by run.

use aludel_engine::driver::{ManyInsert, ManySink, RawConnection};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::encode::ParameterRows;
use mysql_async::prelude::Queryable;

use crate::codec::{self, MysqlRow};
use crate::connection::{Attempt, MysqlConnection};
use crate::execute::executed;
use crate::link::Link;

impl MysqlConnection {
    /// Runs the statement once for each row.
    pub(crate) async fn many(
        &mut self,
        sql: &str,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        self.all_or_nothing(sql, None, rows, sink).await
    }

    /// Inserts rows, several of them in one request. Where that is refused, they run one by one, so that the row is
    /// found which is to blame.
    pub(crate) async fn insert(
        &mut self,
        insert: ManyInsert<'_>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        let together = rows.rows() > 1 && rows.width() > 0;
        self.all_or_nothing(insert.sql(), Some(insert).filter(|_| together), rows, sink).await
    }

    /// Runs the statement for the rows one by one, or as the insert that takes several at once.
    async fn all_or_nothing(
        &mut self,
        sql: &str,
        together: Option<ManyInsert<'_>>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        if rows.rows() == 0 {
            return Ok(());
        }
        // Each run by itself would wait for the disk.
        let own = !self.transaction && rows.rows() > 1;
        if own {
            self.text("START TRANSACTION").await?;
        }
        let takes_arrays = self.server.takes_arrays();
        let mut next = 0;
        let result = match self.start().await {
            Ok(link) => {
                let mut runs = Runs { link, rows, sink, next };
                let result = match together {
                    Some(insert) => runs.together(&insert, takes_arrays).await,
                    None => runs.one_by_one(sql, rows.rows()).await,
                };
                next = runs.next;
                result
            }
            Err(failure) => Err(failure),
        };
        let mut result = self.end(result, Some(sql));
        if rows.rows() > 1 {
            result = result.map_err(|error| {
                // Only these are about one row.
                if error.is_integrity() || matches!(error.kind(), ErrorKind::Data | ErrorKind::Decode) {
                    error.context(format!("row {} of {}", next + 1, rows.rows()))
                } else {
                    error
                }
            });
        }
        if !own {
            return result;
        }
        match result {
            Ok(()) => self.text("COMMIT").await.map_err(Error::in_commit),
            Err(error) => {
                // The first error is the one that matters; a connection that can't even roll back is closed.
                if self.is_usable() && self.text("ROLLBACK").await.is_err() {
                    self.broken = true;
                }
                Err(error)
            }
        }
    }
}

/// The rows of one statement, and how far they are.
pub(crate) struct Runs<'r> {
    pub(crate) link: &'r mut Link,
    pub(crate) rows: &'r dyn ParameterRows,
    pub(crate) sink: &'r mut dyn ManySink,
    /// The first row that is not done.
    pub(crate) next: usize,
}

impl Runs<'_> {
    /// Runs the statement for the rows up to `end`, one after the other.
    pub(crate) async fn one_by_one(&mut self, sql: &str, end: usize) -> Attempt<()> {
        let Runs { link, rows, sink, next } = self;
        let width = rows.width();
        let statement = link.prepare(sql, width).await?;
        while *next < end {
            let run = *next;
            let returned = |row: &MysqlRow<'_>| sink.returned(run, row).map_err(Error::from);
            let execution = match &statement {
                Some(statement) => {
                    let values = (0..width).map(|parameter| rows.value(run, parameter));
                    let values = codec::parameters(values, link.packet)?;
                    executed(link.exec_iter(statement, values).await?, sql, returned).await?
                }
                None => executed(link.query_iter(sql).await?, sql, returned).await?,
            };
            *next += 1;
            sink.done(run, execution);
        }
        Ok(())
    }
}
