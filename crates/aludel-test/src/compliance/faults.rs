//! Work that is dropped, cut off and left without an answer, at every place where that can happen: nothing of it stays
//! half, and the pool hands out clean connections only.

use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::schema::{column, table};
use aludel::types::integer;
use aludel::{Connection, Engine, EngineOptions, ErrorKind, Result};

use super::{Bench, Outcome, connect};
use crate::cancel::drop_at_every_await;
use crate::faults::{Fault, Faults};

/// A table `work` of numbered pieces.
fn make(engine: &Engine) {
    let work = table("work").column(column("k", integer())).column(column("part", integer()));
    engine.create_all(&[work].into_iter().collect()).wait().expect("a table");
}

async fn write(connection: &mut Connection, key: i64, part: i64) -> Result<()> {
    let insert = sql("INSERT INTO work (k, part) VALUES (?, ?)").bind(key).bind(part);
    connection.execute(insert).await.map(|_| ())
}

/// A transaction of two rows, with all that a connection does in between.
async fn work(engine: &Engine, key: i64) -> Result<()> {
    let mut transaction = engine.begin().await?;
    write(&mut transaction, key, 1).await?;
    let mut nested = transaction.begin_nested().await?;
    write(&mut nested, key, 9).await?;
    nested.rollback().await?;
    let nested = transaction.begin_nested().await?;
    nested.commit().await?;
    let seen: i64 = transaction.one(sql("SELECT count(*) FROM work WHERE k = ?").bind(key).rows()).await?;
    assert_eq!(seen, 1);
    write(&mut transaction, key, 2).await?;
    transaction.commit().await
}

/// Both rows or none, clean connections, and nobody holds a lock. `done` says what the work has told of itself, where it
/// has told anything.
fn assert_whole(engine: &Engine, key: i64, done: Option<bool>) {
    assert_eq!(engine.status().checked_out, 0, "at {key}");
    let mut connection = connect(engine);
    assert!(!connection.in_transaction(), "at {key}");
    assert!(connection.raw().expect("open").is_usable(), "at {key}");
    // A server may need a while to take a transaction back whose connection is gone.
    let begun = Instant::now();
    let parts: Vec<i64> = loop {
        let alone = sql("UPDATE work SET part = part WHERE k = ?").bind(key);
        match connection.execute(alone).wait() {
            Ok(_) => {}
            Err(error) => {
                assert!(
                    begun.elapsed() < Duration::from_secs(60),
                    "at {key}, somebody holds a lock: {error}"
                );
                continue;
            }
        }
        let query = sql("SELECT part FROM work WHERE k = ? ORDER BY part").bind(key);
        break connection.all(query.rows()).wait().expect("rows");
    };
    let whole = parts == [1, 2];
    assert!(whole || parts.is_empty(), "at {key}, half of the work is there: {parts:?}");
    if let Some(done) = done {
        assert_eq!(whole, done, "at {key}, what was told and what is there differ");
    }
}

/// An engine with an injector in front, on a database that survives its connections.
fn injected(bench: &Bench) -> std::result::Result<(Engine, Faults), super::Skipped> {
    bench.needs_several_connections()?;
    let (driver, faults) = Faults::new(bench.driver());
    let engine = bench.engine_on(driver, EngineOptions::new());
    make(&engine);
    Ok((engine, faults))
}

/// How many operations the work has, its connection's opening not counted.
fn operations(engine: &Engine, faults: &Faults) -> u64 {
    let before = faults.operations();
    work(engine, -1).wait().expect("work without faults");
    faults.operations() - before
}

/// Its future is dropped at each await point that the driver has, and at one more in front of each operation.
pub fn dropped_at_every_await(bench: &Bench) -> Outcome {
    let (engine, faults) = injected(bench)?;
    faults.inject(Fault::yields(1).always());
    let mut key = 0;
    let points = drop_at_every_await(
        async || {
            key += 1;
            work(&engine, key).await
        },
        |at, outcome| {
            let done = outcome.map(|result| result.expect("work without faults")).map(|()| true);
            faults.clear();
            assert_whole(&engine, i64::try_from(at).expect("few") + 1, done);
            faults.inject(Fault::yields(1).always());
        },
    );
    assert!(points >= 10, "only {points} await points were seen");
    Ok(())
}

/// The connection is lost before each operation.
pub fn disconnected_at_every_operation(bench: &Bench) -> Outcome {
    let (engine, faults) = injected(bench)?;
    for number in 1..=operations(&engine, &faults) {
        faults.inject(Fault::disconnect().at_operation(number));
        let error = work(&engine, number.cast_signed()).wait().expect_err("a lost connection");
        assert!(error.is_disconnect(), "at {number}: {error}");
        assert_whole(&engine, number.cast_signed(), Some(false));
    }
    Ok(())
}

/// Each operation is done, and its answer is lost: only of the commit, nobody knows whether it was done, and it was.
pub fn an_answer_lost_at_every_operation(bench: &Bench) -> Outcome {
    let (engine, faults) = injected(bench)?;
    for number in 1..=operations(&engine, &faults) {
        faults.inject(Fault::lose_answer().at_operation(number));
        let error = work(&engine, number.cast_signed()).wait().expect_err("a lost answer");
        let unknown = error.kind() == ErrorKind::CommitUnknown;
        assert!(unknown || error.kind() == ErrorKind::Disconnect, "at {number}: {error}");
        assert_whole(&engine, number.cast_signed(), Some(unknown));
    }
    Ok(())
}

/// Whoever asked is dropped in front of each operation.
pub fn cancelled_at_every_operation(bench: &Bench) -> Outcome {
    let (engine, faults) = injected(bench)?;
    for number in 1..=operations(&engine, &faults) {
        faults.inject(Fault::cancel().at_operation(number));
        assert!(faults.run(work(&engine, number.cast_signed())).wait().is_none(), "at {number}");
        assert_whole(&engine, number.cast_signed(), Some(false));
    }
    Ok(())
}
