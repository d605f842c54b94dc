//! Statements that somebody wants to hear of, or that may take only so long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aludel_sql::ast::Statement;
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::value::ValueRef;

use super::Connection;
use super::limit::{Ended, limited};
use crate::driver::{
    Execution, ManyInsert, ManySink, PipelineSink, PipelineStep, RawConnection, RowChunks, RowSink,
};
use crate::engine::Shared;
use crate::error::{Error, Result};
use crate::events::{Given, Outcome, Said, StatementEvent};

impl Connection {
    /// Runs a statement that somebody wants to hear of. What that takes has a place of its own, so that the future of a
    /// statement that nobody watches is small.
    pub(super) async fn watched(
        &mut self,
        said: Said<'_>,
        given: Given<'_>,
        work: Work<'_>,
    ) -> Result<Execution> {
        Box::pin(self.watch(said, given, work)).await
    }

    async fn watch(&mut self, said: Said<'_>, given: Given<'_>, work: Work<'_>) -> Result<Execution> {
        let shared = Arc::clone(&self.shared);
        let options = self.execution.clone();
        let mut event = StatementEvent::new(said, given, self.in_transaction(), &options);
        for listener in shared.pool.listeners().iter() {
            listener.before_execute(self.record()?, &mut event)?;
        }
        let parameters = event.parameters();
        let span = shared.telemetry.statement(self.dialect.as_ref(), &event);
        let began = Instant::now();
        let mut returned = 0;
        let result = match options.limit() {
            None => span.within(work.run(self.start()?, &event, &parameters, &mut returned)).await,
            Some(limit) => {
                span.within(self.run_limited(limit, work, &event, &parameters, &mut returned)).await
            }
        };
        self.over(&result);
        let rows_affected = result.as_ref().map_or(0, |execution| execution.rows_affected);
        let outcome = Outcome { elapsed: began.elapsed(), rows_returned: returned, rows_affected };
        shared.telemetry.ended(&span, &event, &outcome, result.as_ref().err());
        match result {
            Ok(execution) => {
                self.after(&shared, &event, &outcome);
                Ok(execution)
            }
            Err(error) => Err(self.failed(error, Some(&event), &parameters)),
        }
    }

    /// Runs a statement that may take only so long.
    async fn run_limited(
        &mut self,
        limit: Duration,
        work: Work<'_>,
        event: &StatementEvent<'_>,
        parameters: &[ValueRef<'_>],
        returned: &mut u64,
    ) -> Result<Execution> {
        let cancel = self.cancel_handle().ok();
        let raw = self.start()?;
        // Further away than the clock goes is no limit.
        let ended = match Instant::now().checked_add(limit) {
            Some(deadline) if !raw.stop_next_at(deadline) => {
                limited(limit, cancel, work.run(raw, event, parameters, returned)).await
            }
            _ => Ended::Kept(work.run(raw, event, parameters, returned).await),
        };
        self.in_time(limit, ended, event.sql())
    }

    pub(super) fn after(&mut self, shared: &Shared, event: &StatementEvent<'_>, outcome: &Outcome) {
        let Ok(record) = self.record() else { return };
        for listener in shared.pool.listeners().iter() {
            listener.after_execute(record, event, outcome);
        }
    }

    /// Runs statements that are sent together, and that somebody wants to hear of.
    pub(super) async fn watched_steps(
        &mut self,
        steps: &[PipelineStep<'_>],
        statements: &[(Statement, bool)],
        sink: &mut dyn PipelineSink,
    ) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let options = self.execution.clone();
        let in_transaction = self.in_transaction();
        let mut events = Vec::with_capacity(steps.len());
        for (step, (statement, _)) in steps.iter().zip(statements) {
            let said = Said::new(step.sql, statement);
            let mut event = StatementEvent::new(said, Given::One(step.parameters), in_transaction, &options);
            for listener in shared.pool.listeners().iter() {
                listener.before_execute(self.record()?, &mut event)?;
            }
            events.push(event);
        }
        let given: Vec<_> = events.iter().map(StatementEvent::parameters).collect();
        let asked: Vec<_> = events
            .iter()
            .zip(&given)
            .zip(steps)
            .map(|((event, given), step)| PipelineStep::new(event.sql(), given, step.rows))
            .collect();
        let began = Instant::now();
        let mut counted = CountedSteps { sink, counts: vec![(0, 0); steps.len()], done: 0 };
        let spans: Vec<_> =
            events.iter().map(|event| shared.telemetry.statement(self.dialect.as_ref(), event)).collect();
        let work = Work::Steps(&asked, &mut counted);
        let result = match (options.limit(), events.first()) {
            (Some(limit), Some(first)) => self.run_limited(limit, work, first, &[], &mut 0).await,
            (_, Some(first)) => work.run(self.start()?, first, &[], &mut 0).await,
            (_, None) => Ok(Execution::default()),
        };
        self.over(&result);
        let elapsed = began.elapsed();
        let (counts, done) = (counted.counts, counted.done);
        for (number, (event, span)) in events.iter().zip(&spans).enumerate() {
            let (rows_returned, rows_affected) = counts.get(number).copied().unwrap_or_default();
            let outcome = Outcome { elapsed, rows_returned, rows_affected };
            let failed = result.as_ref().err().filter(|_| number >= done);
            shared.telemetry.ended(span, event, &outcome, failed);
            if failed.is_none() {
                self.after(&shared, event, &outcome);
            }
        }
        match result {
            Ok(_) => Ok(()),
            Err(error) => {
                let parameters = given.get(done).map(Vec::as_slice).unwrap_or_default();
                Err(self.failed(error, events.get(done), parameters))
            }
        }
    }
}

/// What is asked of the driver.
pub(super) enum Work<'w> {
    Execute,
    Fetch(&'w mut RowSink<'w>),
    Many(&'w mut dyn ManySink),
    Insert(ManyInsert<'w>, &'w mut dyn ManySink),
    Load(ManyInsert<'w>, &'w mut dyn RowChunks),
    Steps(&'w [PipelineStep<'w>], &'w mut dyn PipelineSink),
    Script,
}

impl Work<'_> {
    async fn run(
        self,
        raw: &mut dyn RawConnection,
        event: &StatementEvent<'_>,
        parameters: &[ValueRef<'_>],
        returned: &mut u64,
    ) -> Result<Execution> {
        match (self, event.given()) {
            (Work::Execute, _) => raw.execute(event.sql(), parameters).await,
            (Work::Fetch(sink), _) => {
                let mut counted = |row: &dyn Row| {
                    *returned += 1;
                    sink(row)
                };
                fetch(raw, event.sql(), parameters, &mut counted).await?;
                Ok(Execution::default())
            }
            (Work::Many(sink), Given::Many(rows)) => {
                let mut counted = Counted { sink, returned, affected: 0 };
                raw.execute_many(event.sql(), rows, &mut counted).await?;
                Ok(Execution::new(counted.affected, None))
            }
            (Work::Insert(insert, sink), Given::Many(rows)) => {
                let mut counted = Counted { sink, returned, affected: 0 };
                // Where a listener has put another text in its place, nobody knows where its values are.
                if event.sql() == insert.sql() {
                    raw.insert_many(insert, rows, &mut counted).await?;
                } else {
                    raw.execute_many(event.sql(), rows, &mut counted).await?;
                }
                Ok(Execution::new(counted.affected, None))
            }
            (Work::Load(insert, _), _) if event.sql() != insert.sql() => Err(Error::usage(
                "a listener has put another text in the place of a bulk load's insert, which can't be loaded by",
            )),
            (Work::Load(insert, rows), _) => Ok(Execution::new(raw.bulk_load(insert, rows).await?, None)),
            (Work::Steps(steps, sink), _) => {
                raw.pipeline(steps, sink).await?;
                Ok(Execution::default())
            }
            (Work::Script | Work::Many(_) | Work::Insert(..), _) => {
                raw.execute_script(event.sql()).await?;
                Ok(Execution::default())
            }
        }
    }
}

/// Counts what goes through it.
struct Counted<'s> {
    sink: &'s mut dyn ManySink,
    returned: &'s mut u64,
    affected: u64,
}

impl ManySink for Counted<'_> {
    fn returned(&mut self, run: usize, row: &dyn Row) -> std::result::Result<(), DecodeError> {
        *self.returned += 1;
        self.sink.returned(run, row)
    }

    fn done(&mut self, run: usize, execution: Execution) {
        self.affected += execution.rows_affected;
        self.sink.done(run, execution);
    }
}

/// Counts what the statements of a pipeline return and change, and how many of them are done.
struct CountedSteps<'s> {
    sink: &'s mut dyn PipelineSink,
    counts: Vec<(u64, u64)>,
    done: usize,
}

impl PipelineSink for CountedSteps<'_> {
    fn row(&mut self, step: usize, row: &dyn Row) -> std::result::Result<(), DecodeError> {
        if let Some(count) = self.counts.get_mut(step) {
            count.0 += 1;
        }
        self.sink.row(step, row)
    }

    fn done(&mut self, step: usize, execution: Execution) {
        if let Some(count) = self.counts.get_mut(step) {
            count.1 = execution.rows_affected;
        }
        self.done = step + 1;
        self.sink.done(step, execution);
    }
}

/// A function of its own, so that the sink's lifetime is tied to this call alone.
pub(super) async fn fetch<'a>(
    raw: &'a mut dyn RawConnection,
    sql: &'a str,
    parameters: &'a [ValueRef<'a>],
    sink: &'a mut RowSink<'_>,
) -> Result<()> {
    let mut forward = |row: &dyn Row| sink(row);
    raw.fetch(sql, parameters, &mut forward).await
}
