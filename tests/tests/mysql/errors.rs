//! Errors by kind, with what they name.

use aludel::prelude::*;
use aludel::{EngineOptions, Error, ErrorKind, Value};

use crate::scratch::{Scratch, rows};

const SCHEMA: &str = "
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        name VARCHAR(5) NOT NULL,
        price INTEGER NOT NULL DEFAULT 1,
        born DATE,
        CONSTRAINT uq_users_name UNIQUE (name),
        CONSTRAINT ck_users_price CHECK (price > 0)
    );
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL,
        CONSTRAINT fk_orders_user FOREIGN KEY (user_id) REFERENCES users (id)
    );
    INSERT INTO users (id, name) VALUES (1, 'alice');
    INSERT INTO orders VALUES (1, 1)";

fn failing(connection: &mut Connection, sql: &str) -> Error {
    let error = connection.raw().unwrap().execute(sql, &[]).wait().expect_err(sql);
    assert_eq!(error.statement(), Some(sql));
    assert!(connection.raw().unwrap().is_usable());
    error
}

#[test]
fn rules_about_the_data() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    let error = failing(&mut connection, "INSERT INTO users (id, name) VALUES (2, 'alice')");
    assert_eq!((error.kind(), error.code()), (ErrorKind::UniqueViolation, Some("1062 (23000)")));
    assert_eq!(error.constraint(), Some("uq_users_name"));
    let error = failing(&mut connection, "INSERT INTO users (id, name) VALUES (1, 'bob')");
    assert_eq!((error.kind(), error.constraint()), (ErrorKind::UniqueViolation, Some("PRIMARY")));
    for sql in ["INSERT INTO orders VALUES (2, 9)", "DELETE FROM users"] {
        let error = failing(&mut connection, sql);
        assert_eq!(
            (error.kind(), error.constraint()),
            (ErrorKind::ForeignKeyViolation, Some("fk_orders_user"))
        );
        assert_eq!((error.table(), error.columns()), (Some("orders"), ["user_id".to_owned()].as_slice()));
    }
    for sql in ["INSERT INTO users (id, name) VALUES (2, NULL)", "INSERT INTO users (id) VALUES (2)"] {
        let error = failing(&mut connection, sql);
        assert_eq!(error.kind(), ErrorKind::NotNullViolation, "{error}");
        assert_eq!(error.columns(), ["name"]);
    }
    let error = failing(&mut connection, "UPDATE users SET price = 0");
    assert_eq!((error.kind(), error.constraint()), (ErrorKind::CheckViolation, Some("ck_users_price")));
}

#[test]
fn values_that_do_not_fit() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    for (sql, column) in [
        ("UPDATE users SET name = 'far too long'", "name"),
        ("UPDATE users SET price = 99999999999", "price"),
        ("UPDATE users SET price = 'many'", "price"),
        ("UPDATE users SET born = '2026-02-30'", "born"),
    ] {
        let error = failing(&mut connection, sql);
        assert_eq!(error.kind(), ErrorKind::Data, "{error}");
        assert_eq!(error.columns(), [column], "{error}");
    }
}

#[test]
fn wrong_statements() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    for sql in [
        "SELEC 1",
        "SELECT * FROM missing",
        "SELECT missing FROM users",
        "SELECT missing(1)",
        "CREATE TABLE users (id INTEGER)",
        "DROP TABLE missing",
        "INSERT INTO users (id, name) VALUES (1)",
        "USE aludel_no_such_database",
        "ALTER TABLE users DROP INDEX missing",
        "",
    ] {
        let error = failing(&mut connection, sql);
        assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
    }
}

/// Two transactions lock two rows in opposite order; one of them is told to run again.
#[test]
fn a_deadlock() {
    let scratch = Scratch::new();
    let mut first = scratch
        .with("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); INSERT INTO t VALUES (1, 0), (2, 0)");
    let mut second = scratch.connect();
    let lock = |connection: &mut Connection, id: i64| {
        connection
            .raw()
            .unwrap()
            .execute("UPDATE t SET v = v + 1 WHERE id = ?", &[aludel::sql::ValueRef::I64(id)])
            .wait()
    };
    for (connection, id) in [(&mut first, 1), (&mut second, 2)] {
        connection.raw().unwrap().begin(Default::default()).wait().unwrap();
        lock(connection, id).unwrap();
    }
    let results = std::thread::scope(|threads| {
        let one = threads.spawn(|| lock(&mut first, 2));
        let other = threads.spawn(|| lock(&mut second, 1));
        [one.join().unwrap(), other.join().unwrap()]
    });
    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!((error.kind(), error.code()), (ErrorKind::Serialization, Some("1213 (40001)")));
    let open = [&mut first, &mut second].map(|connection| connection.in_transaction());
    assert_eq!(open.into_iter().filter(|open| *open).count(), 1, "the loser's transaction is gone");
}

#[test]
fn a_lock_that_is_waited_for_too_long() {
    let scratch = Scratch::new();
    let mut holder = scratch.with("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
    holder.raw().unwrap().begin(Default::default()).wait().unwrap();
    rows(&mut holder, "SELECT * FROM t FOR UPDATE", &[]).unwrap();
    let mut waiting = scratch.with("SET innodb_lock_wait_timeout = 1");
    let error = rows(&mut waiting, "SELECT * FROM t FOR UPDATE", &[]).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some("1205 (HY000)")));
    holder.raw().unwrap().rollback().wait().unwrap();
    assert_eq!(rows(&mut waiting, "SELECT * FROM t FOR UPDATE", &[]).unwrap(), [[Value::I64(1)]]);
}

#[test]
fn parameters_are_part_of_an_error_unless_they_are_hidden() {
    let scratch = Scratch::new();
    let hiding = scratch.engine_with(EngineOptions::new().hide_parameters());
    for (engine, shown) in [(&scratch.engine, true), (&hiding, false)] {
        let mut connection = engine.connect().wait().unwrap();
        let query = sql("SELECT * FROM missing WHERE v = ?").bind("hush".to_owned());
        let error = connection.all(query.rows::<i64>()).wait().unwrap_err();
        assert_eq!(error.parameters().is_some(), shown);
        assert_eq!(format!("{error:?}").contains("hush"), shown, "{error:?}");
    }
}
