//! `?thread=own`: the statements of a SQLite connection run on a thread of its own.

use std::cell::RefCell;
use std::rc::Rc;

use aludel::prelude::*;
use aludel::{ErrorKind, PoolOptions};
use aludel_tests::cancel::drop_at;

use crate::Scratch;

/// Counts for a good part of a second.
const LONG: &str =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500000) SELECT count(*) FROM c";

/// Has no end.
const ENDLESS: &str =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";

#[test]
fn a_long_statement_lets_other_tasks_of_the_thread_go_on() {
    let file = Scratch::new();
    let engine = Engine::new(&file.url("?thread=own")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let log = Rc::new(RefCell::new(Vec::new()));
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, async {
        let mut under_way = Vec::new();
        for name in ["first", "second"] {
            let (engine, log) = (engine.clone(), Rc::clone(&log));
            under_way.push(tokio::task::spawn_local(async move {
                let mut connection = engine.connect().await.unwrap();
                log.borrow_mut().push((name, "begins"));
                let counted: i64 = connection.one(sql(LONG).rows()).await.unwrap();
                assert_eq!(counted, 500_000);
                log.borrow_mut().push((name, "ends"));
            }));
        }
        let others = Rc::clone(&log);
        let ticking = tokio::task::spawn_local(async move {
            let mut ticks = 0;
            while others.borrow().iter().all(|(_, what)| *what != "ends") {
                ticks += 1;
                tokio::task::yield_now().await;
            }
            ticks
        });
        for task in under_way {
            task.await.unwrap();
        }
        let ticks = ticking.await.unwrap();
        assert!(ticks > 10, "{ticks}");
    });
    let log: Vec<&str> = log.borrow().iter().map(|(_, what)| *what).collect();
    assert_eq!(log, ["begins", "begins", "ends", "ends"]);
}

#[test]
fn everything_works_there_as_elsewhere() {
    let file = Scratch::new();
    let engine = Engine::new(&file.url("?thread=own")).unwrap();
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE t (n INTEGER PRIMARY KEY, word TEXT)").wait().unwrap();
    let done = connection.execute(sql("INSERT INTO t VALUES (?, ?)").bind(1).bind("one")).wait().unwrap();
    assert_eq!((done.rows_affected, done.last_insert_id), (1, Some(1)));
    let error =
        connection.execute(sql("INSERT INTO t VALUES (?, ?)").bind(1).bind("again")).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    assert_eq!(error.parameters(), Some("[1, 'again']"), "{error}");
    let mut tx = connection.begin().wait().unwrap();
    tx.execute(sql("INSERT INTO t VALUES (2, NULL)")).wait().unwrap();
    assert!(tx.in_transaction());
    tx.commit().wait().unwrap();
    let mut tx = connection.begin().wait().unwrap();
    tx.execute(sql("DELETE FROM t")).wait().unwrap();
    drop(tx);
    assert!(!connection.in_transaction());
    let all = sql("SELECT n, word FROM t ORDER BY n").rows::<(i64, Option<String>)>();
    let rows = connection.all(all.clone()).wait().unwrap();
    assert_eq!(rows, [(1, Some("one".to_owned())), (2, None)]);
    assert_eq!(connection.first(all.clone()).wait().unwrap().unwrap().0, 1);
    let refused = connection.all(sql("SELECT word FROM t ORDER BY n").rows::<String>()).wait().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Decode);
    assert!(refused.statement().is_some(), "{refused}");
    assert_eq!(connection.stream(all).all().wait().unwrap().len(), 2);
    assert_eq!(connection.inspector().unwrap().table_names(None).wait().unwrap().len(), 1);
}

#[test]
fn a_statement_whose_future_is_dropped_is_stopped() {
    let file = Scratch::new();
    let pool = PoolOptions::default().with_size(1).with_overflow(0);
    let engine = Engine::with_pool(
        aludel::driver(&aludel::DatabaseUrl::parse(&file.url("?thread=own")).unwrap()).unwrap(),
        pool,
    );
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    assert!(drop_at(0, connection.one(sql(ENDLESS).rows::<i64>())).is_none());
    assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    // What was writing in a transaction takes it along, and what follows must not run as if nothing had happened.
    let mut tx = connection.begin().wait().unwrap();
    tx.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();
    let endless =
        "INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c";
    assert!(drop_at(0, tx.execute(sql(endless))).is_none());
    let next = tx.execute(sql("INSERT INTO t VALUES (2)")).wait();
    match next {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Usage, "{error}"),
        // It was stopped before it had begun to write.
        Ok(_) => assert!(tx.in_transaction()),
    }
    drop(tx);
    assert_eq!(connection.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap(), 0);
    drop(connection);
    engine.connect().wait().unwrap();
    assert_eq!(engine.status().opened, 1);
}

#[test]
fn a_stream_that_is_dropped_before_its_first_row_is_stopped() {
    for options in ["", "?thread=own"] {
        let file = Scratch::new();
        let engine = Engine::new(&file.url(options)).unwrap();
        let mut connection = engine.connect().wait().unwrap();
        let mut rows = connection.stream(sql(ENDLESS).rows::<i64>());
        assert!(drop_at(0, rows.next()).is_none());
        drop(rows);
        assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    }
}

#[test]
fn a_wrong_word_is_refused() {
    let error = Engine::new("sqlite:///shop.db?thread=many").unwrap_err();
    assert!(error.to_string().contains("`thread` can't be `many`"), "{error}");
}
