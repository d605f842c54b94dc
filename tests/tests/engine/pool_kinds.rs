//! What the pool keeps, for how long, in which order, and what it tells.

use std::time::Duration;

use aludel::engine::pool::PoolOrder;
use aludel::prelude::*;
use aludel::{DatabaseUrl, ErrorKind, PoolOptions, driver};

use crate::Scratch;

fn engine(url: &str, options: PoolOptions) -> Engine {
    Engine::with_pool(driver(&DatabaseUrl::parse(url).unwrap()).unwrap(), options)
}

/// The numbers of connections that are taken at once, in order.
fn taken(engine: &Engine, count: usize) -> Vec<u64> {
    let mut connections: Vec<_> = (0..count).map(|_| engine.connect().wait().unwrap()).collect();
    let ids = connections.iter_mut().map(|connection| connection.record().unwrap().id()).collect();
    // They come back in the order in which they went.
    connections.into_iter().for_each(drop);
    ids
}

#[test]
fn the_last_one_back_goes_first_unless_they_take_turns() {
    let file = Scratch::new();
    for (order, expected) in [(PoolOrder::Lifo, [3, 3, 3]), (PoolOrder::Fifo, [1, 2, 3])] {
        let engine = engine(&file.url(""), PoolOptions::default().with_size(3).with_order(order));
        assert_eq!(taken(&engine, 3), [1, 2, 3]);
        let one_by_one: Vec<u64> = (0..3).flat_map(|_| taken(&engine, 1)).collect();
        assert_eq!(one_by_one, expected, "{order:?}");
    }
}

#[test]
fn what_is_beyond_the_size_is_closed_when_it_comes_back() {
    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::default().with_size(2).with_overflow(3));
    let held: Vec<_> = (0..5).map(|_| engine.connect().wait().unwrap()).collect();
    let status = engine.status();
    assert_eq!((status.size, status.most, status.checked_out, status.overflow), (2, 5, 5, 3));
    drop(held);
    let status = engine.status();
    assert_eq!((status.idle, status.checked_out, status.overflow), (2, 0, 0));
    assert_eq!((status.opened, status.closed, status.checkouts), (5, 3, 5));
}

#[test]
fn a_pool_that_keeps_nothing_opens_and_closes() {
    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::null());
    let _held: Vec<_> = (0..20).map(|_| engine.connect().wait().unwrap()).collect();
    assert_eq!(taken(&engine, 2), [21, 22]);
    let status = engine.status();
    assert_eq!((status.idle, status.closed), (0, 2), "{status}");
}

#[test]
fn the_database_in_memory_outlives_every_age() {
    let engine = engine("sqlite://", PoolOptions::single().with_recycle(Duration::ZERO).with_pre_ping());
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n)").wait().unwrap();
    for _ in 0..3 {
        let mut connection = engine.connect().wait().unwrap();
        assert_eq!(connection.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap(), 0);
    }
    assert_eq!(engine.status().opened, 1);
}

#[test]
fn an_old_connection_is_replaced_at_its_checkout() {
    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::default().with_recycle(Duration::from_millis(900)));
    assert_eq!(taken(&engine, 1), [1]);
    assert_eq!(taken(&engine, 1), [1]);
    let mut held = engine.connect().wait().unwrap();
    std::thread::sleep(Duration::from_millis(950));
    // Never while it is in use.
    assert_eq!(held.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    assert_eq!(held.record().unwrap().id(), 1);
    drop(held);
    assert_eq!(taken(&engine, 1), [2]);
    let status = engine.status();
    assert_eq!((status.recycled, status.closed), (1, 1));
}

#[test]
fn connections_are_given_up_one_by_one_or_all_at_once() {
    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::default().with_size(3));
    assert_eq!(taken(&engine, 3), [1, 2, 3]);
    engine.connect().wait().unwrap().invalidate();
    assert_eq!(taken(&engine, 1), [2]);
    let mut marked = engine.connect().wait().unwrap();
    marked.invalidate_on_return();
    assert_eq!(marked.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1, "it goes on until then");
    drop(marked);
    assert_eq!(taken(&engine, 1), [1]);
    // All, those that are out included.
    let mut out = engine.connect().wait().unwrap();
    engine.pool().invalidate();
    assert_eq!(out.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    drop(out);
    assert_eq!(taken(&engine, 1), [4]);
    assert_eq!(engine.status().invalidated, 3, "{}", engine.status());
}

#[test]
fn a_disposed_engine_goes_on_with_new_connections() {
    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::default());
    let mut held = engine.connect().wait().unwrap();
    assert_eq!(taken(&engine, 2), [2, 3]);
    engine.dispose().wait();
    assert_eq!(engine.status().idle, 0);
    assert_eq!(held.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    drop(held);
    assert_eq!(engine.status().idle, 0, "it is closed when it comes back");
    assert_eq!(taken(&engine, 1), [4]);
}

#[test]
fn a_detached_connection_makes_room() {
    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::default().with_size(1).with_overflow(0));
    let mut mine = engine.connect().wait().unwrap();
    mine.detach();
    assert_eq!(taken(&engine, 1), [2]);
    assert_eq!(mine.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    drop(mine);
    let status = engine.status();
    assert_eq!((status.idle, status.checked_out), (1, 0));
    assert_eq!((status.opened, status.closed), (2, 1), "it is none of the pool's any more");
    assert_eq!(taken(&engine, 1), [2], "it does not come back");
}

#[test]
fn what_is_noted_on_a_connection_stays_with_it() {
    #[derive(Debug, PartialEq)]
    struct Tenant(&'static str);

    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::default());
    let mut connection = engine.connect().wait().unwrap();
    let info = connection.info().unwrap();
    assert_eq!(info.insert(Tenant("a")), None);
    assert_eq!(info.insert(Tenant("b")), Some(Tenant("a")));
    info.insert(7_u8);
    drop(connection);
    let mut again = engine.connect().wait().unwrap();
    let info = again.info().unwrap();
    assert_eq!(info.get::<Tenant>(), Some(&Tenant("b")));
    *info.get_mut::<u8>().unwrap() += 1;
    assert_eq!((info.remove::<u8>(), info.get::<u8>()), (Some(8), None));
    let mut other = engine.connect().wait().unwrap();
    assert_eq!(other.info().unwrap().get::<Tenant>(), None);
}

#[test]
fn the_error_says_who_holds_what_and_for_how_long() {
    let file = Scratch::new();
    let pool = PoolOptions::default().with_size(1).with_overflow(1).with_timeout(Duration::from_millis(20));
    let engine = engine(&file.url(""), pool);
    let report = engine.labelled("the nightly report").begin().wait().unwrap();
    std::thread::sleep(Duration::from_millis(15));
    let line = line!() + 1;
    let other = engine.connect().wait().unwrap();
    let error = engine.connect().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let message = error.to_string();
    assert!(message.contains("(size 1, overflow 1), the longest for 0."), "{message}");
    assert!(message.contains(" s by `the nightly report` from tests/"), "{message}");
    assert!(message.contains(&format!("pool_kinds.rs:{line}")), "{message}");
    let checkouts = engine.pool().checkouts();
    assert_eq!(checkouts.len(), 2);
    assert_eq!(checkouts[0].label.as_deref(), Some("the nightly report"));
    assert!(checkouts[0].held >= Duration::from_millis(35) && checkouts[0].held >= checkouts[1].held);
    drop((report, other));
    assert!(engine.pool().checkouts().is_empty());
    let status = engine.status();
    assert_eq!((status.waited, status.timed_out, status.waiting), (1, 1, 0));
    assert!(status.wait_longest >= Duration::from_millis(20) && status.wait_total >= status.wait_longest);
}

#[test]
fn without_patience_a_checkout_fails_at_once() {
    let file = Scratch::new();
    let pool = PoolOptions::default().with_size(1).with_overflow(0).with_timeout(Duration::ZERO);
    let engine = engine(&file.url(""), pool);
    let held = engine.connect().wait().unwrap();
    let began = std::time::Instant::now();
    assert_eq!(engine.connect().wait().unwrap_err().kind(), ErrorKind::Timeout);
    assert!(began.elapsed() < Duration::from_secs(5));
    drop(held);
    engine.connect().wait().unwrap();
}

/// Whoever waits first is served first.
#[test]
fn those_who_wait_are_served_in_their_order() {
    use std::future::Future as _;
    use std::task::{Context, Poll, Waker};

    let file = Scratch::new();
    let engine = engine(&file.url(""), PoolOptions::default().with_size(1).with_overflow(0));
    let held = engine.connect().wait().unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let mut waiting: Vec<_> = (0..5).map(|_| Box::pin(engine.connect())).collect();
    assert!(waiting.iter_mut().all(|future| future.as_mut().poll(&mut context).is_pending()));
    assert_eq!(engine.status().waiting, 5);
    // One of them gives up.
    drop(waiting.remove(2));
    let mut next = Some(held);
    for _ in 0..4 {
        next.take();
        // Somebody who comes later does not overtake them, and the others have to wait on.
        assert!(Box::pin(engine.connect()).as_mut().poll(&mut context).is_pending());
        for later in &mut waiting[1..] {
            assert!(later.as_mut().poll(&mut context).is_pending());
        }
        let Poll::Ready(Ok(connection)) = waiting[0].as_mut().poll(&mut context) else {
            panic!("the first waits")
        };
        next = Some(connection);
        drop(waiting.remove(0));
    }
    drop(next);
    assert_eq!((engine.status().waiting, engine.status().checked_out), (0, 0));
    engine.connect().wait().unwrap();
}
