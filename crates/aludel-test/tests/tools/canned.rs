//! Answers without a database.

use std::panic::AssertUnwindSafe;

use aludel::ErrorKind;
use aludel::dialect::postgres::Postgres;
use aludel::prelude::*;
use aludel_test::{Answer, Canned};

use crate::panic_of;

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
}

#[test]
fn a_session_runs_on_answers() {
    let canned = Canned::new(Postgres::default())
        .once("INSERT INTO users …", Answer::rows(&["id"]).row((7,)))
        .on("SELECT … FROM users …", Answer::rows(&["id", "name"]).row((7, "alice")));
    let engine = canned.engine();
    let mut session = Session::new(&engine);
    let alice = session.add(User { name: "alice".into(), ..default() });
    session.commit().wait().unwrap();
    assert_eq!(*session[alice].id, 7);
    let users: Vec<User> = engine.connect().wait().unwrap().all(select(User)).wait().unwrap();
    assert_eq!(users[0].name, "alice");
    canned.assert_all_asked();
}

#[test]
fn what_was_not_foreseen_fails_and_is_told() {
    let canned = Canned::new(Postgres::default())
        .once("SELECT 1", Answer::rows(&["n"]).row((1,)))
        .on("DELETE FROM t", Answer::affected(3));
    let engine = canned.engine();
    let mut connection = engine.connect().wait().unwrap();
    assert_eq!(connection.one(sql("SELECT   1").rows::<i64>()).wait().unwrap(), 1);
    let error = connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("answers for: SELECT 1; DELETE FROM t"), "{error}");
    drop(connection);
    let message = panic_of(AssertUnwindSafe(|| canned.assert_all_asked()));
    let expected =
        "other statements came than foreseen:\n  never asked: DELETE FROM t\n  not foreseen: SELECT 1\n";
    assert_eq!(message, expected);
}

#[test]
fn the_inspector_finds_the_schema_that_was_given() {
    let schema = MetaData::new().add(User);
    let canned = Canned::new(Postgres::default()).with_schema(schema.clone());
    // There is nothing left to be made.
    canned.engine().create_all(&schema).wait().unwrap();
    canned.assert_all_asked();
}

#[test]
fn errors_are_answers_with_kind_and_code() {
    let failing = Answer::fails(ErrorKind::UniqueViolation, "twice").with_code("23505");
    let canned = Canned::new(Postgres::default()).on("INSERT …", failing);
    let mut connection = canned.engine().connect().wait().unwrap();
    let error = connection.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::UniqueViolation, Some("23505")));
    assert_eq!(error.statement(), Some("INSERT INTO t VALUES (1)"));
}
