//! A server that goes away and comes back under fifty busy tasks: in order, in a hurry, and killed.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{DatabaseUrl, EngineOptions, ErrorKind, PoolOptions, RetryPolicy, driver};
use aludel_tests::private::{MariaDb, Postgres, Stop};

const TASKS: usize = 50;

/// Long enough for a server that recovers on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a server goes away.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// Everybody is told, and open transactions are rolled back.
    Fast,
    /// As if the power had failed.
    Immediate,
    /// The server's own process is killed.
    Killed,
    /// One of the processes that serve clients is killed, and the server starts over by itself.
    ChildKilled,
}

/// What the tasks were told.
#[derive(Default)]
struct Ledger {
    next: AtomicI64,
    attempts: AtomicUsize,
    kept: Mutex<Vec<i64>>,
    unknown: Mutex<Vec<i64>>,
    /// How often each task has succeeded since the last blow.
    progress: Mutex<Vec<usize>>,
    over: AtomicBool,
    longest: Mutex<Duration>,
}

impl Ledger {
    /// Transactions of two rows, one after the other. Whatever cannot be retried ends the test.
    async fn work(&self, engine: &Engine, task: usize) {
        let policy = RetryPolicy::new().with_attempts(u32::MAX).with_limit(PATIENCE);
        while !self.over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let began = Instant::now();
            let done = engine
                .retry_transaction(policy, async |mut transaction| {
                    self.attempts.fetch_add(1, Ordering::Relaxed);
                    for part in 0..2_i64 {
                        let insert = sql("INSERT INTO t VALUES (?, ?)").bind(number).bind(part);
                        transaction.execute(insert).await?;
                    }
                    Ok::<(), aludel::Error>(())
                })
                .await;
            match done {
                Ok(()) => {
                    self.kept.lock().unwrap().push(number);
                    self.progress.lock().unwrap()[task] += 1;
                }
                Err(error) if error.kind() == ErrorKind::CommitUnknown => {
                    self.unknown.lock().unwrap().push(number);
                }
                Err(error) => panic!("task {task} is told `{:?}`: {error}", error.kind()),
            }
            let mut longest = self.longest.lock().unwrap();
            *longest = longest.max(began.elapsed());
        }
    }

    /// Waits until every task has succeeded again.
    fn all_go_on(&self, tasks: &[tokio::task::JoinHandle<()>]) {
        self.progress.lock().unwrap().fill(0);
        let limit = Instant::now() + PATIENCE;
        while self.progress.lock().unwrap().iter().any(|count| *count < 2) {
            assert!(!tasks.iter().any(tokio::task::JoinHandle::is_finished), "a task has given up");
            assert!(Instant::now() < limit, "not all tasks go on: {:?}", self.progress.lock().unwrap());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn engine_at(url: &DatabaseUrl) -> Engine {
    let mut pool = PoolOptions::default().with_size(10).with_overflow(5);
    pool.timeout = PATIENCE;
    Engine::with_options(driver(url).unwrap(), EngineOptions::new().pool(pool))
}

/// Has fifty tasks work while `strike` hits the server, once for each blow.
fn under_load(what: &str, url: &DatabaseUrl, blows: &[Blow], mut strike: impl FnMut(Blow, &Engine)) {
    let engine = engine_at(url);
    let create = "CREATE TABLE t (n BIGINT NOT NULL, part BIGINT NOT NULL, PRIMARY KEY (n, part))";
    engine.connect().wait().unwrap().execute_script(create).wait().unwrap();
    let ledger = Arc::new(Ledger::default());
    ledger.progress.lock().unwrap().resize(TASKS, 0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (ledger, engine) = (Arc::clone(&ledger), engine.clone());
            runtime.spawn(async move { ledger.work(&engine, task).await })
        })
        .collect();
    ledger.all_go_on(&tasks);
    for blow in blows {
        let (began, kept) = (Instant::now(), ledger.kept.lock().unwrap().len());
        strike(*blow, &engine);
        let down = began.elapsed();
        ledger.all_go_on(&tasks);
        let healed = began.elapsed() - down;
        let unknown = ledger.unknown.lock().unwrap().len();
        println!(
            "{what:>9}  {blow:?}: away for {down:.1?}, all {TASKS} tasks at work {healed:.1?} later; {kept} transactions \
             kept before, {unknown} unknown so far"
        );
    }
    ledger.over.store(true, Ordering::Relaxed);
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(engine.status().checked_out, 0);
    check(what, &engine, &ledger);
}

/// Each transaction that was said to last is there, wholly; of all others there is nothing, except where it was said that
/// nobody knows.
fn check(what: &str, engine: &Engine, ledger: &Ledger) {
    let mut connection = engine.connect().wait().unwrap();
    let rows: Vec<(i64, i64)> =
        connection.all(sql("SELECT n, count(*) FROM t GROUP BY n").rows()).wait().unwrap();
    assert!(rows.iter().all(|(_, parts)| *parts == 2), "half a transaction is there");
    let there: HashSet<i64> = rows.iter().map(|(number, _)| *number).collect();
    let kept: HashSet<i64> = ledger.kept.lock().unwrap().iter().copied().collect();
    let unknown: HashSet<i64> = ledger.unknown.lock().unwrap().iter().copied().collect();
    let lost: Vec<&i64> = kept.difference(&there).collect();
    assert!(lost.is_empty(), "{} transactions that were acknowledged are lost: {lost:?}", lost.len());
    let appeared: Vec<&i64> = there.iter().filter(|n| !kept.contains(n) && !unknown.contains(n)).collect();
    assert!(appeared.is_empty(), "transactions that failed are there: {appeared:?}");
    assert!(there.len() > TASKS * 2);
    println!(
        "{what:>9}  {} begun in {} attempts, {} acknowledged and all there, {} unknown of which {} are there; the longest took \
         {:.1?}; {}",
        ledger.next.load(Ordering::Relaxed),
        ledger.attempts.load(Ordering::Relaxed),
        kept.len(),
        unknown.len(),
        unknown.intersection(&there).count(),
        ledger.longest.lock().unwrap(),
        engine.status(),
    );
}

#[test]
fn postgres_restarts_under_fifty_busy_tasks() {
    let mut server = Postgres::setup()
        // What was acknowledged has to outlive the server's processes.
        .line("synchronous_commit = on")
        .line("restart_after_crash = on")
        .start();
    let url = DatabaseUrl::parse(&server.url()).unwrap();
    let blows = [Blow::Fast, Blow::Immediate, Blow::Killed, Blow::ChildKilled, Blow::Fast];
    under_load("postgres", &url, &blows, |blow, engine| match blow {
        Blow::Fast => server.restart(Stop::Fast),
        Blow::Immediate => server.restart(Stop::Immediate),
        Blow::Killed => {
            let data = server.data();
            server.signal("KILL");
            server.stop(Stop::Immediate);
            // Its children see it and end; until then, the data are theirs.
            let limit = Instant::now() + PATIENCE;
            while at_work_in(&data) {
                assert!(Instant::now() < limit, "orphans of the server live on");
                std::thread::sleep(Duration::from_millis(20));
            }
            server.start_again();
        }
        Blow::ChildKilled => {
            let mut victim = engine.connect().wait().unwrap();
            let child: i64 = victim.one(sql("SELECT pg_backend_pid()").rows()).wait().unwrap();
            kill(child);
            // Noticed, and not handed on.
            assert!(victim.one(sql("SELECT 1").rows::<i64>()).wait().unwrap_err().is_disconnect());
        }
    });
}

#[test]
fn mariadb_restarts_under_fifty_busy_tasks() {
    let mut server = MariaDb::setup().line("innodb-flush-log-at-trx-commit = 2").start();
    let root = DatabaseUrl::parse(&server.url()).unwrap();
    engine_at(&root).connect().wait().unwrap().execute_script("CREATE DATABASE place").wait().unwrap();
    let blows = [Blow::Fast, Blow::Immediate, Blow::Killed];
    under_load("mariadb", &root.with_database("place"), &blows, |blow, _| match blow {
        Blow::Fast => server.restart(Stop::Fast),
        // The two are one here: the signal that nobody can catch.
        _ => server.restart(Stop::Immediate),
    });
}

fn kill(process: i64) {
    let number = process.to_string();
    let sent = std::process::Command::new("sh").args(["-c", r#"kill -s KILL "$1""#, "sh", &number]).status();
    assert!(sent.is_ok_and(|status| status.success()));
}

/// Whether any process works in a folder.
fn at_work_in(folder: &std::path::Path) -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| std::fs::read_link(process.path().join("cwd")).ok())
        .any(|cwd| cwd == folder)
}
