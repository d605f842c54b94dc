//! Where sockets belong: the reactor that tells when they are ready.
//!
//! tokio-postgres needs a tokio reactor. Where a connection is opened inside of a runtime on several threads, it is that
//! runtime's, which is driven whatever its tasks do (those that `.wait()` give way to others), so that an answer wakes the task that waits for it without a hop from
//! another thread. A connection outlives such a runtime only to be found unusable. Everywhere else the reactor is one of this
//! crate's own: a runtime on one thread stands still while nobody blocks on it, and a pool could hand the connection to
//! somebody who does not.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::wait::{self, Role};
use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// The runtime around the caller, where it is one whose reactor is always driven.
pub(crate) fn around() -> Option<Handle> {
    Handle::try_current().ok().filter(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread)
}

/// The way to the background thread, which is started at the first call and lasts as long as the program.
///
/// # Errors
/// Where the system gives no thread or no reactor.
pub(crate) fn handle() -> Result<Handle> {
    static HANDLE: Mutex<Option<Handle>> = Mutex::new(None);
    let mut known = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    match &*known {
        Some(handle) => Ok(handle.clone()),
        None => {
            let handle = start().map_err(|error| {
                let message =
                    format!("the background thread for PostgreSQL connections can't be started: {error}");
                Error::new(ErrorKind::Operational, message).with_source(error)
            })?;
            Ok(known.insert(handle).clone())
        }
    }
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("aludel-postgres".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}

/// What `.wait()` has to know of tokio: in a runtime on several threads, a thread that blocks has to hand its place over, or
/// nobody would look after the sockets once all of them wait.
pub(crate) struct Tokio;

impl wait::Runtime for Tokio {
    fn role(&self) -> Role {
        match Handle::try_current() {
            Ok(handle) if runs_tasks() => match handle.runtime_flavor() {
                RuntimeFlavor::CurrentThread => Role::TheOnlyOne,
                _ => Role::OneOfSeveral,
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

    fn give_way(&self, work: &mut dyn FnMut()) {
        block_in_place(work);
    }
}

/// Whether the current thread runs a runtime's tasks. A handle is there also in `spawn_blocking`, and where a `LocalSet` runs
/// beside a runtime, in which `block_in_place` panics. What tells them apart is where a task goes that yields: a thread that
/// runs tasks keeps it until it has looked at the others, and everywhere else it is woken at once.
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
