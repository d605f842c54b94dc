//! Independent statements, sent together.

use std::fmt;
use std::future::IntoFuture;

use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::decode::{DecodeError, FromRow, Row, RowReader};

use super::{Connection, parameters};
use crate::driver::{BoxFuture, Execution, PipelineSink, PipelineStep};
use crate::error::Result;
use crate::fetch::Fetch;

impl Connection {
    /// Begins a pipeline: statements that don't need each other's results. On PostgreSQL all of them are sent before the
    /// first one is answered, so that the way to the server is paid for once; elsewhere they run one after the other.
    ///
    /// Outside of a transaction they are one by themselves: where one fails, none of them has happened. In a transaction
    /// an error is like that of the same statement by itself: on PostgreSQL nothing goes on in it, elsewhere those in front
    /// of it stand and those behind it have not run. The error says which statement failed.
    ///
    /// ```
    /// # use aludel_engine::{Connection, Execution, Result};
    /// # use aludel_sql::statement::sql;
    /// # async fn example(connection: &mut Connection) -> Result<()> {
    /// let (names, pets, aged): (Vec<String>, Vec<(i64, String)>, Execution) = connection
    ///     .pipeline()
    ///     .all(sql("SELECT name FROM owners").rows::<String>())
    ///     .all(sql("SELECT id, name FROM pets").rows::<(i64, String)>())
    ///     .execute(sql("UPDATE pets SET age = age + 1"))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pipeline(&mut self) -> Pipeline<'_, ()> {
        Pipeline { connection: self, steps: () }
    }

    async fn run_pipeline(
        &mut self,
        sink: &mut dyn PipelineSink,
        statements: &[(Statement, bool)],
    ) -> Result<()> {
        self.settle().await?;
        if statements.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = statements.iter().map(|(statement, _)| StatementKey::of(statement)).collect();
        let mut compiled = Vec::with_capacity(keys.len());
        for (key, (statement, _)) in keys.iter().zip(statements) {
            compiled.push(self.compile(statement, key)?);
        }
        let given: Vec<_> =
            compiled.iter().zip(&keys).map(|(one, key)| parameters(&one.binds, key.binds())).collect();
        let steps: Vec<_> = compiled
            .iter()
            .zip(&given)
            .zip(statements)
            .map(|((one, given), (_, rows))| PipelineStep::new(&one.sql, given, *rows))
            .collect();
        self.run_steps(&steps, statements, sink).await
    }
}

/// Statements that are sent together when this is awaited. Made by [`Connection::pipeline`]; what comes back is a tuple
/// with the result of each.
#[must_use = "a pipeline does nothing until it is awaited"]
pub struct Pipeline<'c, S> {
    connection: &'c mut Connection,
    steps: S,
}

impl<'c, S> Pipeline<'c, S> {
    /// Adds a query whose rows are wanted, all of them.
    pub fn all<Q>(self, query: Q) -> Pipeline<'c, S::Output>
    where
        Q: Fetch + Into<Statement>,
        Q::Row: FromRow + Send,
        S: Append<All<Q::Row>>,
    {
        self.with(All { statement: Some(query.into()), rows: Vec::new() })
    }

    /// Adds a statement whose rows, where it has any, are not wanted.
    pub fn execute(self, statement: impl Into<Statement>) -> Pipeline<'c, S::Output>
    where
        S: Append<Run>,
    {
        self.with(Run { statement: Some(statement.into()), execution: Execution::default() })
    }

    fn with<T>(self, step: T) -> Pipeline<'c, S::Output>
    where
        S: Append<T>,
    {
        Pipeline { connection: self.connection, steps: self.steps.append(step) }
    }
}

impl<'c, S: Steps + 'c> IntoFuture for Pipeline<'c, S> {
    type Output = Result<S::Output>;
    type IntoFuture = BoxFuture<'c, Result<S::Output>>;

    fn into_future(self) -> Self::IntoFuture {
        let Pipeline { connection, mut steps } = self;
        Box::pin(async move {
            let mut statements = Vec::new();
            steps.take_statements(&mut statements);
            connection.run_pipeline(&mut Sink(&mut steps), &statements).await?;
            Ok(steps.finish())
        })
    }
}

impl<S> fmt::Debug for Pipeline<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}

/// A statement of a pipeline with what it gave back so far.
pub trait Step: Send {
    /// Its result.
    type Output: Send;

    /// Hands the statement out, and whether its rows are wanted.
    fn take(&mut self) -> Option<(Statement, bool)>;

    /// Takes a row.
    ///
    /// # Errors
    /// Where the row can't be read.
    fn row(&mut self, row: &dyn Row) -> std::result::Result<(), DecodeError>;

    /// Takes note of its end.
    fn done(&mut self, execution: Execution);

    /// Its result.
    fn finish(self) -> Self::Output;
}

/// A query of a pipeline, and its rows.
#[derive(Debug)]
pub struct All<R> {
    statement: Option<Statement>,
    rows: Vec<R>,
}

impl<R: FromRow + Send> Step for All<R> {
    type Output = Vec<R>;

    fn take(&mut self) -> Option<(Statement, bool)> {
        Some((self.statement.take()?, true))
    }

    fn row(&mut self, row: &dyn Row) -> std::result::Result<(), DecodeError> {
        self.rows.push(R::from_row(&mut RowReader::new(row))?);
        Ok(())
    }

    fn done(&mut self, _: Execution) {}

    fn finish(self) -> Vec<R> {
        self.rows
    }
}

/// Another statement of a pipeline, and what it did.
#[derive(Debug)]
pub struct Run {
    statement: Option<Statement>,
    execution: Execution,
}

impl Step for Run {
    type Output = Execution;

    fn take(&mut self) -> Option<(Statement, bool)> {
        Some((self.statement.take()?, false))
    }

    fn row(&mut self, _: &dyn Row) -> std::result::Result<(), DecodeError> {
        Ok(())
    }

    fn done(&mut self, execution: Execution) {
        self.execution = execution;
    }

    fn finish(self) -> Execution {
        self.execution
    }
}

/// The statements of a pipeline: a tuple of [`Step`]s.
pub trait Steps: Send {
    /// The results: a tuple as well.
    type Output: Send;

    /// Hands all statements out.
    fn take_statements(&mut self, statements: &mut Vec<(Statement, bool)>);

    /// Takes a row of a statement.
    ///
    /// # Errors
    /// Where the row can't be read.
    fn row(&mut self, step: usize, row: &dyn Row) -> std::result::Result<(), DecodeError>;

    /// Takes note of a statement's end.
    fn done(&mut self, step: usize, execution: Execution);

    /// The results.
    fn finish(self) -> Self::Output;
}

/// A tuple of steps that takes one more.
pub trait Append<T> {
    /// The longer tuple.
    type Output;

    /// Adds it at the end.
    fn append(self, step: T) -> Self::Output;
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),*) + $next:ident)+) => {$(
        impl<$($name: Step),*> Steps for ($($name,)*) {
            type Output = ($($name::Output,)*);

            #[allow(unused_variables)]
            fn take_statements(&mut self, statements: &mut Vec<(Statement, bool)>) {
                $(statements.extend(self.$index.take());)*
            }

            #[allow(unused_variables)]
            fn row(&mut self, step: usize, row: &dyn Row) -> std::result::Result<(), DecodeError> {
                match step {
                    $($index => self.$index.row(row),)*
                    _ => Ok(()),
                }
            }

            #[allow(unused_variables)]
            fn done(&mut self, step: usize, execution: Execution) {
                match step {
                    $($index => self.$index.done(execution),)*
                    _ => {}
                }
            }

            #[allow(clippy::unused_unit)]
            fn finish(self) -> Self::Output {
                ($(self.$index.finish(),)*)
            }
        }

        impl<$($name,)* $next> Append<$next> for ($($name,)*) {
            type Output = ($($name,)* $next,);

            fn append(self, step: $next) -> Self::Output {
                ($(self.$index,)* step,)
            }
        }
    )+};
}

tuples! {
    () + T
    (A 0) + T
    (A 0, B 1) + T
    (A 0, B 1, C 2) + T
    (A 0, B 1, C 2, D 3) + T
    (A 0, B 1, C 2, D 3, E 4) + T
    (A 0, B 1, C 2, D 3, E 4, F 5) + T
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6) + T
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7) + T
}

struct Sink<'s, S>(&'s mut S);

impl<S: Steps> PipelineSink for Sink<'_, S> {
    fn row(&mut self, step: usize, row: &dyn Row) -> std::result::Result<(), DecodeError> {
        self.0.row(step, row)
    }

    fn done(&mut self, step: usize, execution: Execution) {
        self.0.done(step, execution);
    }
}
