//! Requests to stop a statement that come when it is over.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use aludel::ErrorKind;
use aludel::prelude::*;

use crate::database::Database;

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
