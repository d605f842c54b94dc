//! Spans around statements, with OpenTelemetry's field names.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aludel::EngineOptions;
use aludel::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::Scratch;

type Fields = BTreeMap<String, String>;

/// Keeps the fields of every span and event.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<Fields>>>,
    events: Arc<Mutex<Vec<Fields>>>,
    next: Arc<AtomicU64>,
}

struct Reader<'f>(&'f mut Fields);

impl Visit for Reader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "aludel"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        span.record(&mut Reader(&mut fields));
        self.spans.lock().unwrap().push(fields);
        Id::from_u64(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let index = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Reader(&mut self.spans.lock().unwrap()[index]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Reader(&mut fields));
        fields.insert("level".into(), event.metadata().level().to_string());
        self.events.lock().unwrap().push(fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn collected(engine: &Engine, work: impl FnOnce(&mut Connection)) -> (Vec<Fields>, Vec<Fields>) {
    let collector = Collector::default();
    tracing::subscriber::with_default(collector.clone(), || work(&mut engine.connect().wait().unwrap()));
    let spans = collector.spans.lock().unwrap().clone();
    let events = collector.events.lock().unwrap().clone();
    (spans, events)
}

fn field<'f>(fields: &'f Fields, name: &str) -> Option<&'f str> {
    fields.get(name).map(String::as_str)
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
    assert_eq!(field(insert, "db.operation.name"), Some("INSERT"));
    assert_eq!(field(insert, "db.query.text"), Some("INSERT INTO t VALUES (?), (2)"));
    assert!(field(insert, "db.namespace").unwrap().ends_with(".db"), "{insert:?}");
    assert_eq!(field(insert, "db.response.affected_rows"), Some("2"));
    assert_eq!(field(insert, "otel.kind"), Some("client"));
    assert!(field(insert, "otel.name").unwrap().starts_with("INSERT "));
    assert_eq!(field(select, "db.response.returned_rows"), Some("2"));
    assert_eq!(field(select, "error.type"), None);
    assert_eq!(field(missing, "error.type"), Some("Programming"));
    assert_eq!(field(missing, "db.response.status_code"), Some("SQLITE_ERROR (1)"));
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
