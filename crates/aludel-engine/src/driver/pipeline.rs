//! Independent statements that are sent before the first of them is answered.

use std::ops::ControlFlow;

use aludel_sql::ValueRef;
use aludel_sql::decode::{DecodeError, Row};

use super::{BoxFuture, Execution, RawConnection};
use crate::error::{Error, Result};
use crate::options::TransactionOptions;

/// One of several statements that are sent together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PipelineStep<'a> {
    /// The text.
    pub sql: &'a str,
    /// Its parameters.
    pub parameters: &'a [ValueRef<'a>],
    /// Whether its rows are wanted.
    pub rows: bool,
}

impl<'a> PipelineStep<'a> {
    /// A statement.
    pub fn new(sql: &'a str, parameters: &'a [ValueRef<'a>], rows: bool) -> Self {
        PipelineStep { sql, parameters, rows }
    }
}

/// Takes what the statements of a pipeline give back.
pub trait PipelineSink: Send {
    /// A row of a statement.
    ///
    /// # Errors
    /// Where the row can't be read, which ends the pipeline as an error of the statement does.
    fn row(&mut self, step: usize, row: &dyn Row) -> std::result::Result<(), DecodeError>;

    /// The statement is over.
    fn done(&mut self, step: usize, execution: Execution);
}

/// Runs statements one after another: what every connection can. Outside of a transaction they are one by themselves.
///
/// # Errors
/// The first that a statement ends with; outside of a transaction, nothing of the others stays then.
pub async fn pipeline_one_by_one<C: RawConnection + ?Sized>(
    connection: &mut C,
    steps: &[PipelineStep<'_>],
    sink: &mut dyn PipelineSink,
) -> Result<()> {
    if connection.in_transaction() {
        return run(connection, steps, sink).await;
    }
    connection.begin(TransactionOptions::default()).await?;
    match run(connection, steps, sink).await {
        Ok(()) => connection.commit().await.map_err(Error::in_commit),
        Err(error) => {
            // The first error is the one that matters; a connection that can't even roll back is not used again.
            let _ = connection.rollback().await;
            Err(error)
        }
    }
}

async fn run<C: RawConnection + ?Sized>(
    connection: &mut C,
    steps: &[PipelineStep<'_>],
    sink: &mut dyn PipelineSink,
) -> Result<()> {
    for (number, step) in steps.iter().enumerate() {
        step_of(connection, number, step, sink).await.map_err(|error| in_step(error, number, steps.len()))?;
    }
    Ok(())
}

/// A future behind a pointer, so that its borrows are as long as this call.
fn step_of<'a, C: RawConnection + ?Sized>(
    connection: &'a mut C,
    number: usize,
    step: &'a PipelineStep<'_>,
    sink: &'a mut dyn PipelineSink,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if !step.rows {
            let execution = connection.execute(step.sql, step.parameters).await?;
            sink.done(number, execution);
            return Ok(());
        }
        fetch(connection, number, step, sink).await?;
        sink.done(number, Execution::default());
        Ok(())
    })
}

async fn fetch<'a, C: RawConnection + ?Sized>(
    connection: &'a mut C,
    number: usize,
    step: &'a PipelineStep<'_>,
    sink: &'a mut dyn PipelineSink,
) -> Result<()> {
    let mut each = |row: &dyn Row| {
        sink.row(number, row)?;
        Ok(ControlFlow::Continue(()))
    };
    connection.fetch(step.sql, step.parameters, &mut each).await
}

/// Says which statement of a pipeline an error is about.
#[must_use]
#[cold]
pub fn in_step(error: Error, number: usize, of: usize) -> Error {
    if of < 2 { error } else { error.context(format!("statement {} of {of}", number + 1)) }
}
