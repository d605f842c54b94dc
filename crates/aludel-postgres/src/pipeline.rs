//! Requests to the server: one, or many that are sent before the first is answered.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::task::Poll;

use aludel_engine::Error;
use aludel_engine::driver::BoxFuture;
use aludel_sql::decode::DecodeError;
use futures_core::Stream;
use tokio_postgres::{Client, Error as PgError, RowStream};

use crate::codec::PostgresRow;
use crate::parameter::Parameter;
use crate::statements::Prepared;

/// Requests that are on their way at the same time.
const WINDOW: usize = 128;

/// What went wrong with a request.
pub(crate) enum Failure {
    Postgres(PgError),
    Decode(DecodeError),
    /// It did not come as far as the server.
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Other(error)
    }
}

impl From<PgError> for Failure {
    fn from(error: PgError) -> Self {
        Failure::Postgres(error)
    }
}

/// Takes rows; `Break` ends the reading, not the statement.
pub(crate) type EachRow<'a> = dyn FnMut(&PostgresRow<'_>) -> Result<ControlFlow<()>, DecodeError> + Send + 'a;

/// Runs a statement and counts the rows that it changed.
pub(crate) async fn run<'p, I>(
    client: &Client,
    prepared: &Prepared,
    parameters: I,
    each: &mut EachRow<'_>,
) -> Result<u64, Failure>
where
    I: IntoIterator<Item = Parameter<'p>> + Send,
    I::IntoIter: ExactSizeIterator + Send,
{
    let stream = client.query_raw(&prepared.statement, parameters).await?;
    read(prepared, pin!(stream), each).await
}

/// Reads an answer to its end. Rows that nobody wants are passed over, so that what the server says behind them is
/// heard, and nobody takes a statement for done that failed later on.
pub(crate) async fn read(
    prepared: &Prepared,
    mut stream: Pin<&mut RowStream>,
    each: &mut EachRow<'_>,
) -> Result<u64, Failure> {
    let mut wanted = true;
    let mut refused = None;
    while let Some(row) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        let row = row?;
        if !wanted {
            continue;
        }
        match each(&PostgresRow::new(&row, &prepared.columns)) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => wanted = false,
            Err(error) => {
                wanted = false;
                refused = Some(error);
            }
        }
    }
    match refused {
        Some(error) => Err(Failure::Decode(error)),
        None if prepared.only_reads => Ok(0),
        None => Ok(stream.rows_affected().unwrap_or(0)),
    }
}

/// Takes what each run gives back.
pub(crate) trait EachRun: Send {
    fn row(&mut self, run: usize, row: &PostgresRow<'_>) -> Result<(), DecodeError>;
    fn done(&mut self, run: usize, changed: u64);
}

/// Runs a statement once for each of the lists of parameters from `next` up to `end`, in order. Requests go out ahead of
/// the answers, so that the way to the server is paid for once per [`WINDOW`]; runs behind one that fails may have been
/// sent, too, so the caller sees to it that they are all in one transaction. `next` is the run that is waited for.
pub(crate) async fn run_many<'p, I>(
    client: &Client,
    prepared: &Prepared,
    next: &mut usize,
    end: usize,
    parameters: impl Fn(usize) -> I + Send,
    each: &mut dyn EachRun,
) -> Result<(), Failure>
where
    I: IntoIterator<Item = Parameter<'p>> + Send,
    I::IntoIter: ExactSizeIterator + Send,
{
    let mut under_way: VecDeque<Request<'_, RowStream>> =
        VecDeque::with_capacity(WINDOW.min(end.saturating_sub(*next)));
    let mut sent = *next;
    while *next < end {
        while sent < end && under_way.len() < WINDOW {
            under_way.push_back(Request::send(client.query_raw(&prepared.statement, parameters(sent))).await);
            sent += 1;
        }
        let Some(request) = under_way.pop_front() else { break };
        let stream = request.answer().await?;
        let run = *next;
        let mut row = |row: &PostgresRow<'_>| each.row(run, row).map(|()| ControlFlow::Continue(()));
        let changed = read(prepared, pin!(stream), &mut row).await?;
        each.done(run, changed);
        *next += 1;
    }
    Ok(())
}

/// A request that was sent, or is about to be.
pub(crate) enum Request<'c, T> {
    Sent(BoxFuture<'c, Result<T, PgError>>),
    Answered(Result<T, PgError>),
}

impl<'c, T> Request<'c, T> {
    /// Sends a request. Its answer may already be there, where it failed on this side.
    pub(crate) async fn send(future: impl Future<Output = Result<T, PgError>> + Send + 'c) -> Self {
        let mut future: BoxFuture<'c, _> = Box::pin(future);
        // It is sent when it is first looked at.
        let first = poll_fn(|context| {
            Poll::Ready(match future.as_mut().poll(context) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            })
        })
        .await;
        first.map_or(Request::Sent(future), Request::Answered)
    }

    /// Waits for the answer.
    pub(crate) async fn answer(self) -> Result<T, PgError> {
        match self {
            Request::Sent(future) => future.await,
            Request::Answered(answer) => answer,
        }
    }
}
