//! Isolation by rollback, on SQLite. Servers: package `aludel-tests`.

use aludel::prelude::*;
use aludel::{EngineOptions, ErrorKind};
use aludel_test::RollbackIsolation;

use crate::file;

fn rows(engine: &Engine) -> i64 {
    engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows()).wait().unwrap()
}

#[test]
fn nothing_stays() {
    let (_file, driver) = file();
    let outside = Engine::with_driver(driver.clone());
    outside.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER UNIQUE)").wait().unwrap();
    let isolation = RollbackIsolation::begin(driver).wait().unwrap();
    let engine = isolation.engine();
    for number in 0..3 {
        let mut transaction = engine.begin().wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (?)").bind(number)).wait().unwrap();
        let mut nested = transaction.begin_nested().wait().unwrap();
        nested.execute(sql("INSERT INTO t VALUES (?)").bind(number + 10)).wait().unwrap();
        nested.rollback().wait().unwrap();
        transaction.commit().wait().unwrap();
    }
    assert_eq!(rows(&engine), 3);
    // Taken back, dropped, and failed.
    let mut transaction = engine.begin().wait().unwrap();
    transaction.execute(sql("DELETE FROM t")).wait().unwrap();
    transaction.rollback().wait().unwrap();
    let mut transaction = engine.begin().wait().unwrap();
    transaction.execute(sql("DELETE FROM t")).wait().unwrap();
    drop(transaction);
    assert_eq!(rows(&engine), 3);
    let mut connection = engine.connect().wait().unwrap();
    connection.execute(sql("INSERT INTO t VALUES (7)")).wait().unwrap();
    let twice = connection.execute(sql("INSERT INTO t VALUES (7)")).wait().unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::UniqueViolation);
    drop(connection);
    assert_eq!(rows(&engine), 4);
    isolation.end().wait().unwrap();
    assert_eq!(rows(&outside), 0);
    let error = engine.connect().wait().unwrap_err();
    assert!(error.to_string().contains("isolation by rollback has ended"), "{error}");
}

#[test]
fn two_connections_at_the_same_time_are_told_at_once() {
    let (_file, driver) = file();
    let isolation = RollbackIsolation::begin(driver).wait().unwrap();
    let engine = isolation.engine_with(EngineOptions::new());
    let held = engine.connect().wait().unwrap();
    let error = engine.connect().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let message = error.to_string();
    assert!(message.contains("isolated by rollback: the test has one connection"), "{message}");
    assert!(message.contains("tools/rollback.rs"), "{message}");
    // Another engine on the same isolation doesn't get it, either.
    let error = isolation.engine().connect().wait().unwrap_err();
    assert!(error.to_string().contains("it is in use"), "{error}");
    drop(held);
    engine.connect().wait().unwrap();
}

#[test]
fn what_ends_the_transaction_around_is_told() {
    let (_file, driver) = file();
    let isolation = RollbackIsolation::begin(driver).wait().unwrap();
    let engine = isolation.engine();
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("ROLLBACK").wait().unwrap();
    let error = connection.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap_err();
    assert!(error.to_string().contains("`ROLLBACK` has ended the transaction around"), "{error}");
    drop(connection);
    engine.close().wait();
    isolation.end().wait().unwrap_err();
}

#[test]
fn a_connection_in_use_at_the_end_is_told() {
    let (_file, driver) = file();
    let isolation = RollbackIsolation::begin(driver).wait().unwrap();
    let engine = isolation.engine();
    let held = engine.connect().wait().unwrap();
    let error = isolation.end().wait().unwrap_err();
    assert!(error.to_string().contains("still in use"), "{error}");
    drop(held);
}
