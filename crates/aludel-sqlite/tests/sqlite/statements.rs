//! Single statements and scripts.

use std::ops::ControlFlow;

use aludel_engine::{ErrorKind, Execution, Wait};
use aludel_sql::value::{Value, ValueRef};

use crate::scratch::{memory, number, rows};

#[test]
fn an_execution_tells_what_it_did_and_nothing_else() {
    let mut connection = memory();
    let mut execute = |sql: &str| connection.execute(sql, &[]).wait().expect(sql);
    assert_eq!(execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n)"), Execution::new(0, None));
    assert_eq!(execute("INSERT INTO t (n) VALUES (1), (2), (3)"), Execution::new(3, Some(3)));
    assert_eq!(execute("UPDATE t SET n = n + 1 WHERE id < 3"), Execution::new(2, None));
    // SQLite's own counter still says 2 after each of these.
    assert_eq!(execute("CREATE INDEX i ON t (n)"), Execution::new(0, None));
    assert_eq!(execute("INSERT OR IGNORE INTO t (id) VALUES (1)"), Execution::new(0, None));
    assert_eq!(execute("DELETE FROM t WHERE id = 9"), Execution::new(0, None));
    let cte = "WITH a AS (SELECT 'insert' AS x) INSERT INTO t (id, n) SELECT 7, x FROM a";
    assert_eq!(execute(cte), Execution::new(1, Some(7)));
    assert_eq!(execute("-- a remark\nREPLACE INTO t VALUES (7, 0)"), Execution::new(1, Some(7)));
    assert_eq!(execute("WITH a AS (SELECT 1) DELETE FROM t WHERE id = 1"), Execution::new(1, None));
    // Rows are dropped.
    assert_eq!(execute("INSERT INTO t (n) VALUES (1), (2) RETURNING id"), Execution::new(2, Some(9)));
    assert_eq!(execute("SELECT * FROM t"), Execution::new(0, None));
    assert_eq!(execute("DELETE FROM t;"), Execution::new(5, None));
}

#[test]
fn rows_have_names_and_stop_where_told() {
    let mut connection = memory();
    let mut seen = Vec::new();
    let mut sink = |row: &dyn aludel_sql::decode::Row| {
        assert_eq!((row.width(), row.name(0), row.name(1), row.name(2)), (2, Some("n"), Some("a b"), None));
        assert!(row.value(2).is_err());
        seen.push(row.value(0).map(ValueRef::to_owned).expect("a value"));
        Ok(if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    let sql =
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n, 'x' AS \"a b\" FROM c";
    connection.fetch(sql, &[], &mut sink).wait().expect("two of endless rows");
    assert_eq!(seen, [Value::I64(1), Value::I64(2)]);
}

#[test]
fn a_write_runs_to_its_end_though_its_rows_are_not_wanted() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).wait().expect("a table");
    let mut sink = |_: &dyn aludel_sql::decode::Row| Ok(ControlFlow::Break(()));
    let sql = "INSERT INTO t VALUES (1), (2), (3) RETURNING id";
    connection.fetch(sql, &[], &mut sink).wait().expect("rows");
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t"), 3);
}

#[test]
fn a_broken_foreign_key_is_found_though_the_rows_are_not_wanted() {
    let mut connection = memory();
    connection
        .execute_script("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a)")
        .wait()
        .expect("tables");
    let mut sink = |_: &dyn aludel_sql::decode::Row| Ok(ControlFlow::Break(()));
    let sql = "INSERT INTO b VALUES (1) RETURNING a";
    let error = connection.fetch(sql, &[], &mut sink).wait().expect_err("no such row");
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM b"), 0);
}

#[test]
fn several_statements_are_never_cut_to_the_first() {
    let mut connection = memory();
    for sql in ["CREATE TABLE t (a); DROP TABLE t", "SELECT 1; nonsense", "SELECT ';'; SELECT 2"] {
        let error = connection.execute(sql, &[]).wait().expect_err(sql);
        assert_eq!(error.kind(), ErrorKind::Programming);
        assert!(error.message().contains("`execute_script`"), "{error}");
        assert_eq!(error.statement(), Some(sql));
        assert!(rows(connection.as_mut(), sql, &[]).is_err());
    }
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM sqlite_schema"), 0);
    // One statement may have semicolons behind it and inside.
    assert_eq!(number(connection.as_mut(), "SELECT length(';;') ; -- ; \n ;"), 2);
    let trigger = "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 1; END;";
    connection.execute("CREATE TABLE t (a)", &[]).wait().expect("a table");
    connection.execute(trigger, &[]).wait().expect("a trigger");
}

#[test]
fn parameters_are_counted() {
    let mut connection = memory();
    let one = [ValueRef::I64(1)];
    for (sql, parameters, text) in [
        ("SELECT ?, ?", &one[..], "takes 2 parameters, but 1 were given"),
        ("SELECT 1", &one[..], "takes 0 parameters, but 1 were given"),
        ("SELECT ?", &[][..], "takes 1 parameter, but 0 were given"),
    ] {
        let error = rows(connection.as_mut(), sql, parameters).expect_err(sql);
        assert_eq!(error.kind(), ErrorKind::Programming);
        assert!(error.message().contains(text), "{error}");
    }
}

#[test]
fn texts_that_are_no_statement_are_refused() {
    let mut connection = memory();
    for (sql, text) in [
        ("", "holds no statement"),
        (" -- nothing", "holds no statement"),
        ("SELECT 1 \0 FROM nowhere", "NUL character at byte 9"),
        ("SELEC 1", "syntax error"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
    ] {
        let error = connection.execute(sql, &[]).wait().expect_err(sql);
        assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
        assert!(error.message().contains(text), "{error}");
        assert_eq!(error.statement(), Some(sql));
        assert!(rows(connection.as_mut(), sql, &[]).is_err(), "{sql}");
    }
    let error = connection.execute_script("SELECT 1;\0").wait().expect_err("a NUL");
    assert!(error.message().contains("NUL character"), "{error}");
}

#[test]
fn a_script_runs_all_its_statements_and_names_the_one_that_fails() {
    let mut connection = memory();
    let script = "
        CREATE TABLE t (a INTEGER); -- a remark; with a semicolon
        CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = a + 1; END;
        INSERT INTO t VALUES (1);
        SELECT * FROM t;
        INSERT INTO missing VALUES (1);
        INSERT INTO t VALUES (5);";
    let error = connection.execute_script(script).wait().expect_err("no such table");
    assert_eq!(error.statement(), Some("INSERT INTO missing VALUES (1)"));
    assert_eq!(number(connection.as_mut(), "SELECT sum(a) FROM t"), 2);
    connection.execute_script("").wait().expect("nothing to do");
}

#[test]
fn a_changed_schema_is_noticed_by_kept_statements() {
    let mut connection = memory();
    connection.execute_script("CREATE TABLE t (a); INSERT INTO t VALUES (1)").wait().expect("a table");
    let all = "SELECT * FROM t";
    assert_eq!(rows(connection.as_mut(), all, &[]).expect("rows"), [[Value::I64(1)]]);
    connection.execute("ALTER TABLE t ADD COLUMN b DEFAULT 'x'", &[]).wait().expect("a column");
    let expected = [[Value::I64(1), Value::Text("x".into())]];
    assert_eq!(rows(connection.as_mut(), all, &[]).expect("rows"), expected);
}

#[test]
fn a_sink_that_refuses_a_row_ends_the_query() {
    let mut connection = memory();
    let mut sink = |row: &dyn aludel_sql::decode::Row| {
        let mut reader = aludel_sql::decode::RowReader::new(row);
        reader.read::<i64>().map(|_| ControlFlow::Continue(()))
    };
    let error =
        connection.fetch("SELECT 1 AS n UNION ALL SELECT 'x'", &[], &mut sink).wait().expect_err("text");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("column 0 (`n`, read as `i64`): expected i64"), "{error}");
    assert_eq!(number(connection.as_mut(), "SELECT 1"), 1);
}
