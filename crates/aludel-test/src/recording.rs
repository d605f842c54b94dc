//! A driver that writes down every statement on its way to another one: for tests that count statements.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aludel::engine::driver::{Address, DriverFeatures, ManySink, RowSink, TwoPhase};
use aludel::engine::{BoxFuture, Inspector, RawConnection};
use aludel::sql::ValueRef;
use aludel::sql::encode::ParameterRows;
use aludel::{Dialect, Driver, Execution, PoolOptions, Result, TransactionOptions};

/// A driver around another one. What its connections are asked to run is told by the [`Recorder`]; what the inspector
/// asks the catalogue is not.
pub struct RecordingDriver {
    inner: Arc<dyn Driver>,
    recorder: Recorder,
}

/// The statements that went through a [`RecordingDriver`], in order. Clones share the list.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Vec<String>>>);

impl RecordingDriver {
    /// Puts a recorder in front of a driver.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inner: Arc<dyn Driver>) -> (Arc<dyn Driver>, Recorder) {
        let recorder = Recorder::default();
        (Arc::new(RecordingDriver { inner, recorder: recorder.clone() }), recorder)
    }
}

impl Recorder {
    /// What was run so far. Many runs of one statement are one entry with their number (`INSERT … × 3`); transactions
    /// are `BEGIN`, `COMMIT` and `ROLLBACK`.
    pub fn statements(&self) -> Vec<String> {
        self.lock().clone()
    }

    /// The same, and begins anew.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    fn add(&self, statement: impl Into<String>) {
        self.lock().push(statement.into());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RecordingDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordingDriver({:?})", self.inner)
    }
}

impl Driver for RecordingDriver {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.inner.dialect()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(async move {
            let inner = self.inner.connect().await?;
            let connection = RecordingConnection { inner, recorder: self.recorder.clone() };
            Ok(Box::new(connection) as Box<dyn RawConnection>)
        })
    }

    fn pool_options(&self) -> PoolOptions {
        self.inner.pool_options()
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }

    fn address(&self) -> Address {
        self.inner.address()
    }
}

#[derive(Debug)]
struct RecordingConnection {
    inner: Box<dyn RawConnection>,
    recorder: Recorder,
}

impl RawConnection for RecordingConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.inner.dialect()
    }

    fn features(&self) -> DriverFeatures {
        self.inner.features()
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        self.inner.driver_connection()
    }

    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>> {
        self.recorder.add(sql);
        self.inner.execute(sql, parameters)
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        self.recorder.add(sql);
        self.inner.fetch(sql, parameters, sink)
    }

    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        self.recorder.add(format!("{sql} × {}", rows.rows()));
        self.inner.execute_many(sql, rows, sink)
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        self.recorder.add(sql);
        self.inner.execute_script(sql)
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        self.recorder.add("BEGIN");
        self.inner.begin(options)
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        self.recorder.add("COMMIT");
        self.inner.commit()
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        self.recorder.add("ROLLBACK");
        self.inner.rollback()
    }

    fn in_transaction(&self) -> bool {
        self.inner.in_transaction()
    }

    fn rollback_now(&mut self) -> bool {
        let done = self.inner.rollback_now();
        if done {
            self.recorder.add("ROLLBACK");
        }
        done
    }

    fn is_usable(&self) -> bool {
        self.inner.is_usable()
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        self.recorder.add("PING");
        self.inner.ping()
    }

    fn two_phase<'a>(&'a mut self, step: TwoPhase<'a>) -> BoxFuture<'a, Result<()>> {
        self.recorder.add(format!("{step:?}"));
        self.inner.two_phase(step)
    }

    fn prepared(&mut self) -> BoxFuture<'_, Result<Vec<String>>> {
        self.inner.prepared()
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        self.inner.inspector()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        self.inner.close()
    }
}
