//! `.wait()` wherever a program may stand: without a runtime, inside of one, beside one, and in `Drop`. With SQLite alone, in a
//! build that has turned `tokio` on by itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;
use std::thread::ThreadId;
use std::time::Duration;

use aludel::prelude::*;
use aludel::{ErrorKind, PoolOptions};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Barrier;
use tokio::task::LocalSet;

use aludel_tests::slow;

fn current_thread() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(count).build().unwrap()
}

/// A driver whose futures are pending, as those of servers are.
fn engine(size: usize, timeout: Duration) -> Engine {
    slow::engine(PoolOptions::single().with_size(size).with_timeout(timeout))
}

fn answer(engine: &Engine) -> i64 {
    let mut transaction = engine.begin().wait().unwrap();
    let answer = transaction.one(sql("SELECT 42").rows()).wait().unwrap();
    transaction.commit().wait().unwrap();
    answer
}

#[test]
fn waiting_works_everywhere() {
    let patient = Duration::from_secs(60);
    assert_eq!(answer(&engine(1, patient)), 42);
    let engine = engine(1, patient);
    current_thread().block_on(async {
        assert_eq!(answer(&engine), 42);
        let task = engine.clone();
        assert_eq!(tokio::spawn(async move { answer(&task) }).await.unwrap(), 42);
        let task = engine.clone();
        assert_eq!(tokio::task::spawn_blocking(move || answer(&task)).await.unwrap(), 42);
    });
}

/// In a thread that may block, another task gives its connection back meanwhile.
#[test]
fn a_blocking_thread_waits_for_a_task() {
    let engine = engine(1, Duration::from_secs(60));
    current_thread().block_on(async {
        let held = engine.connect().await.unwrap();
        let task = engine.clone();
        let waiting = tokio::task::spawn_blocking(move || answer(&task));
        while engine.status().waiting == 0 {
            tokio::task::yield_now().await;
        }
        drop(held);
        assert_eq!(waiting.await.unwrap(), 42);
    });
}

/// Where every thread of the runtime waits, others take their places, and among their tasks is the one that ends it.
#[test]
fn workers_that_wait_give_way() {
    for count in [1, 2] {
        let engine = engine(1, Duration::from_secs(60));
        workers(count).block_on(async {
            let held = engine.connect().await.unwrap();
            let together = Arc::new(Barrier::new(count + 1));
            let waiting: Vec<_> = (0..count)
                .map(|_| {
                    let (task, together) = (engine.clone(), Arc::clone(&together));
                    tokio::spawn(async move {
                        together.wait().await;
                        answer(&task)
                    })
                })
                .collect();
            let status = engine.clone();
            let giving = tokio::spawn(async move {
                together.wait().await;
                while status.status().waiting < count {
                    tokio::task::yield_now().await;
                }
                drop(held);
            });
            giving.await.unwrap();
            for task in waiting {
                assert_eq!(task.await.unwrap(), 42);
            }
        });
    }
}

/// A thread that has entered a runtime is none of its own, and has no place in it that another one could take. Wherever it
/// stands: outside of any runtime, in a task of another one, and in a `LocalSet`.
#[test]
fn a_runtime_that_was_only_entered_is_not_asked_for_another_thread() {
    let entered = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let engine = engine(1, Duration::from_secs(60));
    let within = |engine: &Engine, handle: &Handle| {
        let _entered = handle.enter();
        assert_eq!(answer(engine), 42);
    };
    within(&engine, entered.handle());
    let spawned = |engine: &Engine| {
        let (engine, handle) = (engine.clone(), entered.handle().clone());
        async move { within(&engine, &handle) }
    };
    current_thread().block_on(async {
        assert_eq!(panics_of(|| within(&engine, entered.handle())), 0, "the runtime's own future is no task");
        tokio::spawn(spawned(&engine)).await.unwrap();
        tokio::task::spawn_blocking({
            let (engine, handle) = (engine.clone(), entered.handle().clone());
            move || within(&engine, &handle)
        })
        .await
        .unwrap();
    });
    for runtime in [current_thread(), workers(1)] {
        let local = LocalSet::new();
        local.block_on(&runtime, async {
            within(&engine, entered.handle());
            tokio::task::spawn_local(spawned(&engine)).await.unwrap();
            tokio::spawn(spawned(&engine)).await.unwrap();
        });
        // A set that a worker drives, and one inside of what has given its place away.
        let (task, handle) = (engine.clone(), entered.handle().clone());
        let nested = runtime.spawn(async move {
            let local = LocalSet::new();
            let inside = local.run_until(async {
                assert_eq!(answer(&task), 42);
                within(&task, &handle);
                let spawned = task.clone();
                tokio::task::spawn_local(async move { answer(&spawned) }).await.unwrap()
            });
            assert_eq!(inside.wait(), 42);
        });
        runtime.block_on(nested).unwrap();
    }
}

/// How often this thread panics meanwhile, caught or not.
fn panics_of(work: impl FnOnce()) -> usize {
    static PANICS: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.lock().unwrap().push(std::thread::current().id());
        before(panic);
    }));
    work();
    let here = std::thread::current().id();
    PANICS.lock().unwrap().iter().filter(|thread| **thread == here).count()
}

/// What panics while it is waited for does so once, and the thread goes on.
#[test]
fn a_panic_comes_through() {
    for runtime in [current_thread(), workers(1)] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let panicking = runtime.spawn(async move {
            let mut pending = true;
            std::future::poll_fn(|context| -> Poll<()> {
                if std::mem::take(&mut pending) {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                counted.fetch_add(1, Ordering::Relaxed);
                panic!("on purpose")
            })
            .wait()
        });
        let panic = runtime.block_on(panicking).unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref(), Some(&"on purpose"));
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        let engine = engine(1, Duration::from_secs(60));
        assert_eq!(runtime.block_on(runtime.spawn(async move { answer(&engine) })).unwrap(), 42);
    }
}

/// What only a task of this thread could give back, nobody gives: that is refused, and says so.
#[test]
fn waiting_for_a_task_of_this_thread_has_an_end() {
    let engine = engine(1, Duration::from_secs(3600));
    current_thread().block_on(async {
        let held = engine.connect().await.unwrap();
        let task = engine.clone();
        let error =
            tokio::spawn(async move { task.connect().wait().map(|_| ()) }).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        assert!(
            error.to_string().contains("of them went to asynchronous tasks on this very thread"),
            "{error}"
        );
        assert!(error.to_string().contains("spawn_blocking"), "{error}");
        drop(held);
        assert_eq!(answer(&engine), 42);
    });
}

/// Without a task it is the usual word.
#[test]
fn waiting_for_oneself_outside_of_a_task_has_an_end() {
    let engine = engine(1, Duration::from_millis(100));
    let _held = engine.connect().wait().unwrap();
    let error = engine.connect().wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(!error.to_string().contains("asynchronous tasks"), "{error}");
}

/// A guard of the user's own that ends its work with the database when it is dropped.
struct Goodbye(Engine, mpsc::Sender<i64>);

impl Drop for Goodbye {
    fn drop(&mut self) {
        self.1.send(answer(&self.0)).unwrap();
    }
}

#[test]
fn waiting_works_in_drop() {
    let (sender, answers) = mpsc::channel();
    let engine = engine(1, Duration::from_secs(60));
    let goodbye = || Goodbye(engine.clone(), sender.clone());
    drop(goodbye());
    let guard = goodbye();
    current_thread().block_on(async move { drop(guard) });
    let guard = goodbye();
    current_thread().block_on(async move { tokio::spawn(async move { drop(guard) }).await.unwrap() });
    assert_eq!(answers.try_iter().collect::<Vec<_>>(), [42; 3]);
}
