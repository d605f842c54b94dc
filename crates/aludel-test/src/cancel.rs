//! Futures that are dropped in the middle: at each of their await points, one after the other.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

/// Polls a future, each time when it asks for it, until it is done or has been pending so often. Then it is dropped.
///
/// ```
/// use aludel_test::drop_at;
///
/// async fn work() -> u32 {
///     let mut yielded = false;
///     std::future::poll_fn(|context| match std::mem::replace(&mut yielded, true) {
///         true => std::task::Poll::Ready(()),
///         false => {
///             context.waker().wake_by_ref();
///             std::task::Poll::Pending
///         }
///     })
///     .await;
///     42
/// }
///
/// // It is dropped at its only await point, and runs to its end.
/// assert_eq!(drop_at(0, work()), None);
/// assert_eq!(drop_at(1, work()), Some(42));
/// ```
///
/// A future that is pending and asks for nothing for half a minute counts as pending once more.
pub fn drop_at<T>(pending: usize, future: impl Future<Output = T>) -> Option<T> {
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut future = pin!(future);
    for point in 0..=pending {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        if point < pending {
            signal.wait();
        }
    }
    None
}

/// Runs a future again and again, and drops it at its first await point, at its second one, and so on until it comes to
/// its end. After each time, `after` is told at which one it was, from 0, and what came out. Returns how many await points
/// there are.
///
/// ```
/// use aludel::prelude::*;
/// use aludel_test::drop_at_every_await;
///
/// let engine = Engine::new("sqlite://")?;
/// engine.connect().wait()?.execute_script("CREATE TABLE t (n INTEGER)").wait()?;
/// let work = async || {
///     let mut transaction = engine.begin().await?;
///     transaction.execute(sql("INSERT INTO t VALUES (1)")).await?;
///     transaction.execute(sql("INSERT INTO t VALUES (2)")).await?;
///     transaction.commit().await
/// };
/// drop_at_every_await(work, |_, outcome| {
///     let rows = engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows::<i64>()).wait();
///     assert_eq!(rows.unwrap(), if outcome.is_some() { 2 } else { 0 });
/// });
/// # Ok::<(), aludel::Error>(())
/// ```
///
/// # Panics
/// Where the future has more than ten thousand await points.
pub fn drop_at_every_await<T>(
    mut work: impl AsyncFnMut() -> T,
    mut after: impl FnMut(usize, Option<T>),
) -> usize {
    for at in 0..10_000 {
        let outcome = drop_at(at, work());
        let done = outcome.is_some();
        after(at, outcome);
        if done {
            return at;
        }
    }
    panic!("the future does not come to its end");
}

#[derive(Default)]
struct Signal {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    fn wait(&self) {
        let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = Instant::now() + Duration::from_secs(30);
        while !*woken && Instant::now() < limit {
            woken = self
                .changed
                .wait_timeout(woken, Duration::from_millis(50))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *woken = false;
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}
