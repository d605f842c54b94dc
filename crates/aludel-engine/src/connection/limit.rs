//! How long a statement may take.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_timer::Delay;

use super::Connection;
use crate::cancel::CancelHandle;
use crate::error::{Error, ErrorKind, Result};

/// How long a server is given to stop a statement. It usually takes no longer than the way there and back.
const GRACE: Duration = Duration::from_secs(5);

/// After so long it is asked again: the request may have overtaken the statement on the way.
const AGAIN: Duration = Duration::from_millis(250);

/// What became of a statement with a limit.
pub(super) enum Ended<T> {
    /// It ended by itself.
    Alone(Result<T>),
    /// It ended after it was asked to stop.
    Asked(Result<T>),
    /// It ended, and its driver looked at the clock.
    Kept(Result<T>),
    /// It is under way still, and nobody waits for it any more.
    Left,
}

/// Waits for an operation that may have a limit. Further away than the clock goes is none.
pub(super) async fn timely<T>(
    limit: Option<Duration>,
    cancel: Option<CancelHandle>,
    work: impl Future<Output = Result<T>>,
) -> Ended<T> {
    match limit.filter(|limit| Instant::now().checked_add(*limit).is_some()) {
        Some(limit) => limited(limit, cancel, work).await,
        None => Ended::Alone(work.await),
    }
}

impl Connection {
    /// What an operation with a limit comes to.
    pub(super) fn in_time<T>(&mut self, limit: Duration, ended: Ended<T>, sql: &str) -> Result<T> {
        match ended {
            Ended::Asked(Err(error)) if is_stop(&error) => Err(too_long(limit, Some(error))),
            Ended::Kept(Err(error)) if error.kind() == ErrorKind::Timeout => {
                Err(too_long(limit, Some(error)))
            }
            Ended::Alone(result) | Ended::Kept(result) | Ended::Asked(result) => result,
            Ended::Left => {
                // What comes of it tells nothing about the server.
                self.suspect = true;
                Err(too_long(limit, None).with_statement(sql))
            }
        }
    }
}

/// Waits for a statement, and has it stopped when the time is up.
pub(super) async fn limited<T>(
    limit: Duration,
    cancel: Option<CancelHandle>,
    work: impl Future<Output = Result<T>>,
) -> Ended<T> {
    let mut work = pin!(work);
    let mut alarm = Delay::new(limit);
    let early = poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => Pin::new(&mut alarm).poll(context).map(|()| None),
    });
    if let Some(result) = early.await {
        return Ended::Alone(result);
    }
    let Some(cancel) = cancel else { return Ended::Left };
    // The request is waited for as well, so that it meets no later statement. Where it fails, the statement may still end
    // by itself.
    let mut request = Some(Box::pin(cancel.cancel()));
    let mut again = Delay::new(AGAIN);
    let mut grace = Delay::new(GRACE);
    let mut ended = None;
    let both = poll_fn(|context| {
        if ended.is_none()
            && let Poll::Ready(result) = work.as_mut().poll(context)
        {
            ended = Some(result);
        }
        loop {
            if request.as_mut().is_some_and(|request| request.as_mut().poll(context).is_ready()) {
                request = None;
                again.reset(AGAIN);
            }
            if request.is_none() && ended.is_some() {
                return Poll::Ready(());
            }
            // Another one could meet the next statement, where it is not exact.
            if request.is_some() || !cancel.is_exact() || Pin::new(&mut again).poll(context).is_pending() {
                return Pin::new(&mut grace).poll(context);
            }
            request = Some(Box::pin(cancel.cancel()));
        }
    });
    both.await;
    match ended {
        Some(result) => Ended::Asked(result),
        None => Ended::Left,
    }
}

/// The error of a statement that took too long.
#[cold]
pub(super) fn too_long(limit: Duration, stopped: Option<Error>) -> Error {
    let message = format!(
        "the statement took longer than {limit:?}, and was stopped: look at its plan, or allow it more with \
         `ExecutionOptions::statement_timeout`"
    );
    let Some(stopped) = stopped else {
        let message = format!("{message}. The server did not confirm that, so the connection is given up");
        return Error::new(ErrorKind::Timeout, message);
    };
    let mut error = Error::new(ErrorKind::Timeout, message);
    if let Some(code) = stopped.code() {
        error = error.with_code(code);
    }
    if let Some(statement) = stopped.statement() {
        error = error.with_statement(statement);
    }
    error.with_source(stopped)
}

/// Whether an operation ended because somebody had it stopped.
pub(super) fn is_stop(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Timeout)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::driver::{BoxFuture, Cancel};
    use crate::wait::Wait;

    /// Takes requests that come to nothing, as one does that arrives before the statement.
    #[derive(Debug, Default)]
    struct Early(AtomicU32);

    impl Cancel for Early {
        fn cancel(&self) -> BoxFuture<'static, Result<()>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(std::future::ready(Ok(())))
        }

        fn is_exact(&self) -> bool {
            true
        }
    }

    #[test]
    fn a_request_that_came_too_early_is_followed_by_another() {
        let early = Arc::new(Early::default());
        let handle = CancelHandle::new(Arc::clone(&early) as Arc<dyn Cancel>);
        handle.began();
        let statement = poll_fn(|_| match early.0.load(Ordering::SeqCst) {
            0 | 1 => Poll::Pending,
            _ => Poll::Ready(Err::<(), _>(Error::new(ErrorKind::Cancelled, "stopped"))),
        });
        let ended = limited(Duration::from_millis(1), Some(handle), statement).wait();
        assert!(matches!(ended, Ended::Asked(Err(_))));
    }
}
