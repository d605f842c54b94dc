//! Opening: what a URL's options do, and what is said where a file can't be opened.

use std::fs;

use aludel_engine::{Engine, ErrorKind, Wait};
use aludel_sql::value::Value;

use crate::scratch::{Scratch, driver, memory, number, open, rows};

#[test]
fn a_file_is_made_with_the_usual_settings() {
    let scratch = Scratch::new();
    let mut connection = open(&scratch.url("shop.db")).expect("a new database");
    let journal = rows(connection.as_mut(), "PRAGMA journal_mode", &[]).expect("a mode");
    assert_eq!(journal, [[Value::Text("wal".into())]]);
    assert_eq!(number(connection.as_mut(), "PRAGMA synchronous"), 1);
    assert_eq!(number(connection.as_mut(), "PRAGMA foreign_keys"), 1);
    assert!(scratch.0.join("shop.db").exists());
    connection.close().wait().expect("an orderly end");
}

#[test]
fn options_say_otherwise() {
    let scratch = Scratch::new();
    let url = format!("{}?journal_mode=truncate&synchronous=extra&foreign_keys=off", scratch.url("shop.db"));
    let mut connection = open(&url).expect("a new database");
    let journal = rows(connection.as_mut(), "PRAGMA journal_mode", &[]).expect("a mode");
    assert_eq!(journal, [[Value::Text("truncate".into())]]);
    assert_eq!(number(connection.as_mut(), "PRAGMA synchronous"), 3);
    assert_eq!(number(connection.as_mut(), "PRAGMA foreign_keys"), 0);
    let error = open("sqlite://?journal_mode=wal").expect_err("memory has no log");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("stays with `memory`"), "{error}");
}

#[test]
fn read_only_is_read_only() {
    let scratch = Scratch::new();
    let url = scratch.url("shop.db");
    let mut writer = open(&url).expect("a new database");
    writer.execute("CREATE TABLE t (n)", &[]).wait().expect("a table");
    let mut reader = open(&format!("{url}?mode=ro")).expect("the same database");
    assert_eq!(number(reader.as_mut(), "SELECT count(*) FROM t"), 0);
    let error = reader.execute("INSERT INTO t VALUES (1)", &[]).wait().expect_err("a write");
    assert_eq!(error.code(), Some("SQLITE_READONLY (8)"));
}

#[test]
fn what_cannot_be_opened_is_named_with_the_reason() {
    let scratch = Scratch::new();
    fs::write(scratch.0.join("notes.txt"), "these are notes and not a database".repeat(100)).expect("a file");
    for (name, reason) in [
        ("missing/shop.db", "missing` does not exist; create it first"),
        ("notes.txt/shop.db", "notes.txt` is not a directory"),
        ("", "this is a directory, not a database file"),
        ("shop.db?mode=rw", "the file does not exist, and this `mode` creates none"),
        ("shop.db?mode=ro", "the file does not exist, and this `mode` creates none"),
        ("notes.txt", "file is not a database [SQLITE_NOTADB (26)]"),
        ("notes.txt?mode=ro", "file is not a database [SQLITE_NOTADB (26)]"),
    ] {
        let error = open(&scratch.url(name)).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Operational, "{error}");
        let message = error.to_string();
        assert!(message.contains(reason), "{message}");
        let path = name.split('?').next().unwrap_or_default();
        assert!(
            message.contains(&format!("cannot open the database `{}", scratch.0.join(path).display())),
            "{message}"
        );
    }
    assert!(!scratch.0.join("shop.db").exists());
}

#[test]
fn every_name_is_a_path() {
    let scratch = Scratch::new();
    for name in ["file:a.db", "a%3fmode=memory.db", "a b.db", "ü.db"] {
        let mut connection = open(&scratch.url(name)).expect(name);
        connection.execute("CREATE TABLE t (n)", &[]).wait().expect("a table");
        assert!(scratch.0.join(name.replace("%3f", "?")).exists(), "{name}");
    }
}

#[test]
fn an_engine_in_memory_keeps_its_one_connection() {
    let engine = Engine::with_driver(driver("sqlite://").expect("a driver"));
    let run = async {
        engine.connect().await?.execute_script("CREATE TABLE t (n); INSERT INTO t VALUES (1)").await?;
        let n: i64 =
            engine.connect().await?.one(aludel_sql::statement::sql("SELECT n FROM t").rows::<i64>()).await?;
        Ok::<_, aludel_engine::Error>(n)
    };
    assert_eq!(run.wait().expect("the same database twice"), 1);
}

#[test]
fn connections_and_futures_can_move_between_threads() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    let mut connection = send(memory());
    send(connection.execute("SELECT 1", &[])).wait().expect("a query");
    send(connection.execute_script("SELECT 1")).wait().expect("a query");
    let mut inspector = send(connection.inspector());
    send(inspector.table_names(None)).wait().expect("names");
}
