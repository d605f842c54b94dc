//! Statements one at a time, by the binary protocol where the server prepares them, and scripts as one text.

use aludel_engine::driver::{Execution, RowSink};
use aludel_engine::error::Result;
use aludel_sql::ValueRef;
use mysql_async::QueryResult;
use mysql_async::prelude::{Protocol, Queryable};

use crate::codec::{self, MysqlRow};
use crate::connection::{Attempt, MysqlConnection};
use crate::error::{self, Failure};
use crate::link::Link;

/// A script up to this length is quoted in its error.
const QUOTED_SCRIPT: usize = 500;

impl MysqlConnection {
    pub(crate) async fn execute(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Result<Execution> {
        let result = match self.start().await {
            Ok(raw) => execute(raw, sql, parameters).await,
            Err(failure) => Err(failure),
        };
        self.end(result, Some(sql))
    }

    /// Runs a query and hands each row on. Rows that are no longer wanted are still read, so that the connection can
    /// be used again.
    pub(crate) async fn fetch(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        sink: &mut RowSink<'_>,
    ) -> Result<()> {
        let result = match self.start().await {
            Ok(raw) => fetch(raw, sql, parameters, sink).await,
            Err(failure) => Err(failure),
        };
        self.end(result, Some(sql))
    }

    /// Runs a text of fixed statements, or of a script.
    pub(crate) async fn text(&mut self, sql: &str) -> Result<()> {
        let result = match self.start().await {
            Ok(raw) => script(raw, sql).await,
            Err(failure) => Err(failure),
        };
        self.end(result, (sql.len() <= QUOTED_SCRIPT).then_some(sql))
    }
}

async fn execute(raw: &mut Link, sql: &str, parameters: &[ValueRef<'_>]) -> Attempt<Execution> {
    let converted = codec::parameters(parameters.iter().copied(), raw.packet)?;
    match raw.prepare(sql, parameters.len()).await? {
        Some(statement) => {
            let result = raw.exec_iter(&statement, converted).await?;
            executed(result, sql, |_| Ok(())).await
        }
        None => executed(raw.query_iter(sql).await?, sql, |_| Ok(())).await,
    }
}

async fn fetch(
    raw: &mut Link,
    sql: &str,
    parameters: &[ValueRef<'_>],
    sink: &mut RowSink<'_>,
) -> Attempt<()> {
    let converted = codec::parameters(parameters.iter().copied(), raw.packet)?;
    let mut wanted = true;
    let forward = |row: &MysqlRow<'_>| {
        if wanted && sink(row)?.is_break() {
            wanted = false;
        }
        Ok(())
    };
    match raw.prepare(sql, parameters.len()).await? {
        Some(statement) => executed(raw.exec_iter(&statement, converted).await?, sql, forward).await?,
        None => executed(raw.query_iter(sql).await?, sql, forward).await?,
    };
    Ok(())
}

/// Runs several statements in one text.
async fn script(raw: &mut Link, sql: &str) -> Attempt<()> {
    codec::check_text(sql, raw.packet)?;
    let result = match raw.query_iter(sql).await {
        Ok(result) => result.drop_result().await,
        Err(failed) => Err(failed),
    };
    match result.map_err(Failure::from) {
        // Only comments, or nothing behind the last semicolon.
        Err(failure) if failure.is(error::EMPTY_QUERY) => Ok(()),
        result => result,
    }
}

/// Reads a result to its end, whatever becomes of its rows.
pub(crate) async fn executed<P: Protocol>(
    mut result: QueryResult<'_, '_, P>,
    sql: &str,
    mut each: impl FnMut(&MysqlRow<'_>) -> Result<()>,
) -> Attempt<Execution> {
    let key = result.last_insert_id().and_then(|key| i64::try_from(key).ok());
    let mut execution = Execution::new(result.affected_rows(), key);
    let mut refused = None;
    let mut rows = 0;
    if !result.columns_ref().is_empty() {
        result
            .for_each(|row| {
                rows += 1;
                if refused.is_none() {
                    refused = each(&MysqlRow(&row)).err();
                }
            })
            .await?;
        // What RETURNING hands back is what was changed; the server tells no number then.
        execution = Execution::new(if changes_rows(sql) { rows } else { 0 }, None);
    }
    result.drop_result().await?;
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(execution),
    }
}

/// Whether the rows of the statement's result are rows that it changed.
pub(crate) fn changes_rows(sql: &str) -> bool {
    let first = sql.trim_start().split(|character: char| !character.is_ascii_alphabetic()).next();
    let is = |word: &&str| first.is_some_and(|first| first.eq_ignore_ascii_case(word));
    ["INSERT", "REPLACE", "UPDATE", "DELETE"].iter().any(is)
}
