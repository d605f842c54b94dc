//! How transactions begin, nest and end.

use std::cell::Cell;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::schema::{column, primary_key, table};
use aludel::types::integer;
use aludel::{Connection, Engine, ErrorKind, IsolationLevel, RetryPolicy, TransactionOptions};

use super::{Bench, Outcome, Skipped, connect, number};

/// A table `t` of numbers, each at most once.
fn table_of_numbers(bench: &Bench) -> Engine {
    let numbers = table("t").column(column("n", integer()).autoincrement(false).not_null());
    bench.with_tables([numbers.primary_key(primary_key(["n"]))])
}

fn add(connection: &mut Connection, n: i64) {
    let insert = sql("INSERT INTO t (n) VALUES (?)").bind(n);
    connection.execute(insert).wait().expect("a row");
}

fn numbers(engine: &Engine) -> Vec<i64> {
    connect(engine).all(sql("SELECT n FROM t ORDER BY n").rows()).wait().expect("rows")
}

/// What is committed is there, what is rolled back or dropped is not.
pub fn a_commit_lasts_and_a_rollback_does_not(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    let mut transaction = engine.begin().wait().expect("a transaction");
    add(&mut transaction, 1);
    assert!(transaction.in_transaction());
    transaction.commit().wait().expect("a commit");
    let mut transaction = engine.begin().wait().expect("a transaction");
    add(&mut transaction, 2);
    transaction.rollback().wait().expect("a rollback");
    let mut transaction = engine.begin().wait().expect("a transaction");
    add(&mut transaction, 3);
    drop(transaction);
    let mut connection = connect(&engine);
    assert!(!connection.in_transaction());
    let mut transaction = connection.begin().wait().expect("a transaction");
    add(&mut transaction, 4);
    drop(transaction);
    add(&mut connection, 5);
    drop(connection);
    assert_eq!(numbers(&engine), [1, 5]);
    Ok(())
}

/// Without a transaction, each statement is one.
pub fn statements_outside_of_transactions_last_at_once(bench: &Bench) -> Outcome {
    bench.needs_several_connections()?;
    let engine = table_of_numbers(bench);
    let mut one = connect(&engine);
    let mut other = connect(&engine);
    add(&mut one, 1);
    assert_eq!(number(&mut other, "SELECT count(*) FROM t"), 1);
    assert!(!one.in_transaction());
    Ok(())
}

/// A connection has one transaction at a time.
pub fn a_transaction_in_a_transaction_is_refused(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    let mut transaction = engine.begin().wait().expect("a transaction");
    add(&mut transaction, 1);
    assert_eq!(transaction.begin().wait().expect_err("one is open").kind(), ErrorKind::Usage);
    transaction.commit().wait().expect("it goes on");
    assert_eq!(numbers(&engine), [1]);
    Ok(())
}

/// Savepoints in savepoints, kept, taken back and dropped.
pub fn savepoints_nest(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    let mut transaction = engine.begin().wait().expect("a transaction");
    add(&mut transaction, 1);
    let mut outer = transaction.begin_nested().wait().expect("a savepoint");
    add(&mut outer, 2);
    outer.commit().wait().expect("kept");
    let mut outer = transaction.begin_nested().wait().expect("a savepoint");
    add(&mut outer, 3);
    outer.rollback().wait().expect("taken back");
    let mut outer = transaction.begin_nested().wait().expect("a savepoint");
    add(&mut outer, 4);
    drop(outer);
    // An error inside leaves what is around.
    let mut outer = transaction.begin_nested().wait().expect("a savepoint");
    add(&mut outer, 5);
    let twice = outer.execute(sql("INSERT INTO t (n) VALUES (1)")).wait().expect_err("twice");
    assert_eq!(twice.kind(), ErrorKind::UniqueViolation);
    outer.rollback().wait().expect("taken back");
    add(&mut transaction, 6);
    let first = transaction.open_savepoint().wait().expect("a savepoint");
    add(&mut transaction, 7);
    let second = transaction.open_savepoint().wait().expect("one inside");
    add(&mut transaction, 8);
    transaction.rollback_savepoint(second).wait().expect("the inner one");
    transaction.release_savepoint(first).wait().expect("the outer one");
    transaction.commit().wait().expect("a commit");
    assert_eq!(numbers(&engine), [1, 2, 6, 7]);
    Ok(())
}

/// A savepoint without a transaction, and one that has ended.
pub fn savepoints_that_are_misused_say_so(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    let mut connection = connect(&engine);
    assert_eq!(connection.open_savepoint().wait().expect_err("no transaction").kind(), ErrorKind::Usage);
    let mut transaction = connection.begin().wait().expect("a transaction");
    let outer = transaction.open_savepoint().wait().expect("a savepoint");
    let inner = transaction.open_savepoint().wait().expect("one inside");
    transaction.release_savepoint(outer).wait().expect("with the one inside");
    for ended in [outer, inner] {
        let error = transaction.release_savepoint(ended).wait().expect_err("it has ended");
        assert_eq!(error.kind(), ErrorKind::Usage);
        let error = transaction.rollback_savepoint(ended).wait().expect_err("it has ended");
        assert_eq!(error.kind(), ErrorKind::Usage);
    }
    add(&mut transaction, 1);
    transaction.commit().wait().expect("it goes on");
    drop(connection);
    assert_eq!(numbers(&engine), [1]);
    Ok(())
}

const LEVELS: [IsolationLevel; 4] = [
    IsolationLevel::ReadUncommitted,
    IsolationLevel::ReadCommitted,
    IsolationLevel::RepeatableRead,
    IsolationLevel::Serializable,
];

/// Every isolation level is taken; a database gives at least as much.
pub fn every_level_can_be_asked_for(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    for (n, level) in (0..).zip(LEVELS) {
        let options = TransactionOptions::default().with_isolation(level);
        let mut transaction = engine.begin_with(options).wait().expect("a transaction");
        add(&mut transaction, n);
        transaction.commit().wait().expect("a commit");
        // It is not the connection's from now on.
        engine.begin().wait().expect("a transaction").commit().wait().expect("a commit");
    }
    assert_eq!(numbers(&engine).len(), LEVELS.len());
    for options in [TransactionOptions::immediate(), TransactionOptions::exclusive()] {
        engine.begin_with(options).wait().expect("a transaction").rollback().wait().expect("a rollback");
    }
    Ok(())
}

/// From reading committed rows on, nobody sees what another one has not committed; with repeatable reads, nobody sees
/// what was committed meanwhile.
pub fn what_is_not_committed_is_not_seen(bench: &Bench) -> Outcome {
    bench.needs_several_connections()?;
    let engine = table_of_numbers(bench);
    let count = |connection: &mut Connection| number(connection, "SELECT count(*) FROM t");
    let begin = |level| {
        engine.begin_with(TransactionOptions::default().with_isolation(level)).wait().expect("a transaction")
    };
    let mut writer = engine.begin().wait().expect("a transaction");
    add(&mut writer, 1);
    let mut reader = begin(IsolationLevel::ReadCommitted);
    assert_eq!(count(&mut reader), 0);
    reader.commit().wait().expect("a commit");
    let mut reader = begin(IsolationLevel::RepeatableRead);
    assert_eq!(count(&mut reader), 0);
    writer.commit().wait().expect("a commit");
    assert_eq!(count(&mut reader), 0, "a read was not repeatable");
    reader.commit().wait().expect("a commit");
    assert_eq!(numbers(&engine), [1]);
    Ok(())
}

/// A transaction that promises to write nothing reads; a write in it is refused or done, but never lost in silence.
pub fn read_only_reads(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    add(&mut connect(&engine), 1);
    let mut transaction = engine.begin_with(TransactionOptions::read_only()).wait().expect("a transaction");
    assert_eq!(number(&mut transaction, "SELECT count(*) FROM t"), 1);
    transaction.commit().wait().expect("a commit");
    let mut transaction = engine.begin_with(TransactionOptions::read_only()).wait().expect("a transaction");
    let written = transaction.execute(sql("INSERT INTO t (n) VALUES (2)")).wait();
    let lasts = match written {
        Ok(_) => transaction.commit().wait().is_ok(),
        Err(_) => transaction.rollback().wait().is_err(),
    };
    assert_eq!(numbers(&engine).len(), if lasts { 2 } else { 1 });
    // The next one may write.
    add(&mut engine.begin().wait().expect("a transaction"), 3);
    Ok(())
}

/// A deferrable transaction is taken everywhere.
pub fn deferrable_is_taken(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    let options = TransactionOptions::serializable().with_read_only().with_deferrable();
    let mut transaction = engine.begin_with(options).wait().expect("a transaction");
    assert_eq!(number(&mut transaction, "SELECT count(*) FROM t"), 0);
    transaction.commit().wait().expect("a commit");
    Ok(())
}

/// Where the dialect says so, schema changes are part of the transaction.
pub fn schema_changes_are_taken_back(bench: &Bench) -> Outcome {
    bench.needs(bench.capabilities().transactional_ddl, "transactional_ddl")?;
    let engine = table_of_numbers(bench);
    let mut transaction = engine.begin_with(TransactionOptions::immediate()).wait().expect("a transaction");
    transaction.execute_script("CREATE TABLE made (n INTEGER)").wait().expect("a table");
    transaction.execute_script("DROP TABLE t").wait().expect("a table less");
    assert!(transaction.in_transaction());
    transaction.rollback().wait().expect("a rollback");
    let names = connect(&engine).inspector().expect("open").table_names(None).wait().expect("names");
    assert_eq!(names, ["t".into()]);
    Ok(())
}

/// What was prepared is committed or taken back by its name, by whoever asks.
pub fn two_phases_keep_their_promise(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    if !bench.features().two_phase {
        let error = engine.begin_twophase("aludel").wait().expect_err("there are none");
        assert_eq!(error.kind(), ErrorKind::NotSupported);
        return bench.needs(false, "two_phase");
    }
    let xid = |number: u32| format!("aludel-suite-{}-{number}'s", std::process::id());
    let mut transaction = engine.begin_twophase(&xid(1)).wait().expect("a transaction");
    add(&mut transaction, 1);
    if let Err(error) = transaction.prepare().wait() {
        drop(transaction);
        assert!(numbers(&engine).is_empty(), "what could not be prepared has lasted");
        return Err(Skipped(format!("the server prepares no transactions: {error}")));
    }
    transaction.commit().wait().expect("a commit");
    let mut transaction = engine.begin_twophase(&xid(2)).wait().expect("a transaction");
    add(&mut transaction, 2);
    transaction.prepare().wait().expect("a promise");
    assert_eq!(transaction.prepare().wait().expect_err("once").kind(), ErrorKind::Usage);
    transaction.rollback().wait().expect("a rollback");
    add(&mut engine.begin_twophase(&xid(3)).wait().expect("a transaction"), 3);
    assert_eq!(numbers(&engine), [1]);
    for (name, commit) in [(4, true), (5, false)] {
        let mut transaction = engine.begin_twophase(&xid(name)).wait().expect("a transaction");
        add(&mut transaction, i64::from(name));
        transaction.prepare().wait().expect("a promise");
        drop(transaction);
        let end = async || match commit {
            true => engine.commit_prepared(&xid(name)).await,
            false => engine.rollback_prepared(&xid(name)).await,
        };
        // The server may have to notice first that whoever prepared it is gone.
        let begun = Instant::now();
        while let Err(error) = end().wait() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{error}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    assert_eq!(numbers(&engine), [1, 4]);
    let waiting = engine.prepared_transactions().wait().expect("names");
    let ours = format!("aludel-suite-{}-", std::process::id());
    assert!(!waiting.iter().any(|name| name.starts_with(&ours)), "{waiting:?}");
    Ok(())
}

/// After an error in a transaction, what follows runs in it, or is refused; never outside of it.
pub fn nothing_runs_after_a_failed_transaction(bench: &Bench) -> Outcome {
    let engine = table_of_numbers(bench);
    let mut transaction = engine.begin().wait().expect("a transaction");
    add(&mut transaction, 1);
    transaction.execute(sql("INSERT INTO t (n) VALUES (1)")).wait().expect_err("twice");
    let _ = transaction.execute(sql("INSERT INTO t (n) VALUES (2)")).wait();
    transaction.rollback().wait().expect("a rollback");
    assert!(numbers(&engine).is_empty(), "something ran outside of its transaction");
    Ok(())
}

/// Transactions in each other's way are told as such, so that running them again does all of their work.
pub fn collisions_are_run_again(bench: &Bench) -> Outcome {
    bench.needs_several_connections()?;
    let engine = table_of_numbers(bench);
    add(&mut connect(&engine), 0);
    let (attempts, barrier) = (AtomicU32::new(0), Barrier::new(2));
    let policy = RetryPolicy::new().with_attempts(50).with_transaction(TransactionOptions::serializable());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let first = Cell::new(true);
                let work = engine.retry_transaction(policy, async |mut transaction| {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    let n: i64 = transaction.one(sql("SELECT n FROM t").rows()).await?;
                    if first.take() {
                        barrier.wait();
                    }
                    transaction.execute(sql("UPDATE t SET n = ?").bind(n + 1)).await?;
                    Ok::<(), aludel::Error>(())
                });
                work.wait().expect("it succeeds in the end");
            });
        }
    });
    assert_eq!(numbers(&engine), [2], "an update was lost");
    assert!(attempts.load(Ordering::Relaxed) > 2, "both can't have been the first");
    Ok(())
}
