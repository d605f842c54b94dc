//! The contract between the engine and a database's driver.
//!
//! A driver is object-safe on both levels, so that it can come from another crate. Every future must be `Send` and
//! must not need a particular runtime to make progress unless the driver says so in its documentation.

mod features;
mod load;
mod many;
mod pipeline;
mod replication;
mod search;
mod statements;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::encode::ParameterRows;
use aludel_sql::{Dialect, ValueRef};

pub use self::features::DriverFeatures;
pub use self::load::{RowChunks, load_by_inserts};
pub use self::many::ManyInsert;
pub use self::pipeline::{PipelineSink, PipelineStep, in_step, pipeline_one_by_one};
pub use self::replication::{Position, Replication, ServerState};
pub use self::search::{Hosts, Search, TargetServer};
pub use self::statements::StatementCache;
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::Inspector;
pub use crate::options::{IsolationLevel, TransactionOptions};
pub use crate::pool::PoolOptions;

/// A future behind a pointer, as object-safe traits hand it out.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Takes rows as they arrive; [`ControlFlow::Break`] ends the query early.
pub type RowSink<'a> = dyn FnMut(&dyn Row) -> std::result::Result<ControlFlow<()>, DecodeError> + Send + 'a;

/// A way to reach one database: what a URL turns into. Mirrors SQLAlchemy's `Dialect.connect` side.
pub trait Driver: Send + Sync + fmt::Debug {
    /// The dialect to compile for before any connection was made.
    fn dialect(&self) -> Arc<dyn Dialect>;

    /// Opens a connection.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>>;

    /// The pool that suits the database where the user says nothing.
    fn pool_options(&self) -> PoolOptions {
        PoolOptions::default()
    }

    /// Where the connection goes, for messages: a URL without its password.
    fn describe(&self) -> String;

    /// Where the connection goes, in parts, for traces.
    fn address(&self) -> Address {
        Address::default()
    }
}

/// Where connections go, in OpenTelemetry's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// `db.namespace`: the database's name, or its file.
    pub namespace: Option<String>,
    /// `server.address`: the host, or the path of a socket; all of them with their ports where there are several.
    pub host: Option<String>,
    /// `server.port`.
    pub port: Option<u16>,
}

impl Address {
    /// What a URL names.
    pub fn of_url(url: &crate::DatabaseUrl) -> Self {
        let hosts = url.hosts().unwrap_or_default();
        let (host, port) = match hosts.as_slice() {
            [] => (None, None),
            [only] => (only.host.clone(), only.port),
            several => {
                let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                (Some(several.join(",")), None)
            }
        };
        Address { namespace: url.database().map(str::to_owned), host, port }
    }
}

/// A step of a transaction whose commit is prepared first, so that several databases can decide together. Mirrors
/// SQLAlchemy's `begin_twophase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TwoPhase<'x> {
    /// Begins a transaction of this name.
    Begin(&'x str),
    /// Prepares the transaction that is open under this name; it outlives the connection from then on.
    Prepare(&'x str),
    /// Takes the changes of the transaction back that is open under this name.
    Abandon(&'x str),
    /// Makes the changes of a prepared transaction last.
    Commit(&'x str),
    /// Takes the changes of a prepared transaction back.
    Rollback(&'x str),
}

/// What a statement without rows did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Execution {
    /// How many rows were changed.
    pub rows_affected: u64,
    /// The key of the last inserted row, where the database tells it.
    pub last_insert_id: Option<i64>,
}

impl Execution {
    /// What a driver reports.
    pub fn new(rows_affected: u64, last_insert_id: Option<i64>) -> Self {
        Execution { rows_affected, last_insert_id }
    }
}

/// Takes what each of many runs of one statement gives back.
pub trait ManySink: Send {
    /// A row that the run with these parameters returned.
    ///
    /// # Errors
    /// Where the row can't be read; the remaining runs are left out and the error is passed on.
    fn returned(&mut self, run: usize, row: &dyn Row) -> std::result::Result<(), DecodeError>;

    /// The run is over.
    fn done(&mut self, run: usize, execution: Execution);
}

/// Nothing is of interest.
impl ManySink for () {
    fn returned(&mut self, _: usize, _: &dyn Row) -> std::result::Result<(), DecodeError> {
        Ok(())
    }

    fn done(&mut self, _: usize, _: Execution) {}
}

/// Stops the statement that runs on a connection, whoever holds that.
pub trait Cancel: Send + Sync + fmt::Debug {
    /// Asks for it. The statement then fails with [`Cancelled`](ErrorKind::Cancelled), and its connection stays usable.
    /// The future is done when the request was delivered.
    fn cancel(&self) -> BoxFuture<'static, Result<()>>;

    /// An operation has ended, or another one begins: earlier requests mean nothing that comes.
    fn forget(&self) {}

    /// Whether a request can't meet a later statement: because it acts before [`cancel`](Self::cancel) returns, or because later
    /// statements wait for it. Otherwise, a connection with a request that may still come is not handed on.
    fn is_exact(&self) -> bool {
        false
    }

    /// Whether no request is under way, for which a later statement would have to wait, or which it could meet. A connection with
    /// one is not handed on, and its loss says nothing about others.
    fn is_settled(&self) -> bool {
        true
    }
}

/// One connection, as its driver holds it.
///
/// The engine never uses one from two tasks at once. A future that is dropped before its end leaves the connection
/// suspect: [`is_usable`](Self::is_usable) must tell the truth afterwards, because the pool asks it before it hands
/// the connection on.
pub trait RawConnection: Send + fmt::Debug {
    /// The dialect, with the facts of this server's version.
    fn dialect(&self) -> Arc<dyn Dialect>;

    /// What the connection can do beyond what every one can.
    fn features(&self) -> DriverFeatures {
        DriverFeatures::default()
    }

    /// The driver's own type, for what only one database has: the driver's crate says what to downcast it to. A wrapper
    /// passes on what is inside of it. Mirrors SQLAlchemy's `driver_connection`.
    fn driver_connection(&mut self) -> &mut dyn Any;

    /// Runs a statement that yields no rows (rows that it yields all the same are dropped).
    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>>;

    /// Runs a statement that yields rows.
    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>>;

    /// Runs a statement whose rows stay where they are until [`fetch_cursor`](Self::fetch_cursor) asks for them. `batch`
    /// is how many it will ask for at a time. A connection has one such cursor at most.
    ///
    /// # Errors
    /// [`NotSupported`](ErrorKind::NotSupported) where [`DriverFeatures::streaming`] is off.
    fn open_cursor<'a>(
        &'a mut self,
        _sql: &'a str,
        _parameters: &'a [ValueRef<'a>],
        _batch: usize,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Err(no_cursors())))
    }

    /// Hands on the next rows of the cursor, at most `most` of them, and tells whether there may be more. Where there are
    /// none, the cursor is closed already. After an error, or where the sink wants no more, whoever asked closes it.
    fn fetch_cursor<'a>(
        &'a mut self,
        _most: usize,
        _sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(std::future::ready(Err(no_cursors())))
    }

    /// Ends the cursor before its end; the connection is as clean afterwards as after any other statement. Nothing
    /// happens where none is open. A statement that writes is heard to its end.
    fn close_cursor(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// The same without waiting, where the driver can; it is called from `drop`. `false` means that it can't, and
    /// [`close_cursor`](Self::close_cursor) is called before anything else, or the pool closes the connection.
    fn close_cursor_now(&mut self) -> bool {
        true
    }

    /// Runs one statement for every row of parameters, in order, and stops at the first error.
    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>>;

    /// Inserts many rows, in order, by whatever is fastest: where the database takes several rows in one statement, the
    /// insert may be made into such a one. The sink hears of each row in order, as if the insert had run once for each;
    /// the error of a row that is refused says which one it is.
    ///
    /// Outside of a transaction all rows are inserted, or none is.
    fn insert_many<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        self.execute_many(insert.sql(), rows, sink)
    }

    /// Loads rows that come bit by bit, and tells how many were loaded. All of them are, or none is; where no transaction
    /// is open, that takes one of its own. Who has a way that is faster than inserts says so in
    /// [`DriverFeatures::bulk_load`].
    fn bulk_load<'a>(
        &'a mut self,
        insert: ManyInsert<'a>,
        rows: &'a mut dyn RowChunks,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(load_by_inserts(self, insert, rows))
    }

    /// Runs independent statements, in order. Who sends them all before the first one is answered says so in
    /// [`DriverFeatures::pipelining`]. Outside of a transaction they are one by themselves: an error takes all of them
    /// back. [`in_step`] tells which one an error is about.
    fn pipeline<'a>(
        &'a mut self,
        steps: &'a [PipelineStep<'a>],
        sink: &'a mut dyn PipelineSink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(pipeline_one_by_one(self, steps, sink))
    }

    /// Runs several statements in one text, without parameters and without results.
    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>>;

    /// Begins a transaction.
    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>>;

    /// Makes the transaction's changes last.
    fn commit(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Takes the transaction's changes back.
    fn rollback(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Whether a transaction is open, as far as the driver knows.
    fn in_transaction(&self) -> bool;

    /// Takes an open transaction back without waiting, where the driver can; it is called from `drop`. `false` means
    /// that it can't, and the pool closes the connection instead, which has the same effect on the server.
    fn rollback_now(&mut self) -> bool {
        false
    }

    /// Whether the next user may have the connection.
    fn is_usable(&self) -> bool;

    /// Asks the server whether it still answers.
    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.execute("SELECT 1", &[]).await.map(|_| ()) })
    }

    /// Takes a step of a transaction in two phases.
    fn two_phase<'a>(&'a mut self, _: TwoPhase<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Err(no_two_phase())))
    }

    /// The names of the transactions that are prepared and wait for their end.
    fn prepared(&mut self) -> BoxFuture<'_, Result<Vec<String>>> {
        Box::pin(std::future::ready(Err(no_two_phase())))
    }

    /// How this server stands to others that hold the same data. `None` where the database knows no such thing, so that
    /// what is read through one connection is as recent as through another.
    fn replication(&mut self) -> Option<Box<dyn Replication + '_>> {
        None
    }

    /// What stops a statement of this connection from elsewhere; `None` where the driver can't do that.
    fn canceller(&mut self) -> Option<Arc<dyn Cancel>> {
        None
    }

    /// Lets the next statement run until then at the most. `false` means that the driver does not look at the clock: the
    /// engine does it instead, and has the statement [cancelled](Self::canceller). A driver whose statements keep the
    /// thread until they are done has to do it by itself. A statement that is stopped fails with
    /// [`Timeout`](ErrorKind::Timeout).
    fn stop_next_at(&mut self, deadline: Instant) -> bool {
        let _ = deadline;
        false
    }

    /// Reads the schema.
    fn inspector(&mut self) -> Box<dyn Inspector + '_>;

    /// Ends the connection in an orderly way.
    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>>;
}

#[cold]
fn no_cursors() -> Error {
    Error::new(
        ErrorKind::NotSupported,
        "the driver of this database can't read rows bit by bit: ask for all of them, or for one page after the other with \
         a `LIMIT`",
    )
}

#[cold]
fn no_two_phase() -> Error {
    Error::new(ErrorKind::NotSupported, "this database has no transactions in two phases")
}
