//! Connections that go from one runtime to another, outlive one, and do without.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use aludel::EngineOptions;
use aludel::prelude::*;
use tokio::runtime::{Builder, Runtime};

use aludel_tests::places::Place;

fn places() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

fn many_threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn ask(connection: &mut Connection, number: i64) {
    let answer: i64 = connection.one(sql(format!("SELECT {number}")).rows()).await.unwrap();
    assert_eq!(answer, number);
}

#[test]
fn a_connection_is_used_wherever_it_gets() {
    for place in places() {
        let (home, other, single) = (many_threads(), many_threads(), one_thread());
        let engine = place.engine(EngineOptions::default());
        let mut connection = home.block_on(engine.connect()).unwrap();
        home.block_on(ask(&mut connection, 1));
        other.block_on(ask(&mut connection, 2));
        single.block_on(ask(&mut connection, 3));
        ask(&mut connection, 4).wait();
        let mut connection = home
            .block_on(home.spawn(async move {
                ask(&mut connection, 5).await;
                connection
            }))
            .unwrap();
        // One that was opened without any runtime goes the other way.
        let mut blocking = engine.connect().wait().unwrap();
        home.block_on(ask(&mut blocking, 6));
        single.block_on(ask(&mut blocking, 7));
        ask(&mut connection, 8).wait();
    }
}

#[test]
fn a_pool_outlives_the_runtime_that_opened_its_connections() {
    for place in places() {
        let engine = place.engine(EngineOptions::default());
        let home = many_threads();
        home.block_on(async {
            let (mut first, mut second) = (engine.connect().await.unwrap(), engine.connect().await.unwrap());
            ask(&mut first, 1).await;
            ask(&mut second, 2).await;
        });
        drop(home);
        for number in 3..6 {
            ask(&mut engine.connect().wait().unwrap(), number).wait();
        }
        let next = many_threads();
        next.block_on(async { ask(&mut engine.connect().await.unwrap(), 6).await });
    }
}

#[test]
fn a_transaction_ends_where_its_runtime_is_gone() {
    for place in places() {
        let engine = place.engine(EngineOptions::default());
        engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n integer)").wait().unwrap();
        let home = many_threads();
        let mut transaction = home.block_on(engine.begin()).unwrap();
        home.block_on(transaction.execute(sql("INSERT INTO t VALUES (1)"))).unwrap();
        drop(home);
        drop(transaction);
        let mut connection = engine.connect().wait().unwrap();
        let left: i64 = connection.one(sql("SELECT count(*) FROM t").rows()).wait().unwrap();
        assert_eq!(left, 0, "{}", place.kind);
        connection.execute_script("DROP TABLE t").wait().unwrap();
    }
}

#[test]
fn a_runtime_without_a_reactor_will_do() {
    for place in places() {
        let bare = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let engine = place.engine(EngineOptions::default());
        let task = bare.spawn(async move {
            let mut connection = engine.connect().await.unwrap();
            ask(&mut connection, 1).await;
        });
        bare.block_on(task).unwrap();
    }
}

/// A task that blocks its thread may be the one that looked after its runtime's sockets. A connection from there answers others
/// all the same: another thread of that runtime is called for, and where there is none, the socket never belonged to it.
#[test]
fn a_task_that_blocks_does_not_keep_answers_from_other_threads() {
    for place in [Place::postgres(), Place::mysql()] {
        // Asked for by a thread that no runtime knows, or by one of this runtime that runs no tasks.
        for (count, inside) in [(1, false), (1, true), (2, false), (2, true)] {
            let home = Builder::new_multi_thread().worker_threads(count).enable_all().build().unwrap();
            let engine = place.engine(EngineOptions::default());
            let (answered, answer) = mpsc::channel();
            let task = home.spawn(async move {
                ask(&mut engine.connect().await.unwrap(), 1).await;
                // It takes the connection that was just given back.
                let asking = move || {
                    let mut connection = engine.connect().wait().unwrap();
                    for number in 2..5 {
                        ask(&mut connection, number).wait();
                        let _ = answered.send(());
                    }
                };
                match inside {
                    true => drop(tokio::task::spawn_blocking(asking)),
                    false => drop(thread::spawn(asking)),
                }
                (0..3).take_while(|_| answer.recv_timeout(Duration::from_secs(30)).is_ok()).count()
            });
            assert_eq!(home.block_on(task).unwrap(), 3, "{}, {count} workers, inside: {inside}", place.kind);
        }
    }
}

/// A task that waits, and who wakes it.
struct Sleeper {
    thread: Thread,
    /// Its future is being polled.
    polled: AtomicBool,
    woken_by_itself: AtomicUsize,
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        if self.polled.load(Ordering::SeqCst) && thread::current().id() == self.thread.id() {
            self.woken_by_itself.fetch_add(1, Ordering::SeqCst);
        }
        self.thread.unpark();
    }
}

/// A task that wakes itself while it is polled is run again for nothing, and a runtime on several threads wakes another of them to
/// help. PostgreSQL's requests and answers go through channels whose both ends are polled by the task that waits.
#[test]
fn a_task_that_waits_for_an_answer_does_not_wake_itself() {
    for place in places() {
        let engine = place.engine(EngineOptions::default());
        let mut connection = engine.connect().wait().unwrap();
        // From here on the statement is prepared.
        ask(&mut connection, 7).wait();
        let sleeper = Arc::new(Sleeper {
            thread: thread::current(),
            polled: AtomicBool::new(false),
            woken_by_itself: AtomicUsize::new(0),
        });
        let waker = Waker::from(Arc::clone(&sleeper));
        for _ in 0..50 {
            let mut asking = pin!(ask(&mut connection, 7));
            loop {
                sleeper.polled.store(true, Ordering::SeqCst);
                let polled = asking.as_mut().poll(&mut Context::from_waker(&waker));
                sleeper.polled.store(false, Ordering::SeqCst);
                match polled {
                    Poll::Ready(()) => break,
                    Poll::Pending => thread::park(),
                }
            }
        }
        assert_eq!(sleeper.woken_by_itself.load(Ordering::SeqCst), 0, "{}", place.kind);
    }
}

/// A result that always has more to read gives way to other tasks all the same.
#[test]
fn a_task_that_reads_much_lets_others_run() {
    const ROWS: i64 = 200_000;
    for (place, is_mysql) in [(Place::postgres(), false), (Place::mysql(), true)] {
        let engine = place.engine(EngineOptions::default());
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let count = format!(
            "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {ROWS}) SELECT n FROM t"
        );
        let (turns, rows) = runtime
            .block_on(runtime.spawn(async move {
                let mut connection = engine.connect().await.unwrap();
                if is_mysql {
                    let limit = format!("SET max_recursive_iterations = {ROWS}");
                    connection.execute_script(&limit).await.unwrap();
                }
                let turns = Arc::new(AtomicUsize::new(0));
                let other = tokio::spawn({
                    let turns = Arc::clone(&turns);
                    async move {
                        loop {
                            turns.fetch_add(1, Ordering::SeqCst);
                            tokio::task::yield_now().await;
                        }
                    }
                });
                let rows: Vec<i64> = connection.all(sql(count).rows()).await.unwrap();
                other.abort();
                (turns.load(Ordering::SeqCst), rows)
            }))
            .unwrap();
        assert_eq!(rows.len() as i64, ROWS, "{}", place.kind);
        assert!(turns > 10, "{}: {turns} turns", place.kind);
    }
}
