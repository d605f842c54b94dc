//! The reactor that mysql_async needs, on a thread of its own, so that users need no runtime.
//!
//! The thread only waits for sockets and timers and wakes whoever polls. Reading, writing and decoding happen where
//! the future is polled, so a statement costs no hop to another thread and back.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::OnceLock;

use aludel_engine::error::{Error, ErrorKind, Result};
use mysql_async::Conn;
use tokio::runtime::{Builder, Handle};

/// Drives a future with the background reactor in reach.
pub(crate) async fn within<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let reactor = reactor()?;
    let mut future = pin!(future);
    poll_fn(|context| {
        let _entered = reactor.enter();
        future.as_mut().poll(context)
    })
    .await
}

/// Gives a connection up. A healthy one takes its leave from the server in the background.
pub(crate) fn retire(connection: Conn, healthy: bool) {
    match reactor() {
        Ok(reactor) if healthy => {
            let _entered = reactor.enter();
            drop(connection);
        }
        // Without a reactor in reach, mysql_async closes the socket at once instead of reading what is left of an
        // abandoned result, and the server takes an open transaction back. The caller may stand inside of a runtime.
        _ => {
            let closing = std::thread::Builder::new().name("aludel-mysql-close".into());
            // Where no thread can be had, the connection is dropped here.
            let _ = closing.spawn(move || drop(connection));
        }
    }
}

/// The one background thread of the process, started when it is first asked for.
pub(crate) fn reactor() -> Result<&'static Handle> {
    static REACTOR: OnceLock<std::result::Result<Handle, String>> = OnceLock::new();
    REACTOR.get_or_init(|| start().map_err(|error| error.to_string())).as_ref().map_err(|reason| {
        Error::new(
            ErrorKind::Operational,
            format!("the thread that waits for MySQL's sockets could not be started: {reason}"),
        )
    })
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name("aludel-mysql".into())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}
