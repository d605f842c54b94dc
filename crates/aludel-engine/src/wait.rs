//! `.wait()`: any of our futures, driven to its end on the current thread without a runtime.
//!
//! # Inside of a runtime
//!
//! `.wait()` needs nothing of the runtime that it may stand in: SQLite's statements are function calls, and the drivers
//! for servers have a thread of their own that wakes whoever waits. So it works everywhere: in `spawn_blocking`, in a task
//! of any runtime, in `Drop`. In a task it keeps the thread from running other tasks, for as long as the database takes.
//!
//! What only another task of the same thread could give, a thread that waits in this way will not get: a connection of a
//! pool of which all are held by such tasks, a lock in a SQLite file that such a task holds. Which task runs where is not
//! for a library to know under every runtime, so nothing is refused on suspicion; but no such wait is without an end. The
//! pool's [timeout](crate::PoolOptions) and SQLite's `busy_timeout` end them, with an error that says what has happened. In
//! asynchronous code the way out is `.await`, or `spawn_blocking` around what waits.

use std::cell::Cell;
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Waits for a future on the current thread.
///
/// SQLite runs on the calling thread, so waiting for it costs nothing. Inside of an async task, use `.await`: a task
/// that blocks its thread keeps others from running. The [module](self) says what happens there.
pub trait Wait: IntoFuture + Sized {
    /// Drives the future to its end.
    #[inline]
    fn wait(self) -> Self::Output {
        let _waiting = Waiting::begin();
        let mut future = pin!(self.into_future());
        // Most futures here never have to wait: they are done at the first look.
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => park(future),
        }
    }
}

impl<F: IntoFuture> Wait for F {}

/// Looks at a future whenever it has woken this thread.
#[inline(never)]
fn park<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

thread_local! {
    static WAITING: Cell<bool> = const { Cell::new(false) };
    static THREAD: u64 = {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

/// Notes that this thread waits, for as long as it lives.
struct Waiting(bool);

impl Waiting {
    fn begin() -> Self {
        Waiting(WAITING.replace(true))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.set(self.0);
    }
}

/// Whether this thread stands in [`wait`](Wait::wait), so that it runs nothing else until that is over: for messages.
pub fn is_waiting() -> bool {
    WAITING.get()
}

/// A number that no other thread has.
pub(crate) fn this_thread() -> u64 {
    THREAD.with(|number| *number)
}
