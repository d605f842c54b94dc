//! What the server refuses becomes an error that can be acted on.

use aludel::prelude::*;
use aludel::sql::ValueRef;
use aludel::{Connection, Error, ErrorKind};

use crate::database::Database;

const TABLES: &str = "
    CREATE TABLE users (
        id integer PRIMARY KEY,
        email text NOT NULL CONSTRAINT one_per_address UNIQUE,
        age smallint CONSTRAINT of_age CHECK (age >= 18)
    );
    CREATE TABLE addresses (
        a integer, b integer, \"user id\" integer CONSTRAINT belongs REFERENCES users,
        UNIQUE (a, b)
    );
    INSERT INTO users VALUES (1, 'alice@example.org', 30);
    INSERT INTO addresses VALUES (1, 2, 1);
";

fn refused(connection: &mut Connection, statement: &'static str) -> Error {
    connection.execute(sql(statement)).wait().expect_err(statement)
}

#[test]
fn integrity_errors_name_constraint_table_and_columns() {
    let database = Database::new();
    let mut connection = database.after(TABLES);
    for (statement, kind, code, constraint, table, columns) in [
        (
            "INSERT INTO users VALUES (2, 'alice@example.org', 30)",
            ErrorKind::UniqueViolation,
            "23505",
            Some("one_per_address"),
            "users",
            &["email"][..],
        ),
        (
            "INSERT INTO users VALUES (1, 'b', 30)",
            ErrorKind::UniqueViolation,
            "23505",
            Some("users_pkey"),
            "users",
            &["id"],
        ),
        (
            "INSERT INTO addresses VALUES (1, 2, 1)",
            ErrorKind::UniqueViolation,
            "23505",
            Some("addresses_a_b_key"),
            "addresses",
            &["a", "b"],
        ),
        (
            "INSERT INTO addresses VALUES (3, 4, 99)",
            ErrorKind::ForeignKeyViolation,
            "23503",
            Some("belongs"),
            "addresses",
            &["user id"],
        ),
        (
            "INSERT INTO users VALUES (3, NULL, 30)",
            ErrorKind::NotNullViolation,
            "23502",
            None,
            "users",
            &["email"],
        ),
        (
            "INSERT INTO users VALUES (3, 'c', 3)",
            ErrorKind::CheckViolation,
            "23514",
            Some("of_age"),
            "users",
            &[],
        ),
    ] {
        let error = refused(&mut connection, statement);
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.code(), Some(code), "{error}");
        assert_eq!(error.constraint(), constraint, "{error}");
        assert_eq!(error.table(), Some(table), "{error}");
        assert_eq!(error.columns(), columns, "{error}");
        assert_eq!(error.statement(), Some(statement));
        assert!(error.is_integrity());
    }
}

#[test]
fn other_errors_have_their_class() {
    let database = Database::new();
    let mut connection = database.after(TABLES);
    for (statement, kind, code) in [
        ("SELECT 1 / 0", ErrorKind::Data, "22012"),
        ("SELECT 'x'::integer", ErrorKind::Data, "22P02"),
        ("INSERT INTO users VALUES (2, 'x', 70000)", ErrorKind::Data, "22003"),
        ("SELEC 1", ErrorKind::Programming, "42601"),
        ("SELECT nothing FROM users", ErrorKind::Programming, "42703"),
        ("SELECT 1 FROM nowhere", ErrorKind::Programming, "42P01"),
        ("SELECT 1; SELECT 2", ErrorKind::Programming, "42601"),
        ("DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", ErrorKind::Integrity, "P0001"),
        (
            "DO $$ BEGIN RAISE EXCEPTION 'result is ambiguous' USING ERRCODE = '40003'; END $$",
            ErrorKind::CommitUnknown,
            "40003",
        ),
        ("SET statement_timeout = 'x'", ErrorKind::Data, "22023"),
        ("SET statement_timeout = 10", ErrorKind::Timeout, ""),
        ("SELECT pg_sleep(5)", ErrorKind::Timeout, "57014"),
        ("SET statement_timeout = 0", ErrorKind::Timeout, ""),
    ] {
        if code.is_empty() {
            connection.execute_script(statement).wait().expect(statement);
            continue;
        }
        let error = refused(&mut connection, statement);
        assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{error}");
    }
    let lines =
        "CREATE TABLE stays (days int4range, CONSTRAINT no_overlap EXCLUDE USING gist (days WITH &&))";
    connection.execute_script(lines).wait().expect("a table");
    connection.execute_script("INSERT INTO stays VALUES ('[1,5)')").wait().expect("a row");
    let error = refused(&mut connection, "INSERT INTO stays VALUES ('[4,6)')");
    assert_eq!((error.kind(), error.constraint()), (ErrorKind::ExclusionViolation, Some("no_overlap")));
    assert!(error.is_integrity());
    let hinted = refused(&mut connection, "SELECT emial FROM users");
    assert!(hinted.to_string().contains("users.email"), "{hinted}");
    let error =
        connection.raw().expect("open").execute("SELECT $1::int", &[]).wait().expect_err("no parameter");
    assert_eq!(error.message(), "the statement takes 1 parameter, but 0 were given");
    let error = connection.raw().expect("open").execute("SELECT 1\0", &[]).wait().expect_err("a NUL");
    assert!(error.message().contains("NUL character at byte 8"), "{error}");
    connection.one(sql("SELECT 1").rows::<i32>()).wait().expect("the connection goes on");
}

#[test]
fn messages_show_no_values() {
    let database = Database::new();
    let mut connection = database.after(TABLES);
    let statement = "INSERT INTO users VALUES ($1, $2, 30)";
    let values = [ValueRef::I64(4711), ValueRef::Text("alice@example.org")];
    let raw = connection.raw().expect("open");
    let error = raw.execute(statement, &values).wait().expect_err("a duplicate");
    assert_eq!(error.statement(), Some(statement));
    let shown = format!("{error}\n{error:?}");
    assert!(!shown.contains("4711") && !shown.contains("alice"), "{shown}");
}

#[test]
fn a_script_stops_at_the_line_that_fails() {
    let database = Database::new();
    let mut connection = database.connect();
    let script = "CREATE TABLE t (a integer);\nINSERT INTO nowhere VALUES (1);\nSELECT 1;";
    let error = connection.execute_script(script).wait().expect_err("there is no such table");
    assert_eq!(error.kind(), ErrorKind::Programming);
    assert_eq!(error.statement(), Some("INSERT INTO nowhere VALUES (1);"));
}

#[test]
fn two_transactions_in_each_others_way_may_be_run_again() {
    let database = Database::new();
    drop(database.after("CREATE TABLE t (a integer PRIMARY KEY); INSERT INTO t VALUES (1)"));
    let mut one = database.engine.begin().wait().expect("a transaction");
    let mut two = database.engine.begin().wait().expect("another");
    for transaction in [&mut one, &mut two] {
        transaction
            .execute(sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
            .wait()
            .expect("before any query");
        transaction.one(sql("SELECT a FROM t").rows::<i32>()).wait().expect("a row");
    }
    one.execute(sql("UPDATE t SET a = 2")).wait().expect("the first one may");
    one.commit().wait().expect("and its change lasts");
    let error = two.execute(sql("UPDATE t SET a = 3")).wait().expect_err("the second one may not");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Serialization, Some("40001")), "{error}");
}
