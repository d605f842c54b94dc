//! Transactions and savepoints.

use aludel::prelude::*;
use aludel::{ErrorKind, TransactionOptions};

use crate::scratch::Scratch;

const SCHEMA: &str = "CREATE TABLE t (v INTEGER PRIMARY KEY)";

fn write(connection: &mut Connection, value: i64) {
    connection.execute(sql("INSERT INTO t VALUES (?)").bind(value)).wait().unwrap();
}

fn read(connection: &mut Connection) -> Vec<i64> {
    connection.all(sql("SELECT v FROM t ORDER BY v").rows()).wait().unwrap()
}

#[test]
fn commit_rollback_and_drop() {
    let scratch = Scratch::new();
    let mut other = scratch.with(SCHEMA);
    let mut transaction = scratch.engine.begin().wait().unwrap();
    write(&mut transaction, 1);
    assert!(transaction.in_transaction());
    assert_eq!(read(&mut other), [0_i64; 0]);
    transaction.commit().wait().unwrap();
    assert_eq!(read(&mut other), [1]);
    let mut transaction = scratch.engine.begin().wait().unwrap();
    write(&mut transaction, 2);
    transaction.rollback().wait().unwrap();
    assert_eq!(read(&mut other), [1]);
    let mut transaction = scratch.engine.begin().wait().unwrap();
    write(&mut transaction, 3);
    drop(transaction);
    assert_eq!(read(&mut other), [1]);
    // The row is free again, although nothing has waited for the rollback.
    write(&mut other, 3);
    assert_eq!(read(&mut scratch.connect()), [1, 3]);
}

#[test]
fn savepoints() {
    let scratch = Scratch::new();
    let mut other = scratch.with(SCHEMA);
    let mut transaction = scratch.engine.begin().wait().unwrap();
    write(&mut transaction, 1);
    let mut inner = transaction.begin_nested().wait().unwrap();
    write(&mut inner, 2);
    inner.rollback().wait().unwrap();
    let mut inner = transaction.begin_nested().wait().unwrap();
    write(&mut inner, 3);
    inner.commit().wait().unwrap();
    let mut inner = transaction.begin_nested().wait().unwrap();
    write(&mut inner, 4);
    drop(inner);
    // A failed statement takes nothing else back.
    let error = transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert!(transaction.in_transaction());
    transaction.commit().wait().unwrap();
    assert_eq!(read(&mut other), [1, 3]);
}

#[test]
fn a_read_only_transaction() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    let mut transaction = connection.begin_with(TransactionOptions::read_only()).wait().unwrap();
    assert_eq!(read(&mut transaction), [0_i64; 0]);
    let error = transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
    transaction.commit().wait().unwrap();
    write(&mut connection, 1);
    assert_eq!(read(&mut connection), [1]);
}

/// The server's word counts: schema statements commit, and a transaction may be begun by hand.
#[test]
fn whether_a_transaction_is_open_is_the_servers_word() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    assert!(!connection.in_transaction());
    connection.execute_script("START TRANSACTION").wait().unwrap();
    assert!(connection.in_transaction());
    write(&mut connection, 1);
    assert!(connection.in_transaction());
    assert_eq!(read(&mut connection), [1]);
    assert!(connection.in_transaction());
    connection.execute(sql("CREATE TABLE other (id INTEGER)")).wait().unwrap();
    assert!(!connection.in_transaction());
}
