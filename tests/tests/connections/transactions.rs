//! How transactions begin and end, and when they are run again.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aludel::prelude::*;
use aludel::{
    EngineOptions, ErrorKind, IsolationLevel, Listener, PoolOptions, RetryPolicy, TransactionOptions,
};

use aludel_tests::places::Place;

fn level(connection: &mut Connection) -> String {
    let query = sql("SELECT current_setting('transaction_isolation')");
    connection.one(query.rows::<String>()).wait().unwrap().to_uppercase()
}

#[test]
fn an_isolation_level_holds_for_its_transaction_and_no_longer() {
    let place = Place::postgres();
    let engine = place.engine(EngineOptions::new().pool(PoolOptions::default().with_size(1)));
    let levels = [
        (IsolationLevel::ReadCommitted, "READ COMMITTED"),
        (IsolationLevel::RepeatableRead, "REPEATABLE READ"),
        (IsolationLevel::Serializable, "SERIALIZABLE"),
    ];
    for (wanted, expected) in levels {
        // By the transaction, the connection, and the engine.
        let options = TransactionOptions::default().with_isolation(wanted);
        assert_eq!(level(&mut engine.begin_with(options).wait().unwrap()), expected);
        let mut connection = engine.connect().wait().unwrap();
        connection.set_isolation(wanted).unwrap();
        assert_eq!(level(&mut connection.begin().wait().unwrap()), expected);
        drop(connection);
        let strict = engine.with_isolation(wanted);
        assert_eq!(level(&mut strict.begin().wait().unwrap()), expected);
        // What names its own level goes before.
        let own = TransactionOptions::serializable();
        assert_eq!(level(&mut strict.begin_with(own).wait().unwrap()), "SERIALIZABLE");
        assert_eq!(level(&mut engine.begin().wait().unwrap()), "READ COMMITTED");
        assert_eq!(level(&mut engine.connect().wait().unwrap()), "READ COMMITTED");
    }
    assert_eq!(engine.status().opened, 1);
    let mut transaction = engine.begin().wait().unwrap();
    let error = transaction.set_isolation(IsolationLevel::Serializable).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}

#[test]
fn a_deferrable_transaction_says_so() {
    let place = Place::postgres();
    let engine = place.engine(EngineOptions::new());
    let options = TransactionOptions::serializable().with_read_only().with_deferrable();
    let mut transaction = engine.begin_with(options).wait().unwrap();
    let query =
        "SELECT current_setting('transaction_deferrable') || current_setting('transaction_read_only')";
    assert_eq!(transaction.one(sql(query).rows::<String>()).wait().unwrap(), "onon");
}

/// On MySQL, the level is seen by what a transaction sees.
#[test]
fn levels_of_mysql_differ_in_what_is_seen() {
    let place = Place::mysql();
    let engine = place.engine(EngineOptions::new());
    let mut writer = engine.connect().wait().unwrap();
    writer.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    for (level, seen) in [(IsolationLevel::ReadCommitted, 1), (IsolationLevel::RepeatableRead, 0)] {
        writer.execute_script("DELETE FROM t").wait().unwrap();
        let options = TransactionOptions::default().with_isolation(level);
        let mut reader = engine.begin_with(options).wait().unwrap();
        let count =
            |reader: &mut Connection| reader.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap();
        assert_eq!(count(&mut reader), 0);
        writer.execute_script("INSERT INTO t VALUES (1)").wait().unwrap();
        assert_eq!(count(&mut reader), seen, "{level}");
        reader.commit().wait().unwrap();
    }
    // The session's own is what it was.
    let mut connection = engine.connect().wait().unwrap();
    let of_session = ["tx_isolation", "transaction_isolation"].iter().find_map(|name| {
        connection.one(sql(format!("SELECT @@session.{name}")).rows::<String>()).wait().ok()
    });
    assert_eq!(of_session.as_deref(), Some("REPEATABLE-READ"));
}

#[test]
fn every_level_can_be_asked_for_everywhere() {
    for place in [Place::sqlite(), Place::postgres(), Place::mysql()] {
        let engine = place.engine(EngineOptions::new());
        for level in ["read uncommitted", "READ_COMMITTED", "repeatable-read", "Serializable"] {
            let options = TransactionOptions::default().with_isolation(level.parse().unwrap());
            let mut transaction = engine.begin_with(options).wait().unwrap();
            assert_eq!(transaction.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
            transaction.commit().wait().unwrap();
        }
    }
}

/// Two transactions that read what the other one writes: one of them is run again.
#[test]
fn a_collision_is_run_again() {
    let place = Place::postgres();
    let engine = place.engine(EngineOptions::new());
    let script =
        "CREATE TABLE account (id INTEGER, money INTEGER); INSERT INTO account VALUES (1, 50), (2, 50)";
    engine.connect().wait().unwrap().execute_script(script).wait().unwrap();
    let attempts = AtomicU32::new(0);
    let barrier = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        for id in [1_i64, 2] {
            let (engine, attempts, barrier) = (&engine, &attempts, &barrier);
            scope.spawn(move || {
                let policy = RetryPolicy::new().with_transaction(TransactionOptions::serializable());
                let first = Cell::new(true);
                let withdrawn = engine.retry_transaction(policy, async |mut transaction| {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    let total: i64 =
                        transaction.one(sql("SELECT CAST(sum(money) AS bigint) FROM account").rows()).await?;
                    if first.take() {
                        barrier.wait();
                    }
                    if total < 100 {
                        return Ok(false);
                    }
                    let withdraw = sql("UPDATE account SET money = money - 50 WHERE id = ?").bind(id);
                    transaction.execute(withdraw).await?;
                    Ok::<bool, aludel::Error>(true)
                });
                withdrawn.wait().unwrap()
            });
        }
    });
    let left: i64 = engine
        .connect()
        .wait()
        .unwrap()
        .one(sql("SELECT CAST(sum(money) AS bigint) FROM account").rows())
        .wait()
        .unwrap();
    assert_eq!(left, 50, "one of the two has seen what the other one did");
    assert_eq!(attempts.load(Ordering::Relaxed), 3);
}

/// Two transactions that wait for each other's rows: the server ends one, and it is run again.
#[test]
fn a_deadlock_is_run_again() {
    for place in [Place::postgres(), Place::mysql()] {
        let engine = place.engine(EngineOptions::new());
        let script =
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 0), (2, 0)";
        engine.connect().wait().unwrap().execute_script(script).wait().unwrap();
        let barrier = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            for (one, other) in [(1_i64, 2_i64), (2, 1)] {
                let (engine, barrier) = (&engine, &barrier);
                scope.spawn(move || {
                    let first = Cell::new(true);
                    let work = engine.retry_transaction(RetryPolicy::new(), async |mut transaction| {
                        let update = |id: i64| sql("UPDATE t SET n = n + 1 WHERE id = ?").bind(id);
                        transaction.execute(update(one)).await?;
                        if first.take() {
                            barrier.wait();
                        }
                        transaction.execute(update(other)).await?;
                        Ok::<(), aludel::Error>(())
                    });
                    work.wait().unwrap();
                });
            }
        });
        let total: Vec<i64> =
            engine.connect().wait().unwrap().all(sql("SELECT n FROM t").rows()).wait().unwrap();
        assert_eq!(total, [2, 2], "{}", place.kind);
    }
}

#[test]
fn a_lost_connection_is_run_again_but_not_a_lost_commit() {
    for place in [Place::postgres(), Place::mysql()] {
        let engine = place.engine(EngineOptions::new());
        let watching = RefCell::new(place.engine(EngineOptions::new()).connect().wait().unwrap());
        watching.borrow_mut().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
        let attempts = Cell::new(0);
        let work = engine.retry_transaction(RetryPolicy::new(), async |mut transaction| {
            attempts.set(attempts.get() + 1);
            if attempts.get() == 1 {
                let session = place.session(&mut transaction);
                place.kill(&mut watching.borrow_mut(), session);
                std::thread::sleep(Duration::from_millis(50));
            }
            transaction.execute(sql("INSERT INTO t VALUES (1)")).await?;
            Ok::<(), aludel::Error>(())
        });
        work.wait().unwrap();
        assert_eq!(attempts.get(), 2, "{}", place.kind);
        let query = sql("SELECT count(*) FROM t").rows::<i64>();
        assert_eq!(watching.borrow_mut().one(query).wait().unwrap(), 1, "{}", place.kind);
    }
    // MySQL's driver hears of the end when it writes, so that it can't know what came of the commit.
    let place = Place::mysql();
    let engine = place.engine(EngineOptions::new());
    let watching = RefCell::new(place.engine(EngineOptions::new()).connect().wait().unwrap());
    let attempts = Cell::new(0);
    let work = engine.retry_transaction(RetryPolicy::new(), async |mut transaction| {
        attempts.set(attempts.get() + 1);
        let session = place.session(&mut transaction);
        place.kill(&mut watching.borrow_mut(), session);
        std::thread::sleep(Duration::from_millis(50));
        Ok::<(), aludel::Error>(())
    });
    let error = work.wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommitUnknown, "{error}");
    assert!(error.to_string().contains("not known"), "{error}");
    assert_eq!(attempts.get(), 1);
}

/// What PostgreSQL's driver knows to be lost before it sends the commit was not committed.
#[test]
fn a_commit_that_was_never_sent_is_no_unknown_one() {
    let place = Place::postgres();
    let engine = place.engine(EngineOptions::new());
    let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
    let mut transaction = engine.begin().wait().unwrap();
    let session = place.session(&mut transaction);
    place.kill(&mut watching, session);
    std::thread::sleep(Duration::from_millis(50));
    let error = transaction.commit().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disconnect, "{error}");
}

#[test]
fn two_phases() {
    let place = Place::mysql();
    let engine = place.engine(EngineOptions::new());
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    promise_and_keep(&place, &engine);
    let place = Place::postgres();
    let engine = place.engine(EngineOptions::new());
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    let most: String = connection.one(sql("SHOW max_prepared_transactions").rows()).wait().unwrap();
    if most != "0" {
        promise_and_keep(&place, &engine);
    } else {
        // The server's default is to have none; that it says, and the changes are taken back.
        let mut transaction = engine.begin_twophase("aludel").wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();
        let error = transaction.prepare().wait().unwrap_err();
        assert!(error.to_string().contains("max_prepared_transactions"), "{error}");
        drop(transaction);
        assert_eq!(connection.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap(), 0);
    }
    let lite = Place::sqlite().engine(EngineOptions::new()).begin_twophase("x").wait().unwrap_err();
    assert_eq!(lite.kind(), ErrorKind::NotSupported);
}

fn promise_and_keep(place: &Place, engine: &Engine) {
    let count =
        || engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap();
    let insert = |transaction: &mut aludel::TwoPhaseTransaction| {
        transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();
    };
    let xid = |number: u32| format!("aludel-{}-{number}'s", std::process::id());
    let waiting = || {
        let all = engine.prepared_transactions().wait().unwrap();
        all.into_iter().filter(|known| known.starts_with(&format!("aludel-{}-", std::process::id()))).count()
    };
    // In one go, taken back, and taken back after it was prepared.
    let mut transaction = engine.begin_twophase(&xid(1)).wait().unwrap();
    insert(&mut transaction);
    transaction.commit().wait().unwrap();
    assert_eq!(count(), 1);
    let mut transaction = engine.begin_twophase(&xid(2)).wait().unwrap();
    insert(&mut transaction);
    transaction.rollback().wait().unwrap();
    let mut transaction = engine.begin_twophase(&xid(3)).wait().unwrap();
    insert(&mut transaction);
    transaction.prepare().wait().unwrap();
    assert_eq!(transaction.prepare().wait().unwrap_err().kind(), ErrorKind::Usage);
    transaction.rollback().wait().unwrap();
    // Dropped while it is open.
    insert(&mut engine.begin_twophase(&xid(4)).wait().unwrap());
    assert_eq!(count(), 1, "{}", place.kind);
    assert_eq!(waiting(), 0);
    // Prepared by one and ended by another.
    for (number, commit) in [(5, true), (6, false)] {
        let mut transaction = engine.begin_twophase(&xid(number)).wait().unwrap();
        insert(&mut transaction);
        transaction.prepare().wait().unwrap();
        drop(transaction);
        let patience = std::time::Instant::now();
        loop {
            assert_eq!(waiting(), 1, "{}", place.kind);
            let ended = if commit {
                engine.commit_prepared(&xid(number)).wait()
            } else {
                engine.rollback_prepared(&xid(number)).wait()
            };
            // The server has to notice first that the one that prepared it is gone.
            match ended {
                Ok(()) => break,
                Err(error) => assert!(patience.elapsed() < Duration::from_secs(5), "{error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(waiting(), 0);
        assert_eq!(count(), 2, "{}", place.kind);
    }
    assert!(engine.commit_prepared(&xid(7)).wait().is_err());
}

/// A transaction that the database has taken back takes no more statements: they would be transactions of their own.
#[test]
fn nothing_runs_on_after_a_deadlock_as_if_nothing_had_happened() {
    let place = Place::mysql();
    let engine = place.engine(EngineOptions::new());
    let script = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 0), (2, 0)";
    engine.connect().wait().unwrap().execute_script(script).wait().unwrap();
    let barrier = std::sync::Barrier::new(2);
    let update = |id: i64| sql("UPDATE t SET n = n + 1 WHERE id = ?").bind(id);
    let losers: usize = std::thread::scope(|scope| {
        let workers = [(1_i64, 2_i64), (2, 1)].map(|(one, other)| {
            let (engine, barrier) = (&engine, &barrier);
            scope.spawn(move || {
                let mut transaction = engine.begin().wait().unwrap();
                transaction.execute(update(one)).wait().unwrap();
                barrier.wait();
                let Err(error) = transaction.execute(update(other)).wait() else {
                    transaction.commit().wait().unwrap();
                    return 0;
                };
                assert_eq!(error.kind(), ErrorKind::Serialization);
                let error = transaction.execute(sql("INSERT INTO t VALUES (3, 0)")).wait().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
                let error = transaction.commit().wait().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
                1
            })
        });
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(losers, 1);
    let mut connection = engine.connect().wait().unwrap();
    assert_eq!(connection.all(sql("SELECT n FROM t").rows::<i64>()).wait().unwrap(), [1, 1]);
}

#[derive(Default)]
struct Settings;

impl Listener for Settings {
    fn connect<'a>(
        &'a self,
        connection: &'a mut dyn aludel::engine::RawConnection,
        _: &'a mut aludel::engine::pool::ConnectionRecord,
    ) -> aludel::engine::BoxFuture<'a, aludel::Result<()>> {
        Box::pin(async move { connection.execute_script("SET TIME ZONE 'Asia/Tokyo'").await })
    }
}

#[test]
fn a_listener_sets_each_new_session_up() {
    let place = Place::postgres();
    let engine = place.engine(EngineOptions::new().listener(Settings));
    let mut connections: Vec<_> = (0..3).map(|_| engine.connect().wait().unwrap()).collect();
    for connection in &mut connections {
        let zone: String = connection.one(sql("SHOW timezone").rows()).wait().unwrap();
        assert_eq!(zone, "Asia/Tokyo");
    }
}
