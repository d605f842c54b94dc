//! A connection, and whether what an operation left behind can be trusted.

mod leaving;
mod raw;

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use aludel_engine::driver::RawConnection;
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::Dialect;
use tokio_postgres::Client;

pub(crate) use self::leaving::room_for_another;
use crate::cancel::{Requests, Stop};
use crate::cursor::{Cursor, one_is_open};
use crate::notify::Notification;
use crate::options::Options;
use crate::pipeline::Failure;
use crate::place::Place;
use crate::statements::Statements;
use crate::tls::Connector;
use crate::wire::Wire;
use crate::{error, hosts, runtime};

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
            // Not asked twice where it was open already: a request since then is meant for what begins here.
            if !self.requests.open() {
                self.broken = true;
                return Err(Error::new(
                    ErrorKind::Disconnect,
                    "the server was asked to stop an earlier statement and may still do so to a later one, so this connection \
                     can't be used any more",
                ));
            }
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

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConnection")
            .field("in_transaction", &self.in_transaction)
            .field("usable", &self.is_usable())
            .finish_non_exhaustive()
    }
}
