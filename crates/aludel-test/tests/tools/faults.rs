//! Faults on purpose.

use aludel::prelude::*;
use aludel::{ErrorKind, RetryPolicy};
use aludel_test::{Fault, Faults, OperationKind, drop_at_every_await};

use crate::file;

fn injected() -> (Engine, Faults, crate::File) {
    let (file, driver) = file();
    let (driver, faults) = Faults::new(driver);
    let engine = Engine::with_driver(driver);
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    (engine, faults, file)
}

async fn work(engine: &Engine) -> aludel::Result<()> {
    let mut transaction = engine.begin().await?;
    for number in 1..=3 {
        transaction.execute(sql("INSERT INTO t VALUES (?)").bind(number)).await?;
    }
    transaction.commit().await
}

fn rows(engine: &Engine) -> i64 {
    engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows()).wait().unwrap()
}

#[test]
fn an_operation_is_chosen_by_kind_text_and_number() {
    let (engine, faults, _file) = injected();
    faults.inject(Fault::refuse(ErrorKind::Operational).on_statement("INSERT INTO t …").at_operation(2));
    let error = work(&engine).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operational);
    assert_eq!(faults.fired(), ["Refuse at INSERT INTO t VALUES (?)"]);
    assert_eq!(rows(&engine), 0);
    work(&engine).wait().unwrap();
    assert_eq!(rows(&engine), 3);
    faults.inject(Fault::refuse(ErrorKind::Data).with_message("too much").on(OperationKind::Begin).always());
    for _ in 0..3 {
        assert_eq!(work(&engine).wait().unwrap_err().message(), "too much");
    }
    faults.clear();
    work(&engine).wait().unwrap();
}

#[test]
fn a_disconnect_takes_the_transaction_along() {
    let (engine, faults, _file) = injected();
    let before = faults.operations();
    work(&engine).wait().unwrap();
    let all = faults.operations() - before;
    for number in 1..=all {
        let there = rows(&engine);
        faults.inject(Fault::disconnect().at_operation(number));
        let error = work(&engine).wait().unwrap_err();
        assert!(error.is_disconnect(), "at {number}: {error}");
        assert_eq!(rows(&engine), there, "at {number}");
        assert_eq!(engine.status().checked_out, 0);
    }
}

#[test]
fn a_lost_answer_of_a_commit_is_unknown_and_the_rows_are_there() {
    let (engine, faults, _file) = injected();
    faults.inject(Fault::lose_answer().on(OperationKind::Commit));
    let error = work(&engine).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    assert_eq!(rows(&engine), 3);
}

#[test]
fn a_retry_survives_faults() {
    let (engine, faults, _file) = injected();
    faults.inject(Fault::refuse(ErrorKind::Serialization).on(OperationKind::Commit).times(2));
    let policy = RetryPolicy::new();
    let work = engine.retry_transaction(policy, async |mut tx| {
        tx.execute(sql("INSERT INTO t VALUES (1)")).await.map(|_| ())
    });
    work.wait().unwrap();
    assert_eq!(rows(&engine), 1);
    assert_eq!(faults.fired().len(), 2);
}

#[test]
fn a_cancelled_future_is_dropped_at_its_operation() {
    let (engine, faults, _file) = injected();
    faults.inject(Fault::cancel().on(OperationKind::Commit));
    assert!(faults.run(work(&engine)).wait().is_none());
    assert_eq!(rows(&engine), 0);
    assert!(faults.run(work(&engine)).wait().unwrap().is_ok());
    assert_eq!(rows(&engine), 3);
    faults.inject(Fault::cancel());
    let error = engine.connect().wait().unwrap().execute(sql("DELETE FROM t")).wait().unwrap_err();
    assert!(error.to_string().contains("Faults::run"), "{error}");
}

#[test]
fn even_sqlite_waits_where_it_is_told_to() {
    let (engine, faults, _file) = injected();
    faults.inject(Fault::yields(1).always());
    let points = drop_at_every_await(
        async || work(&engine).await,
        |at, outcome| {
            let whole = outcome.is_some();
            assert_eq!(rows(&engine), if whole { 3 } else { 0 }, "at {at}");
        },
    );
    // The beginning, three inserts and the commit.
    assert!(points >= 5, "{points}");
}
