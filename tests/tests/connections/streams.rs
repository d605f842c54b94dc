//! Rows that are read bit by bit, on each of the three.

use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use aludel::engine::events::{Outcome, StatementEvent};
use aludel::engine::pool::ConnectionRecord;
use aludel::prelude::*;
use aludel::{EngineOptions, ErrorKind, Listener, PoolOptions};
use aludel_tests::cancel::drop_at;

use aludel_tests::places::Place;

/// A million rows out of a table of a thousand.
const MILLION: &str = "SELECT a.n * 1000 + b.n FROM k a CROSS JOIN k b";

fn places() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

/// One connection at most, to a database with the table `k` of a thousand rows.
fn engine(place: &Place) -> Engine {
    let engine =
        place.engine(EngineOptions::new().pool(PoolOptions::default().with_size(1).with_overflow(0)));
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE k (n INTEGER PRIMARY KEY)").wait().unwrap();
    let rows: Vec<String> = (0..1_000).map(|n| format!("({n})")).collect();
    connection.execute_script(&format!("INSERT INTO k VALUES {}", rows.join(", "))).wait().unwrap();
    drop(connection);
    engine
}

fn count(connection: &mut Connection) -> i64 {
    connection.one(sql("SELECT count(*) FROM k").rows()).wait().unwrap()
}

#[test]
fn every_row_comes_once_and_in_order() {
    for place in places() {
        let engine = engine(&place);
        let mut connection = engine.connect().wait().unwrap();
        for batch in [1, 7, 100, 999, 1_000, 1_001, 5_000] {
            let query = sql("SELECT n FROM k WHERE n >= ? ORDER BY n").bind(10).rows::<i64>();
            let mut rows = connection.stream(query).yield_per(batch);
            let mut expected = 10;
            while let Some(n) = rows.next().wait().unwrap() {
                assert_eq!(n, expected, "{} by {batch}", place.kind);
                expected += 1;
            }
            assert_eq!(expected, 1_000, "{} by {batch}", place.kind);
            assert_eq!(rows.next().wait().unwrap(), None);
            drop(rows);
            assert_eq!(count(&mut connection), 1_000);
        }
        drop(connection);
        assert_eq!(engine.status().opened, 1, "{}", place.kind);
    }
}

#[test]
fn parts_are_full_but_the_last() {
    for place in places() {
        let engine = engine(&place);
        let mut connection = engine.connect().wait().unwrap();
        let mut parts = connection.stream(sql("SELECT n FROM k ORDER BY n").rows::<i64>()).partitions(300);
        let mut sizes = Vec::new();
        while let Some(part) = parts.next().wait().unwrap() {
            sizes.push(part.len());
        }
        assert_eq!(sizes, [300, 300, 300, 100], "{}", place.kind);
        drop(parts);
        let all = connection.stream(sql("SELECT n FROM k").rows::<i64>()).yield_per(33).all().wait().unwrap();
        assert_eq!(all.len(), 1_000);
        let none = connection.stream(sql("SELECT n FROM k WHERE n < 0").rows::<i64>()).all().wait().unwrap();
        assert!(none.is_empty());
    }
}

#[test]
fn a_stream_that_is_left_early_leaves_a_clean_connection() {
    for place in places() {
        let engine = engine(&place);
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        for (taken, close) in [(0, false), (1, false), (1, true), (700, false), (700, true)] {
            let mut connection = engine.connect().wait().unwrap();
            let mut rows = connection.stream(sql(MILLION).rows::<i64>()).yield_per(250);
            for _ in 0..taken {
                assert!(rows.next().wait().unwrap().is_some());
            }
            if close {
                rows.close().wait().unwrap();
            } else {
                drop(rows);
            }
            assert!(!connection.in_transaction());
            if taken % 2 == 0 {
                assert_eq!(count(&mut connection), 1_000);
            }
            drop(connection);
            assert_eq!(count(&mut engine.connect().wait().unwrap()), 1_000);
            assert_eq!(place.open_transactions(&mut watching), 0, "{}", place.kind);
        }
        assert_eq!(engine.status().opened, 1, "{}: {}", place.kind, engine.status());
    }
}

#[test]
fn a_transaction_goes_on_behind_a_stream_that_is_left() {
    for place in places() {
        let engine = engine(&place);
        let mut tx = engine.begin().wait().unwrap();
        tx.execute(sql("INSERT INTO k VALUES (1000)")).wait().unwrap();
        for taken in [1, 3_000] {
            let mut rows = tx.stream(sql(MILLION).rows::<i64>()).yield_per(100);
            for _ in 0..taken {
                rows.next().wait().unwrap().unwrap();
            }
        }
        tx.execute(sql("INSERT INTO k VALUES (1001)")).wait().unwrap();
        tx.commit().wait().unwrap();
        let mut tx = engine.begin().wait().unwrap();
        tx.execute(sql("INSERT INTO k VALUES (1002)")).wait().unwrap();
        tx.stream(sql(MILLION).rows::<i64>()).next().wait().unwrap().unwrap();
        // Left behind with its transaction.
        drop(tx);
        assert_eq!(count(&mut engine.connect().wait().unwrap()), 1_002, "{}", place.kind);
        assert_eq!(engine.status().opened, 1, "{}", place.kind);
    }
}

#[test]
fn other_statements_run_in_between_where_there_are_cursors() {
    for place in places() {
        let engine = engine(&place);
        let mut tx = engine.begin().wait().unwrap();
        let mut rows = tx.stream(sql("SELECT n FROM k ORDER BY n").rows::<i64>()).yield_per(10);
        assert!(rows.connection().is_ok());
        let mut seen = 0;
        while let Some(n) = rows.next().wait().unwrap() {
            assert_eq!(n, seen);
            seen += 1;
            if seen == 500 {
                match rows.connection() {
                    Ok(connection) => {
                        assert_eq!(place.kind, "postgres");
                        assert_eq!(count(connection), 1_000);
                    }
                    Err(error) => {
                        assert_ne!(place.kind, "postgres");
                        assert_eq!(error.kind(), ErrorKind::NotSupported);
                        assert!(error.to_string().contains("second connection"), "{error}");
                    }
                }
            }
        }
        assert_eq!(seen, 1_000);
        assert_eq!(count(rows.connection().unwrap()), 1_000);
        drop(rows);
        tx.commit().wait().unwrap();
        // Outside of a transaction there is no room anywhere.
        let mut connection = engine.connect().wait().unwrap();
        let mut rows = connection.stream(sql("SELECT n FROM k ORDER BY n").rows::<i64>()).yield_per(10);
        rows.next().wait().unwrap();
        assert_eq!(rows.connection().unwrap_err().kind(), ErrorKind::NotSupported);
    }
}

#[test]
fn errors_name_the_statement_and_leave_the_connection_usable() {
    for place in places() {
        let engine = engine(&place);
        let mut connection = engine.connect().wait().unwrap();
        // One that cannot be run.
        let mut rows = connection.stream(sql("SELECT n FROM nowhere WHERE n = ?").bind(7).rows::<i64>());
        let error = rows.next().wait().unwrap_err();
        assert!(error.statement().unwrap().contains("nowhere"), "{error}");
        assert_eq!(error.parameters(), Some("[7]"), "{error}");
        assert_eq!(rows.next().wait().unwrap(), None);
        drop(rows);
        // One row that does not fit, behind some that do.
        let query = "SELECT CASE WHEN n < 30 THEN n ELSE NULL END FROM k WHERE n >= ? ORDER BY n";
        let mut rows = connection.stream(sql(query).bind(5).rows::<i64>()).yield_per(100);
        for n in 5..30 {
            assert_eq!(rows.next().wait().unwrap(), Some(n), "{}", place.kind);
        }
        let error = rows.next().wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert!(error.statement().unwrap().contains("CASE"), "{error}");
        assert_eq!(error.parameters(), Some("[5]"), "{error}");
        assert_eq!(rows.next().wait().unwrap(), None);
        drop(rows);
        assert_eq!(count(&mut connection), 1_000);
        // The same in a transaction, which goes on.
        let mut tx = connection.begin().wait().unwrap();
        tx.stream(sql(query).bind(5).rows::<i64>()).all().wait().unwrap_err();
        assert_eq!(count(&mut tx), 1_000);
        tx.commit().wait().unwrap();
        drop(connection);
        assert_eq!(engine.status().opened, 1, "{}", place.kind);
    }
}

#[test]
fn an_error_in_the_middle_comes_behind_the_rows_in_front_of_it() {
    // Only there does a row's error come when that row is made.
    let place = Place::postgres();
    let engine = engine(&place);
    let mut connection = engine.connect().wait().unwrap();
    for transaction in [false, true] {
        if transaction {
            connection.begin_unguarded(Default::default()).wait().unwrap();
        }
        let query = sql("SELECT 100 / (50 - n) FROM k WHERE n < 100").rows::<i64>();
        let mut rows = connection.stream(query).yield_per(20);
        for n in 0..40 {
            assert_eq!(rows.next().wait().unwrap(), Some(100 / (50 - n)));
        }
        // The batch in which it happens never came.
        let error = rows.next().wait().unwrap_err();
        assert_eq!(error.code(), Some("22012"), "{error}");
        drop(rows);
        if transaction {
            let refused = connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap_err();
            assert_eq!(refused.code(), Some("25P02"), "{refused}");
            connection.rollback_unguarded().wait().unwrap();
        }
        assert_eq!(count(&mut connection), 1_000);
    }
    drop(connection);
    assert_eq!(engine.status().opened, 1);
}

#[test]
fn a_statement_that_writes_is_run_to_its_end() {
    for place in places() {
        let engine = engine(&place);
        let mut connection = engine.connect().wait().unwrap();
        let insert = "INSERT INTO k SELECT n + 1000 FROM k WHERE n >= ? RETURNING n";
        let refused = connection.stream(sql(insert).bind(0).rows::<i64>()).yield_per(10).next().wait();
        if place.kind == "mysql" && refused.is_err() {
            // MySQL has no RETURNING; MariaDB has.
            continue;
        }
        assert!(refused.unwrap().is_some());
        assert_eq!(count(&mut connection), 2_000, "{}", place.kind);
        let mut tx = connection.begin().wait().unwrap();
        let delete = sql("DELETE FROM k WHERE n >= ? RETURNING n").bind(1_000).rows::<i64>();
        let mut rows = tx.stream(delete).yield_per(10);
        rows.next().wait().unwrap().unwrap();
        rows.close().wait().unwrap();
        assert_eq!(count(&mut tx), 1_000, "{}", place.kind);
        tx.rollback().wait().unwrap();
        assert_eq!(count(&mut connection), 2_000, "{}", place.kind);
    }
}

#[test]
fn a_next_that_is_dropped_loses_no_row() {
    for place in places() {
        let engine = engine(&place);
        let mut connection = engine.connect().wait().unwrap();
        let mut rows = connection.stream(sql("SELECT n FROM k ORDER BY n").rows::<i64>()).yield_per(3);
        let mut seen = Vec::new();
        let mut dropped = 0;
        loop {
            match drop_at(0, rows.next()) {
                Some(row) => match row.unwrap() {
                    Some(row) => seen.push(row),
                    None => break,
                },
                None => {
                    dropped += 1;
                    // Whoever waits for real gets the row that the other one would have got.
                    match rows.next().wait().unwrap() {
                        Some(row) => seen.push(row),
                        None => break,
                    }
                }
            }
        }
        // A thread may be faster than whoever looks.
        assert!(dropped > 0 || place.kind == "sqlite", "{}", place.kind);
        assert_eq!(seen, (0..1_000).collect::<Vec<i64>>(), "{}", place.kind);
    }
}

#[test]
fn a_stream_dropped_at_any_point_leaves_only_clean_connections() {
    for place in places() {
        let engine = engine(&place);
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        let mut dropped = 0;
        for at in 0..40 {
            let whole = drop_at(at, async {
                let mut tx = engine.begin().await?;
                tx.execute(sql("INSERT INTO k VALUES (5000)")).await?;
                let mut rows = tx.stream(sql(MILLION).rows::<i64>()).yield_per(2);
                for _ in 0..5 {
                    rows.next().await?;
                }
                rows.close().await?;
                tx.rollback().await
            });
            dropped += usize::from(whole.is_none());
            assert_eq!(engine.status().checked_out, 0);
            assert_eq!(count(&mut engine.connect().wait().unwrap()), 1_000, "{} at {at}", place.kind);
            // The server may need a moment to hear that somebody has gone. MySQL's list is made anew only when nobody has
            // looked at it for a tenth of a second.
            let since = Instant::now();
            while place.open_transactions(&mut watching) > 0 {
                assert!(since.elapsed() < Duration::from_secs(60), "{} at {at}", place.kind);
                std::thread::sleep(Duration::from_millis(250));
            }
        }
        // A thread may be faster than whoever looks.
        assert!(dropped > 0 || place.kind == "sqlite", "{}", place.kind);
    }
}

/// What listeners heard of statements.
#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Listener for Heard {
    fn before_execute(&self, _: &mut ConnectionRecord, event: &mut StatementEvent<'_>) -> aludel::Result<()> {
        if event.sql().contains("999999") {
            event.set_sql("SELECT n FROM k WHERE n < 5 ORDER BY n");
            event.set_parameters(Vec::new())?;
        }
        Ok(())
    }

    fn after_execute(&self, _: &mut ConnectionRecord, event: &StatementEvent<'_>, outcome: &Outcome) {
        let heard = format!("{} {}", event.parameters().len(), outcome.rows_returned);
        self.0.lock().unwrap().push(heard);
    }

    fn handle_error(
        &self,
        _: &mut ConnectionRecord,
        event: Option<&StatementEvent<'_>>,
        error: aludel::Error,
    ) -> aludel::Error {
        self.0.lock().unwrap().push(format!("failed: {}", event.is_some()));
        error.context("heard")
    }
}

#[test]
fn listeners_hear_of_streams() {
    for place in places() {
        drop(engine(&place));
        let heard = Heard::default();
        let engine = place.engine(EngineOptions::new().listener(heard.clone()));
        let mut connection = engine.connect().wait().unwrap();
        heard.0.lock().unwrap().clear();
        let query = |text: &'static str, least: i64| sql(text).bind(least).rows::<i64>();
        let all = connection.stream(query("SELECT n FROM k WHERE n >= ?", 900)).all().wait().unwrap();
        assert_eq!(all.len(), 100);
        // Left after one row: what was read is told.
        let mut rows = connection.stream(query("SELECT n FROM k WHERE n >= ?", 0)).yield_per(10);
        rows.next().wait().unwrap();
        drop(rows);
        let rewritten = connection.stream(query("SELECT 999999 FROM k WHERE n = ?", 1)).all().wait().unwrap();
        assert_eq!(rewritten, [0, 1, 2, 3, 4], "{}", place.kind);
        let error =
            connection.stream(query("SELECT n FROM nowhere WHERE n = ?", 1)).all().wait().unwrap_err();
        assert!(error.to_string().starts_with("heard: "), "{error}");
        let heard = heard.0.lock().unwrap().clone();
        assert_eq!(heard[0], "1 100", "{}", place.kind);
        assert_eq!(heard[2..], ["0 5", "failed: true"], "{}", place.kind);
        let read: u64 = heard[1].strip_prefix("1 ").unwrap().parse().unwrap();
        assert!((1..=10).contains(&read), "{read}");
    }
}

#[test]
fn it_is_a_stream_for_those_who_want_one() {
    use futures_core::Stream;
    for place in places() {
        let engine = engine(&place);
        let mut connection = engine.connect().wait().unwrap();
        let mut rows = connection.stream(sql("SELECT n FROM k ORDER BY n").rows::<i64>()).yield_per(100);
        let sum = std::future::poll_fn(|context: &mut Context<'_>| {
            let mut sum = 0;
            loop {
                match Pin::new(&mut rows).poll_next(context) {
                    Poll::Ready(Some(row)) => sum += row.unwrap(),
                    Poll::Ready(None) => return Poll::Ready(ControlFlow::Break(sum)),
                    // The rows so far are summed already; the rest is not of interest here.
                    Poll::Pending if sum > 0 => return Poll::Ready(ControlFlow::Continue(sum)),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .wait();
        let sum = match sum {
            ControlFlow::Break(sum) => sum,
            ControlFlow::Continue(sum) => sum + rows.all().wait().unwrap().into_iter().sum::<i64>(),
        };
        assert_eq!(sum, 499_500, "{}", place.kind);
    }
}

#[derive(Model, Clone, Debug, Default)]
#[model(table = "owners")]
struct Owner {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 20)]
    name: String,
    #[relation(back_populates = "owner", order_by = "id")]
    pets: Many<Pet>,
}

#[derive(Model, Clone, Debug, Default)]
#[model(table = "pets")]
struct Pet {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = "owners.id")]
    owner_id: i64,
    #[relation(back_populates = "pets")]
    owner: One<Owner>,
}

#[test]
fn mapped_objects_come_with_what_is_loaded_along() {
    for place in places() {
        let engine = place.engine(EngineOptions::new());
        let mut connection = engine.connect().wait().unwrap();
        let script = "CREATE TABLE owners (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);
            CREATE TABLE pets (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES owners (id));
            INSERT INTO owners VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e');
            INSERT INTO pets VALUES (1, 1), (2, 1), (3, 2), (4, 4), (5, 5), (6, 5), (7, 5)";
        connection.execute_script(script).wait().unwrap();
        let plain = connection.stream(select(Owner).order_by(Owner.id)).yield_per(2).all().wait().unwrap();
        assert_eq!(plain.len(), 5);
        let pets = select(Pet).order_by(Pet.id).with(Pet.owner.joined());
        let pets = connection.stream(pets).yield_per(3).all().wait().unwrap();
        let owners: Vec<String> = pets.iter().map(|pet| pet.owner.get().unwrap().name.clone()).collect();
        assert_eq!(owners, ["a", "a", "b", "d", "e", "e", "e"], "{}", place.kind);
        // A collection by a join has no end that a row would tell.
        let owners = select(Owner).with(Owner.pets.joined());
        let error = connection.stream(owners).next().wait().unwrap_err();
        assert!(error.to_string().contains("selectin"), "{error}");
        let owners = || select(Owner).order_by(Owner.id).with(Owner.pets.selectin());
        let error = connection.stream(owners()).next().wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSupported, "{error}");
        let mut tx = connection.begin().wait().unwrap();
        let owners = tx.stream(owners()).yield_per(2).all().wait();
        if place.kind == "postgres" {
            let pets: Vec<usize> = owners.unwrap().iter().map(|owner| owner.pets.len()).collect();
            assert_eq!(pets, [2, 1, 0, 1, 3]);
        } else {
            assert_eq!(owners.unwrap_err().kind(), ErrorKind::NotSupported);
        }
        tx.commit().wait().unwrap();
    }
}

/// How much memory the process has, in bytes.
#[cfg(target_os = "linux")]
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<i64>().unwrap() * 4096
}

/// A slow reader slows the database down, and fills no memory. The million rows are about 200 MB.
#[test]
#[cfg(target_os = "linux")]
fn a_million_rows_take_the_memory_of_a_few() {
    for place in places() {
        let engine = engine(&place);
        let mut connection = engine.connect().wait().unwrap();
        let wide = "SELECT a.n * 1000 + b.n, CONCAT(a.n, ' 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789') FROM k a CROSS JOIN k b";
        let wide =
            if place.kind == "sqlite" { wide.replace("CONCAT(a.n, ", "(a.n || ") } else { wide.to_owned() };
        let before = memory();
        let mut most = 0;
        let mut rows = connection.stream(sql(wide).rows::<(i64, String)>());
        let mut seen = 0;
        while let Some(row) = rows.next().wait().unwrap() {
            seen += 1;
            assert!(row.1.len() > 150);
            if seen % 10_000 == 0 {
                most = most.max(memory() - before);
            }
        }
        assert_eq!(seen, 1_000_000, "{}", place.kind);
        eprintln!("{}: {} kB more", place.kind, most / 1024);
        assert!(most < 32 * 1024 * 1024, "{}: {most}", place.kind);
    }
}
