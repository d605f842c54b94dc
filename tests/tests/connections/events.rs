//! Listeners on every database: what they rewrite is what runs, what they refuse does not, whichever way a statement goes.

use std::sync::{Arc, Mutex};

use aludel::engine::driver::RawConnection;
use aludel::engine::events::{Given, Outcome, StatementEvent};
use aludel::engine::pool::ConnectionRecord;
use aludel::engine::{BoxFuture, Result};
use aludel::prelude::*;
use aludel::schema::{Table, column, table};
use aludel::types::big_integer;
use aludel::{EngineOptions, Error, ErrorKind, Listener, Value};
use aludel_tests::places::Place;

fn numbers() -> Table {
    table("numbers").column(column("n", big_integer()))
}

fn places() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

fn engine(place: &Place, listener: impl Listener + 'static) -> Engine {
    let plain = place.engine(EngineOptions::new());
    plain.create_all(&[numbers()].into_iter().collect()).wait().unwrap();
    place.engine(EngineOptions::new().listener(listener))
}

fn there(place: &Place) -> Vec<i64> {
    let mut connection = place.engine(EngineOptions::new()).connect().wait().unwrap();
    connection.all(sql("SELECT n FROM numbers ORDER BY n").rows()).wait().unwrap()
}

/// Writes another table's name, and doubles every number.
struct Rewriter;

impl Listener for Rewriter {
    fn before_execute(&self, _: &mut ConnectionRecord, event: &mut StatementEvent<'_>) -> Result<()> {
        event.set_sql(event.sql().replace("figures", "numbers"));
        if let Given::One(_) = event.given() {
            let double = |value: &aludel::sql::ValueRef<'_>| match value {
                aludel::sql::ValueRef::I64(number) => Value::I64(number * 2),
                other => panic!("{other}"),
            };
            let doubled: Vec<_> = event.parameters().iter().map(double).collect();
            event.set_parameters(doubled)?;
        }
        Ok(())
    }
}

#[test]
fn what_is_rewritten_runs() {
    for place in places() {
        let engine = engine(&place, Rewriter);
        let mut connection = engine.connect().wait().unwrap();
        let add = || sql("INSERT INTO figures (n) VALUES (?)");
        connection.execute(add().bind(1_i64)).wait().unwrap();
        connection.execute_many(add(), [(10_i64,), (20,)]).wait().unwrap();
        connection.execute_script("INSERT INTO figures (n) VALUES (30)").wait().unwrap();
        connection.pipeline().execute(add().bind(4_i64)).execute(add().bind(5_i64)).wait().unwrap();
        assert_eq!(there(&place), [2, 8, 10, 10, 20, 30], "{}", place.kind);
        let query = || sql("SELECT n FROM figures WHERE n > ? ORDER BY n").bind(9_i64).rows::<i64>();
        assert_eq!(connection.all(query()).wait().unwrap(), [20, 30], "{}", place.kind);
        assert_eq!(connection.stream(query()).all().wait().unwrap(), [20, 30], "{}", place.kind);
        // The parameters of many rows are not one listener's to replace, and a load's text is not text alone.
        let many = connection
            .bulk_load(insert(&table("figures").column(column("n", big_integer()))).columns(["n"]), [(1,)]);
        let error = many.wait().unwrap_err();
        assert!(error.message().contains("bulk load"), "{error}");
    }
}

/// Lets nobody write.
struct Guard;

impl Listener for Guard {
    fn before_execute(&self, _: &mut ConnectionRecord, event: &mut StatementEvent<'_>) -> Result<()> {
        // What is built says what it is; the user's own words are looked at.
        let built = event.statement().and_then(|statement| statement.summary());
        let operation = built.and_then(|summary| summary.operation().map(str::to_owned));
        match operation.unwrap_or_else(|| event.operation()).as_str() {
            "SELECT" => Ok(()),
            other => Err(Error::usage(format!("no {other} here"))),
        }
    }
}

#[test]
fn what_is_refused_does_not_run() {
    for place in places() {
        let engine = engine(&place, Guard);
        let mut connection = engine.connect().wait().unwrap();
        let add = || insert(&numbers()).columns(["n"]);
        let text = || sql("INSERT INTO numbers (n) VALUES (1)");
        let refusals = [
            connection.execute(text()).wait().map(|_| ()),
            connection
                .execute(insert(&numbers()).from_select(["n"], sql("SELECT 1").rows::<i64>()))
                .wait()
                .map(|_| ()),
            connection.execute_many(add(), [(1_i64,), (2,)]).wait().map(|_| ()),
            connection.bulk_load(add(), [(1_i64,), (2,)]).wait().map(|_| ()),
            connection.execute_script("INSERT INTO numbers (n) VALUES (1)").wait(),
            connection.pipeline().all(sql("SELECT 1").rows::<i64>()).execute(text()).wait().map(|_| ()),
            connection.stream(sql("DELETE FROM numbers").rows::<i64>()).next().wait().map(|_| ()),
        ];
        for (number, refusal) in refusals.into_iter().enumerate() {
            let error = refusal.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Usage, "{number} on {}: {error}", place.kind);
            assert!(error.message().contains("here"), "{number}: {error}");
        }
        assert!(connection.all(sql("SELECT n FROM numbers").rows::<i64>()).wait().unwrap().is_empty());
        // In a transaction, nothing has happened that it would have to be taken back for.
        let mut transaction = connection.begin().wait().unwrap();
        transaction.execute(text()).wait().unwrap_err();
        transaction.all(sql("SELECT n FROM numbers").rows::<i64>()).wait().unwrap();
        transaction.commit().wait().unwrap();
        assert!(there(&place).is_empty());
    }
}

/// Prepares each session, and counts what it hears.
#[derive(Clone, Default)]
struct Steward(Arc<Mutex<Vec<String>>>);

impl Steward {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }
}

impl Listener for Steward {
    fn connect<'a>(
        &'a self,
        connection: &'a mut dyn RawConnection,
        _: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            connection.execute_script("CREATE TEMPORARY TABLE mine (n INTEGER)").await?;
            self.note("connect");
            Ok(())
        })
    }

    fn checkout(&self, _: &mut ConnectionRecord) -> Result<()> {
        self.note("checkout");
        Ok(())
    }

    fn checkin(&self, _: &mut ConnectionRecord) {
        self.note("checkin");
    }

    fn prepare_twophase(&self, _: &mut ConnectionRecord, xid: &str) {
        self.note(format!("prepare {xid}"));
    }

    fn after_execute(&self, _: &mut ConnectionRecord, event: &StatementEvent<'_>, outcome: &Outcome) {
        let summary = event.statement().and_then(|statement| statement.summary());
        let summary = summary.map_or_else(|| event.operation(), |summary| summary.text().to_owned());
        self.note(format!("{summary}: {} and {}", outcome.rows_returned, outcome.rows_affected));
    }

    fn handle_error(
        &self,
        _: &mut ConnectionRecord,
        event: Option<&StatementEvent<'_>>,
        error: Error,
    ) -> Error {
        self.note(format!("{:?}", error.kind()));
        // A name of the program's own, with the database's error behind it.
        let tag = event.and_then(StatementEvent::tag).unwrap_or("?").to_owned();
        Error::new(ErrorKind::Data, format!("`{tag}` went wrong")).with_source(error)
    }
}

#[test]
fn what_happens_is_heard() {
    for place in places() {
        let steward = Steward::default();
        let engine = engine(&place, steward.clone());
        let mut connection = engine.connect().wait().unwrap();
        // The session was prepared before anybody had it.
        connection.execute(sql("INSERT INTO mine VALUES (1)")).wait().unwrap();
        let add = insert(&numbers()).columns(["n"]);
        connection.execute_many(add, [(1_i64,), (2,), (3,)]).wait().unwrap();
        let query = sql("SELECT n FROM numbers ORDER BY n").rows::<i64>();
        let mut rows = connection.stream(query).yield_per(1);
        rows.next().wait().unwrap();
        rows.close().wait().unwrap();
        let tagged = aludel::ExecutionOptions::new().tag("report");
        let error = connection
            .with_execution_options(tagged)
            .execute(sql("SELECT * FROM nowhere"))
            .wait()
            .unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Data, "`report` went wrong"));
        drop(connection);
        let heard = std::mem::take(&mut *steward.0.lock().unwrap());
        let expected = [
            "connect",
            "checkout",
            "INSERT: 0 and 1",
            "INSERT numbers: 0 and 3",
            "SELECT: 1 and 0",
            "Programming",
            "checkin",
        ];
        assert_eq!(heard, expected, "{}", place.kind);
    }
}

#[test]
fn a_transaction_that_is_prepared_is_heard_of() {
    let place = Place::mysql();
    let steward = Steward::default();
    let engine = engine(&place, steward.clone());
    let name = format!("{}-prepared", place.name_of_database());
    let mut transaction = engine.begin_twophase(&name).wait().unwrap();
    transaction.execute(sql("INSERT INTO numbers (n) VALUES (1)")).wait().unwrap();
    transaction.prepare().wait().unwrap();
    transaction.commit().wait().unwrap();
    let heard = steward.0.lock().unwrap().clone();
    assert!(heard.contains(&format!("prepare {name}")), "{heard:?}");
    assert_eq!(there(&place), [1]);
}
