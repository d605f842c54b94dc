//! What `.wait()` has to know of tokio, and drivers of its reactor (cargo feature `tokio`, which drivers for servers turn on).

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{block_in_place, try_id};

use super::nudge::Nudge;
use super::{Role, Runtime};

/// The runtime around the caller, where sockets of a driver may belong to it: one on several threads, with more than one worker.
/// Tasks of it that [wait](super) give way to others. One that blocks its thread otherwise may stop the sockets, until another
/// worker is [reminded](super::nudge) of them. A runtime on one thread stands still while nobody blocks on it, and one with a
/// single worker while a task blocks that, so that neither would answer.
pub fn around() -> Option<Handle> {
    let several = |handle: &Handle| {
        handle.runtime_flavor() == RuntimeFlavor::MultiThread && handle.metrics().num_workers() > 1
    };
    Handle::try_current().ok().filter(several)
}

/// An idle worker that is given a task looks after the sockets once it is done with it.
impl Nudge for Handle {
    fn nudge(&self) {
        drop(self.spawn(std::future::ready(())));
    }
}

/// In a runtime on several threads, a thread that blocks has to hand its place over, or nobody would look after the sockets once
/// all of them wait.
pub(super) struct Tokio;

impl Runtime for Tokio {
    fn role(&self) -> Role {
        match Handle::try_current() {
            Ok(handle) if runs_tasks() => match handle.runtime_flavor() {
                // Only tasks run there. What has none is the future of a runtime on one thread, and the handle another one's.
                RuntimeFlavor::MultiThread if try_id().is_some() => Role::OneOfSeveral,
                _ => Role::TheOnlyOne,
            },
            _ => Role::Free,
        }
    }

    fn without_budget(&self, work: &mut dyn FnMut()) {
        let free = pin!(tokio::task::unconstrained(std::future::poll_fn(|_| {
            work();
            Poll::Ready(())
        })));
        // It is done at the first look.
        let _ = free.poll(&mut Context::from_waker(Waker::noop()));
    }

    /// A task on one thread may have entered a runtime on several (`Handle::enter`), whose handle it then has. Nothing but
    /// `block_in_place` tells that from a thread of that runtime: it panics, before it calls anything.
    fn give_way(&self, work: &mut dyn FnMut()) {
        let mut begun = false;
        let given = catch_unwind(AssertUnwindSafe(|| {
            block_in_place(|| {
                begun = true;
                work();
            });
        }));
        match given {
            Err(panic) if begun => resume_unwind(panic),
            _ => {}
        }
    }
}

/// Whether the current thread runs a runtime's tasks. A handle is there also in `spawn_blocking`, in `block_on` of a runtime on
/// several threads, with a `LocalSet` in it, say, and where a runtime was only entered. What tells them apart is where a task
/// goes that yields: a thread that runs tasks keeps it until it has looked at the others, and everywhere else it is woken at
/// once.
fn runs_tasks() -> bool {
    thread_local! {
        // The same one each time: a runtime remembers different ones until it gets to run.
        static WOKEN: Arc<Woken> = Arc::new(Woken(AtomicBool::new(false)));
    }
    let woken = WOKEN.with(Arc::clone);
    woken.0.store(false, Ordering::Relaxed);
    let waker = Waker::from(Arc::clone(&woken));
    let mut yielding = pin!(tokio::task::yield_now());
    let pending = yielding.as_mut().poll(&mut Context::from_waker(&waker)).is_pending();
    pending && !woken.0.load(Ordering::Relaxed)
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
