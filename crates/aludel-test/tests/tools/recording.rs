//! The recorder.

use std::panic::AssertUnwindSafe;

use aludel::prelude::*;
use aludel_test::{OperationKind, Recorder, RecordingDriver};

use crate::{panic_of, sqlite};

fn recorded() -> (Engine, Recorder) {
    let (driver, recorder) = RecordingDriver::new(sqlite());
    let engine = Engine::with_driver(driver);
    let mut transaction = engine.begin().wait().unwrap();
    transaction.execute_script("CREATE TABLE t (n INTEGER,\n  m INTEGER)").wait().unwrap();
    transaction.execute(sql("INSERT INTO t VALUES (?, ?)").bind(1).bind(2)).wait().unwrap();
    transaction.commit().wait().unwrap();
    (engine, recorder)
}

#[test]
fn statements_are_counted_by_kind() {
    let (engine, recorder) = recorded();
    recorder.assert_statement_count(2);
    recorder.assert_count(OperationKind::Commit, 1);
    recorder.assert_count(OperationKind::Fetch, 0);
    let insert = recorder.recorded().into_iter().find(|recorded| recorded.kind == OperationKind::Execute);
    assert_eq!(insert.unwrap().parameters, ["1", "2"]);
    // A transaction that is dropped is taken back.
    drop(engine.begin().wait().unwrap());
    recorder.assert_count(OperationKind::Rollback, 1);
    let message = panic_of(AssertUnwindSafe(|| recorder.assert_statement_count(9)));
    assert!(message.starts_with("expected 9 statements, but there were 2 among\n  1. BEGIN\n"), "{message}");
}

#[test]
fn what_is_expected_may_leave_things_open() {
    let (_, recorder) = recorded();
    recorder.assert_statements(&[
        "BEGIN",
        "CREATE TABLE t (n INTEGER, m INTEGER)",
        "INSERT INTO t … (?, …)",
        "COMMIT",
    ]);
    recorder.assert_statements(&[]);
}

#[test]
fn a_difference_is_shown_line_by_line() {
    let (_, recorder) = recorded();
    let message = panic_of(AssertUnwindSafe(|| {
        recorder.assert_statements(&["BEGIN", "CREATE TABLE …", "DELETE FROM t", "COMMIT", "PING"]);
    }));
    let expected = "other statements were run than expected:
    BEGIN
    CREATE TABLE t (n INTEGER,
  m INTEGER)
  - DELETE FROM t
  + INSERT INTO t VALUES (?, ?)
    COMMIT
  - PING
";
    assert_eq!(message, expected);
}
