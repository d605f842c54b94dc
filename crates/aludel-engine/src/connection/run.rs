//! Statements and transactions on their way to the driver and back: what everybody hears of them, and what a failure
//! means for the connection.

use aludel_sql::ast::Statement;
use aludel_sql::decode::Row;
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::ValueRef;

use super::limit::is_stop;
use super::watched::{Work, fetch};
use super::{Connection, State};
use crate::driver::{
    Execution, ManyInsert, ManySink, PipelineSink, PipelineStep, RawConnection, RowChunks, RowSink,
    TransactionOptions, TwoPhase,
};
use crate::error::{Error, Result};
use crate::events::{Given, Listener, Said, StatementEvent};
use crate::pool::ConnectionRecord;

impl Connection {
    /// Whether anybody wants to hear of statements, or to have them run in another way than usual.
    pub(super) fn is_watched(&self) -> bool {
        self.execution.concerns_statements() || self.shared.is_watched()
    }

    pub(super) async fn run(&mut self, said: Said<'_>, parameters: &[ValueRef<'_>]) -> Result<Execution> {
        if self.is_watched() {
            return self.watched(said, Given::One(parameters), Work::Execute).await;
        }
        let result = self.start()?.execute(said.sql, parameters).await;
        self.end(result, parameters)
    }

    pub(super) async fn run_fetch(
        &mut self,
        said: Said<'_>,
        parameters: &[ValueRef<'_>],
        sink: &mut RowSink<'_>,
    ) -> Result<()> {
        if self.is_watched() {
            let mut sink = |row: &dyn Row| sink(row);
            return self.watched(said, Given::One(parameters), Work::Fetch(&mut sink)).await.map(|_| ());
        }
        let result = fetch(self.start()?, said.sql, parameters, sink).await;
        self.end(result, parameters)
    }

    pub(super) async fn run_many(
        &mut self,
        said: Said<'_>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        if self.is_watched() {
            return self.watched(said, Given::Many(rows), Work::Many(sink)).await.map(|_| ());
        }
        let result = self.start()?.execute_many(said.sql, rows, sink).await;
        self.end(result, &[])
    }

    pub(super) async fn run_insert(
        &mut self,
        statement: &Statement,
        insert: ManyInsert<'_>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        if self.is_watched() {
            let said = Said::new(insert.sql(), statement);
            return self.watched(said, Given::Many(rows), Work::Insert(insert, sink)).await.map(|_| ());
        }
        let result = self.start()?.insert_many(insert, rows, sink).await;
        self.end(result, &[])
    }

    pub(super) async fn run_load(
        &mut self,
        statement: &Statement,
        insert: ManyInsert<'_>,
        rows: &mut dyn RowChunks,
    ) -> Result<u64> {
        if self.is_watched() {
            let said = Said::new(insert.sql(), statement);
            let loaded = self.watched(said, Given::One(&[]), Work::Load(insert, rows)).await?;
            return Ok(loaded.rows_affected);
        }
        let result = self.start()?.bulk_load(insert, rows).await;
        self.end(result, &[])
    }

    /// Listeners hear of each statement, before and after all of them.
    pub(super) async fn run_steps(
        &mut self,
        steps: &[PipelineStep<'_>],
        statements: &[(Statement, bool)],
        sink: &mut dyn PipelineSink,
    ) -> Result<()> {
        if self.is_watched() {
            return Box::pin(self.watched_steps(steps, statements, sink)).await;
        }
        let result = self.start()?.pipeline(steps, sink).await;
        self.end(result, &[])
    }

    pub(super) async fn run_script(&mut self, sql: &str) -> Result<()> {
        if self.is_watched() {
            let said = Said { sql, statement: None };
            return self.watched(said, Given::Script, Work::Script).await.map(|_| ());
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
        let settled = !self.cursor_left
            && !self.unfinished
            && !self.midway
            && self.transaction != State::TakenBack
            && self.abandoned.is_none();
        // Nearly always. The rest has a place of its own, so that the future of every statement is small.
        if settled { Ok(()) } else { Box::pin(self.settle_left()).await }
    }

    async fn settle_left(&mut self) -> Result<()> {
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
        if let Some(cancel) = &self.cancel {
            cancel.began();
        }
        let Some(lease) = &mut self.lease else { return Err(super::given_back()) };
        if self.transaction == State::Open && !lease.pooled.raw.in_transaction() {
            self.transaction = State::Committed;
        }
        Ok(lease.pooled.raw.as_mut())
    }

    /// Notes that the operation is over.
    pub(super) fn end<T>(&mut self, result: Result<T>, parameters: &[ValueRef<'_>]) -> Result<T> {
        self.over(&result);
        result.map_err(|error| self.failed(error, None, parameters))
    }

    pub(super) fn over<T>(&mut self, result: &Result<T>) {
        self.midway = false;
        if let Some(cancel) = &self.cancel {
            cancel.ended(result.as_ref().is_err_and(is_stop));
        }
    }

    /// What a failure means, for whoever hears of it and for the pool.
    #[cold]
    pub(super) fn failed(
        &mut self,
        mut error: Error,
        event: Option<&StatementEvent<'_>>,
        parameters: &[ValueRef<'_>],
    ) -> Error {
        if !self.shared.telemetry.hide_parameters && !self.execution.hides_parameters() {
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
            if self.suspect || self.cancel.as_ref().is_some_and(|cancel| !cancel.is_settled()) {
                // Only this one is lost, by its user's doing.
                self.shared.pool.doom(record, Some(&error));
            } else {
                self.shared.pool.lost(record, &error);
            }
        }
        error
    }
}

#[cold]
fn taken_back() -> Error {
    Error::usage(
        "the database has taken the transaction back after an earlier error, so nothing can be done in it any more: roll \
         it back, and run it again from its beginning",
    )
}
