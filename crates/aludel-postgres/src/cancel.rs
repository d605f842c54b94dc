//! Stopping a statement that runs: a request by a connection of its own, which is over before anything else is asked.
//!
//! The server sends its process two signals for one request, and the second one may come when the first has long done its work. A
//! process that waits for its client takes no notice of a signal, but the next statement would be stopped. So requests are
//! followed to their end: the server closes a request's socket after both signals, and from then on the process has them before
//! it reads what is sent to it. tokio-postgres closes its own end and is content with that, hence the sockets of this file.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aludel_engine::driver::{BoxFuture, Cancel};
use aludel_engine::error::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio_postgres::CancelToken;
use tokio_postgres::tls::MakeTlsConnect;

use crate::place::{Place, Socket};
use crate::runtime;
use crate::tls::Connector;
use crate::wire::Wire;

/// How long the server may take to take the request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long the server may take to answer a request before it gets another one; each time twice as long.
const FIRST_PATIENCE: Duration = Duration::from_millis(100);

/// How the server of a connection is told to stop what that connection runs.
#[derive(Clone)]
pub(crate) struct Stop {
    pub(crate) token: CancelToken,
    pub(crate) connector: Connector,
    pub(crate) place: Place,
}

impl Stop {
    /// Asks, and waits until the server has done all that it does about it. To be awaited on the background thread, where the
    /// socket's reactor is.
    pub(crate) async fn request(self, note: &mut UnderWay) -> Result<(), Box<dyn StdError + Send + Sync>> {
        match self.place.socket.clone() {
            Socket::Tcp(address) => self.send(TcpStream::connect(address).await?, note).await,
            #[cfg(unix)]
            Socket::Unix(path) => self.send(UnixStream::connect(path).await?, note).await,
        }
    }

    /// Has the server stop whatever it does for a connection that nobody wants any more, and says goodbye to it there. It is up
    /// to the caller how long that may take.
    ///
    /// The request goes another way than the statement, and may come first: then the server has nothing to stop, and begins the
    /// statement afterwards, which may go on for as long as it likes, and hold its locks. So the request is made again until
    /// everything that was sent has its answer.
    pub(crate) async fn until_over(self, wire: &mut Wire) {
        let mut patience = FIRST_PATIENCE;
        loop {
            // That it could not be made is no reason to stop.
            let _ = self.clone().request(&mut UnderWay::last()).await;
            if tokio::time::timeout(patience, wire.finish()).await.is_ok() {
                return;
            }
            patience = patience.saturating_mul(2);
        }
    }

    async fn send<S>(mut self, stream: S, note: &mut UnderWay) -> Result<(), Box<dyn StdError + Send + Sync>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let tls = MakeTlsConnect::<UntilClosed<S>>::make_tls_connect(&mut self.connector, &self.place.host)?;
        note.sent = true;
        self.token.cancel_query_raw(UntilClosed { stream, shut: false }, tls).await?;
        note.sent = false;
        Ok(())
    }
}

/// What a connection knows of the requests to stop its statements.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    state: Mutex<State>,
    /// Rung when one has come to its end.
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// There is something that can be stopped.
    running: bool,
    /// Somebody wants it to be stopped.
    asked: bool,
    under_way: usize,
    /// Of one that was sent, the end was not seen: it may come at any time.
    lost: bool,
}

impl Requests {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one, where there is something that it can stop.
    fn ask(self: &Arc<Self>) -> Option<UnderWay> {
        let mut state = self.lock();
        state.running.then(|| {
            state.asked = true;
            state.under_way += 1;
            UnderWay { requests: Some(Arc::clone(self)), sent: false }
        })
    }

    /// Notes that there is something to be stopped from now on. `false` where an earlier request could meet it.
    pub(crate) fn open(&self) -> bool {
        let mut state = self.lock();
        state.running = state.under_way == 0 && !state.lost;
        state.running
    }

    /// Notes that it is over. Whether somebody wanted it to be stopped.
    pub(crate) fn close(&self) -> bool {
        let mut state = self.lock();
        state.running = false;
        state.asked
    }

    /// Whether no request can meet what is sent now.
    pub(crate) fn are_over(&self) -> bool {
        let state = self.lock();
        state.under_way == 0 && !state.lost
    }

    /// Whether one may come at any time, so that the connection is of no use.
    pub(crate) fn one_is_lost(&self) -> bool {
        self.lock().lost
    }

    /// Waits for the end of those that are under way. There are no new ones while nothing runs.
    pub(crate) async fn end(&self) {
        loop {
            let ended = self.ended.notified();
            if self.lock().under_way == 0 {
                return;
            }
            ended.await;
        }
    }
}

/// A request that has begun. It ends with this value.
pub(crate) struct UnderWay {
    /// `None` for the last one of a connection, which nobody waits for.
    requests: Option<Arc<Requests>>,
    /// It is on its way to the server.
    sent: bool,
}

impl UnderWay {
    /// The request of a connection that nobody will use any more.
    pub(crate) fn last() -> Self {
        UnderWay { requests: None, sent: false }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Some(requests) = &self.requests else { return };
        let mut state = requests.lock();
        state.under_way = state.under_way.saturating_sub(1);
        state.lost |= self.sent;
        drop(state);
        requests.ended.notify_waiters();
    }
}

/// A request's stream. It is shut down once the far end is closed as well.
struct UntilClosed<S> {
    stream: S,
    shut: bool,
}

impl<S: AsyncRead + Unpin> AsyncRead for UntilClosed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for UntilClosed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.shut {
            // A server that has closed its end already makes an error of it.
            let _ = ready!(Pin::new(&mut self.stream).poll_shutdown(context));
            self.shut = true;
        }
        loop {
            let mut bytes = [0; 64];
            let mut into = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut into));
            // One that was reset is closed as well.
            if read.is_err() || into.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

/// Stops statements of one connection.
pub(crate) struct Canceller {
    stop: Stop,
    requests: Arc<Requests>,
}

impl Canceller {
    pub(crate) fn new(stop: Stop, requests: Arc<Requests>) -> Self {
        Canceller { stop, requests }
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> BoxFuture<'static, Result<()>> {
        let stop = self.stop.clone();
        // Noted before the server can answer, and before another operation can begin.
        let begun = self.requests.ask();
        Box::pin(async move {
            let Some(mut note) = begun else { return Ok(()) };
            // The timer has to be made on the background thread as well. Whoever waits for this may give up; the request goes on.
            let limited = async move { tokio::time::timeout(TIMEOUT, stop.request(&mut note)).await };
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
        self.requests.lock().asked = false;
    }

    /// What the connection is asked for next waits for the request's end.
    fn is_exact(&self) -> bool {
        true
    }

    fn is_settled(&self) -> bool {
        self.requests.are_over()
    }
}

/// Without the token, which is as good as a password for this.
impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgreSQL")
    }
}
