//! Futures that are dropped in the middle, on real servers.

use std::cell::RefCell;

use aludel::prelude::*;
use aludel::{EngineOptions, PoolOptions};
use aludel_tests::cancel::{drop_at, drop_work_everywhere};

use aludel_tests::places::Place;

fn nothing_is_left(place: &Place, few: usize) {
    let engine = place.engine(EngineOptions::new().pool(PoolOptions::default().with_size(3)));
    let watching = RefCell::new(place.engine(EngineOptions::new()).connect().wait().unwrap());
    let points = drop_work_everywhere(&engine, &|| place.open_transactions(&mut watching.borrow_mut()));
    assert!(points >= few, "only {points} await points were seen");
    let status = engine.status();
    assert_eq!((status.checked_out, status.waiting), (0, 0));
    assert!(status.opened - status.closed <= 3, "{status}");
}

#[test]
fn a_dropped_transaction_leaves_nothing_on_sqlite() {
    nothing_is_left(&Place::sqlite(), 1);
}

#[test]
fn a_dropped_transaction_leaves_nothing_on_postgres() {
    nothing_is_left(&Place::postgres(), 1);
}

#[test]
fn a_dropped_transaction_leaves_nothing_on_mysql() {
    // Small answers are often there at once.
    nothing_is_left(&Place::mysql(), 1);
}

/// A transaction that is dropped between two statements costs no connection.
fn kept(place: &Place) {
    let engine = place.engine(EngineOptions::new().pool(PoolOptions::default().with_size(1)));
    let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
    watching.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    for round in 0..5 {
        let mut transaction = engine.begin().wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (?)").bind(round)).wait().unwrap();
        drop(transaction);
        let count: i64 =
            engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows()).wait().unwrap();
        assert_eq!(count, 0);
    }
    assert_eq!(engine.status().opened, 1, "{}", engine.status());
    assert_eq!(place.open_transactions(&mut watching), 0);
}

#[test]
fn a_transaction_that_is_dropped_costs_no_connection() {
    for place in [Place::sqlite(), Place::postgres(), Place::mysql()] {
        kept(&place);
    }
}

/// A statement that is dropped while the server works on it: the connection is not handed on.
#[test]
fn a_statement_dropped_under_way_closes_its_connection() {
    for (place, slow) in [(Place::postgres(), "SELECT pg_sleep(30)"), (Place::mysql(), "DO SLEEP(30)")] {
        let engine = place.engine(EngineOptions::new().pool(PoolOptions::default().with_size(1)));
        let mut connection = engine.connect().wait().unwrap();
        let session = place.session(&mut connection);
        assert!(drop_at(0, connection.execute_script(slow)).is_none(), "{}", place.kind);
        drop(connection);
        let mut next = engine.connect().wait().unwrap();
        assert_ne!(place.session(&mut next), session, "{}", place.kind);
        assert_eq!(engine.status().checked_out, 1);
    }
}

/// Whoever gives up while a connection is being opened takes no place in the pool.
#[test]
fn a_checkout_dropped_at_any_point_leaks_no_place() {
    for place in [Place::sqlite(), Place::postgres(), Place::mysql()] {
        let pool = PoolOptions::default().with_size(1).with_overflow(0).with_pre_ping();
        let engine = place.engine(EngineOptions::new().pool(pool));
        for at in 0..40 {
            if at % 3 == 0 {
                engine.dispose().wait();
            }
            let finished = drop_at(at % 10, engine.connect()).is_some();
            let status = engine.status();
            assert_eq!((status.checked_out, status.waiting), (0, 0), "{} at {at}: {finished}", place.kind);
        }
        let mut connection = engine.connect().wait().unwrap();
        assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    }
}
