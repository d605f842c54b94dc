//! Several writers on one file of SQLite: tasks of one thread, and processes, some of which are killed.

use std::cell::Cell;
use std::future::Future;
use std::io::{BufRead, BufReader};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{DatabaseUrl, EngineOptions, ErrorKind, PoolOptions, RetryPolicy, TransactionOptions, driver};
use aludel_tests::places::Place;

const JOURNALS: [&str; 2] = ["wal", "delete"];

/// A file with a counter, in one way of keeping its journal.
fn counter(journal: &str, patience: Duration) -> (Place, DatabaseUrl) {
    let place = Place::sqlite();
    let url = place
        .url()
        .clone()
        .replace_option("journal_mode", journal)
        .replace_option("busy_timeout", patience.as_millis().to_string());
    let create = "CREATE TABLE counter (n INTEGER NOT NULL); INSERT INTO counter VALUES (0);
                  CREATE TABLE log (n INTEGER NOT NULL)";
    open(&url).connect().wait().unwrap().execute_script(create).wait().unwrap();
    (place, url)
}

fn open(url: &DatabaseUrl) -> Engine {
    let pool = PoolOptions::default().with_size(8);
    Engine::with_options(driver(url).expect("SQLite is built in"), EngineOptions::new().pool(pool))
}

fn patient() -> Duration {
    Duration::from_secs(120)
}

/// Reads the counter, and writes it back with one more.
async fn increment(connection: &mut Connection) -> aludel::Result<i64> {
    let n: i64 = connection.one(sql("SELECT n FROM counter").rows()).await?;
    connection.execute(sql("UPDATE counter SET n = ?").bind(n + 1)).await?;
    Ok(n + 1)
}

fn value(url: &DatabaseUrl) -> i64 {
    open(url).connect().wait().unwrap().one(sql("SELECT n FROM counter").rows()).wait().unwrap()
}

/// Increments that take the write lock as they begin: none of them ever fails.
async fn increments(engine: Engine, times: i64) {
    for _ in 0..times {
        engine
            .transaction_with(TransactionOptions::immediate(), async |mut transaction| {
                increment(&mut transaction).await
            })
            .await
            .expect("the lock is waited for");
        yield_now().await;
    }
}

/// Increments that take it when they write, which another writer may make impossible: then they are run again.
async fn collisions(engine: Engine, times: i64) {
    let policy = RetryPolicy::new().with_attempts(u32::MAX).with_limit(patient());
    for _ in 0..times {
        engine
            .retry_transaction(policy, async |mut transaction| {
                let n: i64 = transaction.one(sql("SELECT n FROM counter").rows()).await?;
                yield_now().await;
                transaction.execute(sql("UPDATE counter SET n = ?").bind(n + 1)).await.map(|_| ())
            })
            .await
            .expect("a collision is run again");
    }
}

/// Lets others have their turn.
async fn yield_now() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// An executor of the simplest kind: one thread, which polls all of its futures whenever one is woken.
fn run_together(mut futures: Vec<Pin<Box<dyn Future<Output = ()>>>>) {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        futures.retain_mut(|future| future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        if futures.is_empty() {
            return;
        }
        std::thread::park();
    }
}

#[test]
fn two_tasks_on_one_thread_of_tokio_lose_no_update() {
    for journal in JOURNALS {
        let (_place, url) = counter(journal, patient());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let began = Instant::now();
        runtime.block_on(async {
            let engine = open(&url);
            let tasks = [
                tokio::spawn(increments(engine.clone(), 200)),
                tokio::spawn(increments(engine.clone(), 200)),
                tokio::spawn(increments(engine, 200)),
            ];
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_eq!(value(&url), 600, "{journal}");
        println!("{journal:>7}  3 tasks of tokio, 600 increments in {:?}", began.elapsed());
    }
}

#[test]
fn two_tasks_on_a_plain_executor_lose_no_update() {
    for journal in JOURNALS {
        let (_place, url) = counter(journal, patient());
        let engine = open(&url);
        run_together(vec![
            Box::pin(increments(engine.clone(), 100)),
            Box::pin(increments(engine.clone(), 100)),
            Box::pin(collisions(engine.clone(), 50)),
            Box::pin(collisions(engine, 50)),
        ]);
        assert_eq!(value(&url), 300, "{journal}");
    }
}

/// Whoever waits for a lock lets the thread do something else; here, what it waits for happens on the same thread, and
/// only after something else did.
#[test]
fn a_writer_that_waits_does_not_block_its_thread() {
    for journal in JOURNALS {
        let (_place, url) = counter(journal, patient());
        let engine = open(&url);
        let (holds, ticks, waits) =
            (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        let holder = {
            let (engine, holds, ticks) = (engine.clone(), Rc::clone(&holds), Rc::clone(&ticks));
            async move {
                let mut transaction = engine.begin_with(TransactionOptions::immediate()).await.unwrap();
                increment(&mut transaction).await.unwrap();
                holds.set(true);
                while ticks.get() < 100 {
                    yield_now().await;
                }
                transaction.commit().await.unwrap();
            }
        };
        let waiter = {
            let (holds, waits) = (Rc::clone(&holds), Rc::clone(&waits));
            async move {
                while !holds.get() {
                    yield_now().await;
                }
                waits.set(true);
                increments(engine, 1).await;
                waits.set(false);
            }
        };
        let ticker = {
            let (waits, ticks) = (Rc::clone(&waits), Rc::clone(&ticks));
            async move {
                while ticks.get() < 100 {
                    if waits.get() {
                        ticks.set(ticks.get() + 1);
                    }
                    yield_now().await;
                }
            }
        };
        run_together(vec![Box::pin(waiter), Box::pin(holder), Box::pin(ticker)]);
        assert_eq!(value(&url), 2, "{journal}");
    }
}

#[test]
fn a_lock_is_waited_for_until_the_deadline_and_no_shorter() {
    for journal in JOURNALS {
        let limit = Duration::from_millis(300);
        let (_place, url) = counter(journal, limit);
        let engine = open(&url);
        let mut holder = engine.begin_with(TransactionOptions::immediate()).wait().unwrap();
        increment(&mut holder).wait().unwrap();
        let began = Instant::now();
        let error = engine.begin_with(TransactionOptions::immediate()).wait().unwrap_err();
        assert!(began.elapsed() >= limit, "{journal}: after {:?}", began.elapsed());
        assert_eq!(error.kind(), ErrorKind::Operational, "{error}");
        assert!(error.to_string().contains("busy_timeout"), "{error}");
        // Neither of the two is any worse for it.
        holder.commit().wait().unwrap();
        engine.begin_with(TransactionOptions::immediate()).wait().unwrap().rollback().wait().unwrap();
        assert_eq!(value(&url), 1);
    }
}

/// With a write-ahead log, a reader is in nobody's way; without, a commit waits for it.
#[test]
fn a_long_reader_keeps_its_view_and_no_writer_loses() {
    for journal in JOURNALS {
        let (_place, url) = counter(journal, patient());
        let engine = open(&url);
        let done = Rc::new(Cell::new(0));
        let reader = {
            let (engine, done) = (engine.clone(), Rc::clone(&done));
            async move {
                let mut transaction = engine.begin_with(TransactionOptions::read_only()).await.unwrap();
                let view = sql("SELECT n FROM counter");
                let first: i64 = transaction.one(view.clone().rows()).await.unwrap();
                for _ in 0..200 {
                    yield_now().await;
                    assert_eq!(transaction.one(view.clone().rows::<i64>()).await.unwrap(), first);
                    assert!(journal == "wal" || done.get() == 0, "a commit went past a reader");
                }
                transaction.commit().await.unwrap();
            }
        };
        let writer = {
            let done = Rc::clone(&done);
            async move {
                yield_now().await;
                for _ in 0..20 {
                    increments(engine.clone(), 1).await;
                    done.set(done.get() + 1);
                }
            }
        };
        run_together(vec![Box::pin(reader), Box::pin(writer)]);
        assert_eq!((value(&url), done.get()), (20, 20), "{journal}");
    }
}

const URL: &str = "ALUDEL_WRITER_URL";
const WORK: &str = "ALUDEL_WRITER_WORK";

/// Another process, which is this test again.
fn start(url: &DatabaseUrl, work: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writers::other_process", "--nocapture", "--test-threads=1"])
        .env(URL, url.reveal())
        .env(WORK, work)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// What [`start`] starts. By itself it does nothing.
#[test]
fn other_process() {
    let (Ok(url), Ok(work)) = (std::env::var(URL), std::env::var(WORK)) else { return };
    let engine = open(&DatabaseUrl::parse(&url).unwrap());
    match work.split_once(' ') {
        Some(("increments", times)) => increments(engine, times.parse().unwrap()).wait(),
        Some(("collisions", times)) => collisions(engine, times.parse().unwrap()).wait(),
        // Until somebody kills it; each word says that one more lasts.
        _ => {
            for number in 1_i64.. {
                let mut transaction = engine.begin_with(TransactionOptions::immediate()).wait().unwrap();
                increment(&mut transaction).wait().unwrap();
                for _ in 0..50 {
                    transaction.execute(sql("INSERT INTO log VALUES (?)").bind(number)).wait().unwrap();
                }
                println!("open {number}");
                transaction.commit().wait().unwrap();
                println!("kept {number}");
            }
        }
    }
}

#[test]
fn two_processes_lose_no_update() {
    for journal in JOURNALS {
        let (_place, url) = counter(journal, patient());
        let began = Instant::now();
        let others =
            [start(&url, "increments 150"), start(&url, "increments 150"), start(&url, "collisions 50")];
        // And one more in here.
        increments(open(&url), 100).wait();
        for mut other in others {
            let mut said = String::new();
            std::io::Read::read_to_string(other.stdout.as_mut().unwrap(), &mut said).unwrap();
            assert!(other.wait().unwrap().success(), "{journal}: {said}");
        }
        assert_eq!(value(&url), 450, "{journal}");
        println!("{journal:>7}  4 processes, 450 increments in {:?}", began.elapsed());
    }
}

/// A process that is killed in the middle of a transaction leaves all of those that it saw committed, and nothing of the
/// one that it did not; and whoever comes next is not kept waiting by a dead process's lock.
#[test]
fn a_process_that_is_killed_leaves_whole_transactions() {
    for journal in JOURNALS {
        let (_place, url) = counter(journal, Duration::from_secs(30));
        let mut kept = 0;
        for round in 1..=8 {
            let before = value(&url);
            let mut other = start(&url, "forever");
            let mut said = BufReader::new(other.stdout.take().unwrap()).lines();
            let (mut opened, mut last) = (0, 0);
            // In some rounds while one is open, in others right behind a commit.
            while let Some(Ok(line)) = said.next() {
                if line.ends_with("ok") || line.is_empty() {
                    continue;
                }
                let number = |word: &str| {
                    line.rsplit_once(word).and_then(|(_, number)| number.trim().parse::<i64>().ok())
                };
                opened = number("open ").unwrap_or(opened);
                last = number("kept ").unwrap_or(last);
                let now = if round % 2 == 0 { opened } else { last };
                if now >= round {
                    break;
                }
            }
            other.kill().unwrap();
            other.wait().unwrap();
            for line in said.map_while(Result::ok) {
                if let Some((_, number)) = line.rsplit_once("kept ") {
                    last = number.trim().parse().unwrap_or(last);
                }
            }
            assert!(opened >= 1, "{journal}: the other process did not get to work");
            let engine = open(&url);
            let mut transaction = engine.begin_with(TransactionOptions::immediate()).wait().unwrap();
            let now: i64 = transaction.one(sql("SELECT n FROM counter").rows()).wait().unwrap();
            // The one whose word did not get out may last or not; nothing beyond.
            assert!(now - before == last || now - before == last + 1, "{journal}: {before} {last} {now}");
            kept = now;
            let logged: i64 = transaction.one(sql("SELECT count(*) FROM log").rows()).wait().unwrap();
            assert_eq!(logged, 50 * kept, "{journal}: half a transaction is there");
            let sound: String = transaction.one(sql("PRAGMA integrity_check").rows()).wait().unwrap();
            assert_eq!(sound, "ok");
            transaction.commit().wait().unwrap();
        }
        println!("{journal:>7}  8 processes killed, {kept} transactions kept whole");
    }
}
