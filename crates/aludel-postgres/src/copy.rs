//! `COPY`: rows loaded in binary form, and bytes in and out as they are.

use std::future::poll_fn;
use std::io::{Read, Write};
use std::pin::{Pin, pin};

use aludel_engine::driver::{ManyInsert, RowChunks, load_by_inserts};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::{BoxFuture, Connection};
use bytes::{Bytes, BytesMut};
use futures_sink::Sink;
use tokio_postgres::types::{IsNull, Type};
use tokio_postgres::{Client, CopyInSink, Error as PgError};

use crate::codec::{Class, base};
use crate::connection::PostgresConnection;
use crate::copy_out::{Answer, CopyOut};
use crate::execute::check_nul;
use crate::parameter::{EncodeError, Encoder};
use crate::pipeline::Failure;
use crate::statements::begins_with;
use crate::wire::Wire;

/// What `COPY` in binary form begins with: the signature, no flags, and nothing more in the head.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// Bytes are sent in pieces of about this size.
pub(crate) const PIECE: usize = 64 << 10;

/// What a statement says of its direction.
const FROM_STDIN: [&str; 2] = ["FROM", "STDIN"];
pub(crate) const TO_STDOUT: [&str; 2] = ["TO", "STDOUT"];

/// PostgreSQL's `COPY` with bytes as they are: text, CSV or the binary form, as the statement says.
///
/// ```
/// use aludel_engine::{Connection, Result};
/// use aludel_postgres::Copy;
///
/// # async fn example(connection: &mut Connection) -> Result<()> {
/// let rows = "Sandy,3\nPatrick,\n";
/// let loaded = connection.copy_in("COPY pets (name, age) FROM STDIN (FORMAT csv)", &mut rows.as_bytes()).await?;
/// assert_eq!(loaded, 2);
/// let mut csv = Vec::new();
/// connection.copy_out("COPY (SELECT name FROM pets ORDER BY name) TO STDOUT (FORMAT csv)", &mut csv).await?;
/// assert_eq!(csv, b"Patrick\nSandy\n");
///
/// let mut pieces = connection.copy_out_stream("COPY pets TO STDOUT (FORMAT csv)");
/// while let Some(piece) = pieces.next().await? {
///     println!("{} bytes more", piece.len());
/// }
/// # Ok(())
/// # }
/// ```
pub trait Copy {
    /// Runs a `COPY … FROM STDIN` with what a reader yields, and tells how many rows were loaded. All are, or none is.
    ///
    /// The reader is read on the spot: one that blocks for long belongs on another thread, with a channel in between.
    ///
    /// # Errors
    /// Where the connection is not one to PostgreSQL, the statement is another one, the reader fails, or the server
    /// refuses a row.
    fn copy_in<'a>(
        &'a mut self,
        statement: &'a str,
        from: &'a mut (dyn Read + Send),
    ) -> BoxFuture<'a, Result<u64>>;

    /// Runs a `COPY … TO STDOUT`, hands what comes to a writer as it arrives, and tells how many bytes there were.
    ///
    /// # Errors
    /// Where the connection is not one to PostgreSQL, the statement is another one, the server refuses it, or the writer
    /// fails; the rest of the answer is read all the same.
    ///
    /// The writer is written to on the spot: for one that may block, or that is asynchronous itself, there is
    /// [`copy_out_stream`](Self::copy_out_stream).
    fn copy_out<'a>(
        &'a mut self,
        statement: &'a str,
        to: &'a mut (dyn Write + Send),
    ) -> BoxFuture<'a, Result<u64>>;

    /// The bytes of a `COPY … TO STDOUT` piece by piece, no faster than they are taken: see [`CopyOut`].
    fn copy_out_stream(&mut self, statement: &str) -> CopyOut<'_>;
}

impl Copy for Connection {
    fn copy_in<'a>(
        &'a mut self,
        statement: &'a str,
        from: &'a mut (dyn Read + Send),
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let own = own(self).await?;
            let copied = own.copy_in(statement, from).await;
            own.settled(copied).await
        })
    }

    fn copy_out<'a>(
        &'a mut self,
        statement: &'a str,
        to: &'a mut (dyn Write + Send),
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let own = own(self).await?;
            let copied = own.copy_out(statement, to).await;
            own.settled(copied).await
        })
    }

    fn copy_out_stream(&mut self, statement: &str) -> CopyOut<'_> {
        CopyOut::new(self, statement)
    }
}

/// The connection as it is behind the engine's.
pub(crate) async fn own(connection: &mut Connection) -> Result<&mut PostgresConnection> {
    let inner = connection.raw_settled().await?.driver_connection();
    inner.downcast_mut().ok_or_else(|| {
        Error::new(
            ErrorKind::NotSupported,
            "only a connection to PostgreSQL has COPY, and this is another one",
        )
    })
}

impl PostgresConnection {
    async fn copy_in(&mut self, statement: &str, from: &mut (dyn Read + Send)) -> Result<u64> {
        check(statement, FROM_STDIN)?;
        self.copying(statement, async |client, wire| {
            let sink = wire.drive(client.copy_in::<str, Bytes>(statement)).await?;
            let mut sink = pin!(sink);
            loop {
                let mut piece = BytesMut::zeroed(PIECE);
                let length = match from.read(&mut piece) {
                    Ok(0) => break,
                    Ok(length) => length,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(error) => {
                        let message = format!("what was to be copied could not be read: {error}");
                        return Err(Error::new(ErrorKind::Data, message).with_source(error).into());
                    }
                };
                piece.truncate(length);
                send(wire, sink.as_mut(), piece.freeze()).await?;
            }
            finish(wire, sink).await
        })
        .await
    }

    async fn copy_out(&mut self, statement: &str, to: &mut (dyn Write + Send)) -> Result<u64> {
        check(statement, TO_STDOUT)?;
        self.copying(statement, async |client, wire| {
            let mut answer = Answer::open(client, wire, statement).await?;
            let mut total = 0;
            let mut written = Ok(());
            while let Some(bytes) = poll_fn(|context| answer.poll_next(wire, context)).await {
                let bytes = bytes?;
                if written.is_ok() {
                    written = to.write_all(&bytes);
                    total += bytes.len() as u64;
                }
            }
            written.map_err(|error| {
                let message = format!("what was copied could not be written: {error}");
                Failure::from(Error::new(ErrorKind::Data, message).with_source(error))
            })?;
            Ok(total)
        })
        .await
    }

    /// Runs a copy, and sees that the server has heard of its end however that came.
    async fn copying(
        &mut self,
        statement: &str,
        copy: impl AsyncFnOnce(&Client, &mut Wire) -> Result<u64, Failure>,
    ) -> Result<u64> {
        self.start().await?;
        let copied = match self.ends() {
            Ok((client, wire)) => copy(client, wire).await,
            Err(error) => Err(error.into()),
        };
        // What was given up on this side is answered before anything else is.
        let given_up = matches!(&copied, Err(Failure::Other(_) | Failure::Decode(_)));
        if given_up
            && let Ok((client, wire)) = self.ends()
            && wire.drive(client.batch_execute("")).await.is_err()
        {
            self.broken = true;
        }
        let copied = self.copied(copied, statement);
        // The server has given the transaction up, too, although the error is of this side.
        self.failed |= given_up && self.in_transaction;
        copied
    }

    /// Notes how a copy has ended, and says of an error where it was.
    pub(crate) fn copied<T>(&mut self, copied: Result<T, Failure>, statement: &str) -> Result<T> {
        let copied = copied.map_err(|failure| {
            let row = match &failure {
                Failure::Postgres(failed) => failed.as_db_error().and_then(|error| row_of(error.where_()?)),
                _ => None,
            };
            let error = self.failure(failure);
            match row {
                Some(row) => error.context(format!("row {row}")),
                None => error,
            }
        });
        self.end(copied).map_err(|error| error.with_statement(statement))
    }

    /// Loads rows by `COPY` in binary form; by inserts, where a column's type has none here.
    pub(crate) async fn load(&mut self, insert: ManyInsert<'_>, rows: &mut dyn RowChunks) -> Result<u64> {
        self.start().await?;
        let types = self.types(insert.sql()).await;
        let types = self.end(types).map_err(|error| error.with_statement(insert.sql()))?;
        let plain = types.iter().all(|ty| !matches!(Class::of(ty), Class::Other | Class::Void));
        let (true, Some(target)) = (plain, insert.target()) else {
            return load_by_inserts(self, insert, rows).await;
        };
        let statement = format!("COPY {target} FROM STDIN (FORMAT binary)");
        self.copying(&statement, async |client, wire| {
            let sink = wire.drive(client.copy_in::<str, Bytes>(&statement)).await?;
            let mut sink = pin!(sink);
            let mut buffer = BytesMut::with_capacity(PIECE + PIECE / 4);
            buffer.extend_from_slice(HEAD);
            let mut total = 0;
            while let Some(chunk) = rows.next_chunk()? {
                for row in 0..chunk.rows() {
                    encode_row(&types, |index| chunk.value(row, index), &mut buffer).map_err(|error| {
                        let error = Error::new(ErrorKind::Data, error.to_string());
                        error.context(format!("row {}", total + row as u64 + 1))
                    })?;
                    if buffer.len() >= PIECE {
                        send(wire, sink.as_mut(), buffer.split().freeze()).await?;
                    }
                }
                total += chunk.rows() as u64;
                rows.handed_over(total);
            }
            buffer.extend_from_slice(&END);
            send(wire, sink.as_mut(), buffer.freeze()).await?;
            finish(wire, sink).await
        })
        .await
    }

    /// The types of a statement's parameters, behind their domains.
    async fn types(&mut self, sql: &str) -> Result<Vec<Type>> {
        let prepared = match self.statements.inferred(sql) {
            Some(known) => known,
            None => {
                let prepared = self.parse(sql, &[]).await?;
                self.statements.keep(sql, &prepared);
                prepared
            }
        };
        Ok(prepared.statement.params().iter().map(|ty| base(ty).clone()).collect())
    }
}

async fn send(
    wire: &mut Wire,
    mut sink: Pin<&mut CopyInSink<Bytes>>,
    bytes: Bytes,
) -> std::result::Result<(), Failure> {
    wire.drive(poll_fn(|context| sink.as_mut().poll_ready(context))).await?;
    Ok(sink.start_send(bytes)?)
}

/// Ends a copy, and tells how many rows there were. That is what tokio-postgres takes for the end; the server checks after it what
/// was put off until the commit, and commits, before it is ready for more.
async fn finish(wire: &mut Wire, mut sink: Pin<&mut CopyInSink<Bytes>>) -> std::result::Result<u64, Failure> {
    let rows = wire.drive(sink.as_mut().finish()).await?;
    match wire.drive(sink.as_mut().finish()).await {
        Err(error) if is_another_message(&error) => Ok(rows),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(rows),
    }
}

/// Whether the error is no more than tokio-postgres' word for a message that it does not listen for any more.
pub(crate) fn is_another_message(error: &PgError) -> bool {
    // The others have one inside: what the server said, what it sent instead of a message, the socket's.
    !error.is_closed() && std::error::Error::source(error).is_none()
}

/// The number of values, and each one's length and bytes.
fn encode_row<'v>(
    types: &[Type],
    value: impl Fn(usize) -> aludel_sql::ValueRef<'v>,
    out: &mut BytesMut,
) -> std::result::Result<(), EncodeError> {
    let width = i16::try_from(types.len()).map_err(|_| EncodeError("a row has too many values".into()))?;
    out.extend_from_slice(&width.to_be_bytes());
    for (index, ty) in types.iter().enumerate() {
        let at = out.len();
        out.extend_from_slice(&(-1_i32).to_be_bytes());
        let value = value(index).resolve();
        let encoder = Encoder { index, value: value.as_ref() };
        if let IsNull::No = encoder.encode_inside(ty, out)? {
            let size = i32::try_from(out.len() - at - 4).map_err(|_| {
                EncodeError(format!("parameter ${} is longer than PostgreSQL takes", index + 1))
            })?;
            if let Some(head) = out.get_mut(at..at + 4) {
                head.copy_from_slice(&size.to_be_bytes());
            }
        }
    }
    Ok(())
}

/// Refuses what is not a `COPY` in this direction: its answer would be taken for something else.
pub(crate) fn check(statement: &str, direction: [&str; 2]) -> Result<()> {
    check_nul(statement)?;
    let words: Vec<&str> = statement
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let is =
        |pair: &[&str]| pair.iter().zip(direction).all(|(word, wanted)| word.eq_ignore_ascii_case(wanted));
    if begins_with(statement, "COPY") && words.windows(2).any(is) {
        return Ok(());
    }
    let [first, second] = direction;
    Err(Error::usage(format!("the statement is no `COPY … {first} {second}`")).with_statement(statement))
}

/// The row that the server names, in `COPY pets, line 57, column age: "x"`, whatever language that is in.
fn row_of(place: &str) -> Option<u64> {
    let (_, rest) = place.strip_prefix("COPY ")?.split_once(", ")?;
    let start = rest.find(|character: char| character.is_ascii_digit())?;
    let digits = rest.get(start..)?;
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_checked() {
        let (read, write) = (FROM_STDIN, TO_STDOUT);
        assert!(check("COPY t (a, b) FROM STDIN (FORMAT csv)", read).is_ok());
        assert!(check("copy t from stdin;", read).is_ok());
        assert!(check("COPY (SELECT 1) TO STDOUT", write).is_ok());
        for (statement, direction) in [
            ("COPY t TO STDOUT", read),
            ("COPY t FROM '/tmp/file'", read),
            ("SELECT 'FROM STDIN'", read),
            ("COPY t FROM STDIN", write),
            ("", write),
        ] {
            assert!(check(statement, direction).is_err(), "{statement}");
        }
    }

    #[test]
    fn the_server_names_rows() {
        assert_eq!(row_of("COPY pets, line 57, column age: \"12\""), Some(57));
        assert_eq!(row_of("COPY pets, Zeile 3"), Some(3));
        assert_eq!(row_of("COPY pets"), None);
        assert_eq!(row_of("SQL statement \"SELECT 1\""), None);
    }
}
