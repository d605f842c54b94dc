//! Stopping a statement from elsewhere.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::driver::Cancel;
use crate::error::{Error, ErrorKind, Result};

/// Stops the statement that runs on a connection, from another task or thread. Clones stop the same one. Where it comes
/// from: [`Connection::cancel_handle`](crate::Connection::cancel_handle).
///
/// The statement ends with an error of kind [`Cancelled`](ErrorKind::Cancelled), and its connection can be used
/// afterwards; an open transaction is for its owner to roll back, as after any error. Once the connection was given back
/// to its pool, the handle does nothing any more, so that it never meets the next user's statement.
#[derive(Clone)]
pub struct CancelHandle {
    cancel: Arc<dyn Cancel>,
    watch: Arc<Watch>,
}

/// What a connection and its handles know of each other.
#[derive(Debug, Default)]
struct Watch(Mutex<Now>);

#[derive(Debug, Default)]
struct Now {
    /// An operation is under way.
    running: bool,
    /// How often the operation that is under way was asked to stop.
    asked: u32,
    /// A request was sent that no operation is known to have met: it may still come.
    stray: bool,
    /// The connection was given back.
    over: bool,
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The operation is over; `stopped` where it was cut short by the request.
    fn ended(&self, stopped: bool, cancel: &dyn Cancel) {
        let mut now = self.lock();
        now.stray |= now.asked > u32::from(stopped);
        now.running = false;
        now.asked = 0;
        cancel.forget();
    }

    fn close(&self) -> bool {
        let mut now = self.lock();
        now.over = true;
        now.stray || now.asked > 0
    }
}

impl CancelHandle {
    pub(crate) fn new(cancel: Arc<dyn Cancel>) -> Self {
        CancelHandle { cancel, watch: Arc::default() }
    }

    pub(crate) fn began(&self) {
        let mut now = self.watch.lock();
        now.running = true;
        now.asked = 0;
        self.cancel.forget();
    }

    pub(crate) fn ended(&self, stopped: bool) {
        self.watch.ended(stopped, self.cancel.as_ref());
    }

    /// Whether a request can meet nothing but what it was made for.
    pub(crate) fn is_exact(&self) -> bool {
        self.cancel.is_exact()
    }

    /// Whether no request is under way.
    pub(crate) fn is_settled(&self) -> bool {
        self.cancel.is_settled()
    }

    /// Nobody stops anything from now on. Whether a request may still come to the server, which then stops what it finds, or
    /// whether the next statement would have to wait for one.
    pub(crate) fn close(&self) -> bool {
        let asked = self.watch.close();
        (asked && !self.cancel.is_exact()) || !self.cancel.is_settled()
    }

    /// Stops what runs on the connection, and tells whether anything did. The statement may be done just before it hears
    /// of it; then it has succeeded.
    ///
    /// # Errors
    /// Where the server can't be reached. The statement goes on then.
    pub async fn cancel(&self) -> Result<bool> {
        let request = {
            let mut now = self.watch.lock();
            if !now.running || now.over {
                return Ok(false);
            }
            now.asked += 1;
            // What acts on the spot does so before anything else can begin.
            self.cancel.cancel()
        };
        request.await.map(|()| true)
    }
}

impl fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CancelHandle({:?})", self.cancel)
    }
}

#[cold]
pub(crate) fn not_supported() -> Error {
    Error::new(ErrorKind::NotSupported, "the driver of this database can't stop a statement that runs")
}
