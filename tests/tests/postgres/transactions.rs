//! Transactions and savepoints: what is not committed did not happen, and nobody is told otherwise.

use aludel::prelude::*;
use aludel::{Connection, ErrorKind, TransactionOptions};

use crate::database::Database;

const TABLE: &str = "CREATE TABLE t (a integer PRIMARY KEY)";

fn insert(connection: &mut Connection, number: i64) -> Result<(), aludel::Error> {
    connection.execute(sql("INSERT INTO t VALUES (?)").bind(number)).wait().map(|_| ())
}

fn rows(connection: &mut Connection) -> Vec<i32> {
    connection.all(sql("SELECT a FROM t ORDER BY a").rows()).wait().expect("a query")
}

#[test]
fn a_commit_lasts_and_all_else_does_not() {
    let database = Database::new();
    let mut connection = database.after(TABLE);
    let mut other = database.connect();

    let mut transaction = connection.begin().wait().expect("a transaction");
    insert(&mut transaction, 1).expect("a row");
    assert_eq!(rows(&mut other), Vec::<i32>::new());
    transaction.commit().wait().expect("a commit");
    assert_eq!(rows(&mut other), [1]);

    let mut transaction = connection.begin().wait().expect("a transaction");
    insert(&mut transaction, 2).expect("a row");
    transaction.rollback().wait().expect("a rollback");
    assert_eq!(rows(&mut other), [1]);

    let mut transaction = database.engine.begin().wait().expect("a transaction");
    insert(&mut transaction, 3).expect("a row");
    drop(transaction);
    // A lock that is still held would keep this one waiting.
    insert(&mut other, 3).expect("the dropped transaction is gone");
    assert_eq!(rows(&mut other), [1, 3]);
}

#[test]
fn savepoints_are_taken_back_by_themselves() {
    let database = Database::new();
    let mut connection = database.after(TABLE);
    let mut transaction = connection.begin().wait().expect("a transaction");
    insert(&mut transaction, 1).expect("a row");

    let mut inner = transaction.begin_nested().wait().expect("a savepoint");
    insert(&mut inner, 2).expect("a row");
    let error = insert(&mut inner, 1).expect_err("a duplicate");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    let error = insert(&mut inner, 4).expect_err("the server ignores what follows");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Usage, Some("25P02")), "{error}");
    inner.rollback().wait().expect("back to the savepoint");

    let mut inner = transaction.begin_nested().wait().expect("a savepoint");
    insert(&mut inner, 3).expect("a row");
    inner.commit().wait().expect("a release");

    let mut dropped = transaction.begin_nested().wait().expect("a savepoint");
    insert(&mut dropped, 5).expect("a row");
    drop(dropped);
    assert_eq!(rows(&mut transaction), [1, 3]);
    transaction.commit().wait().expect("what failed was taken back");
    assert_eq!(rows(&mut connection), [1, 3]);
}

#[test]
fn a_failed_transaction_cannot_be_committed_in_silence() {
    let database = Database::new();
    let mut connection = database.after(TABLE);
    let mut transaction = connection.begin().wait().expect("a transaction");
    insert(&mut transaction, 1).expect("a row");
    insert(&mut transaction, 1).expect_err("a duplicate");
    let error = transaction.commit().wait().expect_err("the server has given it up");
    assert!(error.message().contains("rolled back"), "{error}");
    assert!(!connection.in_transaction());
    assert_eq!(rows(&mut connection), Vec::<i32>::new());
}

#[test]
fn a_deferred_constraint_is_heard_at_the_commit() {
    let database = Database::new();
    let mut connection = database.after(
        "CREATE TABLE t (a integer PRIMARY KEY);
         CREATE TABLE u (a integer REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
    );
    let mut transaction = connection.begin().wait().expect("a transaction");
    transaction.execute(sql("INSERT INTO u VALUES (1)")).wait().expect("not yet looked at");
    let error = transaction.commit().wait().expect_err("now it is");
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
    assert!(!connection.in_transaction());
    assert_eq!(connection.one(sql("SELECT count(*) FROM u").rows::<i64>()).wait().expect("a count"), 0);

    // Outside of a transaction it is the statement itself, although its row was wanted and came.
    let late = connection.first(sql("INSERT INTO u VALUES (1) RETURNING a").rows::<i32>()).wait();
    assert_eq!(late.expect_err("refused").kind(), ErrorKind::ForeignKeyViolation);
}

#[test]
fn a_read_only_transaction_writes_nothing() {
    let database = Database::new();
    let mut connection = database.after(TABLE);
    let options = TransactionOptions::read_only();
    let mut transaction = connection.begin_with(options).wait().expect("a transaction");
    assert_eq!(rows(&mut transaction), Vec::<i32>::new());
    let error = insert(&mut transaction, 1).expect_err("refused");
    assert_eq!(error.code(), Some("25006"), "{error}");
    transaction.rollback().wait().expect("a rollback");
    insert(&mut connection, 1).expect("the next one may");
}
