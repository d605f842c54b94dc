//! Savepoints that are ended out of order.

use aludel::ErrorKind;
use aludel::prelude::*;

fn transaction() -> Transaction<'static> {
    let engine = Engine::new("sqlite://").unwrap();
    let mut transaction = engine.begin().wait().unwrap();
    transaction.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    transaction
}

fn insert_into(connection: &mut Connection, number: i64) {
    connection.execute(sql("INSERT INTO t VALUES (?)").bind(number)).wait().unwrap();
}

fn numbers(connection: &mut Connection) -> Vec<i64> {
    connection.all(sql("SELECT n FROM t ORDER BY n").rows()).wait().unwrap()
}

#[test]
fn with_the_outer_one_the_inner_ones_end() {
    for release in [true, false] {
        let mut transaction = transaction();
        let outer = transaction.open_savepoint().wait().unwrap();
        let inner = transaction.open_savepoint().wait().unwrap();
        insert_into(&mut transaction, 1);
        if release {
            transaction.release_savepoint(outer).wait().unwrap();
        } else {
            transaction.rollback_savepoint(outer).wait().unwrap();
        }
        for ended in [inner, outer] {
            let error = transaction.release_savepoint(ended).wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(error.to_string().contains("ended already"), "{error}");
            assert!(transaction.rollback_savepoint(ended).wait().is_err());
        }
        assert_eq!(numbers(&mut transaction), if release { vec![1] } else { vec![] });
    }
}

/// The database knows a later savepoint by the name of one that has ended; we do not confuse them.
#[test]
fn a_savepoint_is_not_mistaken_for_one_that_has_ended() {
    let mut transaction = transaction();
    let first = transaction.open_savepoint().wait().unwrap();
    transaction.release_savepoint(first).wait().unwrap();
    let second = transaction.open_savepoint().wait().unwrap();
    insert_into(&mut transaction, 1);
    assert!(transaction.rollback_savepoint(first).wait().is_err());
    assert_eq!(numbers(&mut transaction), [1]);
    transaction.rollback_savepoint(second).wait().unwrap();
    assert!(numbers(&mut transaction).is_empty());
    // Nor is one of an earlier transaction.
    assert!(transaction.rollback_savepoint(0).wait().is_err());
}

/// What was dropped inside is taken back before the outer one is made to last.
#[test]
fn a_dropped_inner_one_does_not_slip_in_with_the_outer_one() {
    let mut transaction = transaction();
    let mut outer = transaction.begin_nested().wait().unwrap();
    insert_into(&mut outer, 1);
    let number = outer.open_savepoint().wait().unwrap();
    insert_into(&mut outer, 2);
    outer.abandon_savepoint(number);
    outer.commit().wait().unwrap();
    assert_eq!(numbers(&mut transaction), [1]);
}

#[test]
fn a_savepoint_needs_a_transaction() {
    let engine = Engine::new("sqlite://").unwrap();
    let error = engine.connect().wait().unwrap().open_savepoint().wait().unwrap_err();
    assert!(error.to_string().contains("needs an open transaction"), "{error}");
}

/// A transaction that the database took back by itself takes nothing more.
#[test]
fn nothing_runs_on_in_a_transaction_that_the_database_took_back() {
    let engine = Engine::new("sqlite://").unwrap();
    let script = "CREATE TABLE t (n INTEGER); CREATE TRIGGER harsh BEFORE INSERT ON t WHEN new.n = 13
                  BEGIN SELECT raise(ROLLBACK, 'unlucky'); END";
    engine.connect().wait().unwrap().execute_script(script).wait().unwrap();
    let mut transaction = engine.begin().wait().unwrap();
    insert_into(&mut transaction, 1);
    transaction.execute(sql("INSERT INTO t VALUES (13)")).wait().unwrap_err();
    // This would last, although the transaction is never committed.
    let error = transaction.execute(sql("INSERT INTO t VALUES (2)")).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("run it again"), "{error}");
    assert!(transaction.commit().wait().is_err());
    let mut connection = engine.connect().wait().unwrap();
    assert!(numbers(&mut connection).is_empty());
    // On the same connection, the next one begins afresh.
    let mut transaction = connection.begin().wait().unwrap();
    transaction.execute(sql("INSERT INTO t VALUES (13)")).wait().unwrap_err();
    transaction.rollback().wait().unwrap();
    insert_into(&mut connection, 3);
    assert_eq!(numbers(&mut connection), [3]);
}
