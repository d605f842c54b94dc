//! The pool where the other end goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aludel::prelude::*;
use aludel::{EngineOptions, ErrorKind, PoolOptions};

use aludel_tests::places::Place;

fn engine(place: &Place, pool: PoolOptions) -> Engine {
    place.engine(EngineOptions::new().pool(pool))
}

/// The sessions of so many connections, all taken at once.
fn sessions(place: &Place, engine: &Engine, count: usize) -> Vec<i64> {
    let mut connections: Vec<_> = (0..count).map(|_| engine.connect().wait().unwrap()).collect();
    connections.iter_mut().map(|connection| place.session(connection)).collect()
}

#[test]
fn a_ping_finds_lost_connections_before_they_are_handed_out() {
    for place in [Place::postgres(), Place::mysql()] {
        let engine = engine(&place, PoolOptions::default().with_size(3).with_pre_ping());
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        for session in sessions(&place, &engine, 3) {
            place.kill(&mut watching, session);
        }
        std::thread::sleep(Duration::from_millis(50));
        for _ in 0..3 {
            let mut connection = engine.connect().wait().unwrap();
            assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1, "{}", place.kind);
        }
        assert_eq!(engine.status().opened, 4, "{}: {}", place.kind, engine.status());
    }
}

/// Tokio lets a task that has done much find no socket ready until its next turn, which must not hide the end of a connection.
#[test]
fn a_busy_task_is_handed_no_lost_connection() {
    let place = Place::postgres();
    let engine = engine(&place, PoolOptions::default().with_size(1));
    let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
    let lost = sessions(&place, &engine, 1);
    place.kill(&mut watching, lost[0]);
    while place.connections(&mut watching) > 1 {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(async {
        let mut connecting = std::pin::pin!(engine.connect());
        let mut first = true;
        let connected = std::future::poll_fn(|context| {
            // Only its first turn is used up: it has to get on.
            if std::mem::take(&mut first) {
                while std::pin::pin!(tokio::task::consume_budget()).poll(context).is_ready() {}
            }
            connecting.as_mut().poll(context)
        });
        connected.await.unwrap().one(sql("SELECT 1").rows::<i64>()).await
    });
    assert_eq!(answer.unwrap(), 1);
    assert_eq!(engine.status().opened, 2, "{}", engine.status());
}

#[test]
fn a_lost_connection_takes_those_along_that_are_older() {
    let place = Place::mysql();
    let engine = engine(&place, PoolOptions::default().with_size(3));
    let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
    let before = sessions(&place, &engine, 3);
    let mut connection = engine.connect().wait().unwrap();
    let mut held = engine.connect().wait().unwrap();
    place.kill(&mut watching, place_of(&place, &mut connection));
    std::thread::sleep(Duration::from_millis(50));
    let error = connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disconnect, "{error}");
    // One that is out goes on, and is closed when it comes back.
    assert_eq!(held.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    drop((connection, held));
    let after = sessions(&place, &engine, 3);
    assert!(after.iter().all(|session| !before.contains(session)), "{before:?} {after:?}");
    assert_eq!(engine.status().invalidated, 3, "{}", engine.status());
}

fn place_of(place: &Place, connection: &mut Connection) -> i64 {
    place.session(connection)
}

#[test]
fn a_connection_that_was_cancelled_takes_nobody_along() {
    let place = Place::mysql();
    let engine = engine(&place, PoolOptions::default().with_size(2));
    let before = sessions(&place, &engine, 2);
    let mut cancelled = engine.connect().wait().unwrap();
    assert!(aludel_tests::cancel::drop_at(0, cancelled.execute_script("DO SLEEP(1)")).is_none());
    let error = cancelled.execute_script("DO 1").wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disconnect);
    drop(cancelled);
    let after = sessions(&place, &engine, 2);
    assert_eq!(after.iter().filter(|session| before.contains(session)).count(), 1, "{before:?} {after:?}");
}

#[test]
fn a_raw_begin_does_not_outlive_the_checkout() {
    for place in [Place::sqlite(), Place::postgres(), Place::mysql()] {
        let engine = engine(&place, PoolOptions::default().with_size(1));
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        watching.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
        for begin in ["BEGIN", "BEGIN; SELECT 1;", "SELECT 1; BEGIN"] {
            let mut connection = engine.connect().wait().unwrap();
            if begin == "BEGIN" {
                connection.execute(sql(begin)).wait().unwrap();
            } else {
                connection.execute_script(begin).wait().unwrap();
            }
            assert!(connection.in_transaction(), "{}: {begin}", place.kind);
            connection.execute_script("INSERT INTO t VALUES (1)").wait().unwrap();
            drop(connection);
            let mut next = engine.connect().wait().unwrap();
            assert!(!next.in_transaction());
            assert_eq!(next.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap(), 0);
            // And what is ended that way is over.
            next.execute_script("BEGIN; INSERT INTO t VALUES (2); COMMIT").wait().unwrap();
            assert!(!next.in_transaction(), "{}", place.kind);
            next.execute_script("DELETE FROM t").wait().unwrap();
        }
        assert_eq!(engine.status().opened, 1, "{}", place.kind);
    }
}

/// Many more tasks than connections: everybody gets their turn, and nothing is left over.
#[test]
fn a_crowd_takes_turns() {
    const TASKS: u64 = 200;
    for place in [Place::sqlite(), Place::postgres(), Place::mysql()] {
        let pool = PoolOptions::default().with_size(5).with_overflow(0).with_timeout(Duration::from_secs(60));
        let engine = engine(&place, pool);
        engine
            .connect()
            .wait()
            .unwrap()
            .execute_script("CREATE TABLE t (n INTEGER PRIMARY KEY)")
            .wait()
            .unwrap();
        let done = Arc::new(AtomicU64::new(0));
        let workers: Vec<_> = (0..4_u64)
            .map(|worker| {
                let (engine, done) = (engine.clone(), Arc::clone(&done));
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    let local: Vec<_> = (0..TASKS / 4)
                        .map(|task| {
                            let (engine, done) = (engine.clone(), Arc::clone(&done));
                            runtime.spawn(async move {
                                let key = i64::try_from(worker * TASKS + task).unwrap();
                                let mut transaction =
                                    engine.begin_with(aludel::TransactionOptions::immediate()).await.unwrap();
                                transaction.execute(sql("INSERT INTO t VALUES (?)").bind(key)).await.unwrap();
                                // Every third one thinks better of it.
                                if task % 3 == 0 {
                                    drop(transaction);
                                } else {
                                    transaction.commit().await.unwrap();
                                    done.fetch_add(1, Ordering::Relaxed);
                                }
                            })
                        })
                        .collect();
                    runtime.block_on(async {
                        for task in local {
                            task.await.unwrap();
                        }
                    });
                })
            })
            .collect();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        let count: i64 =
            engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows()).wait().unwrap();
        assert_eq!(u64::try_from(count).unwrap(), done.load(Ordering::Relaxed), "{}", place.kind);
        let status = engine.status();
        assert_eq!((status.checked_out, status.waiting, status.timed_out), (0, 0, 0), "{}", place.kind);
        assert!(status.opened <= 5, "{}: {status}", place.kind);
        assert!(status.checkouts > TASKS, "{status}");
    }
}
