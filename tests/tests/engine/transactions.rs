//! Transactions and savepoints: what is dropped without a commit did not happen.

use std::time::Duration;

use aludel::prelude::*;
use aludel::{Engine, ErrorKind, PoolOptions, TransactionOptions};

use aludel_tests::slow;

use crate::Scratch;

fn engine() -> Engine {
    let engine = Engine::new("sqlite://").unwrap();
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER PRIMARY KEY)").wait().unwrap();
    engine
}

fn insert_into(connection: &mut Connection, number: i64) {
    connection.execute(sql("INSERT INTO t VALUES (?)").bind(number)).wait().unwrap();
}

fn numbers(connection: &mut Connection) -> Vec<i64> {
    connection.all(sql("SELECT n FROM t ORDER BY n").rows()).wait().unwrap()
}

#[test]
fn a_dropped_transaction_is_rolled_back() {
    let engine = engine();
    let mut transaction = engine.begin().wait().unwrap();
    insert_into(&mut transaction, 1);
    drop(transaction);
    let mut transaction = engine.begin().wait().unwrap();
    insert_into(&mut transaction, 2);
    transaction.commit().wait().unwrap();
    assert_eq!(numbers(&mut engine.connect().wait().unwrap()), [2]);
}

#[test]
fn a_transaction_dropped_on_a_connection_leaves_it_ready_for_the_next() {
    for slowly in [false, true] {
        let mut options = PoolOptions::single();
        options.timeout = Duration::from_millis(100);
        let engine = if slowly { slow::engine(options) } else { Engine::new("sqlite://").unwrap() };
        let mut connection = engine.connect().wait().unwrap();
        connection.execute_script("CREATE TABLE t (n INTEGER PRIMARY KEY)").wait().unwrap();
        {
            let mut transaction = connection.begin().wait().unwrap();
            insert_into(&mut transaction, 1);
        }
        assert!(!connection.in_transaction(), "slowly: {slowly}");
        // A statement of its own is not part of what was given up.
        insert_into(&mut connection, 2);
        assert_eq!(numbers(&mut connection), [2], "slowly: {slowly}");
        {
            let mut transaction = connection.begin().wait().unwrap();
            insert_into(&mut transaction, 3);
        }
        let mut transaction = connection.begin().wait().unwrap();
        insert_into(&mut transaction, 4);
        transaction.commit().wait().unwrap();
        assert_eq!(numbers(&mut connection), [2, 4], "slowly: {slowly}");
    }
}

#[test]
fn a_transaction_inside_of_another_names_the_way() {
    let engine = engine();
    let mut transaction = engine.begin().wait().unwrap();
    let connection: &mut Connection = &mut transaction;
    let error = connection.begin().wait().map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("begin_nested"), "{error}");
}

#[test]
fn savepoints_are_taken_back_one_by_one() {
    let engine = engine();
    let mut transaction = engine.begin().wait().unwrap();
    insert_into(&mut transaction, 1);
    let mut outer = transaction.begin_nested().wait().unwrap();
    insert_into(&mut outer, 2);
    outer.commit().wait().unwrap();
    let mut gone = transaction.begin_nested().wait().unwrap();
    insert_into(&mut gone, 3);
    gone.rollback().wait().unwrap();
    {
        let mut dropped = transaction.begin_nested().wait().unwrap();
        insert_into(&mut dropped, 4);
    }
    insert_into(&mut transaction, 5);
    {
        let mut last = transaction.begin_nested().wait().unwrap();
        insert_into(&mut last, 6);
    }
    // The last thing before the commit: it is taken back all the same.
    transaction.commit().wait().unwrap();
    assert_eq!(numbers(&mut engine.connect().wait().unwrap()), [1, 2, 5]);
}

#[test]
fn a_savepoint_that_the_database_has_forgotten_does_not_haunt_the_connection() {
    let engine = engine();
    let mut connection = engine.connect().wait().unwrap();
    let harsh = "CREATE TRIGGER harsh BEFORE INSERT ON t WHEN new.n = 13
                 BEGIN SELECT raise(ROLLBACK, 'unlucky'); END";
    connection.execute_script(harsh).wait().unwrap();
    {
        let mut transaction = connection.begin().wait().unwrap();
        insert_into(&mut transaction, 1);
        let mut nested = transaction.begin_nested().wait().unwrap();
        nested.execute(sql("INSERT INTO t VALUES (13)")).wait().unwrap_err();
    }
    let mut transaction = connection.begin().wait().unwrap();
    insert_into(&mut transaction, 2);
    transaction.commit().wait().unwrap();
    assert_eq!(numbers(&mut connection), [2]);
}

#[test]
fn a_dropped_future_takes_its_transaction_along() {
    use std::future::Future as _;
    use std::task::{Context, Waker};

    let file = Scratch::new();
    let engine = Engine::new(&file.url("?busy_timeout=5000")).unwrap();
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER PRIMARY KEY)").wait().unwrap();
    let mut blocker = engine.begin_with(TransactionOptions::immediate()).wait().unwrap();
    insert_into(&mut blocker, 1);
    {
        let mut work = Box::pin(async {
            let mut transaction = engine.begin().await?;
            transaction.execute(sql("INSERT INTO t VALUES (2)")).await?;
            transaction.commit().await
        });
        assert!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    blocker.commit().wait().unwrap();
    assert_eq!(numbers(&mut engine.connect().wait().unwrap()), [1]);
}

#[test]
fn two_writers_of_one_file_take_turns() {
    let file = Scratch::new();
    let engine = Engine::new(&file.url("?busy_timeout=20000")).unwrap();
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER PRIMARY KEY)").wait().unwrap();
    let writers: Vec<_> = (0..2)
        .map(|writer| {
            let engine = engine.clone();
            std::thread::spawn(move || {
                for step in 0..25 {
                    let mut transaction = engine.begin_with(TransactionOptions::immediate()).wait().unwrap();
                    insert_into(&mut transaction, writer * 100 + step);
                    transaction.commit().wait().unwrap();
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(numbers(&mut engine.connect().wait().unwrap()).len(), 50);
}
