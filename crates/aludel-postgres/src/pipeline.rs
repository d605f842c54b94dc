//! Requests to the server: one, or many that are sent before the first is answered.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use aludel_engine::Error;
use aludel_engine::driver::BoxFuture;
use aludel_sql::decode::DecodeError;
use futures_core::Stream;
use tokio_postgres::{Client, Error as PgError, RowStream};

use crate::codec::{Parameter, PostgresRow};
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
async fn read(
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
        match each(&PostgresRow::new(&row, &prepared.classes)) {
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

/// Runs a statement once for each of `count` lists of parameters, in order. Requests go out ahead of the answers, so
/// that the way to the server is paid for once per [`WINDOW`]; runs behind one that fails may have been sent, too, so
/// the caller sees to it that they are all in one transaction.
pub(crate) async fn run_many<'p, I>(
    client: &Client,
    prepared: &Prepared,
    count: usize,
    parameters: impl Fn(usize) -> I + Send,
    each: &mut dyn EachRun,
) -> Result<(), Failure>
where
    I: IntoIterator<Item = Parameter<'p>> + Send,
    I::IntoIter: ExactSizeIterator + Send,
{
    let mut under_way: VecDeque<Request<'_>> = VecDeque::with_capacity(WINDOW.min(count));
    let mut sent = 0;
    for run in 0..count {
        while sent < count && under_way.len() < WINDOW {
            let mut request = Request::new(client.query_raw(&prepared.statement, parameters(sent)));
            // It is sent when it is first looked at.
            poll_fn(|context| {
                request.look(context);
                Poll::Ready(())
            })
            .await;
            under_way.push_back(request);
            sent += 1;
        }
        let Some(mut request) = under_way.pop_front() else { break };
        let stream = poll_fn(|context| request.answer(context)).await?;
        let mut row = |row: &PostgresRow<'_>| each.row(run, row).map(|()| ControlFlow::Continue(()));
        let changed = read(prepared, pin!(stream), &mut row).await?;
        each.done(run, changed);
    }
    Ok(())
}

/// A request that was sent, or is about to be.
enum Request<'c> {
    Sent(BoxFuture<'c, Result<RowStream, PgError>>),
    Answered(Option<Result<RowStream, PgError>>),
}

impl<'c> Request<'c> {
    fn new(future: impl Future<Output = Result<RowStream, PgError>> + Send + 'c) -> Self {
        Request::Sent(Box::pin(future))
    }

    fn look(&mut self, context: &mut Context<'_>) {
        if let Request::Sent(future) = self
            && let Poll::Ready(answer) = future.as_mut().poll(context)
        {
            *self = Request::Answered(Some(answer));
        }
    }

    /// To be polled until it is ready, and not again.
    fn answer(&mut self, context: &mut Context<'_>) -> Poll<Result<RowStream, PgError>> {
        self.look(context);
        match self {
            Request::Answered(answer) => answer.take().map_or(Poll::Pending, Poll::Ready),
            Request::Sent(_) => Poll::Pending,
        }
    }
}
