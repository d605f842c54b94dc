//! Statements one at a time: prepared once, bound, run, and run anew where the server has forgotten them.

use std::ops::ControlFlow;
use std::sync::Arc;

use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::ValueRef;
use aludel_sql::decode::{DecodeError, Row};
use tokio_postgres::types::Type;

use crate::codec::PostgresRow;
use crate::connection::PostgresConnection;
use crate::error;
use crate::parameter::{Parameter, natural_type};
use crate::pipeline::{self, EachRow, Failure};
use crate::statements::{Prepared, begins_with};
use crate::transaction::{begins_or_ends, mentions_transactions};

impl PostgresConnection {
    /// Whether a statement can be prepared and run anew after this. The server refuses a stale one before its first
    /// row; in a transaction that is too late, because the error has ended it.
    pub(crate) fn may_run_again(&mut self, sql: &str, failure: &Failure) -> bool {
        let stale = matches!(failure, Failure::Postgres(error) if error::is_stale_statement(error));
        if stale {
            self.statements.forget(sql);
        }
        stale && !self.in_transaction
    }

    /// The statement, prepared for parameters like these.
    pub(crate) async fn prepare<'v>(
        &mut self,
        sql: &str,
        count: usize,
        value: impl Fn(usize) -> ValueRef<'v> + Send,
    ) -> Result<Arc<Prepared>> {
        // The protocol counts them in sixteen bits, and loses its thread where there are more.
        if count > usize::from(u16::MAX) {
            return Err(too_many(count));
        }
        let inferred = match self.statements.inferred(sql) {
            Some(known) => known,
            None => {
                let prepared = self.parse(sql, &[]).await?;
                self.statements.keep(sql, &prepared);
                prepared
            }
        };
        let types = inferred.statement.params();
        if types.len() != count {
            return Err(wrong_count(types.len(), count));
        }
        let natural = |(index, ty)| natural_type(ty, value(index));
        if types.iter().enumerate().all(|place| natural(place).is_none()) {
            return Ok(inferred);
        }
        let types: Vec<Type> =
            types.iter().enumerate().map(|place| natural(place).unwrap_or_else(|| place.1.clone())).collect();
        if let Some(known) = self.statements.typed(sql, &types) {
            return Ok(known);
        }
        let prepared = self.parse(sql, &types).await?;
        self.statements.keep_typed(sql, types, &prepared);
        Ok(prepared)
    }

    pub(crate) async fn parse(&mut self, sql: &str, types: &[Type]) -> Result<Arc<Prepared>> {
        check_nul(sql)?;
        let (client, wire) = self.ends()?;
        match wire.drive(client.prepare_typed(sql, types)).await {
            Ok(statement) => Ok(Arc::new(Prepared::new(sql, statement))),
            Err(failed) => Err(self.translate(failed)),
        }
    }

    pub(crate) async fn run(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<u64, Failure> {
        let value = |index: usize| parameters.get(index).copied().unwrap_or(ValueRef::Null);
        let prepared = self.prepare(sql, parameters.len(), value).await?;
        let bound = parameters.iter().enumerate().map(|(index, value)| Parameter::new(index, *value));
        let (client, wire) = self.ends()?;
        let changed = wire.drive(pipeline::run(client, &prepared, bound, each)).await?;
        if changes_schema(sql) {
            self.statements.clear();
        }
        Ok(changed)
    }

    /// Runs a statement, with everything that belongs around it.
    pub(crate) async fn operate(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<u64> {
        self.start().await?;
        let mut result = self.run(sql, parameters, each).await;
        if let Err(failure) = &result
            && self.may_run_again(sql, failure)
        {
            result = self.run(sql, parameters, each).await;
        }
        let result = result.map_err(|failure| self.failure(failure));
        let result = self.end(result).map_err(|error| error.with_statement(sql));
        if begins_or_ends(sql) && !self.broken {
            self.look_for_transaction().await?;
        }
        result
    }

    /// Collects the rows of a query: for the inspector.
    pub(crate) async fn rows<T: Send>(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        read: fn(&dyn Row) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        let mut each = |row: &PostgresRow<'_>| {
            rows.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        };
        self.operate(sql, parameters, &mut each).await?;
        Ok(rows)
    }

    pub(crate) async fn send(&mut self, sql: &str) -> Result<(), Failure> {
        let (client, wire) = self.ends()?;
        Ok(wire.drive(client.batch_execute(sql)).await?)
    }

    /// One of the words around transactions.
    pub(crate) async fn command(&mut self, sql: &str) -> Result<()> {
        self.start().await?;
        let result = self.send(sql).await.map_err(|failure| self.failure(failure));
        self.end(result).map_err(|error| error.with_statement(sql))
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        check_nul(sql)?;
        self.start().await?;
        let result = self.send(sql).await.map_err(|failure| {
            let line = match &failure {
                Failure::Postgres(error) => error::line_of(error, sql).map(str::to_owned),
                _ => None,
            };
            let error = self.failure(failure);
            match line {
                Some(line) => error.with_statement(&line),
                None => error,
            }
        });
        // It may have changed what statements give back.
        self.statements.clear();
        let result = self.end(result);
        if mentions_transactions(sql) && !self.broken {
            self.look_for_transaction().await?;
        }
        result
    }
}

/// Whether statements that were prepared before may give back something else now.
pub(crate) fn changes_schema(sql: &str) -> bool {
    ["ALTER", "DROP", "CREATE"].iter().any(|word| begins_with(sql, word))
}

pub(crate) fn check_nul(sql: &str) -> Result<()> {
    match sql.find('\0') {
        Some(at) => Err(Error::new(
            ErrorKind::Programming,
            format!(
                "the statement has a NUL character at byte {at}, which PostgreSQL takes nowhere in its text"
            ),
        )),
        None => Ok(()),
    }
}

#[cold]
fn too_many(given: usize) -> Error {
    Error::new(
        ErrorKind::Programming,
        format!("PostgreSQL takes {} parameters in a statement, but {given} were given", u16::MAX),
    )
}

#[cold]
fn wrong_count(taken: usize, given: usize) -> Error {
    let plural = if taken == 1 { "" } else { "s" };
    Error::new(
        ErrorKind::Programming,
        format!("the statement takes {taken} parameter{plural}, but {given} were given"),
    )
}
