//! Panics in code of the user that the engine calls: in closures, in listeners, while rows are read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aludel::engine::events::{Outcome, StatementEvent};
use aludel::engine::pool::ConnectionRecord;
use aludel::engine::{BoxFuture, RawConnection};
use aludel::prelude::*;
use aludel::sql::decode::{DecodeError, FromRow, RowReader};
use aludel::{EngineOptions, Error, Listener, PoolOptions, Result, TransactionOptions};
use aludel_tests::places::Place;

/// Panics at one of its events.
struct Clumsy(Arc<AtomicUsize>);

const EVENTS: [&str; 12] = [
    "first_connect",
    "connect",
    "checkout",
    "begin",
    "before_execute",
    "after_execute",
    "handle_error",
    "commit",
    "rollback",
    "checkin",
    "invalidate",
    "close",
];

impl Clumsy {
    fn at(&self, event: &str) {
        if EVENTS.get(self.0.load(Ordering::Relaxed)) == Some(&event) {
            panic!("clumsy at {event}");
        }
    }
}

impl Listener for Clumsy {
    fn first_connect<'a>(
        &'a self,
        _: &'a mut dyn RawConnection,
        _: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            self.at("first_connect");
            Ok(())
        })
    }

    fn connect<'a>(
        &'a self,
        _: &'a mut dyn RawConnection,
        _: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            self.at("connect");
            Ok(())
        })
    }

    fn checkout(&self, _: &mut ConnectionRecord) -> Result<()> {
        self.at("checkout");
        Ok(())
    }

    fn begin(&self, _: &mut ConnectionRecord, _: &TransactionOptions) {
        self.at("begin");
    }

    fn before_execute(&self, _: &mut ConnectionRecord, _: &mut StatementEvent<'_>) -> Result<()> {
        self.at("before_execute");
        Ok(())
    }

    fn after_execute(&self, _: &mut ConnectionRecord, _: &StatementEvent<'_>, _: &Outcome) {
        self.at("after_execute");
    }

    fn handle_error(&self, _: &mut ConnectionRecord, _: Option<&StatementEvent<'_>>, error: Error) -> Error {
        self.at("handle_error");
        error
    }

    fn commit(&self, _: &mut ConnectionRecord) {
        self.at("commit");
    }

    fn rollback(&self, _: &mut ConnectionRecord) {
        self.at("rollback");
    }

    fn checkin(&self, _: &mut ConnectionRecord) {
        self.at("checkin");
    }

    fn invalidate(&self, _: &mut ConnectionRecord, _: Option<&Error>) {
        self.at("invalidate");
    }

    fn close(&self, _: &mut ConnectionRecord) {
        self.at("close");
    }
}

/// All that there is to hear of: a transaction that is kept, one that is dropped, an error, and a connection given up.
fn everything(engine: &Engine) {
    let mut transaction = engine.begin().wait().unwrap();
    transaction.execute(sql("SELECT 1")).wait().unwrap();
    assert!(transaction.execute(sql("SELECT nothing FROM nowhere")).wait().is_err());
    transaction.commit().wait().unwrap();
    drop(engine.begin().wait().unwrap());
    engine.connect().wait().unwrap().invalidate();
}

/// One connection, and nobody waits for it: a place that is lost is seen at once.
fn narrow() -> PoolOptions {
    let mut pool = PoolOptions::default().with_size(1).with_overflow(0);
    pool.timeout = std::time::Duration::ZERO;
    pool
}

#[test]
fn a_listener_that_panics_costs_no_place_in_the_pool() {
    let place = Place::sqlite();
    for (event, name) in EVENTS.iter().enumerate() {
        let at = Arc::new(AtomicUsize::new(event));
        let engine = place.engine(EngineOptions::new().pool(narrow()).listener(Clumsy(Arc::clone(&at))));
        let caught = catch_unwind(AssertUnwindSafe(|| everything(&engine)));
        assert!(caught.is_err(), "nothing panicked at {name}");
        at.store(usize::MAX, Ordering::Relaxed);
        let status = engine.status();
        assert_eq!((status.checked_out, status.waiting), (0, 0), "{name}: {status}");
        assert!(status.opened - status.closed <= 1, "{name}: {status}");
        everything(&engine);
        let status = engine.status();
        assert_eq!((status.checked_out, status.opened - status.closed), (0, 0), "{name}: {status}");
    }
}

#[test]
fn a_panic_in_a_closure_takes_its_transaction_back() {
    for place in places() {
        let engine = place.engine(EngineOptions::new().pool(narrow()));
        engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
        for _ in 0..3 {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                let work = engine.transaction(async |mut transaction| {
                    transaction.execute(sql("INSERT INTO t VALUES (1)")).await?;
                    let mut nested = transaction.begin_nested().await?;
                    nested.execute(sql("INSERT INTO t VALUES (2)")).await?;
                    if nested.in_transaction() {
                        panic!("in the middle");
                    }
                    Ok::<(), Error>(())
                });
                work.wait()
            }));
            assert!(caught.is_err());
            assert_eq!(engine.status().checked_out, 0, "{}", place.kind);
            let mut connection = engine.connect().wait().unwrap();
            assert!(!connection.in_transaction());
            let rows: i64 = connection.one(sql("SELECT count(*) FROM t").rows()).wait().unwrap();
            assert_eq!(rows, 0, "{}", place.kind);
        }
    }
}

/// Never lets itself be read.
#[derive(Debug)]
struct Unreadable;

impl FromRow for Unreadable {
    fn from_row(_: &mut RowReader<'_>) -> std::result::Result<Self, DecodeError> {
        panic!("unreadable");
    }

    fn width() -> usize {
        1
    }

    fn is_absent(_: &RowReader<'_>) -> bool {
        false
    }
}

#[test]
fn a_panic_while_rows_are_read_leaves_a_clean_connection() {
    for place in places() {
        let engine = place.engine(EngineOptions::new().pool(narrow()));
        for in_transaction in [false, true] {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                let mut connection = engine.connect().wait().unwrap();
                let query = sql("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3").rows::<Unreadable>();
                if in_transaction {
                    connection.begin().wait().unwrap().all(query).wait().unwrap()
                } else {
                    connection.all(query).wait().unwrap()
                }
            }));
            assert!(caught.is_err());
            assert_eq!(engine.status().checked_out, 0, "{}", place.kind);
            for number in 0..3_i64 {
                let mut connection = engine.connect().wait().unwrap();
                assert!(!connection.in_transaction());
                let query = sql("SELECT 40 + ?").bind(number);
                assert_eq!(
                    connection.one(query.rows::<i64>()).wait().unwrap(),
                    40 + number,
                    "{}",
                    place.kind
                );
            }
        }
    }
}

fn places() -> Vec<Place> {
    vec![
        Place::sqlite(),
        #[cfg(feature = "servers")]
        Place::postgres(),
        #[cfg(feature = "servers")]
        Place::mysql(),
    ]
}
