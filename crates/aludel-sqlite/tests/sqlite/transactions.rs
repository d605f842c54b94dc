//! Transactions.

use aludel_engine::{ErrorKind, TransactionOptions, Wait};

use crate::scratch::{memory, number};

#[test]
fn commit_keeps_and_rollback_takes_back() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (n)", &[]).wait().expect("a table");
    for options in [TransactionOptions::default(), TransactionOptions::immediate()] {
        connection.begin(options).wait().expect("a transaction");
        assert!(connection.in_transaction());
        connection.execute("INSERT INTO t VALUES (1)", &[]).wait().expect("a row");
        connection.rollback().wait().expect("a rollback");
        assert!(!connection.in_transaction());
    }
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t"), 0);
    connection.begin(TransactionOptions::default()).wait().expect("a transaction");
    connection.execute("INSERT INTO t VALUES (1)", &[]).wait().expect("a row");
    connection.commit().wait().expect("a commit");
    connection.begin(TransactionOptions::default()).wait().expect("a transaction");
    connection.execute("INSERT INTO t VALUES (2)", &[]).wait().expect("a row");
    assert!(connection.rollback_now());
    assert_eq!(number(connection.as_mut(), "SELECT sum(n) FROM t"), 1);
}

#[test]
fn a_second_transaction_and_a_commit_of_none_are_errors() {
    let mut connection = memory();
    let error = connection.commit().wait().expect_err("none is open");
    assert!(error.message().contains("no transaction to commit"), "{error}");
    connection.rollback().wait().expect("nothing to take back");
    connection.begin(TransactionOptions::default()).wait().expect("a transaction");
    let error = connection.begin(TransactionOptions::default()).wait().expect_err("one is open");
    assert_eq!(error.kind(), ErrorKind::Usage);
}

#[test]
fn a_read_only_transaction_refuses_writes_and_leaves_no_trace() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (n)", &[]).wait().expect("a table");
    let insert = "INSERT INTO t VALUES (1)";
    let ends: [fn(&mut dyn aludel_engine::RawConnection); 4] = [
        |connection| connection.commit().wait().expect("a commit"),
        |connection| connection.rollback().wait().expect("a rollback"),
        |connection| assert!(connection.rollback_now()),
        // Not by this road, but it is open.
        |connection| {
            connection.execute("COMMIT", &[]).wait().expect("a commit");
        },
    ];
    for end in ends {
        connection.begin(TransactionOptions::read_only()).wait().expect("a transaction");
        assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t WHERE n = 0"), 0);
        let error = connection.execute(insert, &[]).wait().expect_err("a write");
        assert_eq!(error.kind(), ErrorKind::Operational);
        assert!(error.code().is_some_and(|code| code.starts_with("SQLITE_READONLY")), "{error}");
        end(connection.as_mut());
        connection.execute(insert, &[]).wait().expect("a row");
    }
    let both = {
        let mut options = TransactionOptions::immediate();
        options.read_only = true;
        options
    };
    assert_eq!(connection.begin(both).wait().expect_err("both").kind(), ErrorKind::Usage);
}

#[test]
fn a_commit_that_breaks_a_deferred_key_leaves_the_transaction_to_be_mended() {
    let mut connection = memory();
    connection
        .execute_script(
            "CREATE TABLE a (id INTEGER PRIMARY KEY);
             CREATE TABLE b (a REFERENCES a DEFERRABLE INITIALLY DEFERRED);",
        )
        .wait()
        .expect("tables");
    connection.begin(TransactionOptions::default()).wait().expect("a transaction");
    connection.execute("INSERT INTO b VALUES (1)", &[]).wait().expect("a row");
    let error = connection.commit().wait().expect_err("no such row");
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    assert!(connection.in_transaction());
    connection.execute("INSERT INTO a VALUES (1)", &[]).wait().expect("a row");
    connection.commit().wait().expect("a commit");
}

#[test]
fn a_transaction_that_the_database_ended_is_over() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (n UNIQUE ON CONFLICT ROLLBACK)", &[]).wait().expect("a table");
    connection.begin(TransactionOptions::default()).wait().expect("a transaction");
    connection.execute("INSERT INTO t VALUES (1)", &[]).wait().expect("a row");
    assert!(connection.execute("INSERT INTO t VALUES (1)", &[]).wait().is_err());
    assert!(!connection.in_transaction());
    let error = connection.commit().wait().expect_err("it is over");
    assert!(error.message().contains("SQLite took it back after an earlier error"), "{error}");
    connection.rollback().wait().expect("nothing to take back");
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t"), 0);
}
