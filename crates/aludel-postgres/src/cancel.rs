//! Stopping a statement that runs: a request by a connection of its own.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aludel_engine::driver::{BoxFuture, Cancel};
use aludel_engine::error::{Error, ErrorKind, Result};
use tokio_postgres::CancelToken;

use crate::runtime;
use crate::tls::Connector;
use crate::wire::Wire;

/// How long the server may take to take the request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks the server to stop what the connection of this token runs. To be awaited on the background thread, where the
/// socket's reactor is.
pub(crate) async fn request(token: CancelToken, connector: Connector) -> Result<(), tokio_postgres::Error> {
    token.cancel_query(connector).await
}

/// How long the server may take to answer a request before it gets another one; each time twice as long.
const FIRST_PATIENCE: Duration = Duration::from_millis(100);

/// Has the server stop whatever it does for a connection that nobody wants any more, and says goodbye to it there. It is up
/// to the caller how long that may take.
///
/// The request goes another way than the statement, and may come first: then the server has nothing to stop, and begins the
/// statement afterwards, which may go on for as long as it likes, and hold its locks. So the request is made again until
/// everything that was sent has its answer.
pub(crate) async fn until_over(token: CancelToken, connector: Connector, wire: &mut Wire) {
    let mut patience = FIRST_PATIENCE;
    loop {
        // That it could not be made is no reason to stop.
        let _ = request(token.clone(), connector.clone()).await;
        if tokio::time::timeout(patience, wire.finish()).await.is_ok() {
            return;
        }
        patience = patience.saturating_mul(2);
    }
}

/// For how long nothing is sent on a connection after its statement was stopped.
const CALM: Duration = Duration::from_millis(100);

/// Waits until the request that stopped a statement has come to its end.
///
/// The server sends its process two signals for one request, and the second one may come when the first has long done its
/// work. A process that has nothing to do takes no notice of it, but the next statement would be stopped. (libpq reads
/// the request's socket to its end, which comes behind both; tokio-postgres keeps that to itself.)
pub(crate) async fn settle() {
    if let Ok(runtime) = runtime::handle() {
        // That the timer has gone is no reason to fail.
        let _ = runtime.spawn(async { tokio::time::sleep(CALM).await }).await;
    }
}

/// Stops statements of one connection.
pub(crate) struct Canceller {
    token: CancelToken,
    connector: Connector,
    /// Tells the connection that it was us.
    cancelled: Arc<AtomicBool>,
}

impl Canceller {
    pub(crate) fn new(token: CancelToken, connector: Connector, cancelled: Arc<AtomicBool>) -> Self {
        Canceller { token, connector, cancelled }
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> BoxFuture<'static, Result<()>> {
        let token = self.token.clone();
        let connector = self.connector.clone();
        let cancelled = Arc::clone(&self.cancelled);
        // Noted before the server can answer.
        cancelled.store(true, Ordering::Relaxed);
        Box::pin(async move {
            // The timer has to be made on the background thread as well.
            let limited = async move { tokio::time::timeout(TIMEOUT, request(token, connector)).await };
            let sending = runtime::handle()?.spawn(limited);
            let reason = match sending.await {
                Ok(Ok(Ok(()))) => return Ok(()),
                Ok(Ok(Err(failed))) => failed.to_string(),
                Ok(Err(_)) => format!("the server did not take the request within {TIMEOUT:?}"),
                Err(panicked) => panicked.to_string(),
            };
            let message = format!("the statement can't be stopped: {reason}");
            Err(Error::new(ErrorKind::Operational, message))
        })
    }

    fn forget(&self) {
        self.cancelled.store(false, Ordering::Relaxed);
    }
}

/// Without the token, which is as good as a password for this.
impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgreSQL")
    }
}
