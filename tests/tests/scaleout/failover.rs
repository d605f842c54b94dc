//! A writer is killed, and its standby takes its place.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::route::ReaderOptions;
use aludel::{ErrorKind, ReplicatedEngine, RetryPolicy};
use aludel_tests::private::Stop;

use crate::pair::{Pair, ask, eventually, port, run};

const WRITERS: i64 = 8;

/// What has become of the writers' rows.
#[derive(Default)]
struct Outcomes {
    acknowledged: BTreeSet<i64>,
    unknown: BTreeSet<i64>,
    failed: Vec<String>,
}

fn write_until(stop: &AtomicBool, engine: &ReplicatedEngine, writer: i64, outcomes: &Mutex<Outcomes>) {
    let policy = RetryPolicy::new()
        .with_attempts(10_000)
        .with_pauses(Duration::from_millis(5), Duration::from_millis(50))
        .with_limit(Duration::from_secs(90));
    let mut number = writer * 1_000_000;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let written = engine.retry_transaction(policy, async |mut tx| {
            tx.execute(sql("INSERT INTO notes VALUES (?)").bind(number)).await?;
            Ok::<(), aludel::Error>(())
        });
        let written = written.wait();
        let mut outcomes = outcomes.lock().expect("nobody panics");
        match written {
            Ok(()) => drop(outcomes.acknowledged.insert(number)),
            Err(error) if error.kind() == ErrorKind::CommitUnknown => drop(outcomes.unknown.insert(number)),
            Err(error) => outcomes.failed.push(format!("{number}: {error}")),
        }
    }
}

#[test]
fn the_url_finds_the_writer_that_was_promoted_and_no_acknowledged_row_is_lost() {
    let mut pair = Pair::synchronous();
    let standby = pair.standby.port();
    run(&pair.primary.url(), "CREATE TABLE notes (id bigint PRIMARY KEY)");
    let writer = Engine::new(&pair.url("target_session_attrs=read-write&connect_timeout=20&pool_size=8"))
        .expect("a URL");
    let reader = Engine::new(&pair.standby.url()).expect("a URL");
    let engine = ReplicatedEngine::new(writer, [reader]).with_options(ReaderOptions::new().with_any_lag());
    assert_eq!(port(&mut engine.begin().wait().expect("a writer")), pair.primary.port());

    let (stop, outcomes) = (AtomicBool::new(false), Mutex::new(Outcomes::default()));
    let acknowledged = || outcomes.lock().expect("nobody panics").acknowledged.len();
    std::thread::scope(|scope| {
        for writer in 1..=WRITERS {
            let (stop, engine, outcomes) = (&stop, &engine, &outcomes);
            scope.spawn(move || write_until(stop, engine, writer, outcomes));
        }
        let stopping = StopAtEnd(&stop);
        eventually("some rows are written", || acknowledged() > 300);
        let killed = Instant::now();
        pair.primary.stop(Stop::Immediate);
        let before = acknowledged();
        run(&pair.standby.url(), "SELECT pg_promote()");
        eventually("rows are written again", || acknowledged() > before);
        let healed = killed.elapsed();
        eventually("many rows are written again", || acknowledged() > before + 300);
        drop(stopping);
        println!("{before} rows before, writing again after {healed:?}");
    });
    let Outcomes { acknowledged, unknown, failed } = outcomes.into_inner().expect("nobody panics");
    println!("{} rows acknowledged, {} unknown", acknowledged.len(), unknown.len());
    assert!(failed.is_empty(), "{failed:?}");
    assert!(unknown.len() <= WRITERS as usize, "{unknown:?}");

    let mut connection = engine.writer().connect().wait().expect("a writer");
    assert_eq!(port(&mut connection), standby);
    let rows = connection.all(sql("SELECT id FROM notes").rows::<i64>()).wait().expect("rows");
    let rows: BTreeSet<i64> = rows.into_iter().collect();
    let lost: Vec<&i64> = acknowledged.difference(&rows).collect();
    assert!(lost.is_empty(), "acknowledged, but not there: {lost:?}");
    let others: Vec<&i64> = rows.difference(&acknowledged).filter(|row| !unknown.contains(row)).collect();
    assert!(others.is_empty(), "there, but never acknowledged or unknown: {others:?}");
    assert!(!ask::<bool>(&pair.standby.url(), "SELECT pg_is_in_recovery()"));
    drop(connection);
    let status = engine.writer().status();
    assert_eq!(status.checked_out, 0, "{status}");
    engine.close().wait();
}

/// Lets the writers go, also where the test panics.
struct StopAtEnd<'s>(&'s AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
