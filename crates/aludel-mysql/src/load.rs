//! Bulk loads by `LOAD DATA LOCAL INFILE`, from memory.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use aludel_engine::driver::{ManyInsert, RowChunks, load_by_inserts};
use aludel_engine::error::{Error, ErrorKind, Result};
use bytes::Bytes;
use futures_core::Stream;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, InfileData, LocalInfileError};
use tokio::sync::mpsc;

use crate::connection::{Attempt, MysqlConnection};
use crate::error::{self, Failure};
use crate::infile::{self, Class, Target};

/// Rows are sent in pieces of about this size, and none is longer.
const PIECE: usize = 64 << 10;

/// Pieces that wait to be sent.
const WAITING: usize = 4;

/// What the servers say where `LOAD DATA LOCAL` is not allowed.
const FORBIDDEN: [u16; 3] = [1148, 3948, 4166];

impl MysqlConnection {
    /// Loads rows by `LOAD DATA LOCAL`; by inserts, where that would read a column's text in another way. In it the server
    /// warns where it would refuse an insert, so that anything it warns of takes everything back.
    pub(crate) async fn load(&mut self, insert: ManyInsert<'_>, rows: &mut dyn RowChunks) -> Result<u64> {
        // A transaction in two phases is its own program's; no savepoint is put into it.
        let target = Target::of(&insert).filter(|_| !self.xa);
        let Some(target) = target else { return load_by_inserts(self, insert, rows).await };
        let classes = match self.start().await {
            Ok(raw) => classes(raw, &target).await,
            Err(failure) => Err(failure),
        };
        let Some(classes) = self.end(classes, Some(insert.sql()))? else {
            return load_by_inserts(self, insert, rows).await;
        };
        let sql = target.load(&classes);
        let own = !self.transaction;
        self.text(if own { "START TRANSACTION" } else { "SAVEPOINT aludel_load" }).await?;
        let loaded = match self.start().await {
            Ok(raw) => load(raw, &sql, &classes, rows).await,
            Err(failure) => Err(failure),
        };
        match self.end(loaded, Some(&sql)) {
            Ok(loaded) => {
                let end = self.text(if own { "COMMIT" } else { "RELEASE SAVEPOINT aludel_load" }).await;
                end.map_err(|error| if own { Error::in_commit(error) } else { error })?;
                Ok(loaded)
            }
            Err(error) => {
                let back = if own { "ROLLBACK" } else { "ROLLBACK TO SAVEPOINT aludel_load" };
                // The first error is the one that matters. A deadlock has taken back everything already.
                if self.is_whole() && (own || self.transaction) && self.text(back).await.is_err() {
                    self.broken = true;
                }
                Err(error)
            }
        }
    }

    fn is_whole(&self) -> bool {
        !self.broken && !self.is_midway()
    }
}

/// What the columns are. `None` where one of them is not for `LOAD DATA`, or the server doesn't tell: an insert needs no right to
/// read the table.
async fn classes(raw: &mut Conn, target: &Target<'_>) -> Attempt<Option<Vec<Class>>> {
    let result = match raw.query_iter(target.query()).await.map_err(Failure::from) {
        Err(failure) if !failure.is_fatal() => return Ok(None),
        result => result?,
    };
    let classes = result.columns_ref().iter().map(Class::of).collect::<Option<Vec<_>>>();
    result.drop_result().await?;
    Ok(classes.filter(|classes| classes.len() == target.columns.len()))
}

async fn load(raw: &mut Conn, sql: &str, classes: &[Class], rows: &mut dyn RowChunks) -> Attempt<u64> {
    let (sender, receiver) = mpsc::channel(WAITING);
    raw.set_infile_handler(async move { Ok(Box::pin(Pieces(receiver)) as InfileData) });
    let mut sent = Sent { rows: 0, end: None };
    let answer = together(answer(raw, sql), send(classes, rows, sender, &mut sent)).await;
    // A server that has not asked for the rows must not be answered later on.
    raw.set_infile_handler(async { Err(LocalInfileError::NoHandler.into()) });
    let (loaded, warnings) = answer.map_err(explained)?;
    match sent.end {
        Some(Ok(())) => {}
        // What was loaded so far is taken back.
        Some(Err(error)) => return Err(error.into()),
        None => return Err(Error::new(ErrorKind::Operational, "the server has not read all rows").into()),
    }
    if warnings > 0 {
        let first: Option<(String, u16, String)> = raw.query_first("SHOW WARNINGS LIMIT 1").await?;
        let error = match first {
            Some((_, code, message)) => error::of_warning(code, message),
            None => Error::new(
                ErrorKind::Data,
                format!("the server warns {warnings} times and doesn't say of what"),
            ),
        };
        return Err(error.context("the load is taken back").into());
    }
    if loaded != sent.rows {
        let message = format!("of {} rows the server has loaded {loaded}, so all are taken back", sent.rows);
        return Err(Error::new(ErrorKind::Integrity, message).into());
    }
    if let Some(forget) = Target::forget(classes) {
        raw.query_drop(forget).await?;
    }
    Ok(loaded)
}

/// How many rows the server says it loaded, and how often it warns.
async fn answer(raw: &mut Conn, sql: &str) -> Attempt<(u64, u16)> {
    let result = raw.query_iter(sql).await?;
    let answer = (result.affected_rows(), result.warnings());
    result.drop_result().await?;
    Ok(answer)
}

struct Sent {
    rows: u64,
    /// `None` until all are sent.
    end: Option<Result<()>>,
}

/// Hands the rows over, until the last one or the first that can't be written. The end of the channel is that of the "file".
async fn send(classes: &[Class], rows: &mut dyn RowChunks, sender: mpsc::Sender<Bytes>, sent: &mut Sent) {
    sent.end = send_all(classes, rows, &sender, &mut sent.rows).await.transpose();
}

/// `None` where nobody reads any more.
async fn send_all(
    classes: &[Class],
    rows: &mut dyn RowChunks,
    sender: &mpsc::Sender<Bytes>,
    total: &mut u64,
) -> Result<Option<()>> {
    let mut buffer = Vec::with_capacity(PIECE + PIECE / 4);
    while let Some(chunk) = rows.next_chunk()? {
        for row in 0..chunk.rows() {
            let written = infile::row(classes, |index| chunk.value(row, index), &mut buffer);
            written.map_err(|error| error.context(format!("row {}", *total + row as u64 + 1)))?;
            if buffer.len() >= PIECE && !hand_over(&mut buffer, sender).await {
                return Ok(None);
            }
        }
        *total += chunk.rows() as u64;
        rows.handed_over(*total);
    }
    Ok(hand_over(&mut buffer, sender).await.then_some(()))
}

async fn hand_over(buffer: &mut Vec<u8>, sender: &mpsc::Sender<Bytes>) -> bool {
    let mut bytes = Bytes::from(std::mem::replace(buffer, Vec::with_capacity(PIECE + PIECE / 4)));
    while !bytes.is_empty() {
        // A packet of the greatest length would be followed by an empty one, which means the end.
        let piece = bytes.split_to(PIECE.min(bytes.len()));
        if sender.send(piece).await.is_err() {
            return false;
        }
    }
    true
}

/// Drives both until the answer is there. The server may give it before it has asked for anything.
async fn together<T>(answer: impl Future<Output = T>, send: impl Future<Output = ()>) -> T {
    let (mut answer, mut send) = (pin!(answer), pin!(send));
    let mut sending = true;
    poll_fn(|context| {
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        if sending && send.as_mut().poll(context).is_ready() {
            sending = false;
        }
        Poll::Pending
    })
    .await
}

/// The pieces, as mysql_async reads them.
struct Pieces(mpsc::Receiver<Bytes>);

impl Stream for Pieces {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|piece| piece.map(Ok))
    }
}

fn explained(failure: Failure) -> Failure {
    if !FORBIDDEN.iter().any(|code| failure.is(*code)) {
        return failure;
    }
    let message = "the server doesn't allow `LOAD DATA LOCAL`. Loads that are to go by it need two switches: the server's \
                   variable `local_infile`, which is off (`SET GLOBAL local_infile = ON`), and the URL's `local_infile=on`. \
                   Without the latter rows are loaded by inserts";
    let reason = failure.into_error();
    let error = Error::new(ErrorKind::NotSupported, message);
    Failure::Own(error.with_source(reason))
}
