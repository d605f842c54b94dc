//! PostgreSQL and MySQL or MariaDB: the same work on the raw driver and Aludel in one run, peers taking turns, printed as
//! ratios to raw.
//!
//! `cargo run --release --no-default-features --features servers --bin servers [-- ROUNDS [SCENARIO [PEER]]]`, with
//! `ALUDEL_TEST_POSTGRES` and `ALUDEL_TEST_MYSQL` as the servers' URLs. Scenarios are `pa`, `pb`, `pc` and `ma`, `mb`, `mc`.

mod mysql;
mod postgres;

use std::sync::Arc;

use aludel::prelude::*;
use aludel::{Connection, DatabaseUrl};
use aludel_benches::data::{self, Checksum, Row};
use aludel_benches::ours;
use aludel_benches::rounds::{self, Part, Wanted};
use tokio::runtime::{Builder, Runtime};

/// Lookups in one turn: short, so that peers change often.
const LOOKUPS: usize = 5_000;

/// What everyone is given.
pub(crate) struct Input {
    pub(crate) rows: Vec<Row>,
    pub(crate) items: Vec<ours::Item>,
    pub(crate) keys: Arc<[i64]>,
}

/// Two databases on a server: one with all rows, and one to write to. They are dropped with this value.
pub(crate) struct Databases {
    server: DatabaseUrl,
    pub(crate) full: DatabaseUrl,
    pub(crate) fresh: DatabaseUrl,
    force: &'static str,
}

impl Databases {
    fn new(variable: &str, usual: &str, force: &'static str, schema: &str, input: &Input) -> Self {
        let named = std::env::var(variable).ok().filter(|url| !url.is_empty());
        let server = DatabaseUrl::parse(&named.unwrap_or_else(|| usual.to_owned())).unwrap();
        let name = |what: &str| format!("aludel_bench_{what}_{}", std::process::id());
        let (full, fresh) =
            (server.clone().with_database(name("full")), server.clone().with_database(name("fresh")));
        let databases = Databases { server, full, fresh, force };
        for url in [&databases.full, &databases.fresh] {
            databases.on_server(&format!("CREATE DATABASE {}", url.database().unwrap_or_default()));
            open(url).connect().wait().unwrap().execute_script(schema).wait().unwrap();
        }
        ours::insert(&open(&databases.full), &input.items);
        databases
    }

    fn on_server(&self, statement: &str) {
        open(&self.server).connect().wait().unwrap().execute_script(statement).wait().unwrap();
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        for url in [&self.full, &self.fresh] {
            self.on_server(&format!("DROP DATABASE {}{}", url.database().unwrap_or_default(), self.force));
        }
    }
}

fn open(url: &DatabaseUrl) -> Engine {
    Engine::with_driver(aludel::driver(url).unwrap())
}

/// A runtime on the calling thread.
pub(crate) fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// What `#[tokio::main]` makes.
pub(crate) fn many_threads() -> Runtime {
    Builder::new_multi_thread().enable_all().build().unwrap()
}

/// Aludel's lookups: on a thread of its own, in a runtime on one thread, in a task of a runtime on several.
fn lookups<'s>(url: &DatabaseUrl, input: &'s Input) -> Vec<Part<'s>> {
    let connect = || open(url).connect().wait().unwrap();
    let (one, many) = (one_thread(), many_threads());
    let mut blocking = connect();
    // A service opens its connections where it uses them.
    let mut single = one.block_on(open(url).connect()).unwrap();
    let mut several: Option<Connection> = Some(many.block_on(open(url).connect()).unwrap());
    let engine = open(url);
    engine.connect().wait().unwrap();
    vec![
        Part::new("aludel core, .wait()", move || ours::lookup(&mut blocking, &input.keys), |sum| sum),
        Part::new(
            "aludel core, one thread",
            move || one.block_on(ours::lookup_async(&mut single, &input.keys)),
            |sum| sum,
        ),
        Part::new(
            "aludel core, task of many threads",
            move || {
                let (mut connection, keys) = (several.take().unwrap(), Arc::clone(&input.keys));
                let task = many.spawn(async move {
                    let sum = ours::lookup_async(&mut connection, &keys).await;
                    (connection, sum)
                });
                let (connection, sum) = many.block_on(task).unwrap();
                several = Some(connection);
                sum
            },
            |sum| sum,
        ),
        Part::new("aludel session, .wait()", move || ours::lookup_session(&engine, &input.keys), |sum| sum),
    ]
}

/// Aludel's loads.
fn loads(url: &DatabaseUrl) -> Vec<Part<'static>> {
    let mut connection = open(url).connect().wait().unwrap();
    let engine = open(url);
    engine.connect().wait().unwrap();
    let many = many_threads();
    let mut tasked = Some(many.block_on(open(url).connect()).unwrap());
    vec![
        Part::new(
            "aludel core, task of many threads",
            move || {
                let mut connection: Connection = tasked.take().unwrap();
                let task = many.spawn(async move {
                    let items = ours::load_async(&mut connection).await;
                    (connection, items)
                });
                let (connection, items) = many.block_on(task).unwrap();
                tasked = Some(connection);
                items
            },
            |items| ours::sum_all(&items),
        ),
        Part::new("aludel core, .wait()", move || ours::load(&mut connection), |items| ours::sum_all(&items)),
        Part::new(
            "aludel session, .wait()",
            move || ours::load_session(&engine),
            |(session, handles)| {
                let mut sum = Checksum::default();
                handles.iter().for_each(|handle| ours::sum(&mut sum, &session[*handle]));
                sum
            },
        ),
    ]
}

/// Aludel's inserts.
fn inserts<'s>(url: &DatabaseUrl, input: &'s Input) -> Vec<Part<'s>> {
    let (core, session) = (open(url), open(url));
    let core = move || {
        empty(&core);
        let (time, ()) = rounds::timed(|| ours::insert(&core, &input.items));
        time.with(written(&core))
    };
    let session = move || {
        empty(&session);
        let items = input.items.clone();
        let (time, ()) = rounds::timed(|| ours::insert_session(&session, items));
        time.with(written(&session))
    };
    vec![
        Part { name: "aludel core, insert_all", work: Box::new(core) },
        Part { name: "aludel session", work: Box::new(session) },
    ]
}

/// Empties the table, and opens the pool's first connection by that.
pub(crate) fn empty(engine: &Engine) {
    engine.connect().wait().unwrap().execute_script("TRUNCATE TABLE items").wait().unwrap();
}

/// What a write left behind.
pub(crate) fn written(engine: &Engine) -> Checksum {
    let mut connection = engine.connect().wait().unwrap();
    let items = connection.all(select(ours::Item).order_by(ours::Item.id)).wait().unwrap();
    ours::sum_all(&items)
}

fn main() {
    let wanted = Wanted::from_arguments(15);
    let rows = data::rows();
    let items = ours::items(&rows);
    let keys = data::lookup_keys().into_iter().take(LOOKUPS).collect();
    let input = Input { rows, items, keys };
    if wanted.begins_with("p") {
        let databases = postgres::databases(&input);
        rounds::run(&wanted, postgres::scenarios(&databases, &input));
    }
    if wanted.begins_with("m") {
        let databases = mysql::databases(&input);
        rounds::run(&wanted, mysql::scenarios(&databases, &input));
    }
}
