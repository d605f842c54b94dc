//! The connection that forwards everything, past its interceptor.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::mem::replace;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Instant;

use aludel::engine::driver::{
    Cancel, DriverFeatures, ManyInsert, ManySink, PipelineSink, PipelineStep, Position, Replication,
    RowChunks, RowSink, ServerState, TwoPhase,
};
use aludel::engine::inspect::SchemaObject;
use aludel::engine::{BoxFuture, Inspector, RawConnection};
use aludel::sql::encode::ParameterRows;
use aludel::sql::schema::{Table, TableName};
use aludel::sql::{MetaData, ValueRef};
use aludel::{Dialect, Execution, Result, TransactionOptions};

use super::gone::{Gone, gone};
use super::{Interceptor, Operation, OperationKind, Verdict};

/// A connection with an interceptor in front.
pub(super) struct Intercepted {
    inner: Box<dyn RawConnection>,
    interceptor: Arc<dyn Interceptor>,
    number: u64,
    /// The interceptor has cut the connection, and what was under way on it is over.
    cut: AtomicBool,
}

/// Runs an operation past an interceptor. Where that has answered, its answer is in the inner `Err`.
pub(super) async fn through<'a, T>(
    interceptor: &dyn Interceptor,
    operation: &Operation<'_>,
    mut connection: Option<(&'a mut Box<dyn RawConnection>, &'a AtomicBool)>,
    run: impl FnOnce(Option<&'a mut dyn RawConnection>) -> BoxFuture<'a, Result<T>>,
) -> Result<std::result::Result<T, Execution>> {
    let inner = connection.as_mut().map(|(inner, _)| &mut ***inner as &mut dyn RawConnection);
    let verdict = match interceptor.before(operation, inner).await {
        Ok(verdict) => verdict,
        Err(error) => {
            if error.is_disconnect()
                && let Some((inner, _)) = &mut connection
            {
                cut(inner);
            }
            interceptor.after(operation, Err(&error));
            return Err(error);
        }
    };
    if let Verdict::Answered(execution) = verdict {
        interceptor.after(operation, Ok(()));
        return Ok(Err(execution));
    }
    let (inner, lost) = match connection {
        Some((inner, lost)) => (Some(inner.as_mut() as &mut dyn RawConnection), Some(lost)),
        None => (None, None),
    };
    let mut future = run(inner);
    let result = poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => match interceptor.pending(operation) {
            Ok(()) => Poll::Pending,
            Err(error) => {
                if let Some(lost) = lost {
                    lost.store(true, Ordering::Relaxed);
                }
                Poll::Ready(Err(error))
            }
        },
    })
    .await;
    drop(future);
    let result = match (result, lost) {
        (Ok(answer), lost) => interceptor.done(operation).map(|()| answer).inspect_err(|_| {
            if let Some(lost) = lost {
                lost.store(true, Ordering::Relaxed);
            }
        }),
        (result, _) => result,
    };
    interceptor.after(operation, result.as_ref().map(|_| ()));
    result.map(Ok)
}

/// Lets a connection go, as if its server had closed it.
fn cut(inner: &mut Box<dyn RawConnection>) {
    let gone = Box::new(Gone(inner.dialect()));
    drop(replace(inner, gone));
}

impl Intercepted {
    pub(super) fn new(inner: Box<dyn RawConnection>, interceptor: Arc<dyn Interceptor>, number: u64) -> Self {
        Intercepted { inner, interceptor, number, cut: AtomicBool::new(false) }
    }

    fn operation<'o>(&self, kind: OperationKind) -> Operation<'o> {
        Operation::new(kind, self.number)
    }

    /// Runs an operation past the interceptor; `answer` is for one that the interceptor has done itself.
    fn run<'a, T: Send + 'a>(
        &'a mut self,
        operation: Operation<'a>,
        answer: fn(Execution) -> T,
        run: impl FnOnce(&'a mut dyn RawConnection) -> BoxFuture<'a, Result<T>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T>> {
        let Intercepted { inner, interceptor, cut: lost, .. } = self;
        if replace(lost.get_mut(), false) {
            cut(inner);
        }
        Box::pin(async move {
            let connection = Some((inner, &*lost));
            let run = |inner: Option<&'a mut dyn RawConnection>| match inner {
                Some(inner) => run(inner),
                None => gone(),
            };
            let outcome = through(interceptor.as_ref(), &operation, connection, run).await?;
            Ok(outcome.unwrap_or_else(answer))
        })
    }
}

fn nothing(_: Execution) {}

impl fmt::Debug for Intercepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Drop for Intercepted {
    fn drop(&mut self) {
        let gone = Box::new(Gone(self.inner.dialect()));
        let mut inner: Box<dyn RawConnection> = replace(&mut self.inner, gone);
        if !inner.driver_connection().is::<Gone>() {
            self.interceptor.dropped(inner);
        }
    }
}

// What a wrapper does not forward silently becomes what the trait does by default.
#[deny(clippy::missing_trait_methods)]
impl RawConnection for Intercepted {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.inner.dialect()
    }

    fn features(&self) -> DriverFeatures {
        self.interceptor.features(self.inner.as_ref())
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        self.inner.driver_connection()
    }

    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>> {
        let operation = self.operation(OperationKind::Execute).with_sql(sql).with_parameters(parameters);
        self.run(operation, |done| done, move |inner| inner.execute(sql, parameters))
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        let operation = self.operation(OperationKind::Fetch).with_sql(sql).with_parameters(parameters);
        self.run(operation, nothing, move |inner| inner.fetch(sql, parameters, sink))
    }

    fn open_cursor<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        batch: usize,
    ) -> BoxFuture<'a, Result<()>> {
        let operation = self.operation(OperationKind::OpenCursor).with_sql(sql).with_parameters(parameters);
        self.run(operation, nothing, move |inner| inner.open_cursor(sql, parameters, batch))
    }

    fn fetch_cursor<'a>(&'a mut self, most: usize, sink: &'a mut RowSink<'a>) -> BoxFuture<'a, Result<bool>> {
        let operation = self.operation(OperationKind::FetchCursor);
        self.run(operation, |_| false, move |inner| inner.fetch_cursor(most, sink))
    }

    fn close_cursor(&mut self) -> BoxFuture<'_, Result<()>> {
        self.run(self.operation(OperationKind::CloseCursor), nothing, |inner| inner.close_cursor())
    }

    fn close_cursor_now(&mut self) -> bool {
        !*self.cut.get_mut() && self.inner.close_cursor_now()
    }

    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        let operation = self.operation(OperationKind::ExecuteMany).with_sql(sql).with_rows(rows.rows());
        self.run(operation, nothing, move |inner| inner.execute_many(sql, rows, sink))
    }

    fn insert_many<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        let operation =
            self.operation(OperationKind::ExecuteMany).with_sql(insert.sql()).with_rows(rows.rows());
        self.run(operation, nothing, move |inner| inner.insert_many(insert, rows, sink))
    }

    fn bulk_load<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a mut dyn RowChunks,
    ) -> BoxFuture<'a, Result<u64>> {
        let operation = self.operation(OperationKind::BulkLoad).with_sql(insert.sql());
        self.run(operation, |done| done.rows_affected, move |inner| inner.bulk_load(insert, rows))
    }

    fn pipeline<'a>(
        &'a mut self,
        steps: &'a [PipelineStep<'a>],
        sink: &'a mut dyn PipelineSink,
    ) -> BoxFuture<'a, Result<()>> {
        let operation = self.operation(OperationKind::Pipeline).with_rows(steps.len());
        self.run(operation, nothing, move |inner| inner.pipeline(steps, sink))
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        let operation = self.operation(OperationKind::Script).with_sql(sql);
        self.run(operation, nothing, move |inner| inner.execute_script(sql))
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        let operation = Operation { options: Some(options), ..self.operation(OperationKind::Begin) };
        self.run(operation, nothing, move |inner| inner.begin(options))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        self.run(self.operation(OperationKind::Commit), nothing, |inner| inner.commit())
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        self.run(self.operation(OperationKind::Rollback), nothing, |inner| inner.rollback())
    }

    fn in_transaction(&self) -> bool {
        !self.cut.load(Ordering::Relaxed) && self.interceptor.in_transaction(self.inner.as_ref())
    }

    fn rollback_now(&mut self) -> bool {
        !*self.cut.get_mut() && self.interceptor.rollback_now(self.number, self.inner.as_mut())
    }

    fn is_usable(&self) -> bool {
        !self.cut.load(Ordering::Relaxed) && self.inner.is_usable()
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        self.run(self.operation(OperationKind::Ping), nothing, |inner| inner.ping())
    }

    fn two_phase<'a>(&'a mut self, step: TwoPhase<'a>) -> BoxFuture<'a, Result<()>> {
        let operation = Operation { step: Some(step), ..self.operation(OperationKind::TwoPhase) };
        self.run(operation, nothing, move |inner| inner.two_phase(step))
    }

    fn prepared(&mut self) -> BoxFuture<'_, Result<Vec<String>>> {
        self.run(self.operation(OperationKind::Prepared), |_| Vec::new(), |inner| inner.prepared())
    }

    fn replication(&mut self) -> Option<Box<dyn Replication + '_>> {
        self.inner.replication()?;
        Some(Box::new(InterceptedReplication(self)))
    }

    fn canceller(&mut self) -> Option<Arc<dyn Cancel>> {
        self.inner.canceller()
    }

    fn stop_next_at(&mut self, deadline: Instant) -> bool {
        self.inner.stop_next_at(deadline)
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        Box::new(InterceptedInspector(self))
    }

    fn close(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let operation = self.operation(OperationKind::Close);
            let Intercepted { inner, interceptor, .. } = &mut *self;
            match interceptor.before(&operation, Some(inner.as_mut())).await? {
                Verdict::Forward => {}
                Verdict::Answered(_) => return Ok(()),
            }
            let gone = Box::new(Gone(inner.dialect()));
            let result = replace(inner, gone).close().await;
            interceptor.after(&operation, result.as_ref().copied());
            result
        })
    }
}

/// Asks the inner connection's replication, anew each time: in between, the connection belongs to the interceptor.
struct InterceptedReplication<'c>(&'c mut Intercepted);

#[deny(clippy::missing_trait_methods)]
impl Replication for InterceptedReplication<'_> {
    fn state(&mut self) -> BoxFuture<'_, Result<ServerState>> {
        let operation = self.0.operation(OperationKind::Replication).with_sql("state");
        self.0.run(
            operation,
            |_| ServerState::default(),
            |inner| Box::pin(async move { inner.replication().ok_or_else(none)?.state().await }),
        )
    }

    fn position(&mut self) -> BoxFuture<'_, Result<Position>> {
        let operation = self.0.operation(OperationKind::Replication).with_sql("position");
        self.0.run(
            operation,
            |_| Position::default(),
            |inner| Box::pin(async move { inner.replication().ok_or_else(none)?.position().await }),
        )
    }

    fn has_reached<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<bool>> {
        let operation = self.0.operation(OperationKind::Replication).with_sql("has reached");
        self.0.run(
            operation,
            |_| true,
            move |inner| {
                Box::pin(async move { inner.replication().ok_or_else(none)?.has_reached(position).await })
            },
        )
    }
}

fn none() -> aludel::Error {
    aludel::Error::new(aludel::ErrorKind::NotSupported, "the connection says nothing of replication any more")
}

/// Reads the schema by the inner connection's inspector, which is asked for anew each time: in between, the connection
/// belongs to the interceptor.
struct InterceptedInspector<'c>(&'c mut Intercepted);

impl InterceptedInspector<'_> {
    fn read<'a, T: Send + 'a>(
        &'a mut self,
        what: &'a str,
        answer: fn(Execution) -> T,
        run: impl FnOnce(&'a mut dyn RawConnection) -> BoxFuture<'a, Result<T>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T>> {
        let operation = self.0.operation(OperationKind::Inspect).with_sql(what);
        self.0.run(operation, answer, run)
    }
}

#[deny(clippy::missing_trait_methods)]
impl Inspector for InterceptedInspector<'_> {
    fn table_names<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        self.read(
            "table names",
            |_| Vec::new(),
            move |inner| Box::pin(async move { inner.inspector().table_names(schema).await }),
        )
    }

    fn table<'a>(&'a mut self, name: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        self.read(
            name.name.as_str(),
            |_| None,
            move |inner| Box::pin(async move { inner.inspector().table(name).await }),
        )
    }

    fn objects<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        self.read(
            "triggers and views",
            |_| Vec::new(),
            move |inner| Box::pin(async move { inner.inspector().objects(schema).await }),
        )
    }

    fn metadata<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<MetaData>> {
        self.read(
            "all tables",
            |_| MetaData::new(),
            move |inner| Box::pin(async move { inner.inspector().metadata(schema).await }),
        )
    }
}
