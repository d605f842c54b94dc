//! Statements: counts, keys, scripts, and those that cannot be prepared.

use aludel::prelude::*;
use aludel::{ErrorKind, Value};

use crate::scratch::{Scratch, rows};

#[test]
fn what_a_statement_did() {
    let scratch = Scratch::new();
    let mut connection = scratch.with("CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INTEGER)");
    let raw = connection.raw().unwrap();
    let done = raw.execute("INSERT INTO t (v) VALUES (1), (2), (3)", &[]).wait().unwrap();
    assert_eq!((done.rows_affected, done.last_insert_id), (3, Some(1)));
    // Rows that are found count, although nothing about them changes.
    let done = raw.execute("UPDATE t SET v = 2 WHERE v >= 2", &[]).wait().unwrap();
    assert_eq!((done.rows_affected, done.last_insert_id), (2, None));
    let done = raw.execute("DELETE FROM t WHERE v = 7", &[]).wait().unwrap();
    assert_eq!(done.rows_affected, 0);
    let done = raw.execute("SELECT * FROM t", &[]).wait().unwrap();
    assert_eq!((done.rows_affected, done.last_insert_id), (0, None));
    if connection.dialect().capabilities().insert_returning {
        let returning = "INSERT INTO t (v) VALUES (?), (?) RETURNING id, v";
        let read = rows(&mut connection, returning, &[Value::I64(8), Value::I64(9)]).unwrap();
        assert_eq!(read, [[Value::I64(4), Value::I64(8)], [Value::I64(5), Value::I64(9)]]);
    }
}

#[test]
fn a_query_ends_early_and_the_connection_goes_on() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let numbers =
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n";
    let first: Option<i64> = connection.first(sql(numbers).rows()).wait().unwrap();
    assert_eq!(first, Some(1));
    let all: Vec<i64> = connection.all(sql(numbers).rows()).wait().unwrap();
    assert_eq!(all, (1..=900).collect::<Vec<_>>());
}

#[test]
fn the_number_of_parameters_is_checked() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let error = rows(&mut connection, "SELECT ?, ?", &[Value::I64(1)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Programming);
    assert_eq!(error.message(), "the statement takes 2 parameters, but 1 were given");
    let error = rows(&mut connection, "SELECT ?, :x", &[Value::I64(1)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Programming);
    // Neither is a parameter.
    let read = rows(&mut connection, "SELECT ':a ?' /* :b ? */ AS `c:d ?`", &[]).unwrap();
    assert_eq!(read, [[Value::Text(":a ?".into())]]);
}

/// `LOCK TABLES` and its like are sent as text, with all that a text result needs.
#[test]
fn statements_that_cannot_be_prepared() {
    let scratch = Scratch::new();
    let mut connection = scratch.with("CREATE TABLE t (id INTEGER)");
    let raw = connection.raw().unwrap();
    raw.execute("LOCK TABLES t WRITE", &[]).wait().unwrap();
    raw.execute("UNLOCK TABLES", &[]).wait().unwrap();
    let create = "CREATE PROCEDURE p() BEGIN SELECT 7 AS a, 'x' AS b; SELECT 8; END";
    raw.execute(create, &[]).wait().unwrap();
    let read = rows(&mut connection, "CALL p()", &[]).unwrap();
    assert_eq!(read, [[Value::I64(7), Value::Text("x".into())]]);
    let read = rows(&mut connection, "HELP 'no such topic at all'", &[]);
    assert_eq!(read.unwrap(), Vec::<Vec<Value>>::new());
}

#[test]
fn scripts() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(
        "CREATE TABLE t (id INTEGER); -- the table
         INSERT INTO t VALUES (1); SELECT * FROM t;
         CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.id = NEW.id + 1; SET @x = ';'; END;
         INSERT INTO t VALUES (2);
         # nothing more",
    );
    for empty in ["", "  ", ";", "-- nothing", "/* nothing */"] {
        connection.execute_script(empty).wait().unwrap_or_else(|error| panic!("{empty:?}: {error}"));
    }
    assert_eq!(rows(&mut connection, "SELECT id FROM t", &[]).unwrap(), [[Value::I64(1)], [Value::I64(3)]]);
    let failing = "INSERT INTO t VALUES (5); INSERT INTO missing VALUES (1); INSERT INTO t VALUES (6)";
    let error = connection.execute_script(failing).wait().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Programming, Some("1146 (42S02)")));
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[]).unwrap(), [[Value::I64(3)]]);
    // One statement is one statement.
    let error = connection.raw().unwrap().execute("DELETE FROM t; DELETE FROM t", &[]).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Programming);
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[]).unwrap(), [[Value::I64(3)]]);
}

#[test]
fn more_statements_than_the_connection_keeps_prepared() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    for number in 0..300 {
        let read = rows(&mut connection, &format!("SELECT ? + {number}"), &[Value::I64(1)]).unwrap();
        assert_eq!(read, [[Value::I64(number + 1)]]);
    }
}

#[test]
fn a_prepared_statement_follows_its_table() {
    let scratch = Scratch::new();
    let mut connection = scratch.with("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)");
    assert_eq!(rows(&mut connection, "SELECT * FROM t", &[]).unwrap(), [[Value::I64(1)]]);
    connection.execute_script("ALTER TABLE t ADD COLUMN b VARCHAR(5) DEFAULT 'x'").wait().unwrap();
    let read = rows(&mut connection, "SELECT * FROM t", &[]).unwrap();
    assert_eq!(read, [[Value::I64(1), Value::Text("x".into())]]);
}

#[test]
fn the_session_is_in_utc_and_strict() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let read = rows(&mut connection, "SELECT @@time_zone, @@character_set_client, @@sql_mode", &[]).unwrap();
    let [zone, charset, mode] = read[0].as_slice() else { panic!("{read:?}") };
    assert_eq!((zone, charset), (&Value::Text("+00:00".into()), &Value::Text("utf8mb4".into())));
    assert!(matches!(mode, Value::Text(mode) if mode.contains("STRICT_TRANS_TABLES")), "{mode}");
}
