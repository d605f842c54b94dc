//! The reactor that mysql_async needs, on a thread of its own, so that users need no runtime.
//!
//! The thread only waits for sockets and timers and wakes whoever polls. Reading, writing and decoding happen where
//! the future is polled. Inside of a tokio runtime on several threads, it is that runtime's reactor instead, which wakes
//! tasks without a hop from another thread; what was opened there can't be used any more once it is gone. Tasks that `.wait()`
//! give way to others; one that blocks its thread otherwise may stop the reactor, until a thread in `.wait()` misses an answer and
//! calls for another worker. A runtime on one thread stands still while nobody blocks on it, and one with a single worker while a
//! task blocks that, so they are not asked.

use std::future::{Future, poll_fn};
use std::net::Ipv4Addr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aludel_engine::driver::BoxFuture;
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::wait::is_in_wait;
use aludel_engine::wait::nudge::{Nudge, waits_for};
use aludel_engine::wait::tokio::around;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::runtime::{Builder, Handle};
use tokio::task::AbortHandle;

/// How long the server is given to take note of an end.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(5);

/// Drives a future with a reactor in reach: that of the runtime around the caller, or the background thread's. It comes in its
/// box, since these futures are large, and every wrapper around one would move it. Where the socket belongs to a runtime, that
/// is the home.
pub(crate) fn within<'a, T: Send + 'a>(
    home: Option<Arc<dyn Nudge>>,
    future: BoxFuture<'a, Result<T>>,
) -> BoxFuture<'a, Result<T>> {
    match (around(), home) {
        (Some(_), Some(home)) if is_in_wait() => Box::pin(at_home(home, future)),
        (Some(_), _) => future,
        (None, Some(home)) => Box::pin(at_home(home, Box::pin(in_background(future)))),
        (None, None) => Box::pin(in_background(future)),
    }
}

/// Tells a thread that waits which runtime its answer depends on.
async fn at_home<T>(home: Arc<dyn Nudge>, mut future: BoxFuture<'_, Result<T>>) -> Result<T> {
    poll_fn(|context| {
        waits_for(&home);
        future.as_mut().poll(context)
    })
    .await
}

/// The same for a future that opens a connection, whose socket belongs to that reactor from then on.
pub(crate) async fn within_home<T>(future: impl Future<Output = Result<T>> + Send) -> Result<T> {
    match around() {
        Some(runtime) if has_drivers(&runtime).await => at_home(Arc::new(runtime), Box::pin(future)).await,
        _ => in_background(Box::pin(future)).await,
    }
}

async fn in_background<T>(mut future: BoxFuture<'_, Result<T>>) -> Result<T> {
    let reactor = reactor()?;
    poll_fn(|context| {
        let _entered = reactor.enter();
        future.as_mut().poll(context)
    })
    .await
}

/// Whether a runtime was built with a reactor and a timer. It does not tell, but panics where they are used.
async fn has_drivers(runtime: &Handle) -> bool {
    let probe = async {
        tokio::time::sleep(Duration::ZERO).await;
        drop(tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await);
    };
    runtime.spawn(probe).await.is_ok()
}

/// The runtime that a connection's socket belongs to.
#[derive(Debug)]
pub(crate) struct Home(Option<(Arc<dyn Nudge>, AbortHandle)>);

impl Home {
    /// The one around the caller.
    pub(crate) fn here() -> Self {
        // A runtime ends its tasks when it goes, so this one tells whether it is still there.
        Home(around().map(|runtime| {
            let task = runtime.spawn(std::future::pending::<()>()).abort_handle();
            (Arc::new(runtime) as Arc<dyn Nudge>, task)
        }))
    }

    pub(crate) fn is_there(&self) -> bool {
        self.0.as_ref().is_none_or(|(_, task)| !task.is_finished())
    }

    /// The runtime, for [`within`]; `None` where it is the background thread.
    pub(crate) fn runtime(&self) -> Option<Arc<dyn Nudge>> {
        self.0.as_ref().map(|(runtime, _)| Arc::clone(runtime))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some((_, task)) = &self.0 {
            task.abort();
        }
    }
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

/// Gives a connection up whose answer nobody waits for any more. The server notices that its client is gone only when it
/// has something to say; until then the statement would go on, hold its locks, and keep its transaction open. So the
/// session is ended by way of another connection. Numbers of sessions are not used again, so that nobody else is hit.
pub(crate) fn abandon(connection: Conn) {
    let Ok(reactor) = reactor() else { return retire(connection, false) };
    reactor.spawn(async move {
        let (opts, session) = (connection.opts().clone(), connection.id());
        let ending = async {
            let mut other = Conn::new(opts).await?;
            other.query_drop(format!("KILL {session}")).await?;
            other.disconnect().await
        };
        // What comes of it, and whether in time, is all the same: the socket is closed in any case.
        let _ = tokio::time::timeout(GOODBYE_TIMEOUT, ending).await;
        retire(connection, false);
    });
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
