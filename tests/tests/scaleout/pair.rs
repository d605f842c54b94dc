//! A primary and a standby that follows it by streaming replication.

use std::fmt;
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::route::ReaderOptions;
use aludel::{ReplicatedEngine, TransactionOptions};
use aludel_tests::private::Postgres;

/// How long something may take to come about on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Pair {
    pub(crate) primary: Postgres,
    pub(crate) standby: Postgres,
}

impl Pair {
    /// A standby that follows as fast as it can, and that nobody waits for.
    pub(crate) fn new() -> Self {
        let primary = Postgres::setup().line("wal_level = replica").start();
        let standby = Postgres::setup().line("wal_retrieve_retry_interval = 100").start_standby_of(&primary);
        Pair { primary, standby }
    }

    /// A commit on the primary is acknowledged once its changes can be read from the standby.
    pub(crate) fn synchronous() -> Self {
        let mut pair = Pair::new();
        pair.primary.add_line("synchronous_commit = remote_apply");
        pair.primary.add_line("synchronous_standby_names = '*'");
        pair.primary.reload();
        eventually("the standby is one that commits wait for", || {
            ask::<String>(
                &pair.primary.url(),
                "SELECT coalesce(min(sync_state), '') FROM pg_stat_replication",
            ) == "sync"
        });
        pair
    }

    /// A URL that names both servers.
    pub(crate) fn url(&self, options: &str) -> String {
        let (one, other) = (self.primary.port(), self.standby.port());
        format!("postgres://postgres@127.0.0.1:{one},127.0.0.1:{other}/postgres?{options}")
    }

    /// The primary as the writer, the standby as the reader, checked all the time.
    pub(crate) fn engine(&self, options: ReaderOptions) -> ReplicatedEngine {
        let writer = Engine::new(&self.primary.url()).expect("a good URL");
        let reader = Engine::new(&self.standby.url()).expect("a good URL");
        ReplicatedEngine::new(writer, [reader])
            .with_options(options.with_checks(Duration::from_millis(10), Duration::from_secs(20)))
    }

    /// The port of the server that read-only transactions go to.
    pub(crate) fn read_from(&self, engine: &ReplicatedEngine) -> u16 {
        port(&mut engine.begin_with(TransactionOptions::read_only()).wait().expect("a transaction"))
    }
}

/// The port of the server that a connection leads to.
pub(crate) fn port(connection: &mut Connection) -> u16 {
    let port: i32 = connection.one(sql("SELECT inet_server_port()").rows()).wait().expect("a port");
    u16::try_from(port).expect("a port")
}

/// What one server answers.
pub(crate) fn ask<T: aludel::sql::decode::FromRow + Send>(url: &str, question: &'static str) -> T {
    let engine = Engine::new(url).expect("a good URL");
    let answer = engine.connect().wait().expect("a connection").one(sql(question).rows()).wait();
    engine.close().wait();
    answer.expect(question)
}

/// Runs statements on one server.
pub(crate) fn run(url: &str, script: &str) {
    let engine = Engine::new(url).expect("a good URL");
    engine.connect().wait().expect("a connection").execute_script(script).wait().expect(script);
    engine.close().wait();
}

/// Waits until something has come about.
pub(crate) fn eventually(what: impl fmt::Display, mut come_about: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !come_about() {
        assert!(Instant::now() < deadline, "not in {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
