//! Requests to stop a statement that come when it is over.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use aludel::ErrorKind;
use aludel::prelude::*;
use aludel_tests::proxy::{Proxy, Rule};

use crate::database::{Database, engine, server};

const ROUNDS: u32 = 1_000;

/// Requests are sent only while `open`, which is to be shut once the statement that they are meant for is over.
fn stop_while(open: &Mutex<bool>, handle: &aludel::CancelHandle, first_after: Duration) {
    let began = Instant::now();
    while began.elapsed() < first_after {
        std::thread::yield_now();
    }
    loop {
        let mut request = pin!(handle.cancel());
        {
            let open = open.lock().unwrap_or_else(PoisonError::into_inner);
            if !*open {
                return;
            }
            // It is decided here whether there is something to stop.
            let _ = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        // Nobody follows it to its end, so that the next statement may meet it.
        std::thread::sleep(Duration::from_millis(3));
    }
}

#[test]
fn no_request_meets_a_later_statement() {
    let database = Database::new();
    let mut connection = database.connect();
    let (mut stopped, mut done) = (0, 0);
    let mut random = 1_u32;
    for round in 0..ROUNDS {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let first_after = Duration::from_micros(u64::from(random >> 16) % 1_500);
        // Some last until they are stopped.
        let seconds = if round % 50 == 0 { 600.0 } else { f64::from(random >> 24) / 200_000.0 };
        let handle = connection.cancel_handle().expect("it can be stopped");
        let open = Mutex::new(true);
        std::thread::scope(|scope| {
            scope.spawn(|| stop_while(&open, &handle, first_after));
            let sleeping = connection.execute(sql("SELECT pg_sleep(?)").bind(seconds)).wait();
            *open.lock().expect("nobody panics") = false;
            match sleeping {
                Ok(_) => done += 1,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
                    stopped += 1;
                }
            }
            for _ in 0..3 {
                let one = connection.one(sql("SELECT 1").rows::<i64>()).wait();
                assert_eq!(one.unwrap_or_else(|error| panic!("in round {round}: {error}")), 1);
            }
        });
        if round % 7 == 0 {
            // Nor does one meet the pool's next user.
            drop(connection);
            connection = database.connect();
        }
    }
    println!("{stopped} statements were stopped, {done} were not");
    assert!(stopped >= ROUNDS / 50, "{stopped}");
    drop(connection);
    let status = database.engine.status();
    assert_eq!((status.opened, status.closed), (1, 0), "{status}");
}

/// Who waits for a request may give up; it goes on, and what comes next waits for it.
#[test]
fn a_request_that_nobody_waits_for_still_comes_to_its_end() {
    let database = Database::new();
    let mut connection = database.connect();
    let handle = connection.cancel_handle().expect("it can be stopped");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let mut request = pin!(handle.cancel());
                let _ = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let error = connection.execute(sql("SELECT pg_sleep(600)")).wait().expect_err("it is stopped");
        over.store(true, Ordering::Relaxed);
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    });
    assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().expect("it is not stopped"), 1);
}

/// As soon as there is something to stop, a request is meant for that, and not for what was before.
#[test]
fn a_request_at_the_very_beginning_costs_no_connection() {
    let database = Database::new();
    let mut connection = database.connect();
    let handle = connection.cancel_handle().expect("it can be stopped");
    for _ in 0..50 {
        let over = AtomicBool::new(false);
        let answer = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let mut request = pin!(handle.cancel());
                    if request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
                        break;
                    }
                }
            });
            let answer = connection.one(sql("SELECT 1").rows::<i64>()).wait();
            over.store(true, Ordering::Relaxed);
            answer
        });
        match answer {
            Ok(one) => assert_eq!(one, 1),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}"),
        }
    }
}

/// How a request to stop something begins.
const REQUEST: &[u8] = &80_877_102_u32.to_be_bytes();

fn session(connection: &mut Connection) -> i64 {
    connection.one(sql("SELECT pg_backend_pid()").rows()).wait().expect("a number")
}

/// Leaves a request under way that does not come to its end, to stop a statement that has come to its own.
fn leave_a_request_hanging(database: &Database, proxy: &Proxy, connection: &mut Connection) {
    let mut holder = database.after("SELECT pg_advisory_lock(1)");
    let handle = connection.cancel_handle().expect("it can be stopped");
    proxy.rule(Rule::Swallow(REQUEST));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| connection.execute(sql("SELECT pg_advisory_lock_shared(1)")).wait());
        loop {
            let mut request = pin!(handle.cancel());
            if request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
                break;
            }
        }
        holder.execute_script("SELECT pg_advisory_unlock(1)").wait().expect("it has the lock");
        waiting.join().expect("nobody panics").expect("nothing has stopped it");
    });
}

#[test]
fn a_connection_whose_request_hangs_is_not_handed_on() {
    let database = Database::new();
    let url = server().with_database(database.name.as_str());
    let proxy = Proxy::new(&url);
    let engine = engine(&proxy.through(&url));
    let mut connection = engine.connect().wait().expect("a connection");
    let first = session(&mut connection);
    leave_a_request_hanging(&database, &proxy, &mut connection);
    drop(connection);
    let mut next = engine.connect().wait().expect("another connection");
    assert_ne!(session(&mut next), first);
    let status = engine.status();
    assert_eq!((status.opened, status.closed), (2, 1), "{status}");
}

/// It is lost in the end, which says nothing about the others.
#[test]
fn a_request_that_hangs_costs_no_other_connection() {
    let database = Database::new();
    let url = server().with_database(database.name.as_str());
    let proxy = Proxy::new(&url);
    let engine = engine(&proxy.through(&url));
    let mut connection = engine.connect().wait().expect("a connection");
    let mut other = engine.connect().wait().expect("another connection");
    let kept = session(&mut other);
    drop(other);
    leave_a_request_hanging(&database, &proxy, &mut connection);
    let error = connection.execute(sql("SELECT 1")).wait().expect_err("it could be stopped by the request");
    assert_eq!(error.kind(), ErrorKind::Disconnect, "{error}");
    drop(connection);
    assert_eq!(session(&mut engine.connect().wait().expect("a connection")), kept);
    let status = engine.status();
    assert_eq!((status.opened, status.closed), (2, 1), "{status}");
}
