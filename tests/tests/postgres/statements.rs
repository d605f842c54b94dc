//! Prepared statements: kept, renewed when the schema changes, and safe against futures that are dropped.

use std::time::{Duration, Instant};

use aludel::prelude::*;

use crate::database::Database;

#[test]
fn a_statement_is_prepared_once() {
    let database = Database::new();
    let mut connection = database.connect();
    for number in 0..5_i64 {
        let next: i64 =
            connection.one(sql("SELECT ?::bigint + 1").bind(number).rows()).wait().expect("a number");
        assert_eq!(next, number + 1);
    }
    let prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%::bigint + 1'";
    assert_eq!(connection.one(sql(prepared).rows::<i64>()).wait().expect("a count"), 1);
    // Of many statements, not all are kept.
    for number in 0..400 {
        connection.one(sql(format!("SELECT {number}")).rows::<i32>()).wait().expect("a number");
    }
    let kept: i64 =
        connection.one(sql("SELECT count(*) FROM pg_prepared_statements").rows()).wait().expect("a count");
    assert!((200..=260).contains(&kept), "{kept}");
}

#[test]
fn a_statement_survives_a_change_of_the_schema() {
    let database = Database::new();
    let mut connection = database.after("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)");
    let all = || sql("SELECT * FROM t").rows::<i64>();
    assert_eq!(connection.one(all()).wait().expect("a row"), 1);
    // By this connection …
    connection.execute(sql("ALTER TABLE t ALTER a TYPE bigint")).wait().expect("a change");
    assert_eq!(connection.one(all()).wait().expect("a row"), 1);
    // … and by another one.
    drop(database.after("ALTER TABLE t ALTER a TYPE smallint"));
    assert_eq!(connection.one(all()).wait().expect("a row"), 1);
    // And when they are all thrown away.
    connection.execute(sql("DEALLOCATE ALL")).wait().expect("done");
    assert_eq!(connection.one(all()).wait().expect("a row"), 1);
}

#[test]
fn rows_affected_are_rows_changed() {
    let database = Database::new();
    let mut connection = database.after("CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (2), (3)");
    for (statement, expected) in [
        ("SELECT a FROM t", 0),
        ("UPDATE t SET a = a + 1 WHERE a > 1", 2),
        ("DELETE FROM t", 3),
        ("CREATE TABLE u (a integer)", 0),
        ("INSERT INTO t VALUES (1), (2) RETURNING a", 2),
    ] {
        let done = connection.execute(sql(statement)).wait().expect(statement);
        assert_eq!((done.rows_affected, done.last_insert_id), (expected, None), "{statement}");
    }
}

#[test]
fn a_dropped_future_gives_its_connection_up_and_stops_the_server() {
    let database = Database::new();
    let mut connection = database.after("CREATE TABLE t (a integer)");
    let pid: i64 = connection.one(sql("SELECT pg_backend_pid()").rows()).wait().expect("a number");
    {
        let raw = connection.raw().expect("open");
        raw.begin(Default::default()).wait().expect("a transaction");
        raw.execute("LOCK TABLE t", &[]).wait().expect("a lock");
        let mut sleep = raw.execute("SELECT pg_sleep(600)", &[]);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        for _ in 0..100 {
            assert!(sleep.as_mut().poll(&mut context).is_pending());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    assert!(!connection.raw().expect("open").is_usable());
    let error = connection.execute(sql("SELECT 1")).wait().expect_err("the answer would be another one's");
    assert!(error.message().contains("dropped before its end"), "{error}");
    drop(connection);

    // The pool opens another one, and the lock of the first is given up soon.
    let begun = Instant::now();
    let mut next = database.connect();
    next.execute(sql("INSERT INTO t VALUES (1)")).wait().expect("the lock is free");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_ne!(next.one(sql("SELECT pg_backend_pid()").rows::<i64>()).wait().expect("a number"), pid);
}

#[test]
fn a_connection_that_the_server_ends_says_so_and_is_replaced() {
    let database = Database::new();
    let mut connection = database.connect();
    let pid: i64 = connection.one(sql("SELECT pg_backend_pid()").rows()).wait().expect("a number");
    let mut other = database.connect();
    other.execute(sql("SELECT pg_terminate_backend(?)").bind(pid)).wait().expect("ended");
    let error = loop {
        // The message may take its time.
        match connection.one(sql("SELECT 1").rows::<i32>()).wait() {
            Ok(_) => std::thread::sleep(Duration::from_millis(1)),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), aludel::ErrorKind::Disconnect, "{error}");
    assert!(!connection.raw().expect("open").is_usable());
    drop(connection);
    database.connect().one(sql("SELECT 1").rows::<i32>()).wait().expect("another connection");
}

#[test]
fn copying_through_a_statement_is_refused_without_hanging() {
    let database = Database::new();
    let mut connection = database.after("CREATE TABLE t (a integer)");
    connection.execute(sql("COPY t FROM STDIN")).wait().expect_err("there is nothing to copy");
    assert!(!connection.raw().expect("open").is_usable());
    drop(connection);
    database.connect().execute(sql("DROP TABLE t")).wait().expect("nobody holds it");
}
