//! The end of a connection: in good order, or when it is dropped, and how many of them there may be at once.

use std::sync::PoisonError;
use std::task::{Context, Waker};
use std::time::Duration;

use aludel_engine::driver::RawConnection;
use aludel_engine::error::Result;
use tokio::sync::Semaphore;

use super::PostgresConnection;
use crate::wire::Wire;
use crate::{error, runtime};

/// How long the server is given to take note of an end.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(5);

/// So many connections may take their leave before new ones wait for them.
const MOST_LEAVING: usize = 16;

impl PostgresConnection {
    /// Says goodbye to the server, and waits until it has heard that.
    pub(super) async fn take_leave(mut self: Box<Self>) -> Result<()> {
        if !self.is_usable() {
            return Ok(());
        }
        // The far end says goodbye to the server once nobody is left who could ask for something.
        drop(self.client.take());
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
        wire.finish().await;
        match wire.reason() {
            None => Ok(()),
            reason => Err(error::closed(reason)),
        }
    }
}

/// The server is told that nobody is there any more. Where an answer is outstanding that nobody reads, it is first told
/// to stop, so that it holds no locks for nothing.
impl Drop for PostgresConnection {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
        if wire.look(&mut Context::from_waker(Waker::noop())) {
            return;
        }
        let mut wire = std::mem::replace(wire, Wire::over());
        let answering = self.cursor.take().is_some_and(|cursor| cursor.is_answer());
        let cancel = (self.busy || self.broken || answering).then(|| self.stop.clone());
        drop(client);
        let Ok(runtime) = runtime::handle() else { return };
        let counted = LEAVING.try_acquire().ok();
        runtime.spawn(async move {
            let ending = async {
                match cancel {
                    Some(stop) => stop.until_over(&mut wire).await,
                    None => wire.finish().await,
                }
            };
            // What comes of it, and whether in time, is all the same: the socket is closed in any case.
            let _ = tokio::time::timeout(GOODBYE_TIMEOUT, ending).await;
            drop(wire);
            drop(counted);
        });
    }
}

/// Waits until few enough connections are taking their leave. The server counts them to their end, so that a program which
/// gives up one after the other would meet its limit, however small its pool.
pub(crate) async fn room_for_another() {
    // It is never closed.
    drop(LEAVING.acquire().await);
}

/// The places for those that are taking their leave.
static LEAVING: Semaphore = Semaphore::const_new(MOST_LEAVING);
