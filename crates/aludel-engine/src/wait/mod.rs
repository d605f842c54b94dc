//! `.wait()`: any of our futures, driven to its end on the current thread without a runtime.
//!
//! # Inside of a runtime
//!
//! `.wait()` works everywhere: in `spawn_blocking`, in a task of any runtime, in `Drop`. SQLite's statements are function
//! calls. What has to wait for a server or for another task depends on the thread:
//!
//! | where | what happens |
//! |---|---|
//! | outside of a runtime (also with one entered), in `spawn_blocking`, directly in `block_on` of tokio's runtime on several threads or in a `LocalSet` there | the thread waits |
//! | in a task of tokio's runtime on several threads | the thread waits, and another one takes its place in the runtime, as with `block_in_place`: other tasks run, and sockets are looked after, as long as no more threads wait in this way than the runtime allows (`max_blocking_threads`, 512 unless it was built otherwise) |
//! | in `block_on` and in tasks of tokio's runtime on one thread, in a `LocalSet` there as well | the thread waits, and no other task runs meanwhile; the drivers for servers have a thread of their own that wakes it |
//!
//! Connections to servers that were opened inside of tokio's runtime on several threads (with more than one worker) have their
//! sockets there. As with everything on tokio, a task that blocks its thread otherwise, without `spawn_blocking`,
//! `block_in_place` or `.wait()`, may stop them: it joins a thread, say, or computes, on the thread that would have looked after
//! them, and tokio does not call an idle one in its stead. A thread in `.wait()` that gets no answer for 20 milliseconds
//! [calls for one](nudge), whatever runtime it stands in; `.await` does not, and where every worker is blocked in that way, the
//! answer comes when one of them is free again. Connections that were opened elsewhere do not depend on any task.
//!
//! Where more threads of a runtime on several wait than it allows, nobody looks after its sockets until one of them has what it
//! waits for. Those that wait for a connection get an error after the pool's [timeout](crate::PoolOptions); but if every one of
//! them waits for an answer of a server, or for a new connection to it, none ever comes. So keep the pools of a program smaller
//! than that.
//!
//! In the last case of the table a task waits in vain for what only another task of the same thread could give. Where all
//! connections of a pool went to such tasks, it is refused one at once. A lock in a SQLite file that such a task holds is an
//! error after `busy_timeout`. The tasks of a `LocalSet` wait in vain for each other wherever it stands; where that is no runtime
//! on one thread, the error comes after the pool's [timeout](crate::PoolOptions). Each message says what has happened. In
//! asynchronous code the way out is `.await`, or `spawn_blocking` around what waits.
//!
//! A guard of `Handle::enter` changes nothing about where a thread stands, but hides it: a task of a runtime on one thread that
//! has entered one on several looks like a task of the latter. tokio is asked for a place for it, and refuses with a panic. That
//! is caught, and the thread waits, but the program's panic hook has seen it, and a build with `panic = "abort"` ends there. So
//! let go of such a guard before `.wait()`.
//!
//! All of this takes a build that knows tokio: the cargo feature `tokio` does, which the drivers for servers turn on. A program
//! that uses SQLite alone turns it on where it waits inside of a runtime. Without the feature, `.wait()` keeps its thread in any
//! case, and a connection or a lock that cannot come is an error after the two timeouts. Other runtimes [can be made
//! known](know).

pub mod nudge;
#[cfg(feature = "tokio")]
pub mod tokio;

use std::cell::Cell;
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
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
        let _waiting = Waiting::begin(Now::Waits);
        let mut future = pin!(self.into_future());
        // Most futures here never have to wait: they are done at the first look.
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => hold(future),
        }
    }
}

impl<F: IntoFuture> Wait for F {}

/// Waits for a future that is not done at the first look.
#[inline(never)]
fn hold<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let Some(runtime) = runtime().filter(|runtime| runtime.role() == Role::OneOfSeveral) else {
        return park(future);
    };
    let mut output = None;
    runtime.give_way(&mut || {
        let _waiting = Waiting::begin(Now::GaveWay);
        output = Some(park(future.as_mut()));
    });
    // A runtime that did not call it has not driven the future either.
    output.unwrap_or_else(|| park(future))
}

/// Drives a future to its end, and sleeps in between.
fn park<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let runtime = runtime();
    let mut sleep = nudge::Sleep::begin();
    loop {
        let mut looked = Poll::Pending;
        let mut look = || looked = future.as_mut().poll(&mut context);
        match runtime {
            Some(runtime) => runtime.without_budget(&mut look),
            None => look(),
        }
        match looked {
            Poll::Ready(output) => return output,
            Poll::Pending => sleep.until_woken(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A runtime, as far as somebody has to know it who blocks one of its threads. This crate knows tokio's, where it is built with
/// the feature `tokio`; a driver whose sockets belong to another one [tells of it](know).
pub trait Runtime: Sync {
    /// What the current thread is to it.
    fn role(&self) -> Role;

    /// Calls `work` on the current thread, free of what a task may do before it has to let others run: a task that waits in this
    /// way lets nobody run, and what is refused for that reason would never come.
    fn without_budget(&self, work: &mut dyn FnMut());

    /// Calls `work` on the current thread, which is [`OneOfSeveral`](Role::OneOfSeveral), while another thread takes its place.
    fn give_way(&self, work: &mut dyn FnMut());
}

/// What a thread is to a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// It runs no tasks, so it may block.
    Free,
    /// It is one of several that run tasks.
    OneOfSeveral,
    /// It is the only one: while it blocks, no task runs.
    TheOnlyOne,
}

static RUNTIME: OnceLock<&'static dyn Runtime> = OnceLock::new();

#[cfg(feature = "tokio")]
const BUILT_IN: Option<&'static dyn Runtime> = Some(&tokio::Tokio);
#[cfg(not(feature = "tokio"))]
const BUILT_IN: Option<&'static dyn Runtime> = None;

/// Says what runtime programs use, where that is not tokio. The first word counts.
pub fn know(runtime: &'static dyn Runtime) {
    RUNTIME.get_or_init(|| runtime);
}

fn runtime() -> Option<&'static dyn Runtime> {
    RUNTIME.get().copied().or(BUILT_IN)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Now {
    Runs,
    /// It waits, and does nothing else.
    Waits,
    /// It waits, and another thread does what it would have done.
    GaveWay,
}

thread_local! {
    static NOW: Cell<Now> = const { Cell::new(Now::Runs) };
    static THREAD: u64 = {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

/// Notes that this thread waits, for as long as it lives.
struct Waiting(Now);

impl Waiting {
    fn begin(now: Now) -> Self {
        Waiting(NOW.replace(now))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        NOW.set(self.0);
    }
}

/// Whether this thread stands in [`wait`](Wait::wait), so that its tasks run nowhere until that is over: for messages.
pub fn is_waiting() -> bool {
    NOW.get() == Now::Waits
}

/// Whether this thread stands in [`wait`](Wait::wait), whoever takes its place.
pub fn is_in_wait() -> bool {
    NOW.get() != Now::Runs
}

/// Whether this thread waits, and no task of its runtime can run before that is over.
pub(crate) fn is_stuck() -> bool {
    is_waiting() && runtime().is_some_and(|runtime| runtime.role() == Role::TheOnlyOne)
}

/// A number that no other thread has.
pub(crate) fn this_thread() -> u64 {
    THREAD.with(|number| *number)
}
