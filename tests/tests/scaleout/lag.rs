//! Readers: whoever reads is sent to one that is recent enough, or that has what they have written.

use std::time::Duration;

use aludel::prelude::*;
use aludel::route::{ReaderOptions, ReaderState};
use aludel::{ErrorKind, ReplicatedEngine, TransactionOptions};
use aludel_tests::private::Stop;

use crate::pair::{Pair, ask, eventually, port, run};

fn note(engine: &ReplicatedEngine, text: &'static str) {
    let noted = engine.transaction(async |mut tx| {
        tx.execute(sql("INSERT INTO notes VALUES (?)").bind(text)).await?;
        Ok::<u16, aludel::Error>(port(&mut tx))
    });
    assert_eq!(noted.wait().expect(text), engine.writer().pool_port());
}

/// The port that an engine's URL names.
trait Port {
    fn pool_port(&self) -> u16;
}

impl Port for Engine {
    fn pool_port(&self) -> u16 {
        port(&mut self.connect().wait().expect("a connection"))
    }
}

#[test]
fn a_reader_that_lags_or_is_down_is_passed_over() {
    let mut pair = Pair::new();
    let (primary, standby) = (pair.primary.port(), pair.standby.port());
    run(&pair.primary.url(), "CREATE TABLE notes (text text)");
    let engine = pair.engine(ReaderOptions::new().with_max_lag(Duration::from_millis(300)));
    note(&engine, "first");
    eventually("the standby is read from", || pair.read_from(&engine) == standby);

    // It may not have heard of the note yet.
    let patient = engine.with_options(ReaderOptions::new().with_any_lag().with_wait(Duration::from_secs(60)));
    let first = engine.position().wait().expect("a position");
    let mut has_first = patient.begin_after(&first, TransactionOptions::default()).wait().expect("a standby");
    assert_eq!(port(&mut has_first), standby);
    drop(has_first);

    // Not replaying, it falls behind.
    run(&pair.standby.url(), "SELECT pg_wal_replay_pause()");
    eventually("the replay is paused", || {
        ask::<String>(&pair.standby.url(), "SELECT pg_get_wal_replay_pause_state()") == "paused"
    });
    note(&engine, "second");
    eventually("the primary is read from", || pair.read_from(&engine) == primary);
    let reader = engine.status().remove(1);
    match reader.reader {
        Some(ReaderState::Answers { lag: Some(lag) }) => assert!(lag > Duration::from_millis(300), "{lag:?}"),
        other => panic!("{other:?}"),
    }
    let strict =
        engine.with_options(ReaderOptions::new().with_max_lag(Duration::from_millis(300)).without_fallback());
    let error =
        strict.begin_with(TransactionOptions::read_only()).wait().expect_err("nobody may be read from");
    assert_eq!(error.kind(), ErrorKind::Operational);
    let shown = error.to_string();
    assert!(shown.contains(&pair.standby.url()) && shown.contains("behind"), "{shown}");
    // Who does not care reads what is old.
    let anything = engine.with_options(ReaderOptions::new().with_any_lag());
    let old = anything.transaction_with(TransactionOptions::read_only(), async |mut tx| {
        Ok::<_, aludel::Error>((port(&mut tx), tx.all(sql("SELECT text FROM notes").rows::<String>()).await?))
    });
    assert_eq!(old.wait().expect("a standby"), (standby, vec!["first".to_owned()]));

    run(&pair.standby.url(), "SELECT pg_wal_replay_resume()");
    eventually("the standby is read from again", || pair.read_from(&engine) == standby);

    pair.standby.stop(Stop::Immediate);
    assert_eq!(pair.read_from(&engine), primary);
    assert_eq!(pair.read_from(&engine), primary);
    assert!(matches!(engine.status()[1].reader, Some(ReaderState::Down { .. })), "{:?}", engine.status());
    pair.standby.start_again();
    eventually("the standby is back", || pair.read_from(&engine) == standby);
    engine.close().wait();
}

#[test]
fn whoever_has_written_reads_it() {
    let pair = Pair::new();
    let (primary, standby) = (pair.primary.port(), pair.standby.port());
    run(&pair.primary.url(), "CREATE TABLE notes (text text)");
    let engine = pair.engine(ReaderOptions::new().with_any_lag());
    let count = async |mut tx: aludel::engine::retry::Scope| {
        let count: i64 = tx.one(sql("SELECT count(*) FROM notes").rows()).await?;
        Ok::<_, aludel::Error>((port(&mut tx), count))
    };
    note(&engine, "first");
    let first = engine.position().wait().expect("a position");
    let patient = engine.with_options(ReaderOptions::new().with_any_lag().with_wait(Duration::from_secs(60)));
    assert_eq!(patient.transaction_after(&first, count).wait().expect("a standby"), (standby, 1));

    run(&pair.standby.url(), "SELECT pg_wal_replay_pause()");
    note(&engine, "second");
    // As it comes back from a cookie.
    let second = engine.position().wait().expect("a position").to_string().parse().expect("any text");
    let hasty = engine.with_options(ReaderOptions::new().with_any_lag().with_wait(Duration::ZERO));
    assert_eq!(hasty.transaction_after(&second, count).wait().expect("the primary"), (primary, 2));
    assert_eq!(hasty.transaction_after(&first, count).wait().expect("the standby"), (standby, 1));
    let refused =
        hasty.begin_after(&"no position".parse().expect("any text"), TransactionOptions::default()).wait();
    assert_eq!(refused.expect_err("there is none such").kind(), ErrorKind::Data);

    std::thread::scope(|scope| {
        let waits = scope.spawn(|| patient.transaction_after(&second, count).wait());
        std::thread::sleep(Duration::from_millis(200));
        run(&pair.standby.url(), "SELECT pg_wal_replay_resume()");
        assert_eq!(waits.join().expect("no panic").expect("a standby"), (standby, 2));
    });
    engine.close().wait();
}

#[test]
fn a_standby_that_applies_late_on_purpose_is_known_to_lag() {
    let mut pair = Pair::new();
    let (primary, standby) = (pair.primary.port(), pair.standby.port());
    run(&pair.primary.url(), "CREATE TABLE notes (text text)");
    let engine = pair.engine(ReaderOptions::new().with_max_lag(Duration::from_millis(200)));
    eventually("the standby is read from", || pair.read_from(&engine) == standby);
    pair.standby.add_line("recovery_min_apply_delay = 2s");
    pair.standby.reload();
    eventually("the delay is set", || {
        ask::<String>(&pair.standby.url(), "SHOW recovery_min_apply_delay") == "2s"
    });
    note(&engine, "first");
    eventually("the primary is read from", || pair.read_from(&engine) == primary);
    // Nothing more is written, and two seconds later it has everything.
    eventually("the standby is read from again", || pair.read_from(&engine) == standby);
    engine.close().wait();
}
