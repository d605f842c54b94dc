//! Futures that are dropped in the middle of what takes a while.

use aludel::PoolOptions;
use aludel::prelude::*;
use aludel_tests::cancel::{drop_at, drop_work_everywhere};

use aludel_tests::slow;

use crate::Scratch;

#[test]
fn a_transaction_dropped_at_any_point_leaves_nothing() {
    let file = Scratch::new();
    let engine = slow::engine_at(&file.url("?busy_timeout=20000"), PoolOptions::default().with_size(3));
    // Each of its eleven operations, and the opening of a connection, waits once.
    let points = drop_work_everywhere(&engine, &|| 0);
    assert!(points >= 11, "{points}");
}

#[test]
fn a_checkout_dropped_at_any_point_leaves_no_gap() {
    let pool = PoolOptions::default().with_size(1).with_overflow(0).with_pre_ping();
    let engine = slow::engine(pool);
    for at in 0..12 {
        let _ = drop_at(at % 4, engine.connect());
        if at % 5 == 0 {
            engine.dispose().wait();
        }
        assert_eq!(engine.status().checked_out, 0, "at {at}");
    }
    engine.connect().wait().unwrap();
    let status = engine.status();
    assert_eq!(status.opened - status.closed, 1, "{status}");
}
