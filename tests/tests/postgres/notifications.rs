//! `LISTEN` and `NOTIFY`.

use std::time::Duration;

use aludel::postgres::{Heard, listen, notify};
use aludel::prelude::*;
use aludel::{ErrorKind, PoolOptions};

use crate::database::Database;

fn payload(heard: Heard) -> (String, String) {
    match heard {
        Heard::Notification(notification) => (notification.channel, notification.payload),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_committed_is_heard() {
    let database = Database::new();
    let engine = database.engine.clone();
    let odd = "My \"odd\" Channel; DROP";
    let mut listener = listen(&engine, ["orders", odd]).wait().unwrap();
    assert_eq!(listener.channels(), ["orders", odd]);
    // The connection is none of the pool's any more.
    assert_eq!(engine.status().checked_out, 0);

    let mut connection = engine.connect().wait().unwrap();
    let mut transaction = connection.begin().wait().unwrap();
    notify(&mut transaction, "orders", "taken back").wait().unwrap();
    transaction.rollback().wait().unwrap();
    let mut transaction = connection.begin().wait().unwrap();
    notify(&mut transaction, "orders", "committed").wait().unwrap();
    notify(&mut transaction, "orders", "committed").wait().unwrap();
    notify(&mut transaction, "Orders", "elsewhere").wait().unwrap();
    transaction.commit().wait().unwrap();
    notify(&mut connection, odd, "").wait().unwrap();
    let mut heard = || payload(listener.next().wait().unwrap());
    assert_eq!(heard(), ("orders".to_owned(), "committed".to_owned()));
    assert_eq!(heard(), (odd.to_owned(), String::new()));

    listener.add("more").wait().unwrap();
    listener.remove("orders").wait().unwrap();
    for (channel, text) in [("orders", "nobody hears"), ("more", "somebody hears")] {
        notify(&mut connection, channel, text).wait().unwrap();
    }
    let longest = "é".repeat(3_999);
    notify(&mut connection, "more", &longest).wait().unwrap();
    let mut heard = || payload(listener.next().wait().unwrap());
    assert_eq!(heard().1, "somebody hears");
    assert_eq!(heard().1, longest);
}

#[test]
fn a_listener_that_waits_is_woken() {
    let database = Database::new();
    let engine = database.engine.clone();
    let mut listener = listen(&engine, ["later"]).wait().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| payload(listener.next().wait().unwrap()).1);
        std::thread::sleep(Duration::from_millis(50));
        notify(&mut engine.connect().wait().unwrap(), "later", "now").wait().unwrap();
        assert_eq!(waiting.join().unwrap(), "now");
    });
}

#[test]
fn a_lost_connection_is_replaced_and_the_gap_is_told() {
    let database = Database::new();
    let engine = database.engine.clone();
    let mut listener = listen(&engine, ["a", "b"]).wait().unwrap();
    let mut connection = engine.connect().wait().unwrap();
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'";
    assert_eq!(connection.one(sql(kill).rows::<i64>()).wait().unwrap(), 1);
    assert_eq!(listener.next().wait().unwrap(), Heard::Gap);
    // It listens to all of them already.
    notify(&mut connection, "b", "after").wait().unwrap();
    assert_eq!(payload(listener.next().wait().unwrap()).1, "after");
}

#[test]
fn what_cannot_be_announced_is_refused() {
    let database = Database::new();
    let engine = database.engine.clone();
    let mut connection = engine.connect().wait().unwrap();
    let error = notify(&mut connection, "c", &"x".repeat(8_000)).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data);
    assert!(error.to_string().contains("8000 bytes"), "{error}");
    for name in ["", "with\0nul", &"n".repeat(64)] {
        assert_eq!(notify(&mut connection, name, "").wait().unwrap_err().kind(), ErrorKind::Usage);
        assert_eq!(listen(&engine, [name]).wait().unwrap_err().kind(), ErrorKind::Usage);
    }
    let name = "n".repeat(63);
    let mut listener = listen(&engine, [name.as_str()]).wait().unwrap();
    notify(&mut connection, &name, "whole").wait().unwrap();
    assert_eq!(payload(listener.next().wait().unwrap()), (name, "whole".to_owned()));

    let sqlite = aludel::DatabaseUrl::parse("sqlite://").unwrap();
    let sqlite = Engine::with_pool(aludel::driver(&sqlite).unwrap(), PoolOptions::single());
    let error = listen(&sqlite, ["c"]).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSupported);
}
