//! Spans around statements, with OpenTelemetry's field names.

use std::time::Duration;

use aludel::EngineOptions;
use aludel::prelude::*;
use aludel_tests::traces::{Collector, Fields, field};
use tracing::Level;

use crate::Scratch;

fn collected(engine: &Engine, work: impl FnOnce(&mut Connection)) -> (Vec<Fields>, Vec<Fields>) {
    Collector::collect(Level::TRACE, || work(&mut engine.connect().wait().unwrap()))
}

#[test]
fn a_statement_is_a_span() {
    let file = Scratch::new();
    let engine = Engine::new(&file.url("")).unwrap();
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n)").wait().unwrap();
    let (spans, events) = collected(&engine, |connection| {
        connection.execute(sql("INSERT INTO t VALUES (?), (2)").bind("hush")).wait().unwrap();
        connection.all(sql("SELECT 7 FROM t").rows::<i64>()).wait().unwrap();
        connection.execute(sql("SELECT * FROM missing")).wait().unwrap_err();
    });
    let [insert, select, missing] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!(field(insert, "db.system.name"), Some("sqlite"));
    assert_eq!(field(insert, "db.query.summary"), Some("INSERT"));
    assert_eq!(field(insert, "db.query.text"), Some("INSERT INTO t VALUES (?), (2)"));
    assert!(field(insert, "db.namespace").unwrap().ends_with(".db"), "{insert:?}");
    assert_eq!(field(insert, "aludel.affected_rows"), Some("2"));
    assert_eq!(field(insert, "otel.kind"), Some("client"));
    assert_eq!(field(insert, "otel.name"), Some("INSERT"));
    assert_eq!(field(select, "db.response.returned_rows"), Some("2"));
    assert_eq!(field(select, "error.type"), None);
    assert_eq!(field(missing, "error.type"), Some("Programming"));
    assert_eq!(field(missing, "db.response.status_code"), Some("SQLITE_ERROR"));
    assert_eq!(field(&events[0], "parameters"), Some("['hush']"));
    assert_eq!(field(&events[0], "level"), Some("TRACE"));
}

#[test]
fn parameters_can_be_kept_out_of_traces() {
    let file = Scratch::new();
    let engine = Engine::new_with(&file.url(""), EngineOptions::new().hide_parameters()).unwrap();
    let (spans, events) = collected(&engine, |connection| {
        connection.one(sql("SELECT length(?)").bind("hush").rows::<i64>()).wait().unwrap();
        connection.execute(sql("SELEC ?").bind("hush")).wait().unwrap_err();
    });
    assert_eq!(spans.len(), 2);
    assert!(!format!("{spans:?} {events:?}").contains("hush"), "{spans:?} {events:?}");
}

#[test]
fn a_slow_statement_is_a_warning() {
    let file = Scratch::new();
    for (limit, slow) in [(Duration::ZERO, true), (Duration::from_secs(100), false)] {
        let engine = Engine::new_with(&file.url(""), EngineOptions::new().slow_statement(limit)).unwrap();
        let (_, events) = collected(&engine, |connection| {
            connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap();
        });
        let warned = events.iter().any(|event| {
            field(event, "level") == Some("WARN") && field(event, "statement") == Some("SELECT 1")
        });
        assert_eq!(warned, slow, "{events:?}");
    }
}
