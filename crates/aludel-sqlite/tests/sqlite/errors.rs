//! Classes of errors, and what they name.

use aludel_engine::{Error, ErrorKind, Wait};

use crate::scratch::memory;

const SCHEMA: &str = "
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        username TEXT NOT NULL,
        domain TEXT,
        age INTEGER CONSTRAINT grown_up CHECK (age >= 18),
        CONSTRAINT one_name UNIQUE (username, domain)
    );
    CREATE UNIQUE INDEX users_lower ON users (lower(username));
    CREATE TABLE posts (user_id INTEGER REFERENCES users (id));
    CREATE TABLE typed (n INTEGER) STRICT;
    CREATE TABLE plain (id INTEGER PRIMARY KEY);
    CREATE TRIGGER guard BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'users stay'); END;
    INSERT INTO users VALUES (1, 'Ann', 'x', 30);
";

fn failure(sql: &str) -> Error {
    let mut connection = memory();
    connection.execute_script(SCHEMA).wait().expect("the schema");
    let error = connection.execute(sql, &[]).wait().expect_err(sql);
    assert_eq!(error.statement(), Some(sql));
    error
}

#[test]
fn integrity_errors_name_what_they_concern() {
    let error = failure("INSERT INTO users VALUES (2, 'Ann', 'x', 30)");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert_eq!(error.code(), Some("SQLITE_CONSTRAINT_UNIQUE (2067)"));
    // SQLite checks the index on an expression first, and names it.
    assert_eq!(error.constraint(), Some("users_lower"));

    let error = failure("INSERT INTO users VALUES (1, 'Bob', 'x', 30)");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert_eq!(error.code(), Some("SQLITE_CONSTRAINT_PRIMARYKEY (1555)"));
    assert_eq!((error.table(), error.columns()), (Some("users"), &["id".to_owned()][..]));
}

#[test]
fn a_constraint_over_several_columns_names_them_all() {
    let mut connection = memory();
    connection
        .execute_script("CREATE TABLE t (a, b, UNIQUE (a, b)); INSERT INTO t VALUES (1, 2)")
        .wait()
        .expect("t");
    let error = connection.execute("INSERT INTO t VALUES (1, 2)", &[]).wait().expect_err("a repetition");
    assert_eq!(error.table(), Some("t"));
    assert_eq!(error.columns(), ["a", "b"]);
}

#[test]
fn each_rule_has_its_kind() {
    let cases = [
        (
            "INSERT INTO users (id) VALUES (2)",
            ErrorKind::NotNullViolation,
            "SQLITE_CONSTRAINT_NOTNULL (1299)",
        ),
        ("UPDATE users SET age = 3", ErrorKind::CheckViolation, "SQLITE_CONSTRAINT_CHECK (275)"),
        (
            "INSERT INTO posts VALUES (9)",
            ErrorKind::ForeignKeyViolation,
            "SQLITE_CONSTRAINT_FOREIGNKEY (787)",
        ),
        ("DELETE FROM users", ErrorKind::Integrity, "SQLITE_CONSTRAINT_TRIGGER (1811)"),
        ("INSERT INTO typed VALUES ('x')", ErrorKind::Data, "SQLITE_CONSTRAINT_DATATYPE (3091)"),
        ("INSERT INTO plain VALUES ('x')", ErrorKind::Data, "SQLITE_MISMATCH (20)"),
        ("SELECT abs(-9223372036854775808)", ErrorKind::Data, "SQLITE_ERROR (1)"),
        ("SELECT zeroblob(2000000000)", ErrorKind::Data, "SQLITE_TOOBIG (18)"),
        ("SELECT nothing FROM users", ErrorKind::Programming, "SQLITE_ERROR (1)"),
        ("SELECT no_function(1)", ErrorKind::Programming, "SQLITE_ERROR (1)"),
        ("CREATE TABLE users (id)", ErrorKind::Programming, "SQLITE_ERROR (1)"),
    ];
    for (sql, kind, code) in cases {
        let error = failure(sql);
        assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{error}");
    }
    assert_eq!(failure(cases[0].0).columns(), ["username"]);
    assert_eq!(failure(cases[1].0).constraint(), Some("grown_up"));
    assert_eq!(
        (failure(cases[4].0).table(), failure(cases[4].0).columns()),
        (Some("typed"), &["n".to_owned()][..])
    );
    assert_eq!(failure(cases[3].0).message(), "users stay");
}

#[test]
fn parameters_never_show() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (a CHECK (a <> 'secret-4711'))", &[]).wait().expect("a table");
    let sql = "INSERT INTO t VALUES (?)";
    let error = connection.execute(sql, &[aludel_sql::ValueRef::Text("hidden-0815")]).wait();
    error.expect("allowed");
    let many = format!("{sql}, (nowhere)");
    let error =
        connection.execute(&many, &[aludel_sql::ValueRef::Text("hidden-0815")]).wait().expect_err("wrong");
    assert!(!format!("{error:?}").contains("hidden-0815"));
}
