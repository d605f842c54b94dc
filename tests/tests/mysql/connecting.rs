//! Reaching the server, losing it, and other people's runtimes.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use aludel::prelude::*;
use aludel::{DatabaseUrl, ErrorKind, Value};

use crate::scratch::{Scratch, engine, rows, server};

fn refused(url: &str) -> aludel::Error {
    engine(&DatabaseUrl::parse(url).unwrap()).connect().wait().expect_err(url)
}

#[test]
fn a_server_that_cannot_be_reached() {
    let error = refused("mysql://us:secret@127.0.0.1:1/shop");
    assert_eq!(error.kind(), ErrorKind::Disconnect);
    let text = error.to_string();
    assert!(text.contains("mysql://us:***@127.0.0.1:1/shop") && text.contains("127.0.0.1:1`"), "{text}");
    assert!(!format!("{error:?}").contains("secret"));
    let error = refused("mysql://root@localhost/?unix_socket=/nowhere.sock");
    assert!(error.to_string().contains("/nowhere.sock"), "{error}");
    // An address that swallows packets, or that no route leads to.
    let error = refused("mysql://root@192.0.2.1/?connect_timeout=1");
    assert!(matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Disconnect), "{error:?}");
}

#[test]
fn a_server_that_refuses() {
    let server = server();
    let address = format!("{}:{}", server.host().unwrap_or("localhost"), server.port().unwrap_or(3306));
    let error = refused(&format!("mysql://aludel_nobody:secret@{address}/"));
    assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, Some("1045 (28000)")), "{error}");
    assert!(error.to_string().contains("Access denied for user 'aludel_nobody'"), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    let missing = server.with_database("aludel_no_such_database");
    let error = engine(&missing).connect().wait().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, Some("1049 (42000)")));
}

#[test]
fn the_version_tells_which_of_the_two_it_is() {
    let mut connection = engine(&server()).connect().wait().unwrap();
    let version: String = connection.one(sql("SELECT VERSION()").rows()).wait().unwrap();
    let expected = if version.contains("MariaDB") { "mariadb" } else { "mysql" };
    assert_eq!(connection.dialect().name(), expected);
}

/// The user's runtime has no reactor and no timers, and it may move the future between threads.
#[test]
fn under_somebody_elses_runtime() {
    let scratch = Scratch::new();
    let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let engine = scratch.engine.clone();
    let sum = bare.block_on(async move {
        let tasks: Vec<_> = (0..4_i64)
            .map(|number| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    let mut connection = engine.connect().await?;
                    connection.one(sql("SELECT ? + SLEEP(0.05)").bind(number).rows::<f64>()).await
                })
            })
            .collect();
        let mut sum = 0.0;
        for task in tasks {
            sum += task.await.unwrap().unwrap();
        }
        sum
    });
    assert_eq!(sum, 6.0);
    // The same connections, in the pool by now, go on under no runtime at all.
    let n: i64 = scratch.connect().one(sql("SELECT 1").rows()).wait().unwrap();
    assert_eq!(n, 1);
}

/// Polls a future once and drops it.
fn abandon(future: impl Future) {
    let polled = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the server was faster than a poll");
}

#[test]
fn a_dropped_future_leaves_the_connection_suspect() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let id = |connection: &mut Connection| rows(connection, "SELECT CONNECTION_ID()", &[]).unwrap();
    let first = id(&mut connection);
    abandon(connection.raw().unwrap().execute("DO SLEEP(0.2)", &[]));
    assert!(!connection.raw().unwrap().is_usable());
    let error = rows(&mut connection, "SELECT 1", &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disconnect);
    drop(connection);
    // The pool does not hand it on.
    assert_ne!(id(&mut scratch.connect()), first);
}

#[test]
fn a_connection_that_the_server_ends() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let victim = rows(&mut connection, "SELECT CONNECTION_ID()", &[]).unwrap();
    let Value::I64(victim) = victim[0][0] else { panic!("{victim:?}") };
    scratch.connect().execute_script(&format!("KILL {victim}")).wait().unwrap();
    let error = rows(&mut connection, "SELECT 1", &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disconnect, "{error}");
    assert!(!connection.raw().unwrap().is_usable());
}

/// Waits until the server has no connection of that number any more.
fn has_left(connection: &mut Connection, id: i64) -> bool {
    let sql = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE ID = ?";
    (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        rows(connection, sql, &[Value::I64(id)]).unwrap() == [[Value::I64(0)]]
    })
}

#[test]
fn connections_that_are_given_up_leave_the_server() {
    let scratch = Scratch::new();
    let mut watching = scratch.connect();
    let id = |connection: &mut Connection| {
        let id = rows(connection, "SELECT CONNECTION_ID()", &[]).unwrap();
        let Value::I64(id) = id[0][0] else { panic!("{id:?}") };
        id
    };
    // In good order, in the middle of a transaction, and in the middle of a result.
    let mut healthy = scratch.connect();
    let mut writing = scratch.connect();
    let mut reading = scratch.connect();
    let ids = [id(&mut healthy), id(&mut writing), id(&mut reading)];
    writing.raw().unwrap().begin(Default::default()).wait().unwrap();
    let endless = "SELECT a.TABLE_NAME FROM information_schema.COLUMNS a, information_schema.COLUMNS b";
    let mut sink = |_: &dyn aludel::sql::decode::Row| Ok(std::ops::ControlFlow::Continue(()));
    abandon(reading.raw().unwrap().fetch(endless, &[], &mut sink));
    drop((writing, reading));
    drop(healthy);
    let mut again = scratch.connect();
    assert_eq!(id(&mut again), ids[0], "the pool keeps it");
    let mut rolled_back = scratch.connect();
    assert_eq!(id(&mut rolled_back), ids[1], "the pool keeps what it could roll back");
    let open = "SELECT count(*) FROM information_schema.INNODB_TRX WHERE TRX_MYSQL_THREAD_ID = ?";
    assert_eq!(rows(&mut watching, open, &[Value::I64(ids[1])]).unwrap(), [[Value::I64(0)]]);
    drop((again, rolled_back));
    scratch.engine.close().wait();
    assert!(has_left(&mut watching, ids[0]) && has_left(&mut watching, ids[1]));
    // The server notices a closed socket when it has something to say.
    watching.execute_script(&format!("KILL QUERY {}", ids[2])).wait().ok();
    assert!(has_left(&mut watching, ids[2]));
}
