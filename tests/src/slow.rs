//! A driver like those of servers: what it is asked to do takes a while, and it can take nothing back on the spot.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use aludel::engine::driver::{Cancel, DriverFeatures, ManySink, Replication, RowSink};
use aludel::engine::inspect::SchemaObject;
use aludel::engine::{BoxFuture, RawConnection};
use aludel::sql::ValueRef;
use aludel::sql::encode::ParameterRows;
use aludel::sql::schema::{Table, TableName};
use aludel::{
    DatabaseUrl, Dialect, Driver, Engine, Execution, Inspector, PoolOptions, Result, TransactionOptions,
};

/// SQLite behind a delay.
#[derive(Debug)]
struct SlowDriver(Arc<dyn Driver>);

/// An engine on a database in memory, slow.
///
/// # Panics
/// Never.
pub fn engine(options: PoolOptions) -> Engine {
    engine_at("sqlite://", options)
}

/// The same on another database of SQLite.
///
/// # Panics
/// Where the URL is none.
pub fn engine_at(url: &str, options: PoolOptions) -> Engine {
    Engine::with_pool(driver_at(&DatabaseUrl::parse(url).unwrap()), options)
}

/// The driver for a database of SQLite, slow.
///
/// # Panics
/// Where SQLite's driver refuses the URL.
pub fn driver_at(url: &DatabaseUrl) -> Arc<dyn Driver> {
    Arc::new(SlowDriver(aludel::driver(url).unwrap()))
}

/// Pending once.
#[derive(Default)]
struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Driver for SlowDriver {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.0.dialect()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(async {
            Pause::default().await;
            let inner = self.0.connect().await?;
            let connection = SlowConnection { inner, busy: AtomicBool::new(false) };
            Ok(Box::new(connection) as Box<dyn RawConnection>)
        })
    }

    fn describe(&self) -> String {
        format!("slow {}", self.0.describe())
    }
}

#[derive(Debug)]
struct SlowConnection {
    inner: Box<dyn RawConnection>,
    /// Still set where a future was dropped in the middle.
    busy: AtomicBool,
}

impl SlowConnection {
    /// The future, behind a pause during which nobody else may have the connection.
    fn slowly<'a, T>(busy: &'a AtomicBool, work: impl Future<Output = T> + Send + 'a) -> BoxFuture<'a, T> {
        Box::pin(async move {
            busy.store(true, Ordering::Relaxed);
            Pause::default().await;
            let done = work.await;
            busy.store(false, Ordering::Relaxed);
            done
        })
    }
}

/// What reads the schema, behind the same delay.
struct SlowInspector<'c> {
    inner: Box<dyn Inspector + 'c>,
    busy: &'c AtomicBool,
}

impl Inspector for SlowInspector<'_> {
    fn table_names<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        SlowConnection::slowly(self.busy, self.inner.table_names(schema))
    }

    fn table<'a>(&'a mut self, name: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        SlowConnection::slowly(self.busy, self.inner.table(name))
    }

    fn objects<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        SlowConnection::slowly(self.busy, self.inner.objects(schema))
    }
}

impl RawConnection for SlowConnection {
    fn driver_connection(&mut self) -> &mut dyn std::any::Any {
        self
    }

    fn features(&self) -> DriverFeatures {
        self.inner.features()
    }

    fn canceller(&mut self) -> Option<Arc<dyn Cancel>> {
        self.inner.canceller()
    }

    fn stop_next_at(&mut self, deadline: Instant) -> bool {
        self.inner.stop_next_at(deadline)
    }

    fn dialect(&self) -> Arc<dyn Dialect> {
        self.inner.dialect()
    }

    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>> {
        Self::slowly(&self.busy, self.inner.execute(sql, parameters))
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        Self::slowly(&self.busy, self.inner.fetch(sql, parameters, sink))
    }

    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        Self::slowly(&self.busy, self.inner.execute_many(sql, rows, sink))
    }

    fn open_cursor<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        batch: usize,
    ) -> BoxFuture<'a, Result<()>> {
        Self::slowly(&self.busy, self.inner.open_cursor(sql, parameters, batch))
    }

    fn fetch_cursor<'a>(&'a mut self, most: usize, sink: &'a mut RowSink<'a>) -> BoxFuture<'a, Result<bool>> {
        Self::slowly(&self.busy, self.inner.fetch_cursor(most, sink))
    }

    fn close_cursor(&mut self) -> BoxFuture<'_, Result<()>> {
        Self::slowly(&self.busy, self.inner.close_cursor())
    }

    fn close_cursor_now(&mut self) -> bool {
        false
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Self::slowly(&self.busy, self.inner.execute_script(sql))
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        Self::slowly(&self.busy, self.inner.begin(options))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Self::slowly(&self.busy, self.inner.commit())
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Self::slowly(&self.busy, self.inner.rollback())
    }

    fn in_transaction(&self) -> bool {
        self.inner.in_transaction()
    }

    fn is_usable(&self) -> bool {
        !self.busy.load(Ordering::Relaxed) && self.inner.is_usable()
    }

    fn replication(&mut self) -> Option<Box<dyn Replication + '_>> {
        self.inner.replication()
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Self::slowly(&self.busy, self.inner.ping())
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        Box::new(SlowInspector { inner: self.inner.inspector(), busy: &self.busy })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        self.inner.close()
    }
}
