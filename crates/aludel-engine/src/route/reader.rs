//! One reader: what is known of it, and since when.

use std::fmt;
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_timer::Delay;

use super::ReaderOptions;
use crate::connection::Connection;
use crate::driver::{Position, RawConnection, ServerState, TransactionOptions};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::pool::timeout;

/// What the last check of a reader has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReaderState {
    /// It was not asked yet.
    #[default]
    Unknown,
    /// It answers, and its data is as old as this at most; `None` where that is not known.
    Answers {
        /// How far it is behind.
        lag: Option<Duration>,
    },
    /// It does not answer.
    Down {
        /// Why.
        reason: String,
    },
}

impl ReaderState {
    /// Why it should not be read from.
    fn objection(&self, max_lag: Option<Duration>) -> Option<String> {
        match (self, max_lag) {
            (ReaderState::Unknown, _) => Some("it was not asked yet".to_owned()),
            (ReaderState::Down { reason }, _) => Some(reason.clone()),
            (ReaderState::Answers { .. }, None) => None,
            (ReaderState::Answers { lag: None }, Some(_)) => {
                Some("how far it is behind is not known: does it replicate?".to_owned())
            }
            (ReaderState::Answers { lag: Some(lag) }, Some(most)) => {
                (*lag > most).then(|| format!("it is {lag:?} behind, of which {most:?} are allowed"))
            }
        }
    }
}

/// One of the servers that follow the writer.
pub(super) struct Reader {
    pub(super) engine: Engine,
    known: Mutex<Known>,
    /// Held by whoever checks. Checks have a connection of their own, so that a pool that is in use up to its limit does
    /// not look like a server that is down.
    probe: tokio::sync::Mutex<Option<Box<dyn RawConnection>>>,
}

#[derive(Default)]
struct Known {
    state: ReaderState,
    /// When to ask again; `None` is at once.
    next: Option<Instant>,
    /// How often in a row it was found to be down.
    failures: u32,
}

/// The longest time between two checks of a reader that is down is two to this times the usual one.
const MOST_DOUBLINGS: u32 = 5;

/// The longest pause between two looks at whether a reader has come up to a position.
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

impl Reader {
    pub(super) fn new(engine: Engine) -> Self {
        Reader { engine, known: Mutex::default(), probe: tokio::sync::Mutex::default() }
    }

    /// What the last check has found.
    pub(super) fn state(&self) -> ReaderState {
        self.known().state.clone()
    }

    /// Checks the reader if it is time to, and tells why it should not be read from.
    pub(super) async fn objection(&self, options: &ReaderOptions) -> Option<String> {
        if self.engine.pool().is_closed() {
            // Whoever asks it for a connection hears of that.
            return None;
        }
        let (state, due) = {
            let known = self.known();
            (known.state.clone(), known.next.is_none_or(|next| next <= Instant::now()))
        };
        if !due {
            return state.objection(options.max_lag);
        }
        if let Ok(mut probe) = self.probe.try_lock() {
            return self.check(&mut probe, options).await.objection(options.max_lag);
        }
        // Somebody is at it. What was found before holds until then, if there is anything.
        if state != ReaderState::Unknown {
            return state.objection(options.max_lag);
        }
        let mut probe = self.probe.lock().await;
        let state = match self.state() {
            // Whoever was at it was dropped.
            ReaderState::Unknown => self.check(&mut probe, options).await,
            state => state,
        };
        state.objection(options.max_lag)
    }

    async fn check(
        &self,
        probe: &mut Option<Box<dyn RawConnection>>,
        options: &ReaderOptions,
    ) -> ReaderState {
        let limit = options.check_timeout;
        let found = timeout(self.look(probe), limit).await;
        let found = found.unwrap_or_else(|| {
            Err(Error::new(crate::ErrorKind::Timeout, format!("it did not answer to a check in {limit:?}")))
        });
        let state = match found {
            Ok(state) => ReaderState::Answers { lag: state.lag },
            Err(error) => ReaderState::Down { reason: error.to_string() },
        };
        self.note(state.clone(), options);
        state
    }

    async fn look(&self, probe: &mut Option<Box<dyn RawConnection>>) -> Result<ServerState> {
        // Taken out, so that it is closed where this is dropped on the way.
        if let Some(mut kept) = probe.take()
            && kept.is_usable()
            && let Ok(state) = ask(kept.as_mut()).await
        {
            *probe = Some(kept);
            return Ok(state);
        }
        // The server may have been restarted since.
        let mut fresh = self.engine.pool().driver().connect().await?;
        let state = ask(fresh.as_mut()).await?;
        *probe = Some(fresh);
        Ok(state)
    }

    fn note(&self, state: ReaderState, options: &ReaderOptions) {
        let mut known = self.known();
        known.failures = match state {
            ReaderState::Down { .. } => (known.failures + 1).min(MOST_DOUBLINGS + 1),
            _ => 0,
        };
        let pause = options.check_interval.saturating_mul(1 << known.failures.saturating_sub(1));
        known.next = Instant::now().checked_add(pause);
        known.state = state;
    }

    /// Takes note of a connection that was lost or could not be made.
    pub(super) fn note_down(&self, error: &Error, options: &ReaderOptions) {
        self.note(ReaderState::Down { reason: error.to_string() }, options);
    }

    /// Whether it is the server that keeps people waiting, and not that all connections are in use.
    pub(super) fn has_room(&self) -> bool {
        let status = self.engine.status();
        status.checked_out < status.most
    }

    /// Begins a transaction that sees everything up to a position; `None` where the reader has not come up to it by the
    /// deadline, if there is one.
    pub(super) async fn begin(
        &self,
        place: &'static Location<'static>,
        options: TransactionOptions,
        after: Option<(&Position, Option<Instant>)>,
    ) -> Result<Option<Connection>> {
        let Some((position, deadline)) = after else {
            return self.engine.begin_unguarded_at(place, options).await.map(Some);
        };
        // On one connection, because others may lead to another server.
        let mut connection = self.engine.checkout(place).await?;
        let mut pause = Duration::from_millis(1);
        loop {
            let reached = match connection.raw()?.replication() {
                Some(mut replication) => replication.has_reached(position).await?,
                None => true,
            };
            if reached {
                connection.begin_raw(options).await?;
                return Ok(Some(connection));
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(None);
            }
            Delay::new(pause).await;
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }

    /// Closes the connection that checks are made by, and forgets what they have found.
    pub(super) async fn forget(&self) {
        let probe = self.probe.lock().await.take();
        *self.known() = Known::default();
        if let Some(probe) = probe {
            // It is gone either way.
            let _ = probe.close().await;
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn ask(connection: &mut dyn RawConnection) -> Result<ServerState> {
    if let Some(mut replication) = connection.replication() {
        return replication.state().await;
    }
    connection.ping().await?;
    Ok(ServerState::new(false, false, Some(Duration::ZERO)))
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("engine", &self.engine).field("state", &self.state()).finish()
    }
}
