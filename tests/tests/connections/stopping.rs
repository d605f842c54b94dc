//! Statements that are stopped from elsewhere, or because they take too long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{EngineOptions, ErrorKind, ExecutionOptions, PoolOptions};

use aludel_tests::places::Place;

/// A statement that takes about a minute or more, and reacts to being stopped.
fn endless(place: &Place) -> &'static str {
    match place.kind {
        "postgres" => "SELECT CAST(1 AS bigint) FROM pg_sleep(60)",
        // `SLEEP` and `BENCHMARK` return a number when they are stopped.
        "mysql" => {
            "SELECT count(*) FROM information_schema.collations a, information_schema.collations b,
             information_schema.collations c, information_schema.engines d"
        }
        _ => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) FROM n"
        }
    }
}

fn all() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

fn one(engine: &Place) -> Engine {
    engine.engine(EngineOptions::new().pool(PoolOptions::default().with_size(1).with_overflow(0)))
}

#[test]
fn another_thread_stops_a_statement() {
    for place in all() {
        let engine = one(&place);
        let mut connection = engine.connect().wait().unwrap();
        assert!(connection.raw().unwrap().features().cancel);
        let handle = connection.cancel_handle().unwrap();
        // Where nothing runs, there is nothing to stop.
        assert!(!handle.cancel().wait().unwrap(), "{}", place.kind);
        let done = Arc::new(AtomicBool::new(false));
        let stopping = std::thread::spawn({
            let (handle, done) = (handle.clone(), Arc::clone(&done));
            move || {
                // The statement may not have come to the server yet; who asks again stops it all the same.
                while !done.load(Ordering::Relaxed) {
                    handle.cancel().wait().unwrap();
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        });
        let error = connection.one(sql(endless(&place)).rows::<i64>()).wait().unwrap_err();
        done.store(true, Ordering::Relaxed);
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{}: {error}", place.kind);
        assert!(error.statement().is_some(), "{error}");
        stopping.join().unwrap();
        assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1, "{}", place.kind);
        // In a transaction, it is like any other error.
        let mut transaction = connection.begin().wait().unwrap();
        transaction.execute(sql("SELECT 2")).wait().unwrap();
        transaction.rollback().wait().unwrap();
        drop(connection);
        // The handle has nothing to do with whoever comes next.
        let mut next = engine.connect().wait().unwrap();
        next.cancel_handle().unwrap();
        assert!(!handle.cancel().wait().unwrap());
        assert_eq!(next.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    }
}

#[test]
fn a_statement_takes_no_longer_than_it_may() {
    for place in all() {
        let engine = one(&place);
        let mut connection = engine.connect().wait().unwrap();
        let session = place.session(&mut connection);
        let hasty = ExecutionOptions::new().statement_timeout(Duration::from_millis(200));
        let began = Instant::now();
        let error = connection
            .with_execution_options(hasty.clone())
            .one(sql(endless(&place)).rows::<i64>())
            .wait()
            .unwrap_err();
        assert!(began.elapsed() >= Duration::from_millis(200), "{}", place.kind);
        assert_eq!(error.kind(), ErrorKind::Timeout, "{}: {error}", place.kind);
        assert!(error.to_string().contains("took longer than 200ms"), "{error}");
        assert!(error.statement().is_some(), "{error}");
        // The same connection goes on, and the limit was for that part alone.
        assert_eq!(place.session(&mut connection), session, "{}", place.kind);
        assert_eq!(connection.execution_options().limit(), None);
        // What is done in time is done.
        let patient = ExecutionOptions::new().statement_timeout(Duration::from_secs(600));
        let read = connection.with_execution_options(patient).one(sql("SELECT 7").rows::<i64>()).wait();
        assert_eq!(read.unwrap(), 7);
        // Inside of a transaction, and by the engine's handle.
        drop(connection);
        let handle = engine.with_execution_options(hasty);
        let mut transaction = handle.begin().wait().unwrap();
        let error = transaction.execute(sql(endless(&place))).wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{}: {error}", place.kind);
        transaction.rollback().wait().unwrap();
        drop(handle);
        let mut connection = engine.connect().wait().unwrap();
        assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
        assert_eq!(connection.execution_options().limit(), None);
    }
}

/// SQLite waits for the lock of another connection by itself; the limit counts there as well.
#[test]
fn waiting_for_a_lock_takes_no_longer_than_it_may() {
    let place = Place::sqlite();
    let engine = place.engine(EngineOptions::new());
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    let mut holder = engine.begin_with(aludel::TransactionOptions::immediate()).wait().unwrap();
    let hasty = ExecutionOptions::new().statement_timeout(Duration::from_millis(100));
    let mut connection = engine.with_execution_options(hasty).connect().wait().unwrap();
    let insert = || sql("INSERT INTO t VALUES (1)");
    let error = connection.execute(insert()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    let handle = connection.cancel_handle().unwrap();
    connection.set_execution_options(ExecutionOptions::new().no_statement_timeout());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| connection.execute(insert()).wait());
        while !handle.cancel().wait().unwrap() {
            std::thread::yield_now();
        }
        let error = waiting.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    });
    holder.execute(insert()).wait().unwrap();
    holder.commit().wait().unwrap();
    connection.execute(insert()).wait().unwrap();
    assert_eq!(connection.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap(), 2);
}

/// The limit of the URL, and the way out of it.
#[test]
fn a_url_limits_statements() {
    use aludel::FromUrl;
    let engine = Engine::new("sqlite://?statement_timeout=150").unwrap();
    let mut connection = engine.connect().wait().unwrap();
    assert_eq!(connection.execution_options().limit(), Some(Duration::from_millis(150)));
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) FROM n";
    let error = connection.execute(sql(endless)).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let unlimited = connection.with_execution_options(ExecutionOptions::new().no_statement_timeout());
    assert_eq!(unlimited.execution_options().limit(), None);
    drop(unlimited);
    // Not even the database in memory was given up for it.
    connection.execute_script("CREATE TABLE t (n)").wait().unwrap();
    connection.inspector().unwrap().table_names(None).wait().unwrap();
}
