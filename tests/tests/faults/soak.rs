//! A thousand tasks on a pool of ten, for as long as `ALUDEL_SOAK_SECONDS` says (10 unless told otherwise): quick ones, slow
//! ones, some that fail, and many that are given up in the middle. Everybody gets on, and nothing grows.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{EngineOptions, ErrorKind, PoolOptions, TransactionOptions};
use aludel_tests::places::Place;

const TASKS: usize = 1_000;
const CONNECTIONS: usize = 10;

fn seconds() -> u64 {
    let named = std::env::var("ALUDEL_SOAK_SECONDS").ok().filter(|seconds| !seconds.is_empty());
    named.map_or(10, |seconds| seconds.parse().expect("ALUDEL_SOAK_SECONDS is a number of seconds"))
}

/// What the tasks have seen.
#[derive(Default)]
struct Seen {
    over: AtomicBool,
    done: Vec<AtomicU64>,
    given_up: AtomicU64,
    failed: AtomicU64,
    busy: AtomicU64,
    /// How long each checkout took, in microseconds.
    waits: Mutex<Vec<u32>>,
    /// Rows that were committed and acknowledged.
    rows: AtomicU64,
    /// Commits that were under way when they were given up.
    perhaps: AtomicU64,
}

impl Seen {
    /// One task: a different kind of thing each time.
    async fn task(&self, engine: &Engine, task: usize, write: bool) {
        let mut waits = Vec::new();
        for round in task.. {
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            let began = Instant::now();
            let mut connection = match engine.connect().await {
                Ok(connection) => connection,
                Err(error) => panic!("task {task} gets no connection: {error}"),
            };
            waits.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
            match round % 10 {
                // Given up while it waits for an answer, at some moment.
                0..=2 => {
                    let limit = Duration::from_micros(u64::try_from(round % 700).unwrap());
                    let mut committing = false;
                    let work = async {
                        let mut transaction = connection.begin_with(options(write)).await?;
                        if write {
                            transaction
                                .execute(sql("INSERT INTO t (task) VALUES (?)").bind(number(task)))
                                .await?;
                        }
                        committing = write;
                        transaction.commit().await
                    };
                    match tokio::time::timeout(limit, work).await {
                        Ok(Ok(())) => {
                            self.rows.fetch_add(u64::from(write), Ordering::Relaxed);
                        }
                        Ok(Err(error)) => self.was_busy(&error),
                        Err(_) => {
                            self.given_up.fetch_add(1, Ordering::Relaxed);
                            self.perhaps.fetch_add(u64::from(committing), Ordering::Relaxed);
                        }
                    }
                }
                // An error.
                3 => {
                    let mut transaction = connection.begin().await.unwrap();
                    assert!(transaction.execute(sql("INSERT INTO nowhere VALUES (1)")).await.is_err());
                    drop(transaction);
                    self.failed.fetch_add(1, Ordering::Relaxed);
                }
                // Slow, with the connection in hand.
                4 => tokio::time::sleep(Duration::from_millis(5)).await,
                // Given up while it waits for a connection, which takes none along.
                5 => {
                    drop(connection);
                    let limit = Duration::from_micros(u64::try_from(round % 3_000).unwrap());
                    if tokio::time::timeout(limit, engine.connect()).await.is_err() {
                        self.given_up.fetch_add(1, Ordering::Relaxed);
                    }
                    self.done[task].fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                // A write that is wanted.
                6 if write => {
                    let work = async {
                        let mut transaction = connection.begin_with(options(true)).await?;
                        transaction
                            .execute(sql("INSERT INTO t (task) VALUES (?)").bind(number(task)))
                            .await?;
                        transaction.commit().await
                    };
                    match work.await {
                        Ok(()) => {
                            self.rows.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => self.was_busy(&error),
                    }
                }
                _ => {
                    let one: i64 = connection.one(sql("SELECT 40 + ?").bind(2_i64).rows()).await.unwrap();
                    assert_eq!(one, 42);
                }
            }
            self.done[task].fetch_add(1, Ordering::Relaxed);
        }
        self.waits.lock().unwrap().append(&mut waits);
    }

    /// SQLite's one write lock may be out of reach for longer than anybody waits.
    fn was_busy(&self, error: &aludel::Error) {
        assert_eq!(error.kind(), ErrorKind::Operational, "{error}");
        self.busy.fetch_add(1, Ordering::Relaxed);
    }
}

fn options(write: bool) -> TransactionOptions {
    if write { TransactionOptions::immediate() } else { TransactionOptions::default() }
}

fn number(task: usize) -> i64 {
    i64::try_from(task).unwrap()
}

/// What must not grow.
#[derive(Clone, Copy, Debug)]
struct Figures {
    memory: u64,
    files: usize,
    connections: i64,
}

fn figures(place: &Place, watching: &mut Connection) -> Figures {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let memory = memory.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    Figures { memory, files, connections: place.connections(watching) }
}

fn soak(place: &Place) {
    let seconds = seconds();
    let mut pool = PoolOptions::default().with_size(CONNECTIONS).with_overflow(0);
    // Longer than the whole run: whoever gets none at all is a failure, not a slow machine.
    pool.timeout = Duration::from_secs(seconds + 120);
    let engine = place.engine(EngineOptions::new().pool(pool));
    let mut watching = place.engine(EngineOptions::new()).connect().wait().unwrap();
    let create = match place.kind {
        "sqlite" => "CREATE TABLE t (id INTEGER PRIMARY KEY, task INTEGER NOT NULL)",
        "postgres" => "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, task BIGINT NOT NULL)",
        _ => "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, task BIGINT NOT NULL)",
    };
    watching.execute_script(create).wait().unwrap();
    let seen = Arc::new(Seen { done: (0..TASKS).map(|_| AtomicU64::new(0)).collect(), ..Seen::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (seen, engine) = (Arc::clone(&seen), engine.clone());
            // One in five writes.
            runtime.spawn(async move { seen.task(&engine, task, task % 5 == 0).await })
        })
        .collect();
    let began = Instant::now();
    let done = |seen: &Seen| seen.done.iter().map(|done| done.load(Ordering::Relaxed)).sum::<u64>();
    // Until everything has been used for a while, there is something to grow.
    std::thread::sleep(Duration::from_secs(seconds) / 4);
    let early = figures(place, &mut watching);
    while began.elapsed() < Duration::from_secs(seconds) {
        assert!(!tasks.iter().any(tokio::task::JoinHandle::is_finished), "a task has failed");
        std::thread::sleep(Duration::from_millis(50));
        assert!(engine.status().checked_out <= CONNECTIONS, "{}", engine.status());
    }
    let late = figures(place, &mut watching);
    // Whoever has not had a turn yet is waited for: only who never gets one was left out.
    let limit = Instant::now() + Duration::from_secs(60);
    while seen.done.iter().any(|done| done.load(Ordering::Relaxed) == 0) {
        assert!(Instant::now() < limit, "some tasks have got nowhere");
        std::thread::sleep(Duration::from_millis(50));
    }
    let elapsed = began.elapsed();
    let total = done(&seen);
    seen.over.store(true, Ordering::Relaxed);
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    let mut waits = std::mem::take(&mut *seen.waits.lock().unwrap());
    waits.sort_unstable();
    let wait = |hundredth: usize| {
        Duration::from_micros(u64::from(waits[(waits.len() * hundredth / 100).min(waits.len() - 1)]))
    };
    let each: Vec<u64> = seen.done.iter().map(|done| done.load(Ordering::Relaxed)).collect();
    println!(
        "{:>9}  {TASKS} tasks, pool of {CONNECTIONS}, {elapsed:.1?}: {total} rounds, each task {} to {}; {} given up, {} failed, {} \
         found SQLite busy",
        place.kind,
        each.iter().min().unwrap(),
        each.iter().max().unwrap(),
        seen.given_up.load(Ordering::Relaxed),
        seen.failed.load(Ordering::Relaxed),
        seen.busy.load(Ordering::Relaxed),
    );
    println!(
        "{:>9}  wait for a connection: median {:.1?}, p99 {:.1?}, longest {:.1?}; {early:?} then {late:?}; {}",
        place.kind,
        wait(50),
        wait(99),
        wait(100),
        engine.status()
    );
    // Nothing is held any more, and the pool has what it is to keep.
    let status = engine.status();
    assert_eq!((status.checked_out, status.waiting), (0, 0), "{status}");
    assert!(status.opened - status.closed <= CONNECTIONS as u64, "{status}");
    assert_eq!(status.timed_out, 0);
    let limit = Instant::now() + Duration::from_secs(30);
    while place.open_transactions(&mut watching) > 0
        || place.connections(&mut watching) > i64::try_from(CONNECTIONS).unwrap() + 1
    {
        assert!(Instant::now() < limit, "a transaction stays open, or a connection");
        std::thread::sleep(Duration::from_millis(20));
    }
    // Each row that was acknowledged is there, and none that was taken back.
    let rows: i64 = watching.one(sql("SELECT count(*) FROM t").rows()).wait().unwrap();
    let (rows, kept) = (u64::try_from(rows).unwrap(), seen.rows.load(Ordering::Relaxed));
    let perhaps = seen.perhaps.load(Ordering::Relaxed);
    assert!((kept..=kept + perhaps).contains(&rows), "{rows} rows, {kept} acknowledged, {perhaps} perhaps");
    println!(
        "{:>9}  {rows} rows: {kept} acknowledged, and some of {perhaps} that were given up in the commit",
        place.kind
    );
    // Flat, but for what comes and goes: connections that are being closed or opened, buffers of the allocator.
    let room = CONNECTIONS * 4;
    assert!(late.files <= early.files + room, "files: {early:?}, then {late:?}");
    assert!(late.connections <= i64::try_from(room).unwrap(), "connections: {early:?}, then {late:?}");
    assert!(late.memory <= early.memory * 3 / 2 + 32_768, "memory in KiB: {early:?}, then {late:?}");
}

#[test]
fn sqlite() {
    soak(&Place::sqlite());
}

#[cfg(feature = "servers")]
#[test]
fn postgres() {
    soak(&Place::postgres());
}

#[cfg(feature = "servers")]
#[test]
fn mysql() {
    soak(&Place::mysql());
}
