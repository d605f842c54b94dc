//! The wrapper that forwards everything.

use std::sync::{Arc, Mutex};

use aludel::engine::{BoxFuture, RawConnection};
use aludel::prelude::*;
use aludel::{Error, ErrorKind, Execution, Result};
use aludel_test::{InterceptedDriver, Interceptor, Operation, OperationKind, Verdict};

use crate::sqlite;

/// Notes what comes and what becomes of it, and does what it is told with one kind of operation.
#[derive(Debug, Default)]
struct Notes {
    seen: Mutex<Vec<String>>,
    refused: Mutex<Option<(OperationKind, ErrorKind)>>,
    answered: Mutex<Option<OperationKind>>,
}

impl Interceptor for Notes {
    fn before<'a>(
        &'a self,
        operation: &'a Operation<'a>,
        _: Option<&'a mut dyn RawConnection>,
    ) -> BoxFuture<'a, Result<Verdict>> {
        let refused = self.refused.lock().unwrap().filter(|(kind, _)| *kind == operation.kind);
        let answered = *self.answered.lock().unwrap() == Some(operation.kind);
        Box::pin(async move {
            match refused {
                Some((_, kind)) => Err(Error::new(kind, "not today")),
                None if answered => Ok(Verdict::Answered(Execution::new(42, None))),
                None => Ok(Verdict::Forward),
            }
        })
    }

    fn after(&self, operation: &Operation<'_>, outcome: std::result::Result<(), &Error>) {
        let outcome = if outcome.is_ok() { "" } else { " failed" };
        self.seen.lock().unwrap().push(format!("{}: {operation}{outcome}", operation.connection));
    }
}

fn noted() -> (Engine, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    (Engine::with_driver(InterceptedDriver::new(sqlite(), notes.clone())), notes)
}

#[test]
fn every_operation_is_seen() {
    let (engine, notes) = noted();
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    let mut transaction = connection.begin().wait().unwrap();
    transaction.execute(sql("INSERT INTO t VALUES (?)").bind(1)).wait().unwrap();
    transaction.one(sql("SELECT n FROM t").rows::<i64>()).wait().unwrap();
    transaction.commit().wait().unwrap();
    connection.begin().wait().unwrap().rollback().wait().unwrap();
    connection.inspector().unwrap().table_names(None).wait().unwrap();
    connection.execute(sql("SELEC 1")).wait().unwrap_err();
    connection.raw().unwrap().ping().wait().unwrap();
    let refused = connection.raw().unwrap().prepared().wait().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotSupported);
    drop(connection);
    engine.close().wait();
    let expected = [
        "1: CONNECT",
        "1: CREATE TABLE t (n INTEGER)",
        "1: BEGIN",
        "1: INSERT INTO t VALUES (?)",
        "1: SELECT n FROM t",
        "1: COMMIT",
        "1: BEGIN",
        "1: ROLLBACK",
        "1: INSPECT table names",
        "1: SELEC 1 failed",
        "1: PING",
        "1: PREPARED failed",
        "1: CLOSE",
    ];
    assert_eq!(*notes.seen.lock().unwrap(), expected);
}

#[test]
fn what_is_inside_is_passed_on() {
    let (engine, _) = noted();
    let mut plain = Engine::with_driver(sqlite()).connect().wait().unwrap();
    let mut connection = engine.connect().wait().unwrap();
    assert_eq!(connection.raw().unwrap().features(), plain.raw().unwrap().features());
    assert_eq!(connection.dialect().name(), "sqlite");
    let inside = connection.raw().unwrap().driver_connection().type_id();
    assert_eq!(inside, plain.raw().unwrap().driver_connection().type_id());
    let transaction = connection.begin().wait().unwrap();
    assert!(transaction.in_transaction());
    drop(transaction);
    assert!(!connection.in_transaction());
}

#[test]
fn a_refusal_reaches_whoever_asked_and_not_the_database() {
    let (engine, notes) = noted();
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    *notes.refused.lock().unwrap() = Some((OperationKind::Execute, ErrorKind::Operational));
    let error = connection.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Operational, "not today"));
    let count = sql("SELECT count(*) FROM t").rows::<i64>();
    assert_eq!(connection.one(count).wait().unwrap(), 0);
    *notes.refused.lock().unwrap() = None;
    *notes.answered.lock().unwrap() = Some(OperationKind::Execute);
    let done = connection.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();
    assert_eq!(done.rows_affected, 42);
    let count = sql("SELECT count(*) FROM t").rows::<i64>();
    assert_eq!(connection.one(count).wait().unwrap(), 0);
}

#[test]
fn a_connection_that_is_cut_is_no_longer_used() {
    let (engine, notes) = noted();
    let mut transaction = engine.begin().wait().unwrap();
    *notes.refused.lock().unwrap() = Some((OperationKind::Script, ErrorKind::Disconnect));
    let error = transaction.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disconnect);
    *notes.refused.lock().unwrap() = None;
    assert!(!transaction.in_transaction());
    transaction.commit().wait().unwrap_err();
    let mut next = engine.connect().wait().unwrap();
    next.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    assert_eq!(engine.status().opened, 2);
}
