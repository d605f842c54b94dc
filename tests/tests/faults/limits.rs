//! Servers that have no room for another connection, and pools that are emptied while they are in use.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aludel::engine::retry::Scope;
use aludel::prelude::*;
use aludel::route::{ReaderOptions, ReaderState, ReplicatedEngine};
use aludel::{
    DatabaseUrl, EngineOptions, Error, ErrorKind, PoolOptions, RetryPolicy, TransactionOptions, driver,
};
use aludel_test::{InterceptedDriver, Interceptor, Operation, OperationKind};
use aludel_tests::places::Place;

/// Long enough for a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody whom the server lets have so many connections and no more. It is dropped with this value.
struct Guest {
    place: Place,
    name: String,
    url: DatabaseUrl,
}

impl Guest {
    fn new(place: Place, most: u32) -> Self {
        let name = place.name_of_database().replace("aludel_connections", "aludel_guest");
        let url = place.url().clone().with_user(&name).with_password("hidden");
        let guest = Guest { name, url, place };
        let (name, database) = (&guest.name, guest.place.name_of_database());
        guest.run(&match guest.place.kind {
            "postgres" => format!(
                "CREATE TABLE t (n BIGINT PRIMARY KEY);
                 CREATE ROLE {name} LOGIN PASSWORD 'hidden' CONNECTION LIMIT {most};
                 GRANT ALL ON t TO {name}"
            ),
            _ => format!(
                "CREATE TABLE t (n BIGINT PRIMARY KEY);
                 CREATE USER {name} IDENTIFIED BY 'hidden' WITH MAX_USER_CONNECTIONS {most};
                 GRANT ALL ON {database}.* TO {name}"
            ),
        });
        guest
    }

    fn both(most: u32) -> [Guest; 2] {
        [Guest::new(Place::postgres(), most), Guest::new(Place::mysql(), most)]
    }

    fn engine(&self, pool: PoolOptions) -> Engine {
        Engine::with_options(driver(&self.url).unwrap(), EngineOptions::new().pool(pool))
    }

    fn run(&self, script: &str) {
        let engine = self.place.engine(EngineOptions::new());
        engine.connect().wait().unwrap().execute_script(script).wait().unwrap();
        engine.close().wait();
    }

    /// It is told plainly what was reached, and what can be done about it.
    #[track_caller]
    fn is_the_limit(&self, error: &Error) {
        assert_eq!(error.kind(), ErrorKind::Operational, "{}: {error}", self.place.kind);
        let code = error.code().unwrap();
        let text = error.to_string();
        match self.place.kind {
            "postgres" => {
                assert_eq!(code, "53300");
                assert!(text.contains("too many connections for role"), "{text}");
            }
            _ => {
                assert_eq!(code, "1226 (42000)");
                assert!(text.contains("max_user_connections"), "{text}");
            }
        }
        for said in [self.name.as_str(), "make the pools smaller", "raise"] {
            assert!(text.contains(said), "`{said}` is not in: {text}");
        }
        assert!(!text.contains("hidden"), "{text}");
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let name = &self.name;
        self.run(&match self.place.kind {
            "postgres" => format!("DROP OWNED BY {name}; DROP ROLE {name}"),
            _ => format!("DROP USER {name}"),
        });
    }
}

fn one(connection: &mut Connection) -> i64 {
    connection.one(sql("SELECT 1").rows()).wait().unwrap()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_server_without_room_is_told_and_the_next_attempt_succeeds() {
    for guest in Guest::both(2) {
        let engine = guest.engine(PoolOptions::default().with_size(5));
        let mut first = engine.connect().wait().unwrap();
        let second = engine.connect().wait().unwrap();
        for _ in 0..3 {
            let error = engine.connect().wait().unwrap_err();
            println!("{:>9}  {error}", guest.place.kind);
            guest.is_the_limit(&error);
            let status = engine.status();
            assert_eq!((status.checked_out, status.waiting), (2, 0), "{status}");
        }
        // Those that there are go on.
        assert_eq!(one(&mut first), 1);
        // What is given back can be had again.
        drop(second);
        let second = engine.connect().wait().unwrap();

        // Another program, for which there is room as soon as this one has closed something.
        let other = guest.engine(PoolOptions::default());
        guest.is_the_limit(&other.connect().wait().unwrap_err());
        drop(second);
        engine.dispose().wait();
        until("there is room, but it can't be had", || match other.connect().wait() {
            Ok(mut connection) => one(&mut connection) == 1,
            // The server takes a moment to notice that somebody has gone.
            Err(error) => {
                guest.is_the_limit(&error);
                false
            }
        });
        drop(first);
        assert_eq!((engine.status().checked_out, other.status().checked_out), (0, 0));
    }
}

/// The pool may have more than the server gives: whoever waits gets a connection that somebody gives back, or hears why there
/// is none.
#[test]
fn nobody_hangs_where_the_pool_is_larger_than_what_the_server_gives() {
    for guest in Guest::both(2) {
        let pool = PoolOptions::default().with_size(3).with_overflow(0).with_timeout(PATIENCE);
        let engine = guest.engine(pool);
        let (served, refused) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        match engine.connect().wait() {
                            Ok(mut connection) => {
                                connection.execute(sql("SELECT 2")).wait().unwrap();
                                served.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(error) => {
                                guest.is_the_limit(&error);
                                refused.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }
                });
            }
        });
        let (served, refused) = (served.into_inner(), refused.into_inner());
        println!("{:>9}  {served} served, {refused} refused, {}", guest.place.kind, engine.status());
        assert_eq!(served + refused, 300);
        assert!(served > 0);
        let status = engine.status();
        assert_eq!((status.checked_out, status.waiting), (0, 0), "{status}");
        assert!(status.opened - status.closed <= 2, "{status}");
        // The last of them has left the pool as good as new.
        let mut both = (engine.connect().wait().unwrap(), engine.connect().wait().unwrap());
        assert_eq!(one(&mut both.0) + one(&mut both.1), 2);
    }
}

/// Lets go of the connection that is in the way, once so many attempts have failed.
#[derive(Debug)]
struct Patron {
    held: Mutex<Option<Connection>>,
    refused: AtomicU64,
    patience: u64,
}

impl Interceptor for Patron {
    fn after(&self, operation: &Operation<'_>, outcome: Result<(), &Error>) {
        if operation.kind == OperationKind::Connect
            && outcome.is_err()
            && self.refused.fetch_add(1, Ordering::Relaxed) + 1 == self.patience
            && let Some(held) = self.held.lock().unwrap().take()
        {
            held.invalidate();
        }
    }
}

/// A transaction that has not begun can be begun again.
#[test]
fn a_transaction_is_tried_again_where_the_server_had_no_room() {
    for guest in Guest::both(1) {
        let kind = guest.place.kind;
        let held = guest.engine(PoolOptions::default()).connect().wait().unwrap();
        let patron =
            Arc::new(Patron { held: Mutex::new(Some(held)), refused: AtomicU64::new(0), patience: 3 });
        let engine = Engine::with_driver(InterceptedDriver::new(driver(&guest.url).unwrap(), patron.clone()));
        let runs = AtomicU64::new(0);
        let write = async |mut tx: Scope| {
            runs.fetch_add(1, Ordering::Relaxed);
            tx.execute(sql("INSERT INTO t VALUES (1)")).await?;
            Ok::<_, Error>(())
        };
        let pause = Duration::from_millis(5);
        let policy = RetryPolicy::new().with_pauses(pause, pause).with_limit(PATIENCE);

        // Within its bounds.
        let error = engine.retry_transaction(policy.with_attempts(2), write).wait().unwrap_err();
        guest.is_the_limit(&error);
        assert!(error.is_server_full() && error.is_transient(), "{error}");
        assert_eq!(patron.refused.load(Ordering::Relaxed), 2, "{kind}");
        assert_eq!(runs.load(Ordering::Relaxed), 0, "{kind}");

        // The next attempt makes room; the server may take a moment to notice.
        engine.retry_transaction(policy.with_attempts(u32::MAX), write).wait().unwrap();
        assert_eq!(runs.load(Ordering::Relaxed), 1, "{kind}");
        assert!(patron.refused.load(Ordering::Relaxed) >= 3, "{kind}");
        let count = sql("SELECT count(*) FROM t").rows::<i64>();
        assert_eq!(engine.connect().wait().unwrap().one(count).wait().unwrap(), 1, "{kind}");
        engine.close().wait();
    }
}

/// The only connection that a reader gives is the one that looks after it.
#[test]
fn a_reader_without_room_is_passed_over() {
    for guest in Guest::both(1) {
        if guest.place.kind == "mysql" {
            let version = sql("SELECT VERSION()").rows::<String>();
            let engine = guest.place.engine(EngineOptions::new());
            let version = engine.connect().wait().unwrap().one(version).wait().unwrap();
            let privilege =
                if version.contains("MariaDB") { "REPLICA MONITOR" } else { "REPLICATION CLIENT" };
            guest.run(&format!("GRANT {privilege} ON *.* TO {}", guest.name));
        }
        let writer = guest.place.engine(EngineOptions::new());
        let reader = guest.engine(PoolOptions::default());
        let engine = ReplicatedEngine::new(writer.clone(), [reader.clone()])
            .with_options(ReaderOptions::new().with_any_lag());
        let reading = engine.begin_with(TransactionOptions::read_only()).wait();
        let mut reading = reading.unwrap_or_else(|error| panic!("{}: {error}", guest.place.kind));
        assert_eq!(one(&mut reading), 1);
        assert_eq!((writer.status().checked_out, reader.status().checked_out), (1, 0));
        let states = engine.status();
        let state = states.iter().find_map(|server| server.reader.clone());
        assert!(
            matches!(&state, Some(ReaderState::Down { reason }) if reason.contains("make the pools smaller")),
            "{state:?}"
        );
        reading.rollback().wait().unwrap();
        // Where the writer is not to be read from, that is told.
        let strict = engine.with_options(ReaderOptions::new().with_any_lag().without_fallback());
        let error = strict.begin_with(TransactionOptions::read_only()).wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Operational, "{error}");
        assert!(error.to_string().contains("no reader will do"), "{error}");
        strict.close().wait();
    }
}

/// A table of 1,000 numbers, and a pool of two.
fn numbers(place: &Place) -> Engine {
    let pool = PoolOptions::default().with_size(2).with_overflow(0).with_timeout(PATIENCE);
    let engine = place.engine(EngineOptions::new().pool(pool));
    let rows: Vec<String> = (0..1_000).map(|n| format!("({n})")).collect();
    let script = format!(
        "CREATE TABLE t (n BIGINT PRIMARY KEY); CREATE TABLE k (n BIGINT PRIMARY KEY); INSERT INTO k VALUES {}",
        rows.join(", ")
    );
    engine.connect().wait().unwrap().execute_script(&script).wait().unwrap();
    engine
}

fn all() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

const NUMBERS: &str = "SELECT n FROM k ORDER BY n";

#[test]
fn what_is_under_way_goes_on_when_the_pool_is_emptied() {
    for place in all() {
        let engine = numbers(&place);
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        let mut streaming = engine.connect().wait().unwrap();
        let old = place.session(&mut streaming);
        let mut rows = streaming.stream(sql(NUMBERS).rows::<i64>()).yield_per(10);
        assert_eq!(rows.next().wait().unwrap(), Some(0));
        let mut transaction = engine.begin().wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();

        engine.dispose().wait();
        let before = engine.status();
        assert_eq!((before.checked_out, before.idle), (2, 0), "{before}");
        transaction.execute(sql("INSERT INTO t VALUES (2)")).wait().unwrap();
        assert_eq!(rows.next().wait().unwrap(), Some(1));
        // Somebody waits for one of the two.
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| engine.connect().wait().unwrap());
            until("nobody waits", || engine.status().waiting == 1);
            assert_eq!(rows.all().wait().unwrap(), (2..1_000).collect::<Vec<i64>>(), "{}", place.kind);
            // SQLite's writers wait for readers that are in a transaction only; this one is not.
            transaction.commit().wait().unwrap();
            let mut next = waiting.join().unwrap();
            // The one that was given back was closed, and another one opened.
            assert!(place.kind == "sqlite" || place.session(&mut next) != old, "{}", place.kind);
            assert_eq!(one(&mut next), 1);
        });
        drop(streaming);
        let status = engine.status();
        assert_eq!(status.closed - before.closed, 2, "{}: {status}", place.kind);
        assert_eq!((status.checked_out, status.idle), (0, 1), "{}: {status}", place.kind);
        // The idle one, and the one that watches.
        if place.kind != "sqlite" {
            until("what was given back is not closed", || place.connections(&mut watching) == 2);
        }
        let written: Vec<i64> =
            engine.connect().wait().unwrap().all(sql("SELECT n FROM t ORDER BY n").rows()).wait().unwrap();
        assert_eq!(written, [1, 2], "{}", place.kind);
    }
}

/// The same, again and again among busy tasks: none of them notices.
#[test]
fn busy_tasks_notice_nothing_of_a_pool_that_is_emptied() {
    for place in all() {
        let engine = numbers(&place);
        let (over, next) = (AtomicBool::new(false), AtomicU64::new(0));
        let mut disposals = 0;
        std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        let mut rounds = 0_u32;
                        while !over.load(Ordering::Relaxed) {
                            let number = next.fetch_add(1, Ordering::Relaxed) as i64;
                            let insert = sql("INSERT INTO t VALUES (?)").bind(number);
                            let mut transaction =
                                engine.begin_with(TransactionOptions::immediate()).wait().unwrap();
                            transaction.execute(insert).wait().unwrap();
                            transaction.commit().wait().unwrap();
                            let mut connection = engine.connect().wait().unwrap();
                            let mut rows = connection
                                .stream(sql(NUMBERS).rows::<i64>())
                                .yield_per(7 + number as usize % 90);
                            let mut sum = 0;
                            while let Some(row) = rows.next().wait().unwrap() {
                                sum += row;
                            }
                            assert_eq!(sum, 499_500);
                            rounds += 1;
                        }
                        rounds
                    })
                })
                .collect();
            while next.load(Ordering::Relaxed) < 60 {
                engine.dispose().wait();
                disposals += 1;
                std::thread::sleep(Duration::from_millis(1));
            }
            over.store(true, Ordering::Relaxed);
            for task in tasks {
                assert!(task.join().unwrap() > 0);
            }
        });
        engine.dispose().wait();
        let status = engine.status();
        println!("{:>9}  {disposals} disposals: {status}", place.kind);
        assert_eq!((status.checked_out, status.waiting, status.idle), (0, 0, 0), "{status}");
        assert_eq!(status.opened, status.closed, "{status}");
        // Each of them made its row last, and the pool works again.
        let count: i64 =
            engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows()).wait().unwrap();
        assert_eq!(u64::try_from(count).unwrap(), next.load(Ordering::Relaxed), "{}", place.kind);
    }
}

/// A pool that is closed for good lets work come to its end as well; whoever waits hears that there will be nothing.
#[test]
fn whoever_waits_for_a_pool_that_is_closed_is_told() {
    for place in all() {
        let engine = numbers(&place);
        let mut transaction = engine.begin().wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();
        let mut streaming = engine.connect().wait().unwrap();
        let mut rows = streaming.stream(sql(NUMBERS).rows::<i64>()).yield_per(10);
        assert_eq!(rows.next().wait().unwrap(), Some(0));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| engine.connect().wait().unwrap_err());
            until("nobody waits", || engine.status().waiting == 1);
            engine.close().wait();
            let error = waiting.join().unwrap();
            assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
            assert!(error.to_string().contains("the engine was closed"), "{error}");
        });
        assert_eq!(rows.all().wait().unwrap().len(), 999);
        drop(streaming);
        transaction.commit().wait().unwrap();
        assert_eq!(engine.connect().wait().unwrap_err().kind(), ErrorKind::Usage);
        let status = engine.status();
        assert_eq!((status.checked_out, status.idle, status.waiting), (0, 0, 0), "{status}");
        assert_eq!(status.opened, status.closed, "{status}");
        let written: Vec<i64> = place
            .engine(EngineOptions::new())
            .connect()
            .wait()
            .unwrap()
            .all(sql("SELECT n FROM t").rows())
            .wait()
            .unwrap();
        assert_eq!(written, [1], "{}", place.kind);
    }
}
