//! Where sockets belong: the reactor that tells when they are ready.
//!
//! tokio-postgres needs a tokio reactor. Where a connection is opened inside of a runtime on several threads, it is that
//! runtime's, so that an answer wakes the task that waits for it without a hop from another thread. Tasks that `.wait()` give way
//! to others; one that blocks its thread otherwise may stop the reactor, until a thread in `.wait()` misses an answer and calls
//! for another worker. A connection outlives such a runtime only to be found unusable.
//! Everywhere else the reactor is one of this crate's own: a runtime on one thread stands still while nobody blocks on it, one
//! with a single worker while a task blocks that, and a pool could hand the connection to somebody who waits for it meanwhile.

use std::sync::{Mutex, PoisonError};
use std::thread;

use aludel_engine::error::{Error, ErrorKind, Result};
use tokio::runtime::{Builder, Handle};

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
