//! What the pool trusts a driver with.

use std::sync::{Arc, Mutex};

use aludel::engine::events::{Outcome as Ended, StatementEvent};
use aludel::engine::pool::ConnectionRecord;
use aludel::prelude::*;
use aludel::schema::{column, table};
use aludel::types::integer;
use aludel::{Connection, Engine, EngineOptions, ErrorKind, Listener, PoolOptions, TransactionOptions};

use super::{Bench, Outcome, connect, number};

/// A pool of one connection, on a table `t` of numbers.
fn single(bench: &Bench) -> Engine {
    let options = EngineOptions::new().pool(bench.driver().pool_options().with_size(1).with_overflow(0));
    let engine = bench.engine_with(options);
    make(&engine);
    engine
}

fn make(engine: &Engine) {
    let numbers: MetaData = [table("t").column(column("n", integer()))].into_iter().collect();
    engine.create_all(&numbers).wait().expect("a table");
}

fn add(connection: &mut Connection, n: i64) {
    connection.execute(sql("INSERT INTO t (n) VALUES (?)").bind(n)).wait().expect("a row");
}

/// Whatever somebody leaves open, the next one finds none of it.
pub fn connections_come_back_clean(bench: &Bench) -> Outcome {
    let engine = single(bench);
    // A transaction of the layer below, of the guard's, and a savepoint in it.
    for round in 0..3 {
        let mut connection = connect(&engine);
        match round {
            0 => {
                let options = TransactionOptions::default();
                connection.raw().expect("open").begin(options).wait().expect("a transaction");
                add(&mut connection, 1);
            }
            1 => {
                connection.begin_unguarded(TransactionOptions::default()).wait().expect("a transaction");
                add(&mut connection, 1);
            }
            _ => {
                let mut transaction = connection.begin().wait().expect("a transaction");
                add(&mut transaction, 1);
                let mut nested = transaction.begin_nested().wait().expect("a savepoint");
                add(&mut nested, 2);
                drop(nested);
            }
        }
        drop(connection);
        let mut next = connect(&engine);
        assert!(!next.in_transaction(), "in round {round}");
        assert_eq!(number(&mut next, "SELECT count(*) FROM t"), 0, "in round {round}");
        next.begin().wait().expect("a transaction").commit().wait().expect("a commit");
    }
    Ok(())
}

/// A transaction that is dropped between two statements is taken back, and its connection is used again.
pub fn a_dropped_transaction_costs_no_connection(bench: &Bench) -> Outcome {
    let engine = single(bench);
    let may = {
        let mut transaction = engine.begin().wait().expect("a transaction");
        add(&mut transaction, 0);
        let raw = transaction.raw().expect("open");
        raw.rollback_now()
    };
    bench.needs(may, "rollback_now")?;
    for n in 0..5 {
        let mut transaction = engine.begin().wait().expect("a transaction");
        add(&mut transaction, n);
        drop(transaction);
        assert_eq!(number(&mut connect(&engine), "SELECT count(*) FROM t"), 0);
    }
    assert_eq!(engine.status().opened, 1, "{}", engine.status());
    Ok(())
}

/// A ping asks the server; a connection that is too old is replaced by another one.
pub fn a_ping_answers_and_a_recycled_connection_is_another(bench: &Bench) -> Outcome {
    bench.needs_several_connections()?;
    let pool = bench.driver().pool_options().with_size(1).with_overflow(0).with_pre_ping();
    let engine = bench.engine_with(EngineOptions::new().pool(pool.clone()));
    for _ in 0..3 {
        connect(&engine).raw().expect("open").ping().wait().expect("an answer");
    }
    assert_eq!(engine.status().opened, 1);
    let engine = bench.engine_with(EngineOptions::new().pool(pool.with_recycle(std::time::Duration::ZERO)));
    for _ in 0..3 {
        assert_eq!(number(&mut connect(&engine), "SELECT 1"), 1);
    }
    let status = engine.status();
    assert_eq!((status.opened, status.recycled), (3, 2), "{status}");
    Ok(())
}

/// Closing ends a connection in an orderly way, and an engine that is closed hands out none.
pub fn a_closed_connection_is_gone(bench: &Bench) -> Outcome {
    let raw = bench.driver().connect().wait().expect("a connection");
    assert!(raw.is_usable() && !raw.in_transaction());
    raw.close().wait().expect("an orderly end");
    let engine = bench.engine();
    let mut held = connect(&engine);
    engine.close().wait();
    assert_eq!(number(&mut held, "SELECT 1"), 1);
    drop(held);
    assert_eq!(engine.connect().wait().expect_err("it is closed").kind(), ErrorKind::Usage);
    let status = engine.status();
    assert_eq!((status.opened, status.closed), (1, 1), "{status}");
    Ok(())
}

/// Several connections at the same time, from several threads, see one database.
pub fn several_at_once_see_the_same(bench: &Bench) -> Outcome {
    bench.needs_several_connections()?;
    let engine = bench.engine_with(EngineOptions::new().pool(PoolOptions::default().with_size(4)));
    make(&engine);
    std::thread::scope(|scope| {
        for thread in 0..4_i64 {
            let engine = &engine;
            scope.spawn(move || {
                for n in 0..10 {
                    let options = TransactionOptions::immediate();
                    let mut transaction = engine.begin_with(options).wait().expect("a transaction");
                    add(&mut transaction, thread * 10 + n);
                    transaction.commit().wait().expect("a commit");
                }
            });
        }
    });
    let found: Vec<i64> =
        connect(&engine).all(sql("SELECT n FROM t ORDER BY n").rows()).wait().expect("rows");
    assert_eq!(found, (0..40).collect::<Vec<i64>>());
    Ok(())
}

#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(what.into());
    }
}

impl Listener for Diary {
    fn begin(&self, _: &mut ConnectionRecord, _: &TransactionOptions) {
        self.note("begin");
    }

    fn commit(&self, _: &mut ConnectionRecord) {
        self.note("commit");
    }

    fn rollback(&self, _: &mut ConnectionRecord) {
        self.note("rollback");
    }

    fn savepoint(&self, _: &mut ConnectionRecord, _: &str) {
        self.note("savepoint");
    }

    fn rollback_savepoint(&self, _: &mut ConnectionRecord, _: &str) {
        self.note("rollback savepoint");
    }

    fn after_execute(&self, _: &mut ConnectionRecord, statement: &StatementEvent<'_>, ended: &Ended) {
        let rows = (ended.rows_returned, ended.rows_affected);
        self.note(format!("{}: {rows:?}", statement.sql().split(' ').next().unwrap_or_default()));
    }

    fn handle_error(
        &self,
        _: &mut ConnectionRecord,
        _: Option<&StatementEvent<'_>>,
        error: aludel::Error,
    ) -> aludel::Error {
        self.note(format!("{:?}", error.kind()));
        error
    }
}

/// Listeners hear of transactions and statements, in order, with their rows.
pub fn listeners_hear_what_happens(bench: &Bench) -> Outcome {
    let diary = Diary::default();
    let engine = bench.engine_with(EngineOptions::new().listener(diary.clone()));
    make(&engine);
    let mut connection = connect(&engine);
    diary.0.lock().expect("the diary").clear();
    let mut transaction = connection.begin().wait().expect("a transaction");
    add(&mut transaction, 1);
    let mut nested = transaction.begin_nested().wait().expect("a savepoint");
    add(&mut nested, 2);
    nested.rollback().wait().expect("taken back");
    assert_eq!(number(&mut transaction, "SELECT n FROM t"), 1);
    transaction.commit().wait().expect("a commit");
    connection.execute(sql("SELECT nothing")).wait().expect_err("no such column");
    drop(connection.begin().wait().expect("a transaction"));
    drop(connection);
    drop(connect(&engine));
    let heard = diary.0.lock().expect("the diary").clone();
    assert_eq!(
        heard,
        [
            "begin",
            "INSERT: (0, 1)",
            "savepoint",
            "INSERT: (0, 1)",
            "rollback savepoint",
            "SELECT: (1, 0)",
            "commit",
            "Programming",
            "begin",
            "rollback",
        ]
    );
    Ok(())
}
