//! What `COPY … TO STDOUT` yields, piece by piece, as somebody asks for it.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aludel_engine::error::Result;
use aludel_engine::{BoxFuture, Connection};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio_postgres::{Client, Error as PgError};

use crate::connection::PostgresConnection;
use crate::copy::{PIECE, TO_STDOUT, check, is_another_message, own};
use crate::pipeline::Failure;
use crate::wire::Wire;

/// The bytes of a `COPY … TO STDOUT` as they come: [`Copy::copy_out_stream`](crate::Copy::copy_out_stream) makes it. It is a
/// [`Stream`] as well, for those who want combinators, or the body of a response.
///
/// Nothing is sent before the first piece is asked for, and nothing is read from the server before the one in front of it was
/// taken: who takes them slowly slows the server down, and not the program's memory. Pieces are of any length, mostly many
/// rows, and mostly end with one.
///
/// The future of [`next`](Self::next) may be dropped, as `select!` does, and nothing is lost. A stream that is dropped before
/// its end costs the connection, and the transaction that is open on it; the server is told to stop.
#[must_use = "nothing is copied before the first piece is asked for"]
pub struct CopyOut<'c> {
    state: State<'c>,
}

enum State<'c> {
    /// Nothing was sent yet.
    New(&'c mut Connection, Box<str>),
    Opening(BoxFuture<'c, Result<Box<Reading<'c>>>>),
    Reading(Box<Reading<'c>>),
    /// What ended it is looked into.
    Ending(BoxFuture<'c, Result<()>>),
    Over,
}

/// A copy whose bytes are on their way.
struct Reading<'c> {
    connection: &'c mut PostgresConnection,
    statement: Box<str>,
    bytes: Answer,
    /// What comes behind the piece that was given out last.
    end: Option<Result<(), tokio_postgres::Error>>,
}

/// What the server answers to a `COPY … TO STDOUT`.
pub(crate) struct Answer {
    bytes: Pin<Box<tokio_postgres::CopyOutStream>>,
    /// Messages that are still to come behind the last bytes: that the command is complete, and that the server is ready for
    /// another one. In between are the triggers, which check foreign keys, too, and the commit.
    behind: Option<u8>,
}

impl Answer {
    pub(crate) async fn open(
        client: &Client,
        wire: &mut Wire,
        statement: &str,
    ) -> std::result::Result<Self, PgError> {
        let bytes = wire.drive(client.copy_out(statement)).await?;
        Ok(Answer { bytes: Box::pin(bytes), behind: None })
    }

    /// Some bytes more, or `None` where the server has said that everything went well. Nothing comes behind that, or an error.
    pub(crate) fn poll_next(
        &mut self,
        wire: &mut Wire,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Bytes, PgError>>> {
        wire.poll_answer(context, |context| self.poll_alone(context))
    }

    fn poll_alone(&mut self, context: &mut Context<'_>) -> Poll<Option<std::result::Result<Bytes, PgError>>> {
        loop {
            let polled = ready!(self.bytes.as_mut().poll_next(context));
            match (&mut self.behind, polled) {
                // tokio-postgres listens no further.
                (None, None) => self.behind = Some(2),
                (Some(2..), Some(Err(error))) if is_another_message(&error) => self.behind = Some(1),
                (Some(_), Some(Err(error))) if is_another_message(&error) => return Poll::Ready(None),
                (_, polled) => return Poll::Ready(polled),
            }
        }
    }
}

impl<'c> CopyOut<'c> {
    pub(crate) fn new(connection: &'c mut Connection, statement: &str) -> Self {
        CopyOut { state: State::New(connection, statement.into()) }
    }

    /// The next piece, or `None` behind the last.
    ///
    /// # Errors
    /// Where the connection is not one to PostgreSQL, the statement is another one, or the server refuses it or fails in it.
    /// Nothing comes behind it.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_piece(context)).await.transpose()
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            match &mut self.state {
                State::Over => return Poll::Ready(None),
                State::New(..) => {
                    if let State::New(connection, statement) = std::mem::replace(&mut self.state, State::Over)
                    {
                        self.state = State::Opening(Box::pin(open(connection, statement)));
                    }
                }
                State::Opening(opening) => {
                    let opened = ready!(opening.as_mut().poll(context));
                    self.state = State::Over;
                    match opened {
                        Ok(reading) => self.state = State::Reading(reading),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::Reading(reading) => {
                    if let Some(piece) = ready!(reading.poll_piece(context)) {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                    if let State::Reading(reading) = std::mem::replace(&mut self.state, State::Over) {
                        self.state = State::Ending(reading.end());
                    }
                }
                State::Ending(ending) => {
                    let ended = ready!(ending.as_mut().poll(context));
                    self.state = State::Over;
                    return Poll::Ready(ended.err().map(Err));
                }
            }
        }
    }
}

async fn open<'c>(connection: &'c mut Connection, statement: Box<str>) -> Result<Box<Reading<'c>>> {
    let connection = own(connection).await?;
    check(&statement, TO_STDOUT)?;
    connection.start().await?;
    let opened = match connection.ends() {
        Ok((client, wire)) => Answer::open(client, wire, &statement).await.map_err(Failure::from),
        Err(error) => Err(error.into()),
    };
    match opened {
        Ok(bytes) => Ok(Box::new(Reading { connection, statement, bytes, end: None })),
        Err(failure) => {
            let failed = connection.copied(Err(failure), &statement);
            connection.settled(failed).await
        }
    }
}

impl<'c> Reading<'c> {
    /// What has come by now, in one piece; `None` at the end.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.end.is_some() {
            return Poll::Ready(None);
        }
        let first = match ready!(self.poll_bytes(context)) {
            Some(first) if first.len() < PIECE => first,
            first => return Poll::Ready(first),
        };
        // The server sends each row by itself.
        let mut piece: Option<BytesMut> = None;
        while piece.as_ref().map_or(first.len(), BytesMut::len) < PIECE
            && let Poll::Ready(Some(more)) = self.poll_bytes(context)
        {
            piece.get_or_insert_with(|| BytesMut::from(&first[..])).extend_from_slice(&more);
        }
        Poll::Ready(Some(piece.map_or(first, BytesMut::freeze)))
    }

    /// What the server has sent at a time.
    fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let polled = match self.connection.ends() {
            Ok((_, wire)) => self.bytes.poll_next(wire, context),
            // Its sender is gone as well, so the answer has an end.
            Err(_) => self.bytes.poll_alone(context),
        };
        match ready!(polled) {
            Some(Ok(bytes)) => Poll::Ready(Some(bytes)),
            end => {
                self.end = Some(end.map_or(Ok(()), |failed| failed.map(drop)));
                Poll::Ready(None)
            }
        }
    }

    /// Sees that the connection knows of the end.
    fn end(self) -> BoxFuture<'c, Result<()>> {
        let Reading { connection, statement, end, .. } = self;
        let ended = connection.copied(end.unwrap_or(Ok(())).map_err(Failure::from), &statement);
        Box::pin(connection.settled(ended))
    }
}

impl Stream for CopyOut<'_> {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.get_mut().poll_piece(context)
    }
}

impl fmt::Debug for CopyOut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::New(..) => "not begun",
            State::Opening(_) | State::Reading(_) | State::Ending(_) => "under way",
            State::Over => "over",
        };
        f.debug_struct("CopyOut").field("state", &state).finish()
    }
}
