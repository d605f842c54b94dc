//! Statements and transactions on their way to the driver and back: what everybody hears of them, and what a failure
//! means for the connection.

use std::sync::Arc;
use std::time::Instant;

use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::ValueRef;

use super::{Connection, State};
use crate::driver::{
    Execution, ManyInsert, ManySink, PipelineSink, PipelineStep, RawConnection, RowChunks, RowSink,
    TransactionOptions, TwoPhase,
};
use crate::engine::Shared;
use crate::error::{Error, Result};
use crate::events::{Given, Listener, Outcome, StatementEvent};
use crate::pool::ConnectionRecord;

impl Connection {
    pub(super) async fn run(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Result<Execution> {
        if self.shared.is_watched() {
            return self.watched(sql, Given::One(parameters), Work::Execute).await;
        }
        let result = self.start()?.execute(sql, parameters).await;
        self.end(result, parameters)
    }

    pub(super) async fn run_fetch(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        sink: &mut RowSink<'_>,
    ) -> Result<()> {
        if self.shared.is_watched() {
            let mut sink = |row: &dyn Row| sink(row);
            return self.watched(sql, Given::One(parameters), Work::Fetch(&mut sink)).await.map(|_| ());
        }
        let result = fetch(self.start()?, sql, parameters, sink).await;
        self.end(result, parameters)
    }

    pub(super) async fn run_many(
        &mut self,
        sql: &str,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        if self.shared.is_watched() {
            return self.watched(sql, Given::Many(rows), Work::Many(sink)).await.map(|_| ());
        }
        let result = self.start()?.execute_many(sql, rows, sink).await;
        self.end(result, &[])
    }

    pub(super) async fn run_insert(
        &mut self,
        insert: ManyInsert<'_>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        if self.shared.is_watched() {
            let sql = insert.sql();
            return self.watched(sql, Given::Many(rows), Work::Insert(insert, sink)).await.map(|_| ());
        }
        let result = self.start()?.insert_many(insert, rows, sink).await;
        self.end(result, &[])
    }

    pub(super) async fn run_load(&mut self, insert: ManyInsert<'_>, rows: &mut dyn RowChunks) -> Result<u64> {
        if self.shared.is_watched() {
            let sql = insert.sql();
            let loaded = self.watched(sql, Given::One(&[]), Work::Load(insert, rows)).await?;
            return Ok(loaded.rows_affected);
        }
        let result = self.start()?.bulk_load(insert, rows).await;
        self.end(result, &[])
    }

    /// Listeners hear of each statement, before and after all of them.
    pub(super) async fn run_steps(
        &mut self,
        steps: &[PipelineStep<'_>],
        sink: &mut dyn PipelineSink,
    ) -> Result<()> {
        if self.shared.is_watched() {
            return self.watched_steps(steps, sink).await;
        }
        let result = self.start()?.pipeline(steps, sink).await;
        self.end(result, &[])
    }

    async fn watched_steps(&mut self, steps: &[PipelineStep<'_>], sink: &mut dyn PipelineSink) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let in_transaction = self.in_transaction();
        let mut events = Vec::with_capacity(steps.len());
        for step in steps {
            let mut event = StatementEvent::new(step.sql, Given::One(step.parameters), in_transaction);
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
        let result = self.start()?.pipeline(&asked, &mut counted).await;
        self.midway = false;
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
            Ok(()) => Ok(()),
            Err(error) => {
                let parameters = given.get(done).map(Vec::as_slice).unwrap_or_default();
                Err(self.failed(error, events.get(done), parameters))
            }
        }
    }

    pub(super) async fn run_script(&mut self, sql: &str) -> Result<()> {
        if self.shared.is_watched() {
            return self.watched(sql, Given::Script, Work::Script).await.map(|_| ());
        }
        let result = self.start()?.execute_script(sql).await;
        self.end(result, &[])
    }

    /// Runs a statement of the engine's own, which listeners hear of in another way.
    pub(super) async fn run_word(&mut self, sql: &str) -> Result<()> {
        let result = self.start()?.execute(sql, &[]).await;
        self.end(result, &[]).map(|_| ())
    }

    pub(crate) async fn begin_raw(&mut self, options: TransactionOptions) -> Result<()> {
        self.settle().await?;
        if self.in_transaction() {
            return Err(Error::usage(
                "a transaction is already open on this connection: use `begin_nested` for one inside of it",
            ));
        }
        self.savepoints.clear();
        self.abandoned = None;
        let options = options.or(self.defaults);
        let result = self.start()?.begin(options).await;
        self.end(result, &[])?;
        self.transaction = State::Open;
        self.tell(|listener, record| listener.begin(record, &options));
        Ok(())
    }

    pub(crate) async fn commit_raw(&mut self) -> Result<()> {
        self.settle().await?;
        // What is lost already never heard of the commit.
        let reachable = self.raw()?.is_usable();
        let result = self.start()?.commit().await;
        let result = result.map_err(|error| if reachable { error.in_commit() } else { error });
        self.end(result, &[])?;
        self.transaction = State::None;
        self.tell(|listener, record| listener.commit(record));
        Ok(())
    }

    pub(crate) async fn rollback_raw(&mut self) -> Result<()> {
        self.settle_cursor().await?;
        let result = self.start()?.rollback().await;
        self.end(result, &[])?;
        self.transaction = State::None;
        self.unfinished = false;
        self.abandoned = None;
        self.savepoints.clear();
        self.tell(|listener, record| listener.rollback(record));
        Ok(())
    }

    /// Takes a step of a transaction in two phases.
    pub(crate) async fn step(&mut self, step: TwoPhase<'_>) -> Result<()> {
        self.settle().await?;
        let result = self.start()?.two_phase(step).await;
        self.end(result, &[])
    }

    /// Takes back what a dropped transaction or savepoint left behind.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        self.settle_cursor().await?;
        if self.unfinished {
            self.rollback_raw().await?;
        }
        // What an operation did whose future was dropped, nobody has heard.
        if self.midway && self.transaction == State::Open && !self.in_transaction() {
            self.transaction = State::TakenBack;
        }
        if self.transaction == State::TakenBack {
            return Err(taken_back());
        }
        // Forgotten only when it is done: nothing of the transaction may run before that.
        if let Some(number) = self.abandoned.filter(|number| self.savepoints.contains(*number))
            && self.in_transaction()
        {
            self.rollback_savepoint(number).await?;
        }
        self.abandoned = None;
        Ok(())
    }

    /// Takes an open transaction back on the spot where the driver can, else before the next statement: for guards that
    /// are dropped. A connection that is given back before that is closed instead.
    pub(crate) fn abandon_transaction(&mut self) {
        self.transaction = State::None;
        let Ok(lease) = self.lease() else { return };
        let raw = lease.pooled.raw.as_mut();
        if !raw.in_transaction() {
            return;
        }
        if raw.rollback_now() {
            self.abandoned = None;
            self.savepoints.clear();
            self.tell(|listener, record| listener.rollback(record));
        } else {
            self.unfinished = true;
        }
    }

    /// Begins a transaction that no guard watches over: for layers that keep their own transaction state. Others use
    /// [`begin`](Self::begin).
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub async fn begin_unguarded(&mut self, options: TransactionOptions) -> Result<()> {
        self.begin_raw(options).await
    }

    /// Commits what [`begin_unguarded`](Self::begin_unguarded) began.
    ///
    /// # Errors
    /// As for [`Transaction::commit`](crate::Transaction::commit).
    pub async fn commit_unguarded(&mut self) -> Result<()> {
        self.commit_raw().await
    }

    /// Rolls back what [`begin_unguarded`](Self::begin_unguarded) began.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn rollback_unguarded(&mut self) -> Result<()> {
        self.rollback_raw().await
    }

    /// Tells the listeners something.
    pub(crate) fn tell(&mut self, what: impl Fn(&dyn Listener, &mut ConnectionRecord)) {
        let Some(lease) = &mut self.lease else { return };
        for listener in self.shared.pool.listeners().iter() {
            what(listener, &mut lease.pooled.record);
        }
    }

    /// Notes that an operation begins. Where its future is dropped, nobody notes its end.
    pub(super) fn start(&mut self) -> Result<&mut dyn RawConnection> {
        self.suspect |= std::mem::replace(&mut self.midway, true);
        let Some(lease) = &mut self.lease else { return Err(super::given_back()) };
        if self.transaction == State::Open && !lease.pooled.raw.in_transaction() {
            self.transaction = State::Committed;
        }
        Ok(lease.pooled.raw.as_mut())
    }

    /// Notes that the operation is over.
    pub(super) fn end<T>(&mut self, result: Result<T>, parameters: &[ValueRef<'_>]) -> Result<T> {
        self.midway = false;
        result.map_err(|error| self.failed(error, None, parameters))
    }

    /// What a failure means, for whoever hears of it and for the pool.
    #[cold]
    pub(super) fn failed(
        &mut self,
        mut error: Error,
        event: Option<&StatementEvent<'_>>,
        parameters: &[ValueRef<'_>],
    ) -> Error {
        if !self.shared.telemetry.hide_parameters {
            error = error.with_parameters(parameters);
        }
        let Some(lease) = &mut self.lease else { return error };
        if self.transaction == State::Open && !lease.pooled.raw.in_transaction() {
            self.transaction = State::TakenBack;
        }
        let record = &mut lease.pooled.record;
        for listener in self.shared.pool.listeners().iter() {
            error = listener.handle_error(record, event, error);
        }
        if error.is_disconnect() {
            if self.suspect {
                // Only this one is lost, by its user's doing.
                self.shared.pool.doom(record, Some(&error));
            } else {
                self.shared.pool.lost(record, &error);
            }
        }
        error
    }

    /// Runs a statement that somebody wants to hear of.
    async fn watched(&mut self, sql: &str, given: Given<'_>, work: Work<'_>) -> Result<Execution> {
        let shared = Arc::clone(&self.shared);
        let mut event = StatementEvent::new(sql, given, self.in_transaction());
        for listener in shared.pool.listeners().iter() {
            listener.before_execute(self.record()?, &mut event)?;
        }
        let parameters = event.parameters();
        let span = shared.telemetry.statement(self.dialect.as_ref(), &event);
        let began = Instant::now();
        let mut returned = 0;
        let result = span.within(work.run(self.start()?, &event, &parameters, &mut returned)).await;
        self.midway = false;
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

    pub(super) fn after(&mut self, shared: &Shared, event: &StatementEvent<'_>, outcome: &Outcome) {
        let Ok(record) = self.record() else { return };
        for listener in shared.pool.listeners().iter() {
            listener.after_execute(record, event, outcome);
        }
    }
}

/// What is asked of the driver.
enum Work<'w> {
    Execute,
    Fetch(&'w mut RowSink<'w>),
    Many(&'w mut dyn ManySink),
    Insert(ManyInsert<'w>, &'w mut dyn ManySink),
    Load(ManyInsert<'w>, &'w mut dyn RowChunks),
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
async fn fetch<'a>(
    raw: &'a mut dyn RawConnection,
    sql: &'a str,
    parameters: &'a [ValueRef<'a>],
    sink: &'a mut RowSink<'_>,
) -> Result<()> {
    let mut forward = |row: &dyn Row| sink(row);
    raw.fetch(sql, parameters, &mut forward).await
}

#[cold]
fn taken_back() -> Error {
    Error::usage(
        "the database has taken the transaction back after an earlier error, so nothing can be done in it any more: roll \
         it back, and run it again from its beginning",
    )
}
