//! Every operation of the public API, dropped at every await point that it has, on all three databases.
//!
//! Servers answer through a proxy that is slow enough that nothing is there at once; SQLite runs behind a delay, because
//! by itself it waits for locks only.

mod connections;
#[cfg(feature = "servers")]
mod copies;
mod isolation;
mod migrations;
#[cfg(feature = "servers")]
mod notify;
mod routes;
mod rows;
mod schema;
mod sessions;
mod statements;
mod stopping;
#[cfg(feature = "servers")]
mod twophase;

use std::cell::{OnceCell, RefCell};
use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

#[cfg(feature = "servers")]
use aludel::driver;
use aludel::prelude::*;
use aludel::{Driver, EngineOptions, PoolOptions};
use aludel_tests::cancel::drop_at;
use aludel_tests::places::Place;
#[cfg(feature = "servers")]
use aludel_tests::proxy::Proxy;
use aludel_tests::slow;

/// Long enough for a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long each answer of a server waits. On a busy machine it may be there all the same when somebody looks for it.
const USUAL_DELAY: Duration = Duration::from_millis(1);
const LONGER_DELAYS: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(500)];

/// So many keys are for one operation, one for each round.
const ROUNDS: i64 = 2_000;

/// What an operation ends with, whichever layer it is of.
type Done = Result<(), Box<dyn StdError + Send + Sync>>;
type Work<'s> = Pin<Box<dyn Future<Output = Done> + 's>>;

/// Something that a program may drop in the middle.
struct Operation {
    name: &'static str,
    /// Makes ready what it needs. It runs before every round.
    before: fn(&Scene, i64),
    /// The operation, under a key that is another one in every round.
    work: for<'s> fn(&'s Scene, i64) -> Work<'s>,
    /// What has to hold afterwards, finished or dropped.
    after: fn(&Scene, i64, bool),
}

/// Pending once.
#[derive(Default)]
struct Pending(bool);

impl Future for Pending {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A database, an engine on it with a pool of three, and somebody who watches.
struct Scene {
    place: Place,
    driver: Arc<dyn Driver>,
    engine: Engine,
    /// Made where an operation asks for it.
    routes: OnceCell<routes::Routes>,
    watching: RefCell<Connection>,
    #[cfg(feature = "servers")]
    proxy: Option<Proxy>,
}

/// A row that says which round wrote it.
#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "parts")]
struct Part {
    #[column(primary_key)]
    id: Auto<i64>,
    k: i64,
    part: i64,
}

impl Scene {
    fn sqlite(options: EngineOptions) -> Self {
        let place = Place::sqlite();
        let driver = slow::driver_at(place.url());
        Scene::of(place, driver, options)
    }

    /// A server that answers by way of a slow proxy.
    #[cfg(feature = "servers")]
    fn served(place: Place, options: EngineOptions) -> Self {
        let proxy = Proxy::new(place.url());
        proxy.delay(USUAL_DELAY);
        let driver = driver(&proxy.through(place.url())).expect("the driver is built in");
        Scene { proxy: Some(proxy), ..Scene::of(place, driver, options) }
    }

    fn of(place: Place, driver: Arc<dyn Driver>, options: EngineOptions) -> Self {
        let engine = Engine::with_options(Arc::clone(&driver), options);
        let watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        place.engine(EngineOptions::new()).create_all(&MetaData::new().add(Part)).wait().unwrap();
        Scene {
            place,
            driver,
            engine,
            routes: OnceCell::new(),
            watching: RefCell::new(watching),
            #[cfg(feature = "servers")]
            proxy: None,
        }
    }

    /// Sets how long each answer of a server waits; SQLite's way is slow by itself.
    #[cfg(feature = "servers")]
    fn delay(&self, delay: Duration) {
        if let Some(proxy) = &self.proxy {
            proxy.delay(delay);
        }
    }

    #[cfg(not(feature = "servers"))]
    fn delay(&self, _: Duration) {}

    /// What a round wrote, as somebody else sees it.
    fn parts(&self, key: i64) -> Vec<i64> {
        let query = sql("SELECT part FROM parts WHERE k = ? ORDER BY part").bind(key);
        self.watching.borrow_mut().all(query.rows()).wait().unwrap()
    }

    /// Waits for something that the server does in its own time.
    #[track_caller]
    fn until(&self, what: &str, holds: impl Fn(&mut Connection) -> bool) {
        let limit = Instant::now() + PATIENCE;
        while !holds(&mut self.watching.borrow_mut()) {
            assert!(Instant::now() < limit, "{}: {what}", self.place.kind);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// One more engine on the same way, with a pool of its own.
    fn another(&self) -> Engine {
        Engine::with_options(Arc::clone(&self.driver), EngineOptions::new().pool(pool()))
    }

    /// Pools hand out clean connections only, the server has no transaction of ours, and no connection that the pools do
    /// not know of.
    fn is_clean(&self, at: &str) {
        let mut engines = vec![&self.engine];
        let mut known = 1;
        if let Some(routes) = self.routes.get() {
            engines.extend([&routes.reader, &routes.second]);
            // What looks after the reader.
            known += 1;
        }
        for engine in engines {
            self.has_clean_connections(engine, at);
            known += 3;
        }
        self.until(&format!("{at}: a connection leaks"), |watching| {
            self.place.connections(watching) <= known
        });
    }

    fn has_clean_connections(&self, engine: &Engine, at: &str) {
        assert_eq!(engine.status().checked_out, 0, "{at}");
        assert_eq!(engine.status().waiting, 0, "{at}");
        // As many as the pool keeps, so that each of them is looked at.
        let mut connections: Vec<Connection> = (0..3).map(|_| engine.connect().wait().unwrap()).collect();
        for connection in &mut connections {
            assert!(!connection.in_transaction(), "{at}");
            let one: i64 = connection.one(sql("SELECT 40 + ?").bind(2_i64).rows()).wait().unwrap();
            assert_eq!(one, 42, "{at}");
            let mut count = |query: &'static str| connection.one(sql(query).rows::<i64>()).wait().unwrap();
            match self.place.kind {
                "sqlite" => {
                    // Switches that some operations turn for a while.
                    let switches = (count("PRAGMA foreign_keys"), count("PRAGMA query_only"));
                    assert_eq!(switches, (1, 0), "{at}");
                }
                "postgres" => {
                    let channels = count("SELECT count(*) FROM pg_listening_channels()");
                    let cursors = count("SELECT count(*) FROM pg_cursors WHERE is_holdable");
                    assert_eq!((channels, cursors), (0, 0), "{at}");
                }
                _ => {}
            }
        }
        self.until(&format!("{at}: a transaction stays open"), |watching| {
            self.place.open_transactions(watching) == 0
        });
        drop(connections);
        let status = engine.status();
        assert!(status.opened - status.closed <= 3, "{at}: {status}");
    }
}

fn plain() -> EngineOptions {
    EngineOptions::new().pool(pool())
}

fn pool() -> PoolOptions {
    PoolOptions::default().with_size(3).with_overflow(0)
}

/// Drops an operation at every await point that it has. Returns how many there were.
fn drop_everywhere(scene: &Scene, operation: &Operation, first_key: i64) -> usize {
    let mut points = 0;
    for at in 0.. {
        let key = first_key + i64::try_from(at).unwrap();
        assert!(key < first_key + ROUNDS, "`{}` does not come to its end", operation.name);
        (operation.before)(scene, key);
        let finished = match drop_at(at, (operation.work)(scene, key)) {
            Some(result) => {
                result.unwrap_or_else(|error| panic!("`{}` at {at}: {error}", operation.name));
                true
            }
            None => false,
        };
        scene.is_clean(&format!("`{}` dropped at {at}", operation.name));
        (operation.after)(scene, key, finished);
        points = at;
        if finished {
            break;
        }
    }
    points
}

/// The whole list on one database.
fn drop_all_of(scene: &Scene, operations: &[Operation]) {
    let mut total = 0;
    for (operation, number) in operations.iter().zip(0..) {
        let mut points = drop_everywhere(scene, operation, number * ROUNDS);
        for (delay, again) in LONGER_DELAYS.into_iter().zip(1..) {
            if points == 0 {
                scene.delay(delay);
                points = drop_everywhere(scene, operation, number * ROUNDS + again);
                scene.delay(USUAL_DELAY);
            }
        }
        total += points;
        println!("{:>9}  {points:>4}  {}", scene.place.kind, operation.name);
        assert!(points > 0, "`{}` waits for nothing here, so nothing was proven", operation.name);
    }
    println!("{:>9}  {total:>4}  await points in {} operations", scene.place.kind, operations.len());
}

fn nothing(_: &Scene, _: i64) {}

/// There are all of these rows or none; all where it came to its end.
fn all_or_none(scene: &Scene, key: i64, finished: bool, parts: &[i64]) {
    let seen = scene.parts(key);
    let kept = seen == parts || (!finished && seen.is_empty());
    assert!(kept, "{} in round {key}, finished: {finished}: {seen:?}", scene.place.kind);
}

macro_rules! on_all_three {
    ($($name:ident, $operations:path);+ $(;)?) => {
        mod sqlite {
            use super::*;
            $(#[test]
            fn $name() {
                drop_all_of(&Scene::sqlite(plain()), &$operations());
            })+
        }

        #[cfg(feature = "servers")]
        mod postgres {
            use super::*;
            $(#[test]
            fn $name() {
                drop_all_of(&Scene::served(Place::postgres(), plain()), &$operations());
            })+
        }

        #[cfg(feature = "servers")]
        mod mysql {
            use super::*;
            $(#[test]
            fn $name() {
                drop_all_of(&Scene::served(Place::mysql(), plain()), &$operations());
            })+
        }
    };
}

fn set_up() -> EngineOptions {
    plain().listener(connections::SetUp)
}

/// Connections are asked before they are handed out.
fn pinging() -> EngineOptions {
    EngineOptions::new().pool(pool().with_pre_ping())
}

/// The same logins, with a listener that has something to say at each.
#[test]
fn logins_with_a_listener_on_sqlite() {
    drop_all_of(&Scene::sqlite(set_up()), &connections::operations());
}

#[cfg(feature = "servers")]
#[test]
fn logins_with_a_listener_on_postgres() {
    drop_all_of(&Scene::served(Place::postgres(), set_up()), &connections::operations());
}

#[cfg(feature = "servers")]
#[test]
fn logins_with_a_listener_on_mysql() {
    drop_all_of(&Scene::served(Place::mysql(), set_up()), &connections::operations());
}

#[test]
fn logins_with_a_ping_on_sqlite() {
    drop_all_of(&Scene::sqlite(pinging()), &connections::operations());
}

#[cfg(feature = "servers")]
#[test]
fn logins_with_a_ping_on_postgres() {
    drop_all_of(&Scene::served(Place::postgres(), pinging()), &connections::operations());
}

#[cfg(feature = "servers")]
#[test]
fn logins_with_a_ping_on_mysql() {
    drop_all_of(&Scene::served(Place::mysql(), pinging()), &connections::operations());
}

#[test]
fn requests_to_stop_on_sqlite() {
    stopping::drop_requests(&Scene::sqlite(plain()));
}

#[cfg(feature = "servers")]
#[test]
fn requests_to_stop_on_postgres() {
    stopping::drop_requests(&Scene::served(Place::postgres(), plain()));
}

#[cfg(feature = "servers")]
#[test]
fn requests_to_stop_on_mysql() {
    stopping::drop_requests(&Scene::served(Place::mysql(), plain()));
}

#[cfg(feature = "servers")]
#[test]
fn announcements_on_postgres() {
    drop_all_of(&Scene::served(Place::postgres(), plain()), &notify::operations());
}

#[cfg(feature = "servers")]
#[test]
fn copies_on_postgres() {
    drop_all_of(&Scene::served(Place::postgres(), plain()), &copies::operations());
}

/// PostgreSQL prepares transactions only where it was told so.
#[cfg(all(feature = "servers", unix))]
#[test]
fn two_phases_on_postgres() {
    let server = aludel_tests::private::Postgres::setup().line("max_prepared_transactions = 10").start();
    let scene = Scene::served(Place::on(&server.url()), plain());
    drop_all_of(&scene, &twophase::operations());
}

#[cfg(feature = "servers")]
#[test]
fn two_phases_on_mysql() {
    drop_all_of(&Scene::served(Place::mysql(), plain()), &twophase::operations());
}

on_all_three! {
    statements_and_transactions, statements::operations;
    the_schema, schema::operations;
    migrations, migrations::operations;
    stamps, migrations::notes;
    isolation, isolation::operations;
    sessions, sessions::operations;
    connections, connections::operations;
    rows, rows::operations;
    several_engines, routes::operations;
    stopping, stopping::operations;
}
