//! Listeners: what they hear, in which order, and what they can change.

use std::sync::{Arc, Mutex};

use aludel::engine::driver::RawConnection;
use aludel::engine::events::{Outcome, StatementEvent};
use aludel::engine::pool::ConnectionRecord;
use aludel::engine::{BoxFuture, Error, Result};
use aludel::prelude::*;
use aludel::{DatabaseUrl, EngineOptions, ErrorKind, Listener, PoolOptions, TransactionOptions, Value};

use crate::Scratch;

/// Writes down what it hears.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, record: &ConnectionRecord, what: impl AsRef<str>) {
        self.0.lock().unwrap().push(format!("{}: {}", record.id(), what.as_ref()));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Listener for Diary {
    fn first_connect<'a>(
        &'a self,
        _: &'a mut dyn RawConnection,
        record: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        self.note(record, "first connect");
        Box::pin(std::future::ready(Ok(())))
    }

    fn connect<'a>(
        &'a self,
        _: &'a mut dyn RawConnection,
        record: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        self.note(record, "connect");
        Box::pin(std::future::ready(Ok(())))
    }

    fn checkout(&self, record: &mut ConnectionRecord) -> Result<()> {
        self.note(record, "checkout");
        Ok(())
    }

    fn checkin(&self, record: &mut ConnectionRecord) {
        self.note(record, "checkin");
    }

    fn invalidate(&self, record: &mut ConnectionRecord, reason: Option<&Error>) {
        self.note(record, if reason.is_some() { "lost" } else { "invalidate" });
    }

    fn close(&self, record: &mut ConnectionRecord) {
        self.note(record, "close");
    }

    fn detach(&self, record: &mut ConnectionRecord) {
        self.note(record, "detach");
    }

    fn begin(&self, record: &mut ConnectionRecord, options: &TransactionOptions) {
        self.note(record, if options.immediate { "begin immediate" } else { "begin" });
    }

    fn commit(&self, record: &mut ConnectionRecord) {
        self.note(record, "commit");
    }

    fn rollback(&self, record: &mut ConnectionRecord) {
        self.note(record, "rollback");
    }

    fn savepoint(&self, record: &mut ConnectionRecord, name: &str) {
        self.note(record, format!("savepoint {name}"));
    }

    fn release_savepoint(&self, record: &mut ConnectionRecord, name: &str) {
        self.note(record, format!("release {name}"));
    }

    fn rollback_savepoint(&self, record: &mut ConnectionRecord, name: &str) {
        self.note(record, format!("back to {name}"));
    }

    fn before_execute(
        &self,
        record: &mut ConnectionRecord,
        statement: &mut StatementEvent<'_>,
    ) -> Result<()> {
        let inside = if statement.in_transaction() { " inside" } else { "" };
        self.note(record, format!("{} × {}{inside}", statement.operation(), statement.runs()));
        Ok(())
    }

    fn after_execute(&self, record: &mut ConnectionRecord, _: &StatementEvent<'_>, outcome: &Outcome) {
        self.note(record, format!("{} returned, {} changed", outcome.rows_returned, outcome.rows_affected));
    }

    fn handle_error(
        &self,
        record: &mut ConnectionRecord,
        statement: Option<&StatementEvent<'_>>,
        error: Error,
    ) -> Error {
        self.note(record, format!("{:?} in {}", error.kind(), statement.map_or("?", |event| event.sql())));
        error
    }
}

fn engine(options: EngineOptions) -> Engine {
    let engine = Engine::new_with("sqlite://", options).unwrap();
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER PRIMARY KEY)").wait().unwrap();
    engine
}

#[test]
fn everything_is_heard_in_its_order() {
    let diary = Diary::default();
    let engine = engine(EngineOptions::new().listener(diary.clone()));
    assert_eq!(
        diary.take(),
        [
            "1: first connect",
            "1: connect",
            "1: checkout",
            "1: CREATE × 1",
            "1: 0 returned, 0 changed",
            "1: checkin"
        ]
    );
    let mut transaction = engine.begin_with(TransactionOptions::immediate()).wait().unwrap();
    transaction.execute(sql("INSERT INTO t VALUES (1), (2)")).wait().unwrap();
    let nested = transaction.begin_nested().wait().unwrap();
    nested.commit().wait().unwrap();
    let nested = transaction.begin_nested().wait().unwrap();
    nested.rollback().wait().unwrap();
    assert_eq!(
        transaction.all(sql("(SELECT n FROM t)").rows::<i64>()).wait().map_err(|e| e.kind()),
        Err(ErrorKind::Programming)
    );
    transaction.all(sql("SELECT n FROM t").rows::<i64>()).wait().unwrap();
    transaction.commit().wait().unwrap();
    assert_eq!(
        diary.take(),
        [
            "1: checkout",
            "1: begin immediate",
            "1: INSERT × 1 inside",
            "1: 0 returned, 2 changed",
            "1: savepoint aludel_1",
            "1: release aludel_1",
            "1: savepoint aludel_1",
            "1: back to aludel_1",
            "1: SELECT × 1 inside",
            "1: Programming in (SELECT n FROM t)",
            "1: SELECT × 1 inside",
            "1: 2 returned, 0 changed",
            "1: commit",
            "1: checkin",
        ]
    );
    // Dropped: on the spot, with the connection, and on a connection that lives on.
    drop(engine.begin().wait().unwrap());
    assert_eq!(diary.take(), ["1: checkout", "1: begin", "1: rollback", "1: checkin"]);
    let mut connection = engine.connect().wait().unwrap();
    drop(connection.begin().wait().unwrap());
    connection.begin().wait().unwrap().rollback().wait().unwrap();
    connection.raw().unwrap().begin(TransactionOptions::default()).wait().unwrap();
    connection.detach();
    drop(connection);
    assert_eq!(
        diary.take(),
        ["1: checkout", "1: begin", "1: rollback", "1: begin", "1: rollback", "1: detach"]
    );
    engine.connect().wait().unwrap().invalidate();
    assert_eq!(diary.take(), ["2: connect", "2: checkout", "2: invalidate", "2: checkin", "2: close"]);
    engine.connect().wait().unwrap();
    engine.dispose().wait();
    assert_eq!(diary.take(), ["3: connect", "3: checkout", "3: checkin", "3: close"]);
}

#[test]
fn many_runs_are_one_event_with_their_number() {
    let diary = Diary::default();
    let engine = engine(EngineOptions::new().listener(diary.clone()));
    diary.take();
    let mut session = Session::new(&engine);
    #[derive(Model, Clone, Debug, Default)]
    #[model(table = "t")]
    struct Row {
        #[column(primary_key)]
        n: i64,
    }
    for n in 1..=3 {
        session.add(Row { n });
    }
    session.commit().wait().unwrap();
    let heard = diary.take();
    assert!(heard.contains(&"1: INSERT × 3 inside".to_owned()), "{heard:?}");
    assert!(heard.contains(&"1: 0 returned, 3 changed".to_owned()), "{heard:?}");
}

/// Writes a comment in front, doubles every number, and refuses to drop anything.
struct Censor;

impl Listener for Censor {
    fn before_execute(&self, _: &mut ConnectionRecord, statement: &mut StatementEvent<'_>) -> Result<()> {
        if statement.operation() == "DROP" {
            return Err(Error::usage("nothing is dropped here"));
        }
        statement.set_sql(format!("/* by us */ {}", statement.sql()));
        let doubled: Vec<Value> = statement
            .parameters()
            .iter()
            .map(|value| match value {
                aludel::sql::ValueRef::I64(number) => Value::I64(number * 2),
                other => panic!("{other}"),
            })
            .collect();
        if !doubled.is_empty() {
            statement.set_parameters(doubled)?;
        }
        Ok(())
    }

    fn handle_error(&self, _: &mut ConnectionRecord, _: Option<&StatementEvent<'_>>, error: Error) -> Error {
        match error.kind() {
            ErrorKind::UniqueViolation => Error::new(ErrorKind::Data, "taken already").with_source(error),
            _ => error,
        }
    }
}

#[test]
fn a_listener_rewrites_refuses_and_replaces() {
    let diary = Diary::default();
    let engine = engine(EngineOptions::new().listener(Censor).listener(diary.clone()));
    let mut connection = engine.connect().wait().unwrap();
    connection.execute(sql("INSERT INTO t VALUES (?)").bind(21_i64)).wait().unwrap();
    assert_eq!(connection.one(sql("SELECT n FROM t").rows::<i64>()).wait().unwrap(), 42);
    diary.take();
    let refused = connection.execute_script("DROP TABLE t").wait().unwrap_err();
    assert_eq!(refused.message(), "nothing is dropped here");
    assert!(diary.take().is_empty(), "later listeners hear nothing of what is refused");
    let error = connection.execute(sql("INSERT INTO t VALUES (?)").bind(21_i64)).wait().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Data, "taken already"));
    let heard = diary.take();
    assert_eq!(heard, ["1:  × 1", "1: Data in /* by us */ INSERT INTO t VALUES (?)"]);
    // And the connection still works.
    assert_eq!(connection.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap(), 1);
}

/// Says of some errors that the connection is lost.
struct Judge;

impl Listener for Judge {
    fn handle_error(&self, _: &mut ConnectionRecord, _: Option<&StatementEvent<'_>>, error: Error) -> Error {
        if error.message().contains("no such table: gone") {
            error.with_kind(ErrorKind::Disconnect)
        } else {
            error
        }
    }
}

#[test]
fn a_listener_decides_what_counts_as_lost() {
    let file = Scratch::new();
    let diary = Diary::default();
    let options = EngineOptions::new().listener(Judge).listener(diary.clone());
    let engine = Engine::new_with(&file.url(""), options).unwrap();
    drop((engine.connect().wait().unwrap(), engine.connect().wait().unwrap()));
    let mut connection = engine.connect().wait().unwrap();
    connection.execute(sql("SELECT * FROM gone")).wait().unwrap_err();
    diary.take();
    drop(connection);
    assert_eq!(diary.take(), ["2: checkin", "2: close"]);
    // The other one is older than the loss.
    engine.connect().wait().unwrap();
    assert_eq!(diary.take(), ["1: close", "3: connect", "3: checkout", "3: checkin"]);
}

/// Turns connections away for a while.
struct Doorman(Mutex<u32>, ErrorKind);

impl Listener for Doorman {
    fn checkout(&self, _: &mut ConnectionRecord) -> Result<()> {
        let mut left = self.0.lock().unwrap();
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        Err(Error::new(self.1, "not this one"))
    }
}

#[test]
fn a_listener_turns_a_connection_away() {
    let file = Scratch::new();
    let engine = |refusals, kind| {
        let options = EngineOptions::new().listener(Doorman(Mutex::new(refusals), kind));
        Engine::new_with(&file.url(""), options).unwrap()
    };
    // As lost: others are tried, but not for ever.
    let some = engine(3, ErrorKind::Disconnect);
    assert_eq!(some.connect().wait().unwrap().record().unwrap().id(), 4);
    let error = engine(99, ErrorKind::Disconnect).connect().wait().unwrap_err();
    assert_eq!(error.message(), "not this one");
    // As something else: whoever asked hears of it.
    let once = engine(1, ErrorKind::Operational);
    assert_eq!(once.connect().wait().unwrap_err().kind(), ErrorKind::Operational);
    once.connect().wait().unwrap();
    for engine in [some, once] {
        assert_eq!(engine.status().checked_out, 0);
    }
}

/// Fails the first time.
#[derive(Default)]
struct Shaky(Mutex<Vec<u64>>);

impl Listener for Shaky {
    fn first_connect<'a>(
        &'a self,
        connection: &'a mut dyn RawConnection,
        record: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            connection.execute_script("CREATE TABLE IF NOT EXISTS log (n INTEGER)").await?;
            let mut tried = self.0.lock().unwrap();
            tried.push(record.id());
            if tried.len() == 1 { Err(Error::usage("not yet")) } else { Ok(()) }
        })
    }
}

#[test]
fn the_first_connection_is_set_up_once_and_again_where_that_failed() {
    let file = Scratch::new();
    let shaky = Arc::new(Shaky::default());
    let options = EngineOptions::new().shared_listener(Arc::clone(&shaky) as Arc<dyn Listener>);
    let engine = Engine::new_with(&file.url(""), options).unwrap();
    assert_eq!(engine.connect().wait().unwrap_err().message(), "not yet");
    let status = engine.status();
    assert_eq!((status.opened, status.closed, status.checked_out), (1, 1, 0), "what failed is not kept");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope
                .spawn(|| engine.connect().wait().unwrap().execute_script("DELETE FROM log").wait().unwrap());
        }
    });
    // Whichever of the four comes first sets things up for the others.
    let set_up = shaky.0.lock().unwrap().clone();
    assert_eq!((set_up.len(), set_up[0]), (2, 1), "{set_up:?}");
}

#[test]
fn an_error_shows_its_parameters_unless_they_are_hidden() {
    let url = DatabaseUrl::parse("sqlite://").unwrap();
    for hide in [false, true] {
        let mut options = EngineOptions::new().pool(PoolOptions::single());
        if hide {
            options = options.hide_parameters();
        }
        let engine = Engine::with_options(aludel::driver(&url).unwrap(), options);
        let mut connection = engine.connect().wait().unwrap();
        let long = "x".repeat(5_000);
        let query = sql("SELECT * FROM missing WHERE a = ? AND b = ?").bind("hush").bind(long.as_str());
        let error = connection.execute(query).wait().unwrap_err();
        assert_eq!(error.parameters().is_some(), !hide);
        let message = error.to_string();
        assert_eq!(message.contains("with: ['hush', 'xxx"), !hide, "{message}");
        assert_eq!(message.contains("(5002 characters)"), !hide, "{message}");
        assert!(message.len() < 1_000, "{message}");
    }
}
