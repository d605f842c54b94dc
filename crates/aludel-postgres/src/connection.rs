//! A connection from its first statement to its end, and whether what an operation left behind can be trusted.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aludel_engine::driver::{
    BoxFuture, Cancel, DriverFeatures, Execution, ManyInsert, ManySink, PipelineSink, PipelineStep,
    RawConnection, Replication, RowChunks, RowSink, TransactionOptions, TwoPhase,
};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::inspect::Inspector;
use aludel_sql::decode::{FromRow, RowReader};
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Dialect, ValueRef};
use tokio::sync::Semaphore;
use tokio_postgres::Client;

use crate::cancel::{Canceller, Requests, Stop};
use crate::codec::PostgresRow;
use crate::cursor::{Cursor, one_is_open};
use crate::inspect::PostgresInspector;
use crate::notify::Notification;
use crate::options::Options;
use crate::pipeline::Failure;
use crate::place::Place;
use crate::replication::PostgresReplication;
use crate::statements::Statements;
use crate::tls::Connector;
use crate::wire::Wire;
use crate::{error, hosts, runtime};

/// How long the server is given to take note of an end.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(5);

/// So many connections may take their leave before new ones wait for them.
const MOST_LEAVING: usize = 16;

/// An open connection.
pub(crate) struct PostgresConnection {
    /// `None` only once it is being closed.
    client: Option<Client>,
    /// Behind a lock only because a connection is asked by reference whether it is usable.
    wire: Mutex<Wire>,
    /// How the server is told to stop a statement.
    stop: Stop,
    dialect: Arc<dyn Dialect>,
    pub(crate) statements: Statements,
    pub(crate) in_transaction: bool,
    /// An error ended the open transaction, and the server will say no more than that until it is rolled back.
    pub(crate) failed: bool,
    /// The statement whose rows are read bit by bit.
    pub(crate) cursor: Option<Cursor>,
    /// An operation is under way. Where its future is dropped this stays on, because its answer is still to come.
    busy: bool,
    /// The connection is gone, or not where it should be.
    pub(crate) broken: bool,
    /// The open transaction was begun as one that only reads.
    pub(crate) only_reads: bool,
    /// How the server is reached, where it was chosen because it takes writes.
    writer: Option<Box<Options>>,
    /// Those to stop what runs here.
    requests: Arc<Requests>,
}

impl PostgresConnection {
    pub(crate) fn new(
        client: Client,
        wire: Wire,
        connector: Connector,
        place: Place,
        dialect: Arc<dyn Dialect>,
    ) -> Self {
        let stop = Stop { token: client.cancel_token(), connector, place };
        PostgresConnection {
            client: Some(client),
            wire: Mutex::new(wire),
            stop,
            dialect,
            statements: Statements::default(),
            in_transaction: false,
            failed: false,
            cursor: None,
            busy: false,
            broken: false,
            only_reads: false,
            writer: None,
            requests: Arc::default(),
        }
    }

    /// Notes that an operation begins. Between this and [`end`](Self::end) nothing may return early.
    pub(crate) async fn start(&mut self) -> Result<()> {
        if self.busy {
            return Err(Error::new(
                ErrorKind::Disconnect,
                "the future of an earlier operation was dropped before its end, so this connection can't be used any more",
            ));
        }
        if self.cursor.as_ref().is_some_and(Cursor::fills_the_wire) {
            return Err(one_is_open());
        }
        // One that is still under way was meant for what ran before.
        if !self.requests.open() {
            // Where this is dropped, something that should have come next has not: a transaction's end, say.
            self.busy = true;
            // Boxed, because it is rare and part of every statement's future.
            Box::pin(self.requests.end()).await;
            self.busy = false;
        }
        if !self.requests.open() {
            self.broken = true;
            return Err(Error::new(
                ErrorKind::Disconnect,
                "the server was asked to stop an earlier statement and may still do so to a later one, so this connection can't \
                 be used any more",
            ));
        }
        self.busy = true;
        Ok(())
    }

    /// Notes that the operation is over, and what it tells about the transaction and the connection.
    pub(crate) fn end<T>(&mut self, result: Result<T>) -> Result<T> {
        self.busy = false;
        let asked = self.requests.close();
        // The server's word for both is the same, in whatever language.
        let result = result.map_err(|error| match error.code() {
            Some(error::QUERY_CANCELED) if asked => error.with_kind(ErrorKind::Cancelled),
            _ => error,
        });
        match &result {
            // In a transaction that failed, only going back to a savepoint succeeds.
            Ok(_) => self.failed = false,
            Err(error) if error.kind() == ErrorKind::Disconnect => self.broken = true,
            Err(error) => self.failed |= self.in_transaction && error.code().is_some(),
        }
        result
    }

    /// The near end and the far end, to be used together.
    pub(crate) fn ends(&mut self) -> Result<(&Client, &mut Wire)> {
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
        match &self.client {
            Some(client) => Ok((client, wire)),
            None => Err(Error::usage("the connection was closed")),
        }
    }

    /// Where a server that takes writes was asked for, which is reached so, one that takes none any more is taken for lost, so
    /// that another one is looked for.
    pub(crate) fn expect_writes(&mut self, writer: Options) {
        self.writer = Some(Box::new(writer));
    }

    /// Looks into what an error has behind it, before it goes out.
    pub(crate) async fn settled<T>(&mut self, result: Result<T>) -> Result<T> {
        let Err(error) = result else { return result };
        match error.code() {
            Some(error::QUERY_CANCELED) => {
                // So that a word can be sent at once.
                Box::pin(self.requests.end()).await;
            }
            // Whoever began a transaction that only reads has got what he asked for.
            Some(error::READ_ONLY_TRANSACTION)
                if !(self.in_transaction && self.only_reads) && Box::pin(self.is_demoted()).await =>
            {
                self.broken = true;
                return Err(error
                    .with_kind(ErrorKind::Disconnect)
                    .context("the server takes no writes any more, so the connection is given up"));
            }
            _ => {}
        }
        Err(error)
    }

    /// Whether the server takes no writes any more, whatever this session says: that may have settings of its own.
    async fn is_demoted(&self) -> bool {
        let (Some(writer), Ok(runtime)) = (&self.writer, runtime::handle()) else { return false };
        // By its name it could be another one, of several that the name stands for.
        let asking = hosts::is_demoted(Options::clone(writer), self.stop.place.clone());
        runtime.spawn(asking).await.unwrap_or(false)
    }

    /// Keeps what others announce, for [`poll_notification`](Self::poll_notification).
    pub(crate) fn keep_notifications(&mut self) {
        self.wire.get_mut().unwrap_or_else(PoisonError::into_inner).keep_notifications();
    }

    /// Waits for an announcement.
    pub(crate) fn poll_notification(&mut self, context: &mut Context<'_>) -> Poll<Result<Notification>> {
        if self.busy || self.broken {
            return Poll::Ready(Err(error::closed(None)));
        }
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
        wire.poll_notification(context).map(|heard| heard.ok_or_else(|| error::closed(wire.reason())))
    }

    #[cold]
    pub(crate) fn translate(&mut self, failed: tokio_postgres::Error) -> Error {
        if !failed.is_closed() {
            return error::translate(failed);
        }
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
        error::closed(wire.reason()).with_source(failed)
    }

    #[cold]
    pub(crate) fn failure(&mut self, failure: Failure) -> Error {
        match failure {
            Failure::Postgres(error) => self.translate(error),
            Failure::Decode(error) => error.into(),
            Failure::Other(error) => error,
        }
    }

    /// Sends a word without waiting for the answer, which goes to nobody when it comes. Whatever is asked next, the server
    /// answers after that.
    pub(crate) fn send_word(&mut self, word: &str) -> bool {
        if self.busy || self.broken || !self.requests.are_over() {
            return false;
        }
        let Ok((client, wire)) = self.ends() else { return false };
        let sending = tokio::task::unconstrained(async {
            let mut answer = pin!(client.batch_execute(word));
            poll_fn(|context| {
                // The first look hands the request over, the second one writes it.
                let answered = answer.as_mut().poll(context);
                let over = wire.look(context);
                Poll::Ready(!over && !matches!(answered, Poll::Ready(Err(_))))
            })
            .await
        });
        pin!(sending).poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(true)
    }
}

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
        // The server may have ended it while nobody looked.
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        !wire.look(&mut Context::from_waker(Waker::noop()))
    }

    fn replication(&mut self) -> Option<Box<dyn Replication + '_>> {
        Some(Box::new(PostgresReplication(self)))
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        Box::new(PostgresInspector::new(self))
    }

    fn close(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            if !self.is_usable() {
                return Ok(());
            }
            // The far end says goodbye to the server once nobody is left who could ask for something.
            drop(self.client.take());
            let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
            wire.finish().await;
            match wire.reason() {
                None => Ok(()),
                reason => Err(error::closed(reason)),
            }
        })
    }
}

/// The server is told that nobody is there any more. Where an answer is outstanding that nobody reads, it is first told
/// to stop, so that it holds no locks for nothing.
impl Drop for PostgresConnection {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
        if wire.look(&mut Context::from_waker(Waker::noop())) {
            return;
        }
        let mut wire = std::mem::replace(wire, Wire::over());
        let answering = self.cursor.take().is_some_and(|cursor| cursor.is_answer());
        let cancel = (self.busy || self.broken || answering).then(|| self.stop.clone());
        drop(client);
        let Ok(runtime) = runtime::handle() else { return };
        let counted = LEAVING.try_acquire().ok();
        runtime.spawn(async move {
            let ending = async {
                match cancel {
                    Some(stop) => stop.until_over(&mut wire).await,
                    None => wire.finish().await,
                }
            };
            // What comes of it, and whether in time, is all the same: the socket is closed in any case.
            let _ = tokio::time::timeout(GOODBYE_TIMEOUT, ending).await;
            drop(wire);
            drop(counted);
        });
    }
}

/// Waits until few enough connections are taking their leave. The server counts them to their end, so that a program which
/// gives up one after the other would meet its limit, however small its pool.
pub(crate) async fn room_for_another() {
    // It is never closed.
    drop(LEAVING.acquire().await);
}

/// The places for those that are taking their leave.
static LEAVING: Semaphore = Semaphore::const_new(MOST_LEAVING);

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConnection")
            .field("in_transaction", &self.in_transaction)
            .field("usable", &self.is_usable())
            .finish_non_exhaustive()
    }
}
