//! `COPY … TO STDOUT` as a stream: no faster than somebody takes it.

use std::pin::Pin;
use std::time::{Duration, Instant};

use aludel::ErrorKind;
use aludel::postgres::{Bytes, Copy, CopyOut};
use aludel::prelude::*;

use crate::database::Database;

/// How long something may take to come about on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Some 200 megabytes, which is more than lies between two programs.
const MUCH: &str = "COPY (SELECT repeat('x', 2000) FROM generate_series(1, 100000)) TO STDOUT";

const WRITE: &str = "COPY (SELECT n, 'text, ' || n FROM generate_series(1, 20000) n) TO STDOUT (FORMAT csv)";

fn collect(stream: &mut CopyOut<'_>) -> (Vec<u8>, usize) {
    let (mut all, mut pieces) = (Vec::new(), 0);
    while let Some(piece) = stream.next().wait().expect("a piece") {
        assert!(!piece.is_empty());
        all.extend_from_slice(&piece);
        pieces += 1;
    }
    (all, pieces)
}

#[test]
fn pieces_come_one_after_the_other() {
    let database = Database::new();
    let mut connection = database.connect();
    let mut whole = Vec::new();
    connection.copy_out(WRITE, &mut whole).wait().expect("bytes");
    let (bytes, pieces) = collect(&mut connection.copy_out_stream(WRITE));
    assert!(bytes == whole);
    // The server sends each row by itself, which would be many small pieces.
    assert!((2..2_000).contains(&pieces), "{pieces}");

    // In a transaction, next to other statements.
    let mut transaction = connection.begin().wait().expect("a transaction");
    transaction
        .execute_script("CREATE TABLE t (n integer); INSERT INTO t VALUES (1), (2)")
        .wait()
        .expect("rows");
    let mut stream = transaction.copy_out_stream("COPY t TO STDOUT");
    assert_eq!(collect(&mut stream), (b"1\n2\n".to_vec(), 1));
    assert_eq!(stream.next().wait().expect("the end"), None, "it stays at its end");
    drop(stream);
    assert_eq!(collect(&mut transaction.copy_out_stream("COPY (SELECT 1 WHERE false) TO STDOUT")).1, 0);
    transaction.commit().wait().expect("a commit");
    assert_eq!(connection.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().expect("a count"), 2);
    // One that nobody has asked has not begun.
    drop(connection.copy_out_stream("COPY nowhere TO STDOUT"));
    assert_eq!(connection.one(sql("SELECT 1::int8").rows::<i64>()).wait().expect("a number"), 1);
}

#[test]
fn whoever_takes_them_slowly_slows_the_server_down() {
    let database = Database::new();
    let mut watching = database.connect();
    let mut connection = database.connect();
    let session: i32 = connection.one(sql("SELECT pg_backend_pid()").rows()).wait().expect("a number");
    let mut stream = connection.copy_out_stream(MUCH);
    let first = stream.next().wait().expect("a piece").expect("some bytes");
    // A piece is little of the whole, and the server waits to get rid of the rest.
    assert!(first.len() < 1 << 20, "{}", first.len());
    let waits = sql("SELECT coalesce(wait_event, '') FROM pg_stat_activity WHERE pid = ?").bind(session);
    let deadline = Instant::now() + PATIENCE;
    while watching.one(waits.clone().rows::<String>()).wait().expect("an answer") != "ClientWrite" {
        assert!(Instant::now() < deadline, "the server does not wait");
        std::thread::sleep(Duration::from_millis(10));
    }
    // It goes on as soon as somebody asks.
    let mut total = first.len();
    while let Some(piece) = stream.next().wait().expect("a piece") {
        total += piece.len();
    }
    assert_eq!(total, 2_001 * 100_000);
    drop(stream);

    // Given up in the middle, the statement ends, and so does the connection.
    let mut stream = connection.copy_out_stream(MUCH);
    stream.next().wait().expect("a piece").expect("some bytes");
    drop(stream);
    let error = connection.execute_script("SELECT 1").wait().expect_err("its answer is still on its way");
    assert_eq!(error.kind(), ErrorKind::Disconnect, "{error}");
    drop(connection);
    let there = sql("SELECT count(*) FROM pg_stat_activity WHERE pid = ?").bind(session);
    while watching.one(there.clone().rows::<i64>()).wait().expect("an answer") > 0 {
        assert!(Instant::now() < deadline, "the session stays");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_goes_wrong_is_told_once_and_costs_no_connection() {
    let database = Database::new();
    let mut connection = database.connect();
    let session: i32 = connection.one(sql("SELECT pg_backend_pid()").rows()).wait().expect("a number");

    let late = "COPY (SELECT 1 / (20000 - n) FROM generate_series(1, 20000) n) TO STDOUT";
    let mut stream = connection.copy_out_stream(late);
    let mut pieces = 0;
    let error = loop {
        match stream.next().wait() {
            Ok(Some(_)) => pieces += 1,
            Ok(None) => panic!("the last row can't be had"),
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), error.code()), (ErrorKind::Data, Some("22012")), "{error}");
    assert_eq!(error.statement(), Some(late));
    assert!(pieces > 0, "what came before it is given out");
    assert_eq!(stream.next().wait().expect("nothing comes behind it"), None);
    drop(stream);

    for (wrong, kind) in [
        ("COPY nowhere TO STDOUT", ErrorKind::Programming),
        ("SELECT 1", ErrorKind::Usage),
        ("COPY t FROM STDIN", ErrorKind::Usage),
    ] {
        let mut stream = connection.copy_out_stream(wrong);
        let error = stream.next().wait().expect_err(wrong);
        assert_eq!((error.kind(), error.statement()), (kind, Some(wrong)), "{error}");
        assert_eq!(stream.next().wait().expect("the end"), None);
    }
    let same: i32 = connection.one(sql("SELECT pg_backend_pid()").rows()).wait().expect("a number");
    assert_eq!(same, session);

    let mut lite = Engine::new("sqlite://").expect("SQLite").connect().wait().expect("memory");
    let error = lite.copy_out_stream("COPY t TO STDOUT").next().wait().expect_err("no COPY");
    assert_eq!(error.kind(), ErrorKind::NotSupported, "{error}");
}

/// A `next` whose future is dropped, at whatever point, loses no byte.
#[test]
fn a_dropped_look_loses_nothing() {
    let database = Database::new();
    let mut connection = database.connect();
    let mut whole = Vec::new();
    connection.copy_out(WRITE, &mut whole).wait().expect("bytes");
    let mut stream = connection.copy_out_stream(WRITE);
    let mut bytes = Vec::new();
    loop {
        // Given up at its first await point, and asked again.
        let Some(looked) = aludel_tests::cancel::drop_at(0, stream.next()) else { continue };
        let Some(piece) = looked.expect("a piece") else { break };
        bytes.extend_from_slice(&piece);
    }
    assert!(bytes == whole);
}

/// As the body of a response would be: another task, on a runtime, by the trait.
#[test]
fn it_is_a_stream_that_can_be_sent() {
    use futures_core::Stream;

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let database = Database::new();
    let mut connection = runtime.block_on(database.engine.connect()).expect("a connection");
    let total = runtime.block_on(async move {
        let task = tokio::spawn(async move {
            let mut stream = connection.copy_out_stream(WRITE);
            let mut total = 0;
            while let Some(piece) =
                std::future::poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await
            {
                let piece: Bytes = piece.expect("a piece");
                total += piece.len();
            }
            total
        });
        task.await.expect("no panic")
    });
    let mut whole = Vec::new();
    database.connect().copy_out(WRITE, &mut whole).wait().expect("bytes");
    assert_eq!(total, whole.len());
}
