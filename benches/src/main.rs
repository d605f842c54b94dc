//! The same work on raw rusqlite, Aludel and Diesel in one run, peers taking turns, printed as ratios to raw.
//!
//! `cargo run --release [-- ROUNDS [SCENARIO [PEER]]]`. Every peer's result is summed and compared, so all did the same work.

mod peer_diesel;
mod peer_sea_query;
mod raw;

use std::path::{Path, PathBuf};

use aludel_benches::data::{self, Checksum};
use aludel_benches::ours;
use aludel_benches::rounds::{self, Part, Scenario, Turn, Wanted, timed};

/// A scenario's letter and title, and who takes part.
type Entry = (&'static str, &'static str, Vec<(&'static str, fn(&Fixture) -> Turn)>);

struct Fixture {
    folder: PathBuf,
    rows: Vec<data::Row>,
    keys: Vec<i64>,
}

impl Fixture {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let folder = base.join(format!("aludel-benches-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let fixture = Fixture { folder, rows: data::rows(), keys: data::lookup_keys() };
        let mut connection = raw::open(&fixture.fresh("full"));
        raw::insert(&mut connection, &fixture.rows);
        raw::graph(&mut connection);
        fixture
    }

    /// An empty database with the tables.
    fn fresh(&self, name: &str) -> PathBuf {
        let path = self.folder.join(format!("{name}.db"));
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
        }
        raw::open(&path).execute_batch(data::SCHEMA).unwrap();
        path
    }

    /// A database with all rows.
    fn full(&self) -> PathBuf {
        self.folder.join("full.db")
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What a write left behind, read back by the raw driver.
fn written(path: &Path) -> Checksum {
    let connection = raw::open(path);
    let mut sum = raw::eager(&connection);
    for row in raw::load(&connection) {
        sum.item(row.id, &row.name, row.email.as_deref(), row.age, row.score, row.active, row.created);
    }
    sum
}

fn scenarios() -> Vec<Entry> {
    vec![
        (
            "a",
            "bulk insert of 100,000 rows",
            vec![
                ("raw", |f| {
                    let path = f.fresh("a");
                    let mut connection = raw::open(&path);
                    let (time, ()) = timed(|| raw::insert(&mut connection, &f.rows));
                    time.with(written(&path))
                }),
                ("aludel core", |f| {
                    let path = f.fresh("a");
                    let (engine, items) = (ours::open(&path), ours::items(&f.rows));
                    warm(&engine);
                    let (time, ()) = timed(|| ours::insert(&engine, &items));
                    time.with(written(&path))
                }),
                ("aludel session", |f| {
                    let path = f.fresh("a");
                    let (engine, items) = (ours::open(&path), ours::items(&f.rows));
                    warm(&engine);
                    let (time, ()) = timed(|| ours::insert_session(&engine, items));
                    time.with(written(&path))
                }),
                ("diesel", |f| {
                    let path = f.fresh("a");
                    let (mut connection, items) = (peer_diesel::open(&path), peer_diesel::items(&f.rows));
                    let (time, ()) = timed(|| peer_diesel::insert(&mut connection, &items));
                    time.with(written(&path))
                }),
            ],
        ),
        (
            "b",
            "load of 100,000 rows into structs",
            vec![
                ("raw", |f| {
                    let connection = raw::open(&f.full());
                    let (time, rows) = timed(|| raw::load(&connection));
                    let mut sum = Checksum::default();
                    for row in &rows {
                        sum.item(
                            row.id,
                            &row.name,
                            row.email.as_deref(),
                            row.age,
                            row.score,
                            row.active,
                            row.created,
                        );
                    }
                    time.with(sum)
                }),
                ("aludel core", |f| {
                    let mut connection = aludel::Wait::wait(ours::open(&f.full()).connect()).unwrap();
                    let (time, items) = timed(|| ours::load(&mut connection));
                    let mut sum = Checksum::default();
                    items.iter().for_each(|item| ours::sum(&mut sum, item));
                    time.with(sum)
                }),
                ("aludel session", |f| {
                    let engine = ours::open(&f.full());
                    warm(&engine);
                    let (time, (session, handles)) = timed(|| ours::load_session(&engine));
                    let mut sum = Checksum::default();
                    handles.iter().for_each(|handle| ours::sum(&mut sum, &session[*handle]));
                    time.with(sum)
                }),
                ("diesel", |f| {
                    let mut connection = peer_diesel::open(&f.full());
                    let (time, items) = timed(|| peer_diesel::load(&mut connection));
                    let mut sum = Checksum::default();
                    items.iter().for_each(|item| peer_diesel::sum(&mut sum, item));
                    time.with(sum)
                }),
            ],
        ),
        (
            "c",
            "50,000 lookups by key",
            vec![
                ("raw", |f| {
                    let connection = raw::open(&f.full());
                    let (time, sum) = timed(|| raw::lookup(&connection, &f.keys));
                    time.with(sum)
                }),
                ("aludel core", |f| {
                    let mut connection = aludel::Wait::wait(ours::open(&f.full()).connect()).unwrap();
                    let (time, sum) = timed(|| ours::lookup(&mut connection, &f.keys));
                    time.with(sum)
                }),
                ("aludel session", |f| {
                    let engine = ours::open(&f.full());
                    warm(&engine);
                    let (time, sum) = timed(|| ours::lookup_session(&engine, &f.keys));
                    time.with(sum)
                }),
                ("diesel", |f| {
                    let mut connection = peer_diesel::open(&f.full());
                    let (time, sum) = timed(|| peer_diesel::lookup(&mut connection, &f.keys));
                    time.with(sum)
                }),
            ],
        ),
        (
            "d",
            "20,000 loaded objects changed and saved",
            vec![
                ("raw", |f| {
                    let path = filled(f);
                    let mut connection = raw::open(&path);
                    let mut rows = raw::load(&connection);
                    rows.truncate(data::UPDATES);
                    let (time, ()) = timed(|| raw::save(&mut connection, &mut rows));
                    time.with(written(&path))
                }),
                ("aludel session", |f| {
                    let path = filled(f);
                    let (mut session, handles) = ours::load_session(&ours::open(&path));
                    let (time, ()) = timed(|| ours::save(&mut session, &handles[..data::UPDATES]));
                    time.with(written(&path))
                }),
                ("diesel", |f| {
                    let path = filled(f);
                    let mut connection = peer_diesel::open(&path);
                    let mut items = peer_diesel::load(&mut connection);
                    items.truncate(data::UPDATES);
                    let (time, ()) = timed(|| peer_diesel::save(&mut connection, &mut items));
                    time.with(written(&path))
                }),
            ],
        ),
        (
            "e",
            "graph insert, 2,000 owners with 10 pets each",
            vec![
                ("raw", |f| {
                    let path = f.fresh("e");
                    let mut connection = raw::open(&path);
                    let (time, ()) = timed(|| raw::graph(&mut connection));
                    time.with(written(&path))
                }),
                ("aludel session", |f| {
                    let path = f.fresh("e");
                    let engine = ours::open(&path);
                    warm(&engine);
                    let (time, ()) = timed(|| ours::graph(&engine));
                    time.with(written(&path))
                }),
                ("diesel", |f| {
                    let path = f.fresh("e");
                    let mut connection = peer_diesel::open(&path);
                    let (time, ()) = timed(|| peer_diesel::graph(&mut connection));
                    time.with(written(&path))
                }),
            ],
        ),
        (
            "f",
            "eager load of the 2,000 owners with their pets",
            vec![
                ("raw", |f| {
                    let connection = raw::open(&f.full());
                    let (time, sum) = timed(|| raw::eager(&connection));
                    time.with(sum)
                }),
                ("aludel core", |f| {
                    let mut connection = aludel::Wait::wait(ours::open(&f.full()).connect()).unwrap();
                    let (time, sum) = timed(|| ours::eager(&mut connection));
                    time.with(sum)
                }),
                ("aludel session", |f| {
                    let engine = ours::open(&f.full());
                    warm(&engine);
                    let (time, sum) = timed(|| ours::eager_session(&engine));
                    time.with(sum)
                }),
                ("diesel", |f| {
                    let mut connection = peer_diesel::open(&f.full());
                    let (time, sum) = timed(|| peer_diesel::eager(&mut connection));
                    time.with(sum)
                }),
            ],
        ),
        (
            "g",
            "200,000 statements built and rendered (ratio to sea-query; there is no raw way)",
            vec![
                ("sea-query", |_| timed(peer_sea_query::render).0.with(Checksum::default())),
                ("diesel", |_| timed(peer_diesel::render).0.with(Checksum::default())),
                ("diesel boxed", |_| timed(peer_diesel::render_boxed).0.with(Checksum::default())),
                ("aludel, compiled anew", |_| timed(ours::render).0.with(Checksum::default())),
                ("aludel, found by its key", |_| timed(ours::render_cached).0.with(Checksum::default())),
            ],
        ),
    ]
}

/// Opens the pool's first connection, as the others have theirs open.
fn warm(engine: &aludel::Engine) {
    aludel::Wait::wait(engine.connect()).unwrap();
}

fn filled(fixture: &Fixture) -> PathBuf {
    let path = fixture.fresh("d");
    raw::insert(&mut raw::open(&path), &fixture.rows);
    path
}

fn main() {
    let wanted = Wanted::from_arguments(7);
    let fixture = &Fixture::new();
    let scenarios = scenarios().into_iter().map(|(key, title, parts)| {
        let part =
            |(name, work): (_, fn(&Fixture) -> Turn)| Part { name, work: Box::new(move || work(fixture)) };
        Scenario { key, title: title.to_owned(), parts: parts.into_iter().map(part).collect() }
    });
    rounds::run(&wanted, scenarios.collect());
}
