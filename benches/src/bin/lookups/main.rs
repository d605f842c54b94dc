//! SQLite under a tokio runtime: lookups by key, by sqlx and by Aludel, and Aludel's with `.wait()` in the same run.
//!
//! `cargo run --release --no-default-features --features sqlx --bin lookups [-- ROUNDS [SCENARIO [PEER]]]`.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use aludel::prelude::*;
use aludel_benches::data::{self, Checksum, Row};
use aludel_benches::ours;
use aludel_benches::rounds::{self, Part, Scenario, Wanted};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, query_as};
use tokio::runtime::{Builder, Runtime};

/// Lookups in one turn.
const LOOKUPS: usize = 10_000;

const SQL: &str = "SELECT id, name, email, age, score, active, created FROM items WHERE id = ?";

/// A folder that is removed with this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let folder = base.join(format!("aludel-lookups-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn sqlx(runtime: &Runtime, path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display()))
        .unwrap()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true);
    runtime.block_on(options.connect()).unwrap()
}

async fn lookup(connection: &mut SqliteConnection, keys: &[i64]) -> Checksum {
    type Columns = (i64, String, Option<String>, i32, f64, bool, chrono::NaiveDateTime);
    let mut sum = Checksum::default();
    for key in keys {
        let (id, name, email, age, score, active, created): Columns =
            query_as(SQL).bind(*key).fetch_one(&mut *connection).await.unwrap();
        Row { id, name, email, age, score, active, created }.sum(&mut sum);
    }
    sum
}

/// Runs a future to its end as a task of the runtime, which is where a service's work runs.
fn in_task<T: Send + 'static>(runtime: &Runtime, work: impl Future<Output = T> + Send + 'static) -> T {
    runtime.block_on(runtime.spawn(work)).unwrap()
}

fn parts<'s>(path: &Path, keys: &'s Arc<[i64]>, runtime: fn() -> Runtime) -> Vec<Part<'s>> {
    let connect = || ours::open(path).connect().wait().unwrap();
    let (theirs_in, ours_in) = (runtime(), runtime());
    let mut theirs = Some(sqlx(&theirs_in, path));
    let (mut tasked, mut blocking) = (Some(connect()), connect());
    vec![
        Part::new(
            "sqlx",
            move || {
                let (mut connection, keys) = (theirs.take().unwrap(), Arc::clone(keys));
                let (connection, sum) = in_task(&theirs_in, async move {
                    let sum = lookup(&mut connection, &keys).await;
                    (connection, sum)
                });
                theirs = Some(connection);
                sum
            },
            |sum| sum,
        ),
        Part::new(
            "aludel, .await",
            move || {
                let (mut connection, keys) = (tasked.take().unwrap(), Arc::clone(keys));
                let (connection, sum) = in_task(&ours_in, async move {
                    let sum = ours::lookup_async(&mut connection, &keys).await;
                    (connection, sum)
                });
                tasked = Some(connection);
                sum
            },
            |sum| sum,
        ),
        Part::new("aludel, .wait()", move || ours::lookup(&mut blocking, keys), |sum| sum),
    ]
}

fn main() {
    let wanted = Wanted::from_arguments(15);
    let folder = Folder::new();
    let path = folder.0.join("full.db");
    let engine = ours::open(&path);
    engine.connect().wait().unwrap().execute_script(data::SCHEMA).wait().unwrap();
    ours::insert(&engine, &ours::items(&data::rows()));
    let keys: Arc<[i64]> = data::lookup_keys().into_iter().take(LOOKUPS).collect();
    let one = || Builder::new_current_thread().enable_all().build().unwrap();
    let many = || Builder::new_multi_thread().enable_all().build().unwrap();
    let title = |what: &str| format!("SQLite: 10,000 lookups by key in a task of {what}");
    rounds::run(
        &wanted,
        vec![
            Scenario {
                key: "many",
                title: title("a runtime on many threads"),
                parts: parts(&path, &keys, many),
            },
            Scenario { key: "one", title: title("a runtime on one thread"), parts: parts(&path, &keys, one) },
        ],
    );
}
