//! Spans of statements on every database: which of OpenTelemetry's fields they have, and what never stands in them.

use std::time::Duration;

use aludel::prelude::*;
use aludel::schema::{Table, column, primary_key, table};
use aludel::types::{big_integer, string};
use aludel::{EngineOptions, ErrorKind};
use aludel_tests::places::Place;
use aludel_tests::traces::{Collector, Fields, field};
use tracing::Level;

#[derive(Model, Clone, Debug, Default)]
#[model(table = "pets")]
struct Pet {
    #[column(primary_key)]
    id: i64,
    name: String,
}

const SECRET: &str = "hush-hush";

fn pets() -> Table {
    table("pets")
        .column(column("id", big_integer()).autoincrement(false).not_null())
        .column(column("name", string(40)).not_null())
        .primary_key(primary_key(["id"]))
}

fn filled(place: &Place, options: EngineOptions) -> Engine {
    let engine = place.engine(options);
    engine.create_all(&[pets()].into_iter().collect()).wait().unwrap();
    engine
}

fn places() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

fn has(span: &Fields, expected: &[(&str, Option<&str>)]) {
    for (name, value) in expected {
        assert_eq!(field(span, name), *value, "{name} of {span:#?}");
    }
}

#[test]
fn a_statement_has_the_fields_of_the_conventions() {
    for place in places() {
        let engine = filled(&place, EngineOptions::new());
        let mut connection = engine.connect().wait().unwrap();
        let (spans, events) = Collector::collect(Level::DEBUG, || {
            let new = insert(&pets()).columns(["id", "name"]);
            connection.execute_many(new, [(1_i64, "Sandy"), (2, "Rex"), (3, SECRET)]).wait().unwrap();
            connection.execute(insert(Pet).values([&Pet { id: 4, name: SECRET.to_owned() }])).wait().unwrap();
            let query = select(Pet).filter(Pet.name.eq(SECRET));
            assert_eq!(connection.all(query).wait().unwrap().len(), 2);
            let text = sql("SELECT count(*) FROM pets WHERE name = ?").bind(SECRET);
            connection.one(text.rows::<i64>()).wait().unwrap();
            connection.execute_script("DELETE FROM pets WHERE id = 4").wait().unwrap();
            let taken = sql("INSERT INTO pets (id, name) VALUES (1, ?)").bind(SECRET);
            let error = connection.execute(taken).wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UniqueViolation);
        });
        let [many, one, query, text, script, failed] = &spans[..] else { panic!("{spans:#?}") };
        let (system, server, code) = match place.kind {
            "postgres" => ("postgresql", place.url().host(), "23505"),
            "mysql" => (connection.dialect().name(), place.url().host(), "1062"),
            _ => ("sqlite", None, "SQLITE_CONSTRAINT_PRIMARYKEY"),
        };
        for span in &spans {
            has(
                span,
                &[
                    ("db.system.name", Some(system)),
                    ("db.namespace", Some(place.name_of_database())),
                    ("server.address", server),
                    ("otel.kind", Some("client")),
                ],
            );
        }
        has(
            many,
            &[
                ("otel.name", Some("BATCH INSERT pets")),
                ("db.query.summary", Some("BATCH INSERT pets")),
                ("db.operation.name", Some("BATCH INSERT")),
                ("db.collection.name", Some("pets")),
                ("db.operation.batch.size", Some("3")),
                ("aludel.affected_rows", Some("3")),
            ],
        );
        has(
            one,
            &[
                ("otel.name", Some("INSERT pets")),
                ("db.query.summary", Some("INSERT pets")),
                ("db.operation.name", Some("INSERT")),
                ("db.collection.name", Some("pets")),
                ("db.operation.batch.size", None),
            ],
        );
        has(
            query,
            &[
                ("otel.name", Some("SELECT pets")),
                ("db.query.summary", Some("SELECT pets")),
                ("db.operation.name", Some("SELECT")),
                ("db.collection.name", Some("pets")),
                ("db.response.returned_rows", Some("2")),
                ("otel.status_code", None),
                ("error.type", None),
                ("db.response.status_code", None),
            ],
        );
        assert!(field(query, "db.query.text").unwrap().contains(" WHERE "), "{query:#?}");
        // What is not built is not read, except for its first word.
        let own_words = [
            ("otel.name", Some("SELECT")),
            ("db.query.summary", Some("SELECT")),
            ("db.operation.name", None),
            ("db.collection.name", None),
            ("db.response.returned_rows", Some("1")),
        ];
        has(text, &own_words);
        has(script, &[("otel.name", Some(place.name_of_database())), ("db.query.summary", None)]);
        has(
            failed,
            &[
                ("otel.status_code", Some("ERROR")),
                ("error.type", Some("UniqueViolation")),
                ("db.response.status_code", Some(code)),
                ("db.response.returned_rows", None),
            ],
        );
        let told = format!("{spans:?} {events:?}");
        assert!(!told.contains(SECRET), "{told}");
    }
}

#[test]
fn streams_and_pipelines_have_spans() {
    for place in places() {
        let engine = filled(&place, EngineOptions::new());
        let mut connection = engine.connect().wait().unwrap();
        let new = insert(&pets()).columns(["id", "name"]);
        let rows: Vec<_> = (0..50_i64).map(|id| (id, "pet")).collect();
        connection.execute_many(new.clone(), &rows).wait().unwrap();
        let (spans, _) = Collector::collect(Level::DEBUG, || {
            let all = connection.stream(select(Pet)).yield_per(20).all().wait().unwrap();
            assert_eq!(all.len(), 50);
            connection
                .pipeline()
                .all(select(Pet).filter(Pet.id.lt(2)))
                .execute(sql("DELETE FROM pets WHERE id = 7"))
                .wait()
                .unwrap();
            connection.bulk_load(new, [(100_i64, "new"), (101, "newer")]).wait().unwrap();
        });
        let [stream, first, second, load] = &spans[..] else { panic!("{spans:#?}") };
        has(stream, &[("otel.name", Some("SELECT pets")), ("db.response.returned_rows", Some("50"))]);
        has(first, &[("otel.name", Some("SELECT pets")), ("db.response.returned_rows", Some("2"))]);
        has(second, &[("otel.name", Some("DELETE")), ("aludel.affected_rows", Some("1"))]);
        has(load, &[("otel.name", Some("INSERT pets")), ("aludel.affected_rows", Some("2"))]);
    }
}

/// Who asks for the lowest level asks for parameters, unless they are hidden; of a password nothing is told in any case.
#[test]
fn parameters_stand_in_events_of_the_lowest_level_alone() {
    for place in places() {
        for hidden in [false, true] {
            let options = if hidden { EngineOptions::new().hide_parameters() } else { EngineOptions::new() };
            let options = options.slow_statement(Duration::ZERO);
            let engine = place.engine(options.clone());
            let tell = |most| {
                let (spans, events) = Collector::collect(most, || {
                    let query = sql("SELECT length(?)").bind(SECRET);
                    engine.connect().wait().unwrap().one(query.rows::<i64>()).wait().unwrap();
                });
                assert!(!format!("{spans:?}").contains(SECRET), "{spans:?}");
                let slow = events.iter().filter(|event| field(event, "level") == Some("WARN"));
                let statements: Vec<_> = slow.map(|event| field(event, "statement").unwrap()).collect();
                assert!(matches!(statements[..], [one] if one.starts_with("SELECT length(")), "{events:?}");
                format!("{events:?}").contains(SECRET)
            };
            assert!(!tell(Level::WARN) && !tell(Level::DEBUG), "{}", place.kind);
            assert_eq!(tell(Level::TRACE), !hidden, "{}", place.kind);
        }
        if place.kind == "sqlite" {
            continue;
        }
        // The server may trust anybody, or refuse this one.
        let url = place.url().clone().with_password("pass-word");
        let engine = Engine::with_driver(aludel::driver(&url).unwrap());
        let (spans, events) = Collector::collect(Level::TRACE, || match engine.connect().wait() {
            Ok(mut connection) => drop(connection.execute(sql("SELEC 1")).wait().unwrap_err()),
            Err(error) => assert!(!format!("{error} {error:?}").contains("pass-word"), "{error:?}"),
        });
        assert!(!format!("{spans:?} {events:?}").contains("pass-word"), "{spans:?} {events:?}");
    }
}
