//! Between a connection's own thread and whoever waits for it: rows go one way, as many as there is room for; that nobody
//! wants them goes the other way; in the end the connection comes back.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use aludel_engine::driver::Execution;
use aludel_engine::error::{Error, ErrorKind, Result};

use crate::batch::Batch;
use crate::connection::SqliteConnection;

/// Batches that may be on their way.
const ROOM: usize = 2;

/// How often SQLite is asked to stop: in between, it may not yet have begun.
const AGAIN: Duration = Duration::from_millis(5);

/// What is handed over before the end.
pub(crate) enum Item {
    Rows(Batch),
    /// What some of many runs did, in order.
    Runs(Vec<Run>),
}

pub(crate) enum Run {
    /// A row that the run returned.
    Returned(usize, Batch),
    Done(usize, Execution),
}

/// The end: the connection, and what became of its task.
pub(crate) type End = (SqliteConnection, Result<Execution>);

#[derive(Default)]
pub(crate) struct Exchange {
    state: Mutex<State>,
    /// The thread waits here for room.
    room: Condvar,
    /// Whoever can't wait in any other way waits here for the end.
    over: Condvar,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    end: Option<End>,
    /// The thread has ended without an end.
    lost: bool,
    /// Nobody wants what has not been handed over.
    unwanted: bool,
    receiver: Option<Waker>,
    sender: Option<Waker>,
}

impl Exchange {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands something over when there is room. `false` where nobody wants it.
    pub(crate) fn send(&self, item: Item) -> bool {
        let mut state = self.lock();
        while state.items.len() >= ROOM && !state.unwanted {
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.unwanted {
            return false;
        }
        state.items.push_back(item);
        wake(&mut state);
        true
    }

    pub(crate) fn finish(&self, end: End) {
        let mut state = self.lock();
        state.end = Some(end);
        wake(&mut state);
        self.over.notify_all();
    }

    /// The thread has ended in a panic, and the connection with it.
    pub(crate) fn lose(&self) {
        let mut state = self.lock();
        state.lost = true;
        wake(&mut state);
        self.over.notify_all();
    }

    /// The future's output on the connection's thread; `None` as soon as nobody wants it any more.
    pub(crate) async fn while_wanted<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = std::pin::pin!(future);
        poll_fn(|context| {
            {
                let mut state = self.lock();
                if state.unwanted {
                    return Poll::Ready(None);
                }
                state.sender = Some(context.waker().clone());
            }
            future.as_mut().poll(context).map(Some)
        })
        .await
    }

    /// The next thing that was handed over; `None` where nothing more will be. Its future may be dropped.
    pub(crate) async fn next(&self) -> Option<Item> {
        poll_fn(|context| {
            let mut state = self.lock();
            if let Some(item) = state.items.pop_front() {
                self.room.notify_all();
                return Poll::Ready(Some(item));
            }
            if state.end.is_some() || state.lost {
                return Poll::Ready(None);
            }
            state.receiver = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Whether it would have to be waited for.
    pub(crate) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.items.is_empty() && state.end.is_none() && !state.lost
    }

    /// Says that nothing more is wanted.
    pub(crate) fn leave(&self) {
        let mut state = self.lock();
        state.unwanted = true;
        state.items.clear();
        if let Some(sender) = state.sender.take() {
            sender.wake();
        }
        self.room.notify_all();
    }

    /// The end, where it has come.
    pub(crate) fn take_end(&self) -> Result<End> {
        self.lock().end.take().ok_or_else(lost)
    }

    /// Waits for the end on the spot, and asks for it again and again.
    pub(crate) fn wait_for_end(&self, ask: impl Fn()) -> Result<End> {
        let mut state = self.lock();
        while state.end.is_none() && !state.lost {
            ask();
            state = self.over.wait_timeout(state, AGAIN).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.end.take().ok_or_else(lost)
    }
}

fn wake(state: &mut State) {
    if let Some(receiver) = state.receiver.take() {
        receiver.wake();
    }
}

/// Makes sure that whoever waits hears of a panic.
pub(crate) struct Sending(pub(crate) Option<Arc<Exchange>>);

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(exchange) = &self.0 {
            exchange.lose();
        }
    }
}

#[cold]
fn lost() -> Error {
    Error::new(
        ErrorKind::Disconnect,
        "the thread of the SQLite connection ended in a panic, and the connection with it",
    )
}
