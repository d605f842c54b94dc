//! The connection as the engine asks it for things: each method is one operation, settled before it goes out.

use std::any::Any;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};

use aludel_engine::driver::{
    BoxFuture, Cancel, DriverFeatures, Execution, ManyInsert, ManySink, PipelineSink, PipelineStep,
    RawConnection, Replication, RowChunks, RowSink, TransactionOptions, TwoPhase,
};
use aludel_engine::error::Result;
use aludel_engine::inspect::Inspector;
use aludel_sql::decode::{FromRow, RowReader};
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Dialect, ValueRef};

use super::PostgresConnection;
use crate::cancel::Canceller;
use crate::codec::PostgresRow;
use crate::cursor::Cursor;
use crate::inspect::PostgresInspector;
use crate::replication::PostgresReplication;

impl RawConnection for PostgresConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn features(&self) -> DriverFeatures {
        let mut features = DriverFeatures::default();
        features.two_phase = true;
        features.streaming = true;
        features.server_cursors = true;
        features.pipelining = true;
        features.bulk_load = true;
        features.cancel = true;
        features.notifications = true;
        features
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        self
    }

    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>> {
        Box::pin(async move {
            let result = self.operate(sql, parameters, &mut |_| Ok(ControlFlow::Break(()))).await;
            Ok(Execution::new(self.settled(result).await?, None))
        })
    }

    /// A sink that has seen enough is not asked again; the statement runs to its end all the same.
    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut each = |row: &PostgresRow<'_>| sink(row);
            let result = self.operate(sql, parameters, &mut each).await;
            self.settled(result).await.map(|_| ())
        })
    }

    fn open_cursor<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        _: usize,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let result = self.open_cursor_now(sql, parameters).await;
            self.settled(result).await
        })
    }

    fn fetch_cursor<'a>(&'a mut self, most: usize, sink: &'a mut RowSink<'a>) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            let result = self.fetch_cursor_now(most, sink).await;
            self.settled(result).await
        })
    }

    fn close_cursor(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.end_cursor())
    }

    fn close_cursor_now(&mut self) -> bool {
        self.send_close()
    }

    /// Outside of a transaction the runs are one by themselves: they all happen, or none does.
    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let result = self.many(sql, rows, sink).await;
            self.settled(result).await
        })
    }

    fn insert_many<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let result = self.insert(insert, rows, sink).await;
            self.settled(result).await
        })
    }

    fn bulk_load<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a mut dyn RowChunks,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let result = self.load(insert, rows).await;
            self.settled(result).await
        })
    }

    fn pipeline<'a>(
        &'a mut self,
        steps: &'a [PipelineStep<'a>],
        sink: &'a mut dyn PipelineSink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let result = self.together(steps, sink).await;
            self.settled(result).await
        })
    }

    /// Outside of a transaction the statements are one by themselves, unless the script says otherwise.
    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let result = self.script(sql).await;
            self.settled(result).await
        })
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.begin_now(options))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.commit_now())
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.roll_back())
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    fn rollback_now(&mut self) -> bool {
        self.send_rollback()
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        // A text without a statement still takes a round trip.
        Box::pin(self.command(""))
    }

    fn two_phase<'a>(&'a mut self, step: TwoPhase<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.two_phase_step(step))
    }

    fn prepared(&mut self) -> BoxFuture<'_, Result<Vec<String>>> {
        let sql = "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = current_database() ORDER BY prepared, gid";
        Box::pin(async move { self.rows(sql, &[], |row| String::from_row(&mut RowReader::new(row))).await })
    }

    fn canceller(&mut self) -> Option<Arc<dyn Cancel>> {
        Some(Arc::new(Canceller::new(self.stop.clone(), Arc::clone(&self.requests))))
    }

    fn is_usable(&self) -> bool {
        let answering = self.cursor.as_ref().is_some_and(Cursor::is_answer);
        if self.busy || self.broken || answering || self.client.is_none() || self.requests.one_is_lost() {
            return false;
        }
        // The server may have ended it while nobody looked. A task that has done much would be told that there is nothing to see.
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        let looking = tokio::task::unconstrained(poll_fn(|context| Poll::Ready(wire.look(context))));
        pin!(looking).poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(false)
    }

    fn replication(&mut self) -> Option<Box<dyn Replication + '_>> {
        Some(Box::new(PostgresReplication(self)))
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        Box::new(PostgresInspector::new(self))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(self.take_leave())
    }
}
