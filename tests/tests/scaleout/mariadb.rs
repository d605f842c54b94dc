//! A primary of MariaDB and a replica that follows it.

use std::time::Duration;

use aludel::prelude::*;
use aludel::route::{ReaderOptions, ReaderState};
use aludel::{Error, ErrorKind, ReplicatedEngine, RetryPolicy, TransactionOptions};
use aludel_tests::private::{MariaDb, Stop};

use crate::pair::{eventually, run};

struct Replicas {
    primary: MariaDb,
    replica: MariaDb,
}

impl Replicas {
    fn new() -> Self {
        let primary = MariaDb::setup().line("server-id = 1").line("log-bin = one").start();
        let replica = MariaDb::setup()
            .line("server-id = 2")
            .line("log-bin = two")
            .line("log-slave-updates")
            .line("read-only")
            .start();
        let port = primary.port();
        run(
            &replica.url(),
            &format!(
                "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port}, MASTER_USER = 'root',
                 MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos; START SLAVE"
            ),
        );
        run(
            &primary.url(),
            "CREATE DATABASE shop; CREATE TABLE shop.notes (text varchar(20));
             CREATE USER till@127.0.0.1; GRANT ALL ON shop.* TO till@127.0.0.1",
        );
        let replicas = Replicas { primary, replica };
        eventually("the replica has the table", || {
            let engine = Engine::new(&format!("{}shop", replicas.replica.url())).expect("a URL");
            engine.connect().wait().is_ok_and(|mut connection| count(&mut connection).is_ok())
        });
        replicas
    }

    /// Both servers, for a user who can't write where the server takes no writes.
    fn url(&self, options: &str) -> String {
        let (one, other) = (self.primary.port(), self.replica.port());
        format!("mariadb://till@127.0.0.1:{one},127.0.0.1:{other}/shop?{options}")
    }

    fn engine(&self, options: ReaderOptions) -> ReplicatedEngine {
        let of = |server: &MariaDb| Engine::new(&format!("{}shop", server.url())).expect("a URL");
        ReplicatedEngine::new(of(&self.primary), [of(&self.replica)])
            .with_options(options.with_checks(Duration::from_millis(10), Duration::from_secs(20)))
    }
}

fn count(connection: &mut Connection) -> aludel::Result<i64> {
    connection.one(sql("SELECT count(*) FROM shop.notes").rows()).wait()
}

fn port(connection: &mut Connection) -> u16 {
    let port: i64 = connection.one(sql("SELECT @@port").rows()).wait().expect("a port");
    u16::try_from(port).expect("a port")
}

fn connected(url: &str) -> u16 {
    port(&mut Engine::new(url).expect("a URL").connect().wait().expect(url))
}

fn read_from(engine: &ReplicatedEngine) -> u16 {
    port(&mut engine.begin_with(TransactionOptions::read_only()).wait().expect("a transaction"))
}

async fn note(connection: &mut Connection) -> aludel::Result<()> {
    connection.execute(sql("INSERT INTO shop.notes VALUES ('note')")).await.map(drop)
}

#[test]
fn the_server_that_is_wanted_is_found_also_after_a_switch() {
    let mut pair = Replicas::new();
    let (primary, replica) = (pair.primary.port(), pair.replica.port());
    for (attribute, expected) in [
        ("any", primary),
        ("read-write", primary),
        ("primary", primary),
        ("read-only", replica),
        ("standby", replica),
        ("prefer-standby", replica),
    ] {
        assert_eq!(
            connected(&pair.url(&format!("target_session_attrs={attribute}"))),
            expected,
            "{attribute}"
        );
    }

    let engine = Engine::new(&pair.url("target_session_attrs=read-write")).expect("a URL");
    let write = async |mut tx: aludel::engine::retry::Scope| {
        note(&mut tx).await?;
        Ok::<u16, Error>(port(&mut tx))
    };
    let policy = RetryPolicy::new().with_attempts(1_000).with_limit(Duration::from_secs(60));
    assert_eq!(engine.retry_transaction(policy, write).wait().expect("a writer"), primary);
    eventually("the replica has the row", || {
        count(&mut Engine::new(&pair.replica.url()).expect("a URL").connect().wait().expect("a replica"))
            .expect("a row")
            == 1
    });
    // They change places; the pool's connection to the old writer stays open.
    run(&pair.primary.url(), "SET GLOBAL read_only = 1");
    run(&pair.replica.url(), "STOP SLAVE; SET GLOBAL read_only = 0");
    let refused = engine.transaction(write).wait().expect_err("the old writer takes no writes");
    assert_eq!(refused.kind(), ErrorKind::Disconnect, "{refused}");
    assert!(refused.to_string().contains("takes no writes any more"), "{refused}");
    assert_eq!(engine.retry_transaction(policy, write).wait().expect("the new writer"), replica);

    // Whom one of them turns away, the other does, too.
    let stranger = pair.url("").replace("till@", "nobody@");
    let error = Engine::new(&stranger).expect("a URL").connect().wait().expect_err("there is no such user");
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(error.to_string().contains(&format!("not asked after that: 127.0.0.1:{replica}")), "{error}");

    pair.primary.stop(Stop::Immediate);
    assert_eq!(engine.retry_transaction(policy, write).wait().expect("the new writer"), replica);
    let error = Engine::new(&pair.url("target_session_attrs=standby")).expect("a URL");
    let error = error.connect().wait().expect_err("there is no standby");
    assert_eq!(error.kind(), ErrorKind::Disconnect, "{error}");
    let shown = error.to_string();
    assert!(shown.contains(&format!("127.0.0.1:{replica}: it is a primary that takes writes")), "{shown}");
    assert!(shown.contains(&format!("127.0.0.1:{primary}: ")), "{shown}");
}

#[test]
fn a_replica_that_does_not_follow_is_passed_over_and_whoever_has_written_reads_it() {
    let pair = Replicas::new();
    let (primary, replica) = (pair.primary.port(), pair.replica.port());
    let engine = pair.engine(ReaderOptions::new());
    eventually("the replica is read from", || read_from(&engine) == replica);
    assert_eq!(port(&mut engine.begin().wait().expect("a writer")), primary);

    let written = async |mut tx: aludel::engine::retry::Scope| note(&mut tx).await;
    let counted =
        async |mut tx: aludel::engine::retry::Scope| Ok::<_, Error>((port(&mut tx), count(&mut tx)?));
    engine.transaction(written).wait().expect("a row");
    let first = engine.position().wait().expect("a position");
    let patient = engine.with_options(ReaderOptions::new().with_any_lag().with_wait(Duration::from_secs(60)));
    assert_eq!(patient.transaction_after(&first, counted).wait().expect("the replica"), (replica, 1));

    // What nobody knows as a position says nothing about the replica.
    let nonsense = "no position".parse().expect("any text");
    let error = patient.begin_after(&nonsense, TransactionOptions::default()).wait().expect_err("it is none");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Data, Some("1941 (HY000)")), "{error}");
    let state = engine.status().remove(1).reader;
    assert!(matches!(state, Some(ReaderState::Answers { .. })), "{state:?}");

    run(&pair.replica.url(), "STOP SLAVE SQL_THREAD");
    eventually("the primary is read from", || read_from(&engine) == primary);
    assert_eq!(engine.status()[1].reader, Some(ReaderState::Answers { lag: None }));
    engine.transaction(written).wait().expect("a row");
    let second = engine.position().wait().expect("a position");
    assert_ne!(first, second);
    let hasty = engine.with_options(ReaderOptions::new().with_any_lag().with_wait(Duration::ZERO));
    assert_eq!(hasty.transaction_after(&second, counted).wait().expect("the primary"), (primary, 2));
    assert_eq!(hasty.transaction_after(&first, counted).wait().expect("the replica"), (replica, 1));

    run(&pair.replica.url(), "START SLAVE");
    assert_eq!(patient.transaction_after(&second, counted).wait().expect("the replica"), (replica, 2));
    eventually("the replica is read from again", || read_from(&engine) == replica);
    engine.close().wait();
}
