//! The pool: how many connections there are, how long one waits, and which are never handed on.

use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{DatabaseUrl, Engine, ErrorKind, PoolOptions, driver};

use aludel_tests::slow;

use crate::Scratch;

fn options(size: usize, overflow: usize) -> PoolOptions {
    let mut options = PoolOptions::default();
    options.size = size;
    options.overflow = overflow;
    options.timeout = Duration::from_millis(50);
    options
}

fn engine(url: &str, options: PoolOptions) -> Engine {
    let url = DatabaseUrl::parse(url).unwrap();
    Engine::with_pool(driver(&url).unwrap(), options)
}

#[test]
fn there_are_never_more_connections_than_the_pool_allows() {
    let file = Scratch::new();
    let engine = engine(&file.url(""), options(1, 2));
    let mut held: Vec<_> = (0..3).map(|_| engine.connect().wait().unwrap()).collect();
    let began = Instant::now();
    let error = engine.connect().wait().unwrap_err();
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let message = error.to_string();
    assert!(message.contains("all 3 of the pool are in use (size 1, overflow 2)"), "{message}");
    assert!(message.contains("50ms"), "{message}");
    held.pop();
    engine.connect().wait().unwrap();
}

#[test]
fn a_database_in_memory_says_that_it_is_one_connection() {
    let engine = engine("sqlite://", options(1, 0));
    let held = engine.begin().wait().unwrap();
    let error = engine.begin().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let message = error.to_string();
    assert!(message.contains("its pool has one connection"), "{message}");
    assert!(message.contains("database in memory"), "{message}");
    drop(held);
    engine.begin().wait().unwrap();
}

#[test]
fn a_session_that_holds_the_only_connection_is_named_in_the_advice() {
    let engine = engine("sqlite://", options(1, 0));
    let line = line!() + 1;
    let mut session = Session::new(&engine);
    session.one(sql("SELECT 1").rows::<i64>()).wait().unwrap();
    let error = engine.connect().wait().unwrap_err().to_string();
    assert!(error.contains("sessions that are done"), "{error}");
    assert!(error.contains(&format!("engine/pool.rs:{line}")), "{error}");
    session.commit().wait().unwrap();
    engine.connect().wait().unwrap();
}

#[test]
fn somebody_who_waits_gets_the_connection_that_comes_back() {
    let mut patient = options(1, 0);
    patient.timeout = Duration::from_secs(20);
    let engine = engine("sqlite://", patient);
    let held = engine.connect().wait().unwrap();
    let waiting = std::thread::spawn({
        let engine = engine.clone();
        move || engine.connect().wait().unwrap().one(sql("SELECT 7").rows::<i64>()).wait().unwrap()
    });
    std::thread::sleep(Duration::from_millis(20));
    drop(held);
    assert_eq!(waiting.join().unwrap(), 7);
}

#[test]
fn a_pool_without_bounds_is_bounded_by_what_can_be_counted() {
    let engine = engine("sqlite://", options(usize::MAX, usize::MAX));
    engine.connect().wait().unwrap();
}

#[test]
fn somebody_who_gives_up_waiting_leaves_no_gap() {
    use std::future::Future as _;
    use std::task::{Context, Waker};

    let engine = engine("sqlite://", options(1, 0));
    let held = engine.connect().wait().unwrap();
    let mut waiting = Box::pin(engine.connect());
    assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(waiting);
    drop(held);
    engine.connect().wait().unwrap();
}

#[test]
fn a_connection_whose_future_was_dropped_is_not_handed_on() {
    use std::future::Future as _;
    use std::task::{Context, Waker};

    let engine = slow::engine(options(1, 0));
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE t (n)").wait().unwrap();
    {
        let mut insert = Box::pin(connection.execute(sql("INSERT INTO t VALUES (1)")));
        assert!(insert.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    drop(connection);
    // Each connection of this driver is a database of its own, so a new one has no table.
    let mut fresh = engine.connect().wait().unwrap();
    assert!(fresh.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().is_err());
}

#[test]
fn a_closed_engine_says_so() {
    let engine = engine("sqlite://", options(1, 0));
    engine.close().wait();
    let error = engine.connect().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("closed"), "{error}");
}
