//! Independent statements that are all sent before the first one is answered.

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;

use aludel_engine::driver::{Execution, PipelineSink, PipelineStep, in_step};
use aludel_engine::error::{Error, Result};

use crate::codec::PostgresRow;
use crate::connection::PostgresConnection;
use crate::execute::changes_schema;
use crate::parameter::Parameter;
use crate::pipeline::{self, Failure, Request};
use crate::statements::Prepared;
use crate::transaction::begins_or_ends;

impl PostgresConnection {
    /// Runs a pipeline. Outside of a transaction it is one by itself.
    pub(crate) async fn together(
        &mut self,
        steps: &[PipelineStep<'_>],
        sink: &mut dyn PipelineSink,
    ) -> Result<()> {
        if let Some(number) = steps.iter().position(|step| begins_or_ends(step.sql)) {
            let message = "a statement that begins or ends a transaction can't be part of a pipeline";
            let sql = steps.get(number).map_or("", |step| step.sql);
            return Err(in_step(Error::usage(message).with_statement(sql), number, steps.len()));
        }
        let own = !self.in_transaction;
        let mut again = own;
        loop {
            let mut next = 0;
            self.start().await?;
            let sent = match self.prepare_all(steps, &mut next).await {
                Ok(prepared) => {
                    next = 0;
                    self.send_all(&prepared, steps, own, sink, &mut next).await
                }
                Err(error) => Err(error.into()),
            };
            let sql = steps.get(next).map_or("", |step| step.sql);
            let stale = sent.as_ref().is_err_and(|failure| self.may_run_again(sql, failure));
            let sent = sent.map_err(|failure| self.failure(failure));
            let sent = self.end(sent);
            if steps.iter().any(|step| changes_schema(step.sql)) {
                self.statements.clear();
            }
            let Err(error) = sent else {
                return if own { self.command("COMMIT").await.map_err(Error::in_commit) } else { Ok(()) };
            };
            if own && !self.broken {
                // Where that fails, too, the connection is gone, and the changes are with it.
                let _ = self.command("ROLLBACK").await;
            }
            // Nobody has heard of a row yet.
            if !(again && stale && next == 0) {
                return Err(in_step(error.with_statement(sql), next, steps.len()));
            }
            again = false;
        }
    }

    async fn prepare_all(
        &mut self,
        steps: &[PipelineStep<'_>],
        next: &mut usize,
    ) -> Result<Vec<Arc<Prepared>>> {
        let mut prepared = Vec::with_capacity(steps.len());
        for step in steps {
            let value =
                |index: usize| step.parameters.get(index).copied().unwrap_or(aludel_sql::ValueRef::Null);
            prepared.push(self.prepare(step.sql, step.parameters.len(), value).await?);
            *next += 1;
        }
        Ok(prepared)
    }

    async fn send_all(
        &mut self,
        prepared: &[Arc<Prepared>],
        steps: &[PipelineStep<'_>],
        own: bool,
        sink: &mut dyn PipelineSink,
        next: &mut usize,
    ) -> Result<(), Failure> {
        let (client, wire) = self.ends()?;
        let flight = async {
            let begin = match own {
                true => Some(Request::send(client.batch_execute("BEGIN")).await),
                false => None,
            };
            let mut requests = Vec::with_capacity(steps.len());
            for (prepared, step) in prepared.iter().zip(steps) {
                let bound = step.parameters.iter().enumerate();
                let bound = bound.map(|(index, value)| Parameter::new(index, *value));
                requests.push(Request::send(client.query_raw(&prepared.statement, bound)).await);
            }
            if let Some(begin) = begin {
                begin.answer().await?;
            }
            for ((request, prepared), step) in requests.into_iter().zip(prepared).zip(steps) {
                let number = *next;
                let stream = request.answer().await?;
                let mut each = |row: &PostgresRow<'_>| {
                    if step.rows {
                        sink.row(number, row)?;
                    }
                    Ok(ControlFlow::Continue(()))
                };
                let changed = pipeline::read(prepared, pin!(stream), &mut each).await?;
                sink.done(number, Execution::new(changed, None));
                *next += 1;
            }
            Ok(())
        };
        wire.drive(flight).await
    }
}
