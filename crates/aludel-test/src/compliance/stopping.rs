//! Statements that are stopped from elsewhere, or because they take too long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::schema::{column, primary_key, table};
use aludel::types::big_integer;
use aludel::{Connection, ErrorKind, ExecutionOptions};

use super::{Bench, Outcome, connect, number};

/// A count of so many rows that nobody sees its end, over a table of a thousand.
const ENDLESS: &str =
    "SELECT count(*) FROM counted a CROSS JOIN counted b CROSS JOIN counted c CROSS JOIN counted d";

fn counted(bench: &Bench) -> Engine {
    let counted = table("counted")
        .column(column("n", big_integer()).autoincrement(false).not_null())
        .primary_key(primary_key(["n"]));
    let new = insert(&counted).columns(["n"]);
    let engine = bench.with_tables([counted]);
    let rows: Vec<[i64; 1]> = (0..1_000).map(|n| [n]).collect();
    connect(&engine).execute_many(new, &rows).wait().expect("rows");
    engine
}

fn goes_on(db: &mut Connection) {
    assert_eq!(number(db, "SELECT count(*) FROM counted"), 1_000);
}

/// A handle stops what runs on its connection, which goes on; and nothing of whoever comes next.
pub fn another_thread_stops_a_statement(bench: &Bench) -> Outcome {
    bench.needs(bench.features().cancel, "cancel")?;
    let engine = counted(bench);
    let mut db = connect(&engine);
    let handle = db.cancel_handle().expect("a handle");
    // Where nothing runs, there is nothing to stop.
    assert!(!handle.cancel().wait().expect("an answer"));
    let done = AtomicBool::new(false);
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            // The statement may not have come to the server yet; who asks again stops it all the same.
            while !done.load(Ordering::Relaxed) {
                handle.cancel().wait().expect("an answer");
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let stopped = db.one(sql(ENDLESS).rows::<i64>()).wait();
        done.store(true, Ordering::Relaxed);
        stopped.expect_err("stopped")
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    assert!(error.statement().expect("a statement").contains("CROSS JOIN"), "{error}");
    goes_on(&mut db);
    let mut transaction = db.begin().wait().expect("a transaction");
    goes_on(&mut transaction);
    transaction.commit().wait().expect("the end");
    drop(db);
    let mut next = connect(&engine);
    assert!(!handle.cancel().wait().expect("an answer"));
    goes_on(&mut next);
    Ok(())
}

/// A statement takes no longer than it may, by itself and in a transaction; then the same connection goes on.
pub fn a_statement_takes_no_longer_than_it_may(bench: &Bench) -> Outcome {
    bench.needs(bench.features().cancel, "cancel")?;
    let engine = counted(bench);
    let mut db = connect(&engine);
    let limit = Duration::from_millis(100);
    let hasty = ExecutionOptions::new().statement_timeout(limit);
    let began = Instant::now();
    let read = db.with_execution_options(hasty.clone()).one(sql(ENDLESS).rows::<i64>()).wait();
    let error = read.expect_err("too long");
    assert!(began.elapsed() >= limit);
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.to_string().contains("took longer than 100ms"), "{error}");
    assert!(error.statement().expect("a statement").contains("CROSS JOIN"), "{error}");
    assert_eq!(db.execution_options().limit(), None);
    goes_on(&mut db);
    // What is done in time is done.
    let patient = ExecutionOptions::new().statement_timeout(Duration::from_secs(600));
    goes_on(&mut db.with_execution_options(patient));
    drop(db);
    let handle = engine.with_execution_options(hasty);
    let mut transaction = handle.begin().wait().expect("a transaction");
    let error = transaction.execute(sql(ENDLESS)).wait().expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    transaction.rollback().wait().expect("the end");
    drop(handle);
    goes_on(&mut connect(&engine));
    Ok(())
}

/// A stream waits for the database no longer than it may, from its beginning and in its middle; what the program does in between
/// does not count.
pub fn a_stream_takes_no_longer_than_it_may(bench: &Bench) -> Outcome {
    bench.needs(bench.features().cancel, "cancel")?;
    bench.needs(bench.features().streaming, "streaming")?;
    let engine = counted(bench);
    let limit = Duration::from_millis(100);
    let hasty = ExecutionOptions::new().statement_timeout(limit);
    let halfway = format!("SELECT n FROM counted WHERE n < 5 UNION ALL {ENDLESS}");
    for query in [ENDLESS, &halfway] {
        let ends = |db: &mut Connection| {
            let began = Instant::now();
            let mut rows = db.stream(sql(query.to_owned()).rows::<i64>()).yield_per(2);
            let error = loop {
                match rows.next().wait() {
                    Ok(Some(row)) => assert!((0..5).contains(&row), "{row} of {query}"),
                    Ok(None) => panic!("the end of {query}"),
                    Err(error) => break error,
                }
            };
            assert!(began.elapsed() >= limit);
            assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
            assert!(error.to_string().contains("took longer than 100ms"), "{error}");
            assert!(error.statement().expect("a statement").contains("CROSS JOIN"), "{error}");
            assert_eq!(rows.next().wait().expect("the end"), None);
        };
        let mut db = connect(&engine);
        ends(&mut db.with_execution_options(hasty.clone()));
        goes_on(&mut db);
        drop(db);
        let handle = engine.with_execution_options(hasty.clone());
        let mut transaction = handle.begin().wait().expect("a transaction");
        ends(&mut transaction);
        transaction.rollback().wait().expect("the end");
        goes_on(&mut connect(&engine));
    }
    let limit = Duration::from_secs(5);
    let mut db = connect(&engine);
    let mut patient = db.with_execution_options(ExecutionOptions::new().statement_timeout(limit));
    let query = "SELECT a.n FROM counted a CROSS JOIN counted b";
    let mut rows = patient.stream(sql(query).rows::<i64>()).yield_per(10);
    rows.next().wait().expect("a row");
    std::thread::sleep(limit + Duration::from_millis(200));
    for _ in 0..2_000 {
        rows.next().wait().expect("a row").expect("not the end");
    }
    drop(rows);
    drop(patient);
    goes_on(&mut db);
    Ok(())
}
