//! Options behind the `?` of a URL, and those of the program.

use std::cell::Cell;
use std::time::Duration;

use aludel::engine::pool::{PoolKind, PoolOrder};
use aludel::prelude::*;
use aludel::{EngineOptions, ErrorKind, PoolOptions};

use crate::Scratch;

#[test]
fn a_url_chooses_the_pool() {
    let file = Scratch::new();
    let query = "?pool_size=2&max_overflow=7&pool_timeout=1.5&pool_recycle=3600&pool_pre_ping=on&pool_use_lifo=off\
                 &busy_timeout=250&isolation_level=SERIALIZABLE&hide_parameters=true&slow_statement=250";
    let engine = Engine::new(&file.url(query)).unwrap();
    let pool = engine.pool().options();
    assert_eq!((pool.size, pool.overflow), (2, 7));
    assert_eq!(pool.timeout, Duration::from_millis(1_500));
    assert_eq!(pool.recycle, Some(Duration::from_secs(3_600)));
    assert!(pool.pre_ping);
    assert_eq!(pool.order, PoolOrder::Fifo);
    engine.connect().wait().unwrap();
    let error = engine.connect().wait().unwrap().execute(sql("SELEC ?").bind("hush")).wait().unwrap_err();
    assert_eq!(error.parameters(), None);
    let engine = Engine::new(&file.url("?max_overflow=unlimited&pool_class=null")).unwrap();
    assert_eq!(engine.pool().options().overflow, usize::MAX);
    assert_eq!(engine.pool().options().kind, PoolKind::Null);
}

#[test]
fn the_url_goes_before_the_program_and_the_program_before_the_driver() {
    let options = || EngineOptions::new().pool(PoolOptions::default().with_size(3).with_overflow(4));
    let file = Scratch::new();
    let engine = Engine::new_with(&file.url("?pool_size=9"), options()).unwrap();
    assert_eq!((engine.pool().options().size, engine.pool().options().overflow), (9, 4));
    let engine = Engine::new_with(&file.url(""), options()).unwrap();
    assert_eq!(engine.pool().options().size, 3);
    assert_eq!(Engine::new("sqlite://").unwrap().pool().options().kind, PoolKind::Static);
}

#[test]
fn what_an_option_cannot_be_is_said_without_the_password() {
    for (query, part) in [
        ("pool_size=many", "`pool_size` can't be `many`: it is a number"),
        ("pool_timeout=-1", "`pool_timeout` can't be `-1`"),
        ("pool_timeout=nan", "`pool_timeout` can't be `nan`"),
        ("pool_pre_ping=maybe", "it is `on` or `off`"),
        ("isolation_level=perfect", "no isolation level `perfect`: there are READ UNCOMMITTED"),
        ("pool_class=assertion", "`queue`, `null` and `static`"),
        ("pool_size=1&pool_size=2", "`pool_size` is there more than once"),
        ("poolsize=1", "there is no option `poolsize`"),
    ] {
        let error = Engine::new(&format!("sqlite:///x.db?{query}&password=s3cret")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let message = error.to_string();
        assert!(message.contains(part), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_closure_is_a_transaction() {
    let engine = Engine::new("sqlite://").unwrap();
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    let inserted = engine.transaction(async |mut tx| {
        tx.execute(sql("INSERT INTO t VALUES (1)")).await?;
        Ok::<_, aludel::Error>("done")
    });
    assert_eq!(inserted.wait().unwrap(), "done");
    let failed: Result<(), aludel::Error> = engine
        .transaction(async |mut tx| {
            tx.execute(sql("INSERT INTO t VALUES (2)")).await?;
            Err(aludel::Error::usage("thought better of it"))
        })
        .wait();
    assert_eq!(failed.unwrap_err().message(), "thought better of it");
    let numbers: Vec<i64> =
        engine.connect().wait().unwrap().all(sql("SELECT n FROM t").rows()).wait().unwrap();
    assert_eq!(numbers, [1]);
}

/// Such a transaction can be part of a task that moves between threads.
#[test]
fn a_closure_can_be_sent_to_another_thread() {
    fn sent<T: Send>(value: T) -> T {
        value
    }
    let engine = Engine::new("sqlite://").unwrap();
    let task = sent(async move {
        let name = String::from("alice");
        let one: i64 = engine
            .transaction(async |mut tx| {
                let query = sql("SELECT length(?)").bind(name.as_str());
                tx.one(query.rows::<i64>()).await
            })
            .await?;
        let policy = aludel::RetryPolicy::new();
        let two: i64 = engine
            .retry_transaction(policy, async |mut tx| {
                let query = sql("SELECT length(?) - 3").bind(name.as_str());
                tx.one(query.rows::<i64>()).await
            })
            .await?;
        Ok::<i64, aludel::Error>(one + two)
    });
    let joined = std::thread::spawn(move || task.wait()).join().unwrap();
    assert_eq!(joined.unwrap(), 7);
}

#[test]
fn a_retried_transaction_stops_at_its_bound() {
    let engine = Engine::new("sqlite://").unwrap();
    let collision = || aludel::Error::new(ErrorKind::Serialization, "in each other's way");
    let policy = aludel::RetryPolicy::new()
        .with_attempts(4)
        .with_pauses(Duration::from_millis(1), Duration::from_millis(2));
    let attempts = Cell::new(0);
    let result: Result<(), _> = engine
        .retry_transaction(policy, async |_| {
            attempts.set(attempts.get() + 1);
            Err(collision())
        })
        .wait();
    assert_eq!((result.unwrap_err().kind(), attempts.get()), (ErrorKind::Serialization, 4));
    // What would not help is not tried.
    let attempts = Cell::new(0);
    let result: Result<(), aludel::Error> = engine
        .retry_transaction(policy, async |_| {
            attempts.set(attempts.get() + 1);
            Err(aludel::Error::new(ErrorKind::UniqueViolation, "taken"))
        })
        .wait();
    assert_eq!((result.is_err(), attempts.get()), (true, 1));
    // Time is a bound, too.
    let attempts = Cell::new(0);
    let hasty = policy.with_attempts(1_000).with_limit(Duration::from_millis(30));
    let began = std::time::Instant::now();
    let result: Result<(), aludel::Error> = engine
        .retry_transaction(hasty, async |_| {
            attempts.set(attempts.get() + 1);
            Err(collision())
        })
        .wait();
    assert!(result.is_err() && (3..1_000).contains(&attempts.get()), "{attempts:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
}
