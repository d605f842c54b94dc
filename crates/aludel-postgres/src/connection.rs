//! A connection: statements are prepared once, and nothing of what went wrong is lost.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aludel_engine::driver::{
    BoxFuture, Cancel, DriverFeatures, Execution, ManyInsert, ManySink, PipelineSink, PipelineStep,
    RawConnection, Replication, RowChunks, RowSink, TransactionOptions, TwoPhase,
};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::inspect::Inspector;
use aludel_sql::decode::{DecodeError, FromRow, Row, RowReader};
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Dialect, ValueRef};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::cancel::{self, Canceller};
use crate::codec::{Parameter, PostgresRow, natural_type};
use crate::cursor::{Cursor, one_is_open};
use crate::error;
use crate::inspect::PostgresInspector;
use crate::notify::Notification;
use crate::pipeline::{self, EachRow, Failure};
use crate::replication::PostgresReplication;
use crate::statements::{Prepared, Statements, begins_with};
use crate::tls::Connector;
use crate::wire::Wire;

/// How long the server is given to take note of an end.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(5);

/// An open connection.
pub(crate) struct PostgresConnection {
    /// `None` only once it is being closed.
    client: Option<Client>,
    /// Behind a lock only because a connection is asked by reference whether it is usable.
    wire: Mutex<Wire>,
    /// How the server is reached, for a word beside this connection.
    connector: Connector,
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
    /// Somebody has asked for the operation under way to be stopped.
    cancelled: Arc<AtomicBool>,
}

impl PostgresConnection {
    pub(crate) fn new(client: Client, wire: Wire, connector: Connector, dialect: Arc<dyn Dialect>) -> Self {
        PostgresConnection {
            client: Some(client),
            wire: Mutex::new(wire),
            connector,
            dialect,
            statements: Statements::default(),
            in_transaction: false,
            failed: false,
            cursor: None,
            busy: false,
            broken: false,
            cancelled: Arc::default(),
        }
    }

    /// Notes that an operation begins. Between this and [`end`](Self::end) nothing may return early.
    pub(crate) fn start(&mut self) -> Result<()> {
        if self.busy {
            return Err(Error::new(
                ErrorKind::Disconnect,
                "the future of an earlier operation was dropped before its end, so this connection can't be used any more",
            ));
        }
        if self.cursor.as_ref().is_some_and(Cursor::fills_the_wire) {
            return Err(one_is_open());
        }
        self.busy = true;
        Ok(())
    }

    /// Notes that the operation is over, and what it tells about the transaction and the connection.
    pub(crate) fn end<T>(&mut self, result: Result<T>) -> Result<T> {
        self.busy = false;
        // The server's word for both is the same, in whatever language.
        let result = result.map_err(|error| match error.code() {
            Some(error::QUERY_CANCELED) if self.cancelled.load(Ordering::Relaxed) => {
                error.with_kind(ErrorKind::Cancelled)
            }
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

    /// After a statement that was stopped, keeps still for a moment: see [`cancel::settle`].
    async fn calm<T>(&self, result: Result<T>) -> Result<T> {
        let stopped = result.as_ref().is_err_and(|error| error.code() == Some(error::QUERY_CANCELED));
        if stopped && self.cancelled.load(Ordering::Relaxed) {
            cancel::settle().await;
        }
        result
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
    fn translate(&mut self, failed: tokio_postgres::Error) -> Error {
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

    /// Whether a statement can be prepared and run anew after this. The server refuses a stale one before its first
    /// row; in a transaction that is too late, because the error has ended it.
    pub(crate) fn may_run_again(&mut self, sql: &str, failure: &Failure) -> bool {
        let stale = matches!(failure, Failure::Postgres(error) if error::is_stale_statement(error));
        if stale {
            self.statements.forget(sql);
        }
        stale && !self.in_transaction
    }

    /// The statement, prepared for parameters like these.
    pub(crate) async fn prepare<'v>(
        &mut self,
        sql: &str,
        count: usize,
        value: impl Fn(usize) -> ValueRef<'v> + Send,
    ) -> Result<Arc<Prepared>> {
        // The protocol counts them in sixteen bits, and loses its thread where there are more.
        if count > usize::from(u16::MAX) {
            return Err(too_many(count));
        }
        let inferred = match self.statements.inferred(sql) {
            Some(known) => known,
            None => {
                let prepared = self.parse(sql, &[]).await?;
                self.statements.keep(sql, &prepared);
                prepared
            }
        };
        let types = inferred.statement.params();
        if types.len() != count {
            return Err(wrong_count(types.len(), count));
        }
        let natural = |(index, ty)| natural_type(ty, value(index));
        if types.iter().enumerate().all(|place| natural(place).is_none()) {
            return Ok(inferred);
        }
        let types: Vec<Type> =
            types.iter().enumerate().map(|place| natural(place).unwrap_or_else(|| place.1.clone())).collect();
        if let Some(known) = self.statements.typed(sql, &types) {
            return Ok(known);
        }
        let prepared = self.parse(sql, &types).await?;
        self.statements.keep_typed(sql, types, &prepared);
        Ok(prepared)
    }

    pub(crate) async fn parse(&mut self, sql: &str, types: &[Type]) -> Result<Arc<Prepared>> {
        check_nul(sql)?;
        let (client, wire) = self.ends()?;
        match wire.drive(client.prepare_typed(sql, types)).await {
            Ok(statement) => Ok(Arc::new(Prepared::new(sql, statement))),
            Err(failed) => Err(self.translate(failed)),
        }
    }

    pub(crate) async fn run(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<u64, Failure> {
        let value = |index: usize| parameters.get(index).copied().unwrap_or(ValueRef::Null);
        let prepared = self.prepare(sql, parameters.len(), value).await?;
        let bound = parameters.iter().enumerate().map(|(index, value)| Parameter::new(index, *value));
        let (client, wire) = self.ends()?;
        let changed = wire.drive(pipeline::run(client, &prepared, bound, each)).await?;
        if changes_schema(sql) {
            self.statements.clear();
        }
        Ok(changed)
    }

    /// Runs a statement, with everything that belongs around it.
    async fn operate(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<u64> {
        self.start()?;
        let mut result = self.run(sql, parameters, each).await;
        if let Err(failure) = &result
            && self.may_run_again(sql, failure)
        {
            result = self.run(sql, parameters, each).await;
        }
        let result = result.map_err(|failure| self.failure(failure));
        let result = self.end(result).map_err(|error| error.with_statement(sql));
        if begins_or_ends(sql) && !self.broken {
            self.look_for_transaction().await?;
        }
        result
    }

    /// Collects the rows of a query: for the inspector.
    pub(crate) async fn rows<T: Send>(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        read: fn(&dyn Row) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        let mut each = |row: &PostgresRow<'_>| {
            rows.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        };
        self.operate(sql, parameters, &mut each).await?;
        Ok(rows)
    }

    pub(crate) async fn send(&mut self, sql: &str) -> Result<(), Failure> {
        let (client, wire) = self.ends()?;
        Ok(wire.drive(client.batch_execute(sql)).await?)
    }

    /// One of the words around transactions.
    pub(crate) async fn command(&mut self, sql: &str) -> Result<()> {
        self.start()?;
        let result = self.send(sql).await.map_err(|failure| self.failure(failure));
        self.end(result).map_err(|error| error.with_statement(sql))
    }

    async fn script(&mut self, sql: &str) -> Result<()> {
        check_nul(sql)?;
        self.start()?;
        let result = self.send(sql).await.map_err(|failure| {
            let line = match &failure {
                Failure::Postgres(error) => error::line_of(error, sql).map(str::to_owned),
                _ => None,
            };
            let error = self.failure(failure);
            match line {
                Some(line) => error.with_statement(&line),
                None => error,
            }
        });
        // It may have changed what statements give back.
        self.statements.clear();
        let result = self.end(result);
        if mentions_transactions(sql) && !self.broken {
            self.look_for_transaction().await?;
        }
        result
    }

    async fn begin_now(&mut self, options: TransactionOptions) -> Result<()> {
        if self.in_transaction {
            return Err(Error::usage("a transaction is already open on this connection"));
        }
        if (options.immediate || options.exclusive) && options.read_only {
            return Err(Error::usage("a read-only transaction can't take the write lock as it begins"));
        }
        let mut words = String::from("BEGIN");
        if let Some(level) = options.isolation {
            words.push_str(" ISOLATION LEVEL ");
            words.push_str(level.sql());
        }
        if options.read_only {
            words.push_str(" READ ONLY");
        }
        if options.deferrable {
            words.push_str(" DEFERRABLE");
        }
        self.command(&words).await?;
        self.in_transaction = true;
        self.failed = false;
        Ok(())
    }

    async fn commit_now(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Err(Error::usage("there is no transaction to commit"));
        }
        if self.failed {
            // The server would take it back on COMMIT as well, and call that a success.
            self.roll_back().await?;
            let message =
                "the transaction could not be committed, and was rolled back: one of its statements failed";
            return Err(Error::new(ErrorKind::Usage, message).with_code(error::FAILED_TRANSACTION));
        }
        // Whatever comes of it, the transaction is over.
        let result = self.command("COMMIT").await;
        self.cursor = None;
        self.in_transaction = false;
        self.failed = false;
        result
    }

    pub(crate) fn is_in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Whether the server will do nothing but roll back.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    fn send_rollback(&mut self) -> bool {
        // With it end those that the server keeps, and what is left of an answer goes to nobody.
        self.cursor = None;
        let sent = self.send_word("ROLLBACK");
        if sent {
            self.in_transaction = false;
            self.failed = false;
        }
        sent
    }

    /// Sends a word without waiting for the answer, which goes to nobody when it comes. Whatever is asked next, the server
    /// answers after that.
    pub(crate) fn send_word(&mut self, word: &str) -> bool {
        if self.busy || self.broken {
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

    /// Asks the server whether a transaction is open, after a text that may have begun or ended one.
    pub(crate) async fn look_for_transaction(&mut self) -> Result<()> {
        self.start()?;
        let result = self.time_stands_still().await.map_err(|failure| self.failure(failure));
        match &result {
            Err(error) if error.code() == Some(error::FAILED_TRANSACTION) => {
                self.end(Ok(()))?;
                self.in_transaction = true;
                self.failed = true;
                Ok(())
            }
            _ => {
                self.in_transaction = self.end(result)?;
                Ok(())
            }
        }
    }

    /// Whether the clock of transactions is behind that of statements. Asked in one message: with several, the two differ
    /// outside of a transaction as well.
    async fn time_stands_still(&mut self) -> Result<bool, Failure> {
        let (client, wire) = self.ends()?;
        let answers = wire.drive(client.simple_query("SELECT now() = statement_timestamp()")).await?;
        Ok(answers.iter().any(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("f"),
            _ => false,
        }))
    }

    async fn two_phase_step(&mut self, step: TwoPhase<'_>) -> Result<()> {
        match step {
            TwoPhase::Begin(_) => self.begin_now(TransactionOptions::default()).await,
            TwoPhase::Prepare(_) if self.failed => self.commit_now().await,
            TwoPhase::Prepare(xid) => {
                let result = self.command(&format!("PREPARE TRANSACTION {}", literal(xid)?)).await;
                // Where the server refuses, it has taken the transaction back.
                self.in_transaction = false;
                self.failed = false;
                result
            }
            TwoPhase::Abandon(_) => self.roll_back().await,
            TwoPhase::Commit(xid) => self.command(&format!("COMMIT PREPARED {}", literal(xid)?)).await,
            TwoPhase::Rollback(xid) => self.command(&format!("ROLLBACK PREPARED {}", literal(xid)?)).await,
            _ => Err(Error::new(ErrorKind::NotSupported, "this step is not known to the driver")),
        }
    }

    async fn roll_back(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Ok(());
        }
        self.cursor = None;
        let result = self.command("ROLLBACK").await;
        self.in_transaction = false;
        self.failed = false;
        result
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
            Ok(Execution::new(self.calm(result).await?, None))
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
            self.calm(result).await.map(|_| ())
        })
    }

    fn open_cursor<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        _: usize,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.open_cursor_now(sql, parameters))
    }

    fn fetch_cursor<'a>(&'a mut self, most: usize, sink: &'a mut RowSink<'a>) -> BoxFuture<'a, Result<bool>> {
        Box::pin(self.fetch_cursor_now(most, sink))
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
            self.calm(result).await
        })
    }

    fn insert_many<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.insert(insert, rows, sink))
    }

    fn bulk_load<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a mut dyn RowChunks,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(self.load(insert, rows))
    }

    fn pipeline<'a>(
        &'a mut self,
        steps: &'a [PipelineStep<'a>],
        sink: &'a mut dyn PipelineSink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.together(steps, sink))
    }

    /// Outside of a transaction the statements are one by themselves, unless the script says otherwise.
    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let result = self.script(sql).await;
            self.calm(result).await
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
        let client = self.client.as_ref()?;
        Some(Arc::new(Canceller::new(
            client.cancel_token(),
            self.connector.clone(),
            Arc::clone(&self.cancelled),
        )))
    }

    fn is_usable(&self) -> bool {
        let answering = self.cursor.as_ref().is_some_and(Cursor::is_answer);
        if self.busy || self.broken || answering || self.client.is_none() {
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
        let cancel = (self.busy || self.broken || answering).then(|| client.cancel_token());
        drop(client);
        let connector = self.connector.clone();
        let Ok(runtime) = crate::runtime::handle() else { return };
        runtime.spawn(async move {
            // What comes of it, and whether in time, is all the same: the socket is closed in any case.
            let _ = match cancel {
                Some(cancel) => tokio::time::timeout(GOODBYE_TIMEOUT, cancel::request(cancel, connector))
                    .await
                    .map(|_| ()),
                None => tokio::time::timeout(GOODBYE_TIMEOUT, wire.finish()).await,
            };
            drop(wire);
        });
    }
}

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConnection")
            .field("in_transaction", &self.in_transaction)
            .field("usable", &self.is_usable())
            .finish_non_exhaustive()
    }
}

/// Whether statements that were prepared before may give back something else now.
pub(crate) fn changes_schema(sql: &str) -> bool {
    ["ALTER", "DROP", "CREATE"].iter().any(|word| begins_with(sql, word))
}

/// Whether a statement is one of those that begin and end transactions, but for going back to a savepoint.
pub(crate) fn begins_or_ends(sql: &str) -> bool {
    let is = |word: &str| begins_with(sql, word);
    match sql.trim_start().as_bytes().first().map(u8::to_ascii_uppercase) {
        Some(b'B') => is("BEGIN"),
        Some(b'S') => is("START"),
        Some(b'C') => is("COMMIT"),
        Some(b'E') => is("END"),
        Some(b'A') => is("ABORT"),
        Some(b'P') => is("PREPARE"),
        Some(b'R') => {
            let second = sql.split_ascii_whitespace().find(|word| {
                !["rollback", "transaction", "work"].iter().any(|known| known.eq_ignore_ascii_case(word))
            });
            is("ROLLBACK") && !second.is_some_and(|word| word.eq_ignore_ascii_case("to"))
        }
        _ => false,
    }
}

/// Whether a script may begin or end a transaction. Bodies of functions and comments may look so, too.
fn mentions_transactions(sql: &str) -> bool {
    let mut words = sql.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.any(|word| {
        ["begin", "start", "commit", "end", "rollback", "abort", "prepare"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    })
}

/// A name as a text of SQL: statements about prepared transactions take no parameters.
fn literal(text: &str) -> Result<String> {
    check_nul(text)?;
    let escaped = text.replace('\'', "''");
    Ok(if text.contains('\\') {
        format!("E'{}'", escaped.replace('\\', "\\\\"))
    } else {
        format!("'{escaped}'")
    })
}

pub(crate) fn check_nul(sql: &str) -> Result<()> {
    match sql.find('\0') {
        Some(at) => Err(Error::new(
            ErrorKind::Programming,
            format!(
                "the statement has a NUL character at byte {at}, which PostgreSQL takes nowhere in its text"
            ),
        )),
        None => Ok(()),
    }
}

#[cold]
fn too_many(given: usize) -> Error {
    Error::new(
        ErrorKind::Programming,
        format!("PostgreSQL takes {} parameters in a statement, but {given} were given", u16::MAX),
    )
}

#[cold]
fn wrong_count(taken: usize, given: usize) -> Error {
    let plural = if taken == 1 { "" } else { "s" };
    Error::new(
        ErrorKind::Programming,
        format!("the statement takes {taken} parameter{plural}, but {given} were given"),
    )
}
