//! Every operation of the public API, dropped at every await point that it has, on all three databases.
//!
//! Servers answer through a proxy that is slow enough that nothing is there at once; SQLite runs behind a delay, because
//! by itself it waits for locks only.

mod connections;
mod schema;
mod sessions;
mod statements;
#[cfg(feature = "servers")]
mod twophase;

use std::cell::RefCell;
use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{EngineOptions, PoolOptions, driver};
use aludel_tests::cancel::drop_at;
use aludel_tests::places::Place;
#[cfg(feature = "servers")]
use aludel_tests::proxy::Proxy;
use aludel_tests::slow;

/// Long enough for a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

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

/// A database, an engine on it with a pool of three, and somebody who watches.
struct Scene {
    place: Place,
    engine: Engine,
    watching: RefCell<Connection>,
    #[cfg(feature = "servers")]
    _proxy: Option<Proxy>,
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
        let slow = Engine::with_options(slow::driver_at(place.url()), options.pool(pool()));
        Scene::of(place, slow)
    }

    /// A server that answers by way of a slow proxy.
    #[cfg(feature = "servers")]
    fn served(place: Place, options: EngineOptions) -> Self {
        let proxy = Proxy::new(place.url());
        proxy.delay(Duration::from_millis(1));
        let driver = driver(&proxy.through(place.url())).expect("the driver is built in");
        let engine = Engine::with_options(driver, options.pool(pool()));
        Scene { _proxy: Some(proxy), ..Scene::of(place, engine) }
    }

    fn of(place: Place, engine: Engine) -> Self {
        let watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
        Engine::with_driver(driver(place.url()).unwrap())
            .create_all(&MetaData::new().add(Part))
            .wait()
            .unwrap();
        Scene {
            place,
            engine,
            watching: RefCell::new(watching),
            #[cfg(feature = "servers")]
            _proxy: None,
        }
    }

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

    /// The pool hands out clean connections only, the server has no transaction of ours, and no connection that the pool
    /// does not know of.
    fn is_clean(&self, at: &str) {
        assert_eq!(self.engine.status().checked_out, 0, "{at}");
        assert_eq!(self.engine.status().waiting, 0, "{at}");
        // As many as the pool keeps, so that each of them is looked at.
        let mut connections: Vec<Connection> =
            (0..3).map(|_| self.engine.connect().wait().unwrap()).collect();
        for connection in &mut connections {
            assert!(!connection.in_transaction(), "{at}");
            let one: i64 = connection.one(sql("SELECT 40 + ?").bind(2_i64).rows()).wait().unwrap();
            assert_eq!(one, 42, "{at}");
            if self.place.kind == "sqlite" {
                // Switches that some operations turn for a while.
                let keys: i64 = connection.one(sql("PRAGMA foreign_keys").rows()).wait().unwrap();
                let read_only: i64 = connection.one(sql("PRAGMA query_only").rows()).wait().unwrap();
                assert_eq!((keys, read_only), (1, 0), "{at}");
            }
        }
        self.until(&format!("{at}: a transaction stays open"), |watching| {
            self.place.open_transactions(watching) == 0
        });
        drop(connections);
        let status = self.engine.status();
        assert!(status.opened - status.closed <= 3, "{at}: {status}");
        // The pool's, and the one that watches.
        self.until(&format!("{at}: a connection leaks"), |watching| self.place.connections(watching) <= 4);
    }
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
        let points = drop_everywhere(scene, operation, number * ROUNDS);
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
                drop_all_of(&Scene::sqlite(EngineOptions::new()), &$operations());
            })+
        }

        #[cfg(feature = "servers")]
        mod postgres {
            use super::*;
            $(#[test]
            fn $name() {
                drop_all_of(&Scene::served(Place::postgres(), EngineOptions::new()), &$operations());
            })+
        }

        #[cfg(feature = "servers")]
        mod mysql {
            use super::*;
            $(#[test]
            fn $name() {
                drop_all_of(&Scene::served(Place::mysql(), EngineOptions::new()), &$operations());
            })+
        }
    };
}

fn set_up() -> EngineOptions {
    EngineOptions::new().listener(connections::SetUp)
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

/// PostgreSQL prepares transactions only where it was told so.
#[cfg(all(feature = "servers", unix))]
#[test]
fn two_phases_on_postgres() {
    let server = aludel_tests::private::Postgres::setup().line("max_prepared_transactions = 10").start();
    let scene = Scene::served(Place::on(&server.url()), EngineOptions::new());
    drop_all_of(&scene, &twophase::operations());
}

#[cfg(feature = "servers")]
#[test]
fn two_phases_on_mysql() {
    drop_all_of(&Scene::served(Place::mysql(), EngineOptions::new()), &twophase::operations());
}

on_all_three! {
    statements_and_transactions, statements::operations;
    the_schema, schema::operations;
    sessions, sessions::operations;
    connections, connections::operations;
}
