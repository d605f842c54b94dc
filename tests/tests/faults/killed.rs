//! Sessions that the server ends, and connections that are cut at an exact moment.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use aludel::engine::Driver;
use aludel::prelude::*;
use aludel::{DatabaseUrl, EngineOptions, ErrorKind, PoolOptions, RetryPolicy, driver};
use aludel_tests::cancel::drop_at;
use aludel_tests::places::Place;
use aludel_tests::private::MariaDb;
use aludel_tests::proxy::{Proxy, Rule};

/// Long enough for a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

fn both() -> [Place; 2] {
    [Place::postgres(), Place::mysql()]
}

fn engine_at(url: &DatabaseUrl) -> Engine {
    Engine::with_options(driver(url).unwrap(), EngineOptions::new().pool(PoolOptions::default().with_size(3)))
}

fn script(engine: &Engine, script: &str) {
    engine.connect().wait().unwrap().execute_script(script).wait().unwrap();
}

fn rows(engine: &Engine) -> Vec<i64> {
    engine.connect().wait().unwrap().all(sql("SELECT n FROM t ORDER BY n").rows()).wait().unwrap()
}

async fn write(connection: &mut Connection, number: i64) -> aludel::Result<()> {
    connection.execute(sql("INSERT INTO t VALUES (?)").bind(number)).await.map(|_| ())
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether the server says that a session is busy with something.
fn is_busy(place: &Place, watching: &mut Connection, session: i64, sign: &str) -> bool {
    let query = match place.kind {
        "postgres" => format!(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = {session} AND state = 'active' AND query LIKE '%{sign}%'"
        ),
        _ => format!(
            "SELECT count(*) FROM information_schema.PROCESSLIST WHERE ID = {session} AND INFO LIKE '%{sign}%'"
        ),
    };
    watching.one(sql(query).rows::<i64>()).wait().unwrap() == 1
}

/// Kills a session once the server says that it is busy with something.
fn kill_when_busy(place: &Place, watching: &mut Connection, victim: i64, sign: &str) {
    until("the victim gets to work", || is_busy(place, watching, victim, sign));
    place.kill(watching, victim);
}

#[test]
fn a_session_killed_in_a_query_is_a_disconnect_and_the_pool_goes_on() {
    for place in both() {
        let slow = if place.kind == "postgres" { "SELECT pg_sleep(60)" } else { "SELECT SLEEP(60)" };
        let engine = engine_at(place.url());
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        for in_transaction in [false, true] {
            let mut connection = engine.connect().wait().unwrap();
            let victim = place.session(&mut connection);
            let error = std::thread::scope(|scope| {
                let asking = scope.spawn(|| {
                    if in_transaction {
                        let mut transaction = connection.begin().wait().unwrap();
                        transaction.execute(sql(slow)).wait().unwrap_err()
                    } else {
                        connection.execute(sql(slow)).wait().unwrap_err()
                    }
                });
                kill_when_busy(&place, &mut watching, victim, "60");
                asking.join().unwrap()
            });
            assert_eq!(error.kind(), ErrorKind::Disconnect, "{}: {error}", place.kind);
            println!("{:>9}  killed in a query: {error}", place.kind);
            drop(connection);
            let mut next = engine.connect().wait().unwrap();
            assert_ne!(place.session(&mut next), victim);
        }
        assert_eq!(engine.status().checked_out, 0);
    }
}

/// The rows are too many and too long for what lies between server and program, so that the server is never done with them
/// when it is killed.
#[test]
fn a_session_killed_in_a_stream_is_a_disconnect() {
    const MILLION: &str = "SELECT a.n * 1000 + b.n, repeat('x', 200) FROM k a CROSS JOIN k b";
    for place in both() {
        let engine = engine_at(place.url());
        let thousand: Vec<String> = (0..1_000).map(|n| format!("({n})")).collect();
        let thousand = thousand.join(", ");
        script(
            &engine,
            &format!(
                "CREATE TABLE t (n BIGINT PRIMARY KEY); CREATE TABLE k (n BIGINT PRIMARY KEY);
                 INSERT INTO k VALUES {thousand}"
            ),
        );
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        for (in_transaction, number) in [(false, 1), (true, 2)] {
            let mut connection = engine.connect().wait().unwrap();
            let victim = place.session(&mut connection);
            if in_transaction {
                connection.begin_unguarded(aludel::TransactionOptions::default()).wait().unwrap();
                write(&mut connection, number).wait().unwrap();
            }
            let mut rows = connection.stream(sql(MILLION).rows::<(i64, String)>()).yield_per(100);
            let mut read = 0;
            let error = loop {
                match rows.next().wait() {
                    Ok(Some(_)) => read += 1,
                    Ok(None) => panic!("{}: the stream ended as if it were whole, after {read}", place.kind),
                    Err(error) => break error,
                }
                if read == 250 {
                    place.kill(&mut watching, victim);
                }
            };
            assert_eq!(error.kind(), ErrorKind::Disconnect, "{}: {error}", place.kind);
            assert!((250..1_000_000).contains(&read), "{}: {read}", place.kind);
            println!("{:>9}  killed in a stream, after {read} rows: {error}", place.kind);
            // It is over, and says no more than that.
            assert!(rows.next().wait().unwrap().is_none());
            drop(rows);
            if in_transaction {
                let error = connection.commit_unguarded().wait().unwrap_err();
                assert!(error.is_disconnect(), "{}: {error}", place.kind);
            }
            drop(connection);
            // The pool heals by itself.
            let mut next = engine.connect().wait().unwrap();
            assert_ne!(place.session(&mut next), victim);
            let streamed = next.stream(sql("SELECT n FROM k").rows::<i64>()).all().wait().unwrap();
            assert_eq!(streamed.len(), 1_000);
        }
        assert_eq!(engine.status().checked_out, 0);
        assert!(rows(&engine).is_empty(), "{}", place.kind);
        until("a transaction stays open", || place.open_transactions(&mut watching) == 0);
    }
}

#[test]
fn a_session_killed_between_statements_leaves_nothing_and_a_retry_succeeds() {
    for place in both() {
        let engine = engine_at(place.url());
        script(&engine, "CREATE TABLE t (n BIGINT PRIMARY KEY)");
        let watching = RefCell::new(place.engine(EngineOptions::new()).connect().wait().unwrap());
        let attempts = Cell::new(0);
        let retried = engine.retry_transaction(RetryPolicy::new(), async |mut transaction| {
            attempts.set(attempts.get() + 1);
            write(&mut transaction, 1).await?;
            if attempts.get() < 3 {
                let victim = place.session(&mut transaction);
                place.kill(&mut watching.borrow_mut(), victim);
            }
            write(&mut transaction, 2).await
        });
        retried.wait().unwrap();
        assert_eq!(attempts.get(), 3, "{}", place.kind);
        assert_eq!(rows(&engine), [1, 2], "{}", place.kind);
    }
}

/// A session that was killed just before the commit: either the loss was seen, and then nothing is there, or it says that
/// it does not know.
#[test]
fn a_session_killed_before_the_commit_never_counts_as_committed() {
    for place in both() {
        let engine = engine_at(place.url());
        script(&engine, "CREATE TABLE t (n BIGINT PRIMARY KEY)");
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        for number in 0..5 {
            let mut transaction = engine.begin().wait().unwrap();
            write(&mut transaction, number).wait().unwrap();
            let victim = place.session(&mut transaction);
            place.kill(&mut watching, victim);
            if number % 2 == 0 {
                std::thread::sleep(Duration::from_millis(20));
            }
            let error = transaction.commit().wait().unwrap_err();
            assert!(error.is_disconnect(), "{}: {error}", place.kind);
            println!("{:>9}  killed before the commit: {:?}", place.kind, error.kind());
        }
        assert!(rows(&engine).is_empty());
    }
}

/// PostgreSQL runs deferred triggers within the commit, so that this one can be caught.
#[test]
fn a_session_killed_in_the_commit_is_unknown() {
    let place = Place::postgres();
    let engine = engine_at(place.url());
    script(
        &engine,
        "CREATE TABLE t (n BIGINT PRIMARY KEY);
         CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION slow()",
    );
    let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
    let mut transaction = engine.begin().wait().unwrap();
    write(&mut transaction, 1).wait().unwrap();
    let victim = place.session(&mut transaction);
    let error = std::thread::scope(|scope| {
        let asking = scope.spawn(|| transaction.commit().wait().unwrap_err());
        kill_when_busy(&place, &mut watching, victim, "COMMIT");
        asking.join().unwrap()
    });
    assert_eq!(error.kind(), ErrorKind::CommitUnknown, "{error}");
    println!("{:>9}  killed in the commit: {error}", place.kind);
    assert!(rows(&engine).is_empty());
}

/// MariaDB keeps commits waiting while somebody holds the lock that backups take; on a server of its own, because it keeps
/// everybody waiting.
#[test]
fn a_mariadb_session_killed_in_the_commit_is_unknown() {
    let server = MariaDb::setup().start();
    let root = DatabaseUrl::parse(&server.url()).unwrap();
    script(&engine_at(&root), "CREATE DATABASE place; CREATE TABLE place.t (n BIGINT PRIMARY KEY)");
    let engine = engine_at(&root.with_database("place"));
    let mut watching = engine.connect().wait().unwrap();
    let mut transaction = engine.begin().wait().unwrap();
    write(&mut transaction, 1).wait().unwrap();
    let victim: i64 = transaction.one(sql("SELECT CONNECTION_ID()").rows()).wait().unwrap();
    watching.execute_script("FLUSH TABLES WITH READ LOCK").wait().unwrap();
    let error = std::thread::scope(|scope| {
        let asking = scope.spawn(|| transaction.commit().wait().unwrap_err());
        let query = format!(
            "SELECT count(*) FROM information_schema.PROCESSLIST WHERE ID = {victim} AND INFO LIKE '%COMMIT%'"
        );
        until("the commit waits", || watching.one(sql(query.clone()).rows::<i64>()).wait().unwrap() == 1);
        watching.execute_script(&format!("KILL {victim}")).wait().unwrap();
        asking.join().unwrap()
    });
    watching.execute_script("UNLOCK TABLES").wait().unwrap();
    println!("  mariadb  killed in the commit: {error}");
    assert_eq!(error.kind(), ErrorKind::CommitUnknown, "{error}");
    drop(watching);
    let kept = rows(&engine);
    assert!(kept.is_empty() || kept == [1]);
}

/// The commit is cut before the server hears of it, and when the server has done it.
#[test]
fn a_commit_that_is_cut_is_unknown_and_not_run_again() {
    for place in both() {
        let proxy = Proxy::new(place.url());
        let engine = engine_at(&proxy.through(place.url()));
        let watching = engine_at(place.url());
        script(&watching, "CREATE TABLE t (n BIGINT PRIMARY KEY)");
        let mut expected = Vec::new();
        for (number, rule, lasts) in [
            (1, Rule::CutBefore(b"COMMIT"), false),
            (2, Rule::CutBehind(b"COMMIT"), true),
            (3, Rule::CutBefore(b"COMMIT"), false),
            (4, Rule::CutBehind(b"COMMIT"), true),
        ] {
            let cuts = proxy.cuts();
            proxy.rule(rule.clone());
            let attempts = Cell::new(0);
            let error = engine
                .retry_transaction(RetryPolicy::new(), async |mut transaction| {
                    attempts.set(attempts.get() + 1);
                    write(&mut transaction, number).await
                })
                .wait()
                .unwrap_err();
            assert_eq!(
                (error.kind(), attempts.get()),
                (ErrorKind::CommitUnknown, 1),
                "{}: {error}",
                place.kind
            );
            assert_eq!(proxy.cuts(), cuts + 1);
            proxy.rule(Rule::Pass);
            expected.extend(lasts.then_some(number));
            until(&format!("{}: {rule:?}", place.kind), || rows(&watching) == expected);
            // The pool heals by itself.
            assert_eq!(rows(&engine), expected);
        }
    }
}

/// Many rows outside of a transaction are one by themselves, whose commit can be cut as well.
#[test]
fn a_bulk_write_whose_own_commit_is_cut_is_unknown() {
    for place in both() {
        let proxy = Proxy::new(place.url());
        let engine = engine_at(&proxy.through(place.url()));
        let watching = engine_at(place.url());
        script(&watching, "CREATE TABLE t (n BIGINT PRIMARY KEY)");
        let numbers: Vec<(i64,)> = (1..=5).map(|n| (n,)).collect();
        let mut connection = engine.connect().wait().unwrap();
        proxy.rule(Rule::CutBehind(b"COMMIT"));
        let error = connection.execute_many(sql("INSERT INTO t VALUES (?)"), &numbers).wait().unwrap_err();
        println!("{:>9}  {error}", place.kind);
        assert!(proxy.cuts() > 0);
        assert_eq!(error.kind(), ErrorKind::CommitUnknown, "{}: {error}", place.kind);
        drop(connection);
        proxy.rule(Rule::Pass);
        assert_eq!(rows(&engine), [1, 2, 3, 4, 5]);
    }
}

/// Everything that was kept is cut at once: nobody hears of it, as soon as the pool asks before it hands out.
#[test]
fn connections_cut_while_they_are_idle_are_replaced() {
    for place in both() {
        let proxy = Proxy::new(place.url());
        let driver = driver(&proxy.through(place.url())).unwrap();
        let pool = PoolOptions::default().with_size(5).with_overflow(0).with_pre_ping();
        let engine = Engine::with_options(driver, EngineOptions::new().pool(pool));
        for _ in 0..5 {
            let all: Vec<Connection> = (0..5).map(|_| engine.connect().wait().unwrap()).collect();
            drop(all);
            assert_eq!(engine.status().idle, 5, "{}", place.kind);
            proxy.cut();
            let mut connections: Vec<Connection> = (0..5).map(|_| engine.connect().wait().unwrap()).collect();
            for connection in &mut connections {
                assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
            }
        }
        println!("{:>9}  {}", place.kind, engine.status());
    }
}

/// A server that takes the call and says nothing: a limit, and no place in the pool lost.
#[test]
fn a_server_that_is_silent_at_the_login_costs_no_place() {
    for place in both() {
        let proxy = Proxy::new(place.url());
        proxy.rule(Rule::Mute);
        let url = proxy.through(place.url()).replace_option("connect_timeout", "1");
        let driver: std::sync::Arc<dyn Driver> = driver(&url).unwrap();
        let pool = PoolOptions::default().with_size(1).with_overflow(0);
        let engine = Engine::with_options(driver, EngineOptions::new().pool(pool));
        for _ in 0..2 {
            let error = engine.connect().wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Timeout, "{}: {error}", place.kind);
            assert!(error.to_string().contains("connect_timeout"), "{error}");
        }
        let status = engine.status();
        assert_eq!((status.checked_out, status.waiting), (0, 0));
        proxy.rule(Rule::Pass);
        assert_eq!(engine.connect().wait().unwrap().one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
    }
}

/// A statement that waits for a lock when its future is dropped: the server is told to stop, so that it holds no lock and
/// does nothing later that nobody wants any more.
#[test]
fn a_statement_dropped_while_it_waits_for_a_lock_ends_on_the_server() {
    for place in both() {
        let engine = engine_at(place.url());
        let script_of_table = "CREATE TABLE t (n BIGINT PRIMARY KEY); INSERT INTO t VALUES (1)";
        script(&engine, script_of_table);
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        let mut holder = engine.begin().wait().unwrap();
        holder.execute(sql("UPDATE t SET n = 2")).wait().unwrap();
        for in_transaction in [false, true] {
            let mut waiter = engine.connect().wait().unwrap();
            let session = place.session(&mut waiter);
            let waits = async {
                if in_transaction {
                    waiter.begin_unguarded(aludel::TransactionOptions::default()).await?;
                }
                waiter.execute(sql("UPDATE t SET n = 3 WHERE n >= 1")).await
            };
            assert!(drop_when(waits, || is_busy(&place, &mut watching, session, "n = 3")).is_none());
            drop(waiter);
            // The holder's own transaction is the only one that is left.
            until(&format!("{}: the statement goes on", place.kind), || {
                place.open_transactions(&mut watching) <= 1
                    && !is_busy(&place, &mut watching, session, "n = 3")
            });
        }
        holder.commit().wait().unwrap();
        assert_eq!(rows(&engine), [2], "{}", place.kind);
    }
}

/// A statement that is still on its way when its future is dropped, so that the word to stop comes to the server first: it is
/// stopped when it gets there.
#[test]
fn a_statement_that_arrives_after_it_was_dropped_ends_on_the_server() {
    for place in both() {
        let proxy = Proxy::new(place.url());
        let engine = engine_at(&proxy.through(place.url()));
        script(&engine, "CREATE TABLE t (n BIGINT PRIMARY KEY); INSERT INTO t VALUES (1)");
        let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        let mut holder = place.engine(EngineOptions::new()).begin().wait().unwrap();
        holder.execute(sql("UPDATE t SET n = 2")).wait().unwrap();
        for in_transaction in [false, true] {
            let mut waiter = engine.connect().wait().unwrap();
            let session = place.session(&mut waiter);
            if in_transaction {
                waiter.begin_unguarded(aludel::TransactionOptions::default()).wait().unwrap();
            }
            proxy.rule(Rule::Late(b"n = 3", Duration::from_millis(300)));
            assert!(drop_at(0, waiter.execute_script("UPDATE t SET n = 3 WHERE n >= 1")).is_none());
            drop(waiter);
            until(&format!("{}: the session lives on", place.kind), || {
                !has_session(&place, &mut watching, session)
            });
            proxy.rule(Rule::Pass);
        }
        holder.commit().wait().unwrap();
        assert_eq!(rows(&engine), [2], "{}", place.kind);
    }
}

/// Whether the server knows a session.
fn has_session(place: &Place, watching: &mut Connection, session: i64) -> bool {
    let query = match place.kind {
        "postgres" => format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {session}"),
        _ => format!("SELECT count(*) FROM information_schema.PROCESSLIST WHERE ID = {session}"),
    };
    watching.one(sql(query).rows::<i64>()).wait().unwrap() == 1
}

/// Polls a future until something holds, and drops it then.
fn drop_when<T>(future: impl Future<Output = T>, mut holds: impl FnMut() -> bool) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let limit = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < limit, "it never came so far");
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

/// What waits for the end of a request to stop something, and is dropped there: a transaction that it has begun ends with it.
#[test]
fn what_is_dropped_while_a_request_to_stop_is_under_way_leaves_no_transaction() {
    // The number of such a request in PostgreSQL's protocol.
    const REQUEST: &[u8] = &[0x04, 0xd2, 0x16, 0x2e];
    let place = Place::postgres();
    let proxy = Proxy::new(place.url());
    let options = EngineOptions::new().pool(PoolOptions::default().with_size(1).with_overflow(0));
    let engine = Engine::with_options(driver(&proxy.through(place.url())).unwrap(), options);
    script(&engine, "CREATE TABLE t (n BIGINT PRIMARY KEY)");
    let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
    let mut connection = engine.connect().wait().unwrap();
    let session = place.session(&mut connection);
    let handle = connection.cancel_handle().unwrap();
    proxy.rule(Rule::Late(REQUEST, Duration::from_secs(2)));
    let mut asked = None;
    let since = Instant::now();
    let written = drop_when(connection.execute_many(sql("INSERT INTO t VALUES (?)"), [(1,), (2,)]), || {
        // It is asked once the first of its statements is under way, and has come to the next one soon after.
        if asked.is_none() && since.elapsed() > Duration::ZERO {
            let mut request = Box::pin(handle.cancel());
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            if request.as_mut().poll(&mut context).is_pending() {
                asked = Some((request, Instant::now()));
            }
        }
        asked.as_ref().is_some_and(|(_, since)| since.elapsed() > Duration::from_millis(500))
    });
    assert!(written.is_none(), "it did not wait for the request: {written:?}");
    drop(connection);
    let mut next = engine.connect().wait().unwrap();
    write(&mut next, 7).wait().unwrap();
    assert_eq!(watching.all(sql("SELECT n FROM t").rows::<i64>()).wait().unwrap(), [7]);
    until("the session lives on", || !has_session(&place, &mut watching, session));
}
