//! A connection from its first statement to its end, and whether what an operation left behind can be trusted.

use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use aludel_engine::driver::{
    BoxFuture, Cancel, DriverFeatures, Execution, ManyInsert, ManySink, RawConnection, Replication,
    RowChunks, RowSink, TransactionOptions, TwoPhase, load_by_inserts,
};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::inspect::Inspector;
use aludel_sql::decode::{FromRow, Row, RowReader};
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Dialect, ValueRef};
use mysql_async::Opts;
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable;
use tokio::sync::oneshot;

use crate::cancel::Canceller;
use crate::cursor::{Cursor, one_is_open};
use crate::error::{self, Failure};
use crate::inspect::MysqlInspector;
use crate::link::Link;
use crate::replication::MysqlReplication;
use crate::runtime::{Home, abandon, retire, within};
use crate::server::Server;

pub(crate) type Attempt<T> = std::result::Result<T, Failure>;

/// An open connection.
pub(crate) struct MysqlConnection {
    /// `None` while the connection is being closed, or is on its way back from taking a transaction back.
    raw: Option<Link>,
    /// Where it comes back from there; it doesn't where that failed.
    returning: Option<oneshot::Receiver<Link>>,
    pub(crate) home: Home,
    pub(crate) server: Server,
    dialect: Arc<dyn Dialect>,
    /// How the server is greeted, for what stops a statement of this connection.
    opts: Opts,
    /// Bulk loads go by `LOAD DATA LOCAL`.
    local_infile: bool,
    /// The server has an open transaction, as its last answer says.
    pub(crate) transaction: bool,
    /// A transaction in two phases is open or prepared on this connection.
    pub(crate) xa: bool,
    /// The server was chosen because it takes writes.
    expects_writes: bool,
    /// The statement whose rows are read bit by bit.
    cursor: Option<Cursor>,
    /// An operation has begun and not ended: either it is under way, or its future was dropped.
    midway: bool,
    /// The connection is lost.
    pub(crate) broken: bool,
}

impl MysqlConnection {
    pub(crate) fn new(raw: Link, server: Server, opts: Opts, local_infile: bool) -> Self {
        MysqlConnection {
            raw: Some(raw),
            returning: None,
            home: Home::here(),
            server,
            dialect: server.dialect(),
            opts,
            local_infile,
            transaction: false,
            xa: false,
            expects_writes: false,
            cursor: None,
            midway: false,
            broken: false,
        }
    }

    /// What answers at the other end.
    pub(crate) fn server(&self) -> Server {
        self.server
    }

    /// Where a server that takes writes was asked for, one that refuses them is taken for lost, so that another one is
    /// looked for.
    pub(crate) fn expect_writes(&mut self, expected: bool) {
        self.expects_writes = expected;
    }

    /// Begins an operation. Until [`end`](Self::end), the connection is suspect.
    pub(crate) async fn start(&mut self) -> Attempt<&mut Link> {
        if let Some(returning) = &mut self.returning {
            let returned = returning.await.ok();
            self.returning = None;
            self.broken |= returned.is_none();
            self.raw = returned;
        }
        if self.cursor.is_some() {
            return Err(Failure::Own(one_is_open()));
        }
        if !self.is_usable() {
            return Err(Failure::Own(Error::new(
                ErrorKind::Disconnect,
                "the connection can't be used any more: it was lost, or the future of an earlier operation was dropped \
                 before its end",
            )));
        }
        match &mut self.raw {
            Some(raw) => {
                self.midway = true;
                Ok(raw)
            }
            None => Err(Failure::Own(Error::usage("the connection was closed"))),
        }
    }

    /// Ends an operation: notes what it did to the connection, and turns a failure into an error.
    pub(crate) fn end<T>(&mut self, result: Attempt<T>, sql: Option<&str>) -> Result<T> {
        // A refusal to start leaves the connection as it is.
        let Some(raw) = self.raw.as_ref().filter(|_| self.midway && !self.broken) else {
            return result.map_err(Failure::into_error);
        };
        let demoted = self.expects_writes && result.as_ref().is_err_and(|failure| failure.says_read_only());
        match &result {
            Ok(_) => {
                if let Some(answer) = raw.last_ok_packet() {
                    self.transaction = answer.status_flags().contains(StatusFlags::SERVER_STATUS_IN_TRANS);
                }
            }
            Err(failure) => {
                self.broken |= failure.is_fatal() || raw.is_disconnected() || demoted;
                self.transaction &= !failure.ends_transaction();
            }
        }
        self.midway = false;
        result.map_err(|failure| {
            let mut error = failure.into_error();
            if demoted {
                error = error
                    .with_kind(ErrorKind::Disconnect)
                    .context("the server takes no writes any more, so the connection is given up");
            }
            match sql {
                Some(sql) => error.with_statement(sql),
                None => error,
            }
        })
    }

    /// Ends an operation that leaves rows behind to be read.
    pub(crate) fn pause(&mut self, cursor: Option<Cursor>) {
        self.cursor = cursor;
        self.midway = false;
    }

    pub(crate) fn take_cursor(&mut self) -> Option<Cursor> {
        self.cursor.take()
    }

    pub(crate) fn is_midway(&self) -> bool {
        self.midway
    }

    /// Lends the connection to the background thread, where it can be lent.
    pub(crate) fn take_raw(&mut self) -> Option<Link> {
        if self.is_usable() { self.raw.take() } else { None }
    }

    /// The same whatever became of an earlier loan: the connection, or where it comes back from there.
    pub(crate) fn take_wherever(&mut self) -> (Option<Link>, Option<oneshot::Receiver<Link>>) {
        (self.raw.take(), self.returning.take())
    }

    /// Where it comes back from there.
    pub(crate) fn comes_back(&mut self, returning: oneshot::Receiver<Link>) {
        self.returning = Some(returning);
    }

    async fn ping_now(&mut self) -> Result<()> {
        let result = match self.start().await {
            Ok(raw) => raw.ping().await.map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        self.end(result, None)
    }

    async fn close(mut self: Box<Self>) -> Result<()> {
        if let Some(returning) = self.returning.take() {
            self.raw = returning.await.ok();
        }
        match self.raw.take() {
            Some(raw) if self.is_usable() => raw.into_conn().disconnect().await.map_err(error::translate),
            Some(raw) => {
                retire(raw.into_conn(), false);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl RawConnection for MysqlConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn features(&self) -> DriverFeatures {
        let mut features = DriverFeatures::default();
        features.two_phase = true;
        features.streaming = true;
        features.cancel = true;
        features.bulk_load = self.local_infile;
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
        within(self.home.runtime(), Box::pin(MysqlConnection::execute(self, sql, parameters)))
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        within(self.home.runtime(), Box::pin(MysqlConnection::fetch(self, sql, parameters, sink)))
    }

    fn open_cursor<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        _: usize,
    ) -> BoxFuture<'a, Result<()>> {
        within(self.home.runtime(), Box::pin(self.open_cursor_now(sql, parameters)))
    }

    fn fetch_cursor<'a>(&'a mut self, most: usize, sink: &'a mut RowSink<'a>) -> BoxFuture<'a, Result<bool>> {
        within(self.home.runtime(), Box::pin(self.fetch_cursor_now(most, sink)))
    }

    fn close_cursor(&mut self) -> BoxFuture<'_, Result<()>> {
        within(self.home.runtime(), Box::pin(self.end_cursor()))
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
        within(self.home.runtime(), Box::pin(self.many(sql, rows, sink)))
    }

    fn insert_many<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        within(self.home.runtime(), Box::pin(self.insert(insert, rows, sink)))
    }

    fn bulk_load<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a mut dyn RowChunks,
    ) -> BoxFuture<'a, Result<u64>> {
        match self.local_infile {
            true => within(self.home.runtime(), Box::pin(self.load(insert, rows))),
            false => Box::pin(load_by_inserts(self, insert, rows)),
        }
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        within(self.home.runtime(), Box::pin(self.text(sql)))
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        within(self.home.runtime(), Box::pin(self.begin_now(options)))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        within(self.home.runtime(), Box::pin(self.text("COMMIT")))
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        within(self.home.runtime(), Box::pin(self.text("ROLLBACK")))
    }

    fn in_transaction(&self) -> bool {
        self.transaction || self.xa
    }

    fn canceller(&mut self) -> Option<Arc<dyn Cancel>> {
        // While it takes a transaction back, there is nothing to stop.
        let session = self.raw.as_ref()?.id();
        Some(Arc::new(Canceller::new(self.opts.clone(), session)))
    }

    /// What the server did meanwhile is not seen: only a ping finds that out.
    fn is_usable(&self) -> bool {
        !self.midway && !self.broken && self.cursor.is_none() && self.home.is_there()
    }

    fn rollback_now(&mut self) -> bool {
        self.send_rollback()
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        within(self.home.runtime(), Box::pin(self.ping_now()))
    }

    fn two_phase<'a>(&'a mut self, step: TwoPhase<'a>) -> BoxFuture<'a, Result<()>> {
        within(self.home.runtime(), Box::pin(self.two_phase_step(step)))
    }

    fn prepared(&mut self) -> BoxFuture<'_, Result<Vec<String>>> {
        within(
            self.home.runtime(),
            Box::pin(async move {
                let mut names = Vec::new();
                let mut sink = |row: &dyn Row| {
                    // The format, two lengths, and the name, which need not be text.
                    let (_, _, _, name) = <(i64, i64, i64, Vec<u8>)>::from_row(&mut RowReader::new(row))?;
                    names.push(String::from_utf8_lossy(&name).into_owned());
                    Ok(ControlFlow::Continue(()))
                };
                MysqlConnection::fetch(self, "XA RECOVER", &[], &mut sink).await?;
                Ok(names)
            }),
        )
    }

    fn replication(&mut self) -> Option<Box<dyn Replication + '_>> {
        Some(Box::new(MysqlReplication(self)))
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        Box::new(MysqlInspector::new(self))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        within(self.home.runtime(), Box::pin(MysqlConnection::close(self)))
    }
}

impl Drop for MysqlConnection {
    fn drop(&mut self) {
        match self.raw.take() {
            Some(raw) if self.midway && !self.broken => abandon(raw.into_conn()),
            Some(raw) => retire(raw.into_conn(), self.is_usable()),
            None => {}
        }
    }
}

impl fmt::Debug for MysqlConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlConnection")
            .field("server", &self.server)
            .field("id", &self.raw.as_ref().map(|raw| raw.id()))
            .field("in_transaction", &self.transaction)
            .field("usable", &self.is_usable())
            .finish_non_exhaustive()
    }
}
