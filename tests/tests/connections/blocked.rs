//! `.wait()` inside of tasks, on every kind of runtime and every database: it works, also where it takes every thread of
//! the runtime that the connection's socket belongs to.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use aludel::prelude::*;
use aludel::{EngineOptions, ErrorKind, PoolOptions};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;
use tokio::task::LocalSet;

use aludel_tests::places::Place;

fn places() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(count).enable_all().build().unwrap()
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn ask(connection: &mut Connection, number: i64) {
    let answer: i64 = connection.one(sql(format!("SELECT {number}")).rows()).wait().unwrap();
    assert_eq!(answer, number);
}

fn work(engine: &Engine) {
    let mut transaction = engine.begin().wait().unwrap();
    ask(&mut transaction, 1);
    transaction.commit().wait().unwrap();
}

/// What hangs fails here, instead of hanging for ever.
fn ends(name: &str, test: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let running = std::thread::spawn(move || {
        test();
        done.send(()).unwrap();
    });
    match ended.recv_timeout(Duration::from_secs(60)) {
        Ok(()) => running.join().unwrap(),
        Err(mpsc::RecvTimeoutError::Disconnected) => std::panic::resume_unwind(running.join().unwrap_err()),
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{name} waits for ever"),
    }
}

/// A pool of so many connections that is waited for without end.
fn pool_of(place: &Place, size: usize) -> Engine {
    let patient =
        PoolOptions::default().with_size(size).with_overflow(0).with_timeout(Duration::from_secs(3600));
    place.engine(EngineOptions::new().pool(patient))
}

#[test]
fn every_worker_may_wait() {
    for place in places() {
        let engine = place.engine(EngineOptions::default());
        ends(place.kind, move || {
            for count in [1, 2] {
                let runtime = workers(count);
                // All of them at once, each with a connection that the runtime has opened.
                let together = Arc::new(Barrier::new(count));
                let tasks: Vec<_> = (0..count)
                    .map(|_| {
                        let (engine, together) = (engine.clone(), Arc::clone(&together));
                        runtime.spawn(async move {
                            let mut connection = engine.connect().await.unwrap();
                            connection.execute(sql("SELECT 1")).await.unwrap();
                            // A thread that blocks in another way gives way to nobody.
                            together.wait().await;
                            for number in 0..200 {
                                ask(&mut connection, number);
                            }
                            drop(connection);
                            work(&engine);
                        })
                    })
                    .collect();
                for task in tasks {
                    runtime.block_on(task).unwrap();
                }
            }
        });
    }
}

/// Where a task waits, its thread's other tasks run elsewhere; one of them has what it waits for.
#[test]
fn a_worker_that_waits_gives_way() {
    for place in places() {
        let engine = pool_of(&place, 1);
        ends(place.kind, move || {
            let runtime = workers(1);
            runtime.block_on(async {
                let held = engine.connect().await.unwrap();
                let other = engine.clone();
                let waiting = tokio::spawn(async move { work(&other) });
                let (status, other) = (engine.clone(), engine.clone());
                // On the same thread as the one that waits.
                let giving = tokio::spawn(async move {
                    while status.status().waiting == 0 {
                        tokio::task::yield_now().await;
                    }
                    drop(held);
                    other.begin().await.unwrap().commit().await.unwrap();
                });
                waiting.await.unwrap();
                giving.await.unwrap();
            });
        });
    }
}

#[test]
fn the_only_thread_of_a_runtime_may_wait() {
    for place in places() {
        let engine = pool_of(&place, 2);
        ends(place.kind, move || {
            one_thread().block_on(async {
                work(&engine);
                let mut connection = engine.connect().await.unwrap();
                // More often than tokio lets a task go on without a pause.
                for number in 0..300 {
                    ask(&mut connection, number);
                }
                let task = engine.clone();
                let often = async move { (0..100).for_each(|_| work(&task)) };
                tokio::spawn(often).await.unwrap();
                // What was opened in one way is used in the other.
                drop(connection);
                engine.begin().await.unwrap().commit().await.unwrap();
            });
        });
    }
}

/// Nobody could give back what it would wait for.
#[test]
fn the_only_thread_of_a_runtime_is_refused_what_its_own_tasks_have() {
    for place in places() {
        let engine = pool_of(&place, 1);
        ends(place.kind, move || {
            let refused = |engine: &Engine| {
                let error = engine.connect().wait().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
                let message = error.to_string();
                assert!(message.contains("asynchronous tasks on this very thread"), "{message}");
                assert!(message.contains("blocked.rs") && message.contains("spawn_blocking"), "{message}");
            };
            one_thread().block_on(async {
                // By the same task, and by another one.
                let held = engine.connect().await.unwrap();
                refused(&engine);
                let task = engine.clone();
                tokio::spawn(async move { refused(&task) }).await.unwrap();
                drop(held);
                work(&engine);
                // Held by a thread that may give it back, it is waited for.
                let (other, (taken, is_taken)) = (engine.clone(), mpsc::channel());
                let status = engine.clone();
                let holding = std::thread::spawn(move || {
                    let held = other.connect().wait().unwrap();
                    taken.send(()).unwrap();
                    while status.status().waiting == 0 {
                        std::thread::yield_now();
                    }
                    drop(held);
                });
                is_taken.recv().unwrap();
                work(&engine);
                holding.join().unwrap();
            });
        });
    }
}

/// More tasks wait than the runtime has threads for, so that none is left which could run the one that they wait for. The pool's
/// timeout ends that, which needs no runtime.
#[test]
fn more_waiting_threads_than_the_runtime_allows_hear_of_it_after_the_timeout() {
    for place in places() {
        let hurried = PoolOptions::default().with_size(1).with_overflow(0);
        let engine =
            place.engine(EngineOptions::new().pool(hurried.with_timeout(Duration::from_millis(300))));
        ends(place.kind, move || {
            // One thread that runs tasks, and one that takes its place.
            let runtime = Builder::new_multi_thread()
                .worker_threads(1)
                .max_blocking_threads(1)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let held = engine.connect().await.unwrap();
                let (give_back, given_back) = tokio::sync::oneshot::channel();
                let tasks: Vec<_> = (0..5)
                    .map(|_| {
                        let engine = engine.clone();
                        tokio::spawn(async move { engine.connect().wait().map(drop) })
                    })
                    .collect();
                let status = engine.clone();
                let holding = tokio::spawn(async move {
                    given_back.await.unwrap();
                    drop(held);
                    status.status()
                });
                for task in tasks {
                    let error = task.await.unwrap().unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
                    let message = error.to_string();
                    assert!(
                        message.contains("no connection to") && message.contains("in 300ms"),
                        "{message}"
                    );
                    // Who has it.
                    assert!(message.contains("blocked.rs"), "{message}");
                }
                give_back.send(()).unwrap();
                let status = holding.await.unwrap();
                assert_eq!((status.checked_out, status.waiting), (0, 0), "{status}");
                // The runtime is as good as new.
                let again = engine.clone();
                tokio::spawn(async move { work(&again) }).await.unwrap();
            });
        });
    }
}

#[test]
fn a_blocking_thread_may_wait() {
    for place in places() {
        for runtime in [one_thread(), workers(1)] {
            let engine = pool_of(&place, 1);
            ends(place.kind, move || {
                runtime.block_on(async {
                    let held = engine.connect().await.unwrap();
                    let task = engine.clone();
                    let waiting = tokio::task::spawn_blocking(move || work(&task));
                    while engine.status().waiting == 0 {
                        tokio::task::yield_now().await;
                    }
                    drop(held);
                    waiting.await.unwrap();
                });
            });
        }
    }
}

/// A `LocalSet` runs its tasks on a thread that can't hand its place over, on whatever runtime it stands.
#[test]
fn a_local_set_may_wait() {
    for place in places() {
        for runtime in [one_thread(), workers(1)] {
            let hurried = PoolOptions::default().with_size(1).with_overflow(0);
            let options = EngineOptions::new().pool(hurried.with_timeout(Duration::from_millis(50)));
            let engine = place.engine(options);
            ends(place.kind, move || {
                let local = LocalSet::new();
                local.block_on(&runtime, async {
                    let held = engine.connect().await.unwrap();
                    let error = engine.connect().wait().unwrap_err();
                    let message = error.to_string();
                    assert!(matches!(error.kind(), ErrorKind::Usage | ErrorKind::Timeout), "{message}");
                    assert!(message.contains("asynchronous tasks on this very thread"), "{message}");
                    drop(held);
                    work(&engine);
                    let mut connection = engine.connect().await.unwrap();
                    tokio::task::spawn_local(async move { ask(&mut connection, 2) }).await.unwrap();
                    let task = engine.clone();
                    tokio::task::spawn_local(async move { work(&task) }).await.unwrap();
                });
            });
        }
    }
}

/// A lock that only another task of the thread could let go is waited for until the file's own deadline.
#[test]
fn a_lock_of_a_task_of_this_thread_is_an_error_after_its_deadline() {
    let place = Place::sqlite();
    let url = place.url().clone().with_option("busy_timeout", "100");
    ends("sqlite", move || {
        let engine = Engine::with_driver(aludel::driver(&url).unwrap());
        engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
        one_thread().block_on(async {
            let writing = engine.begin_with(aludel::TransactionOptions::immediate()).await.unwrap();
            let mut other = engine.connect().await.unwrap();
            let error = other.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Operational);
            assert!(
                error.to_string().contains("`.wait()` keeps its thread from running other tasks"),
                "{error}"
            );
            drop(writing);
            other.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();
        });
    });
}
