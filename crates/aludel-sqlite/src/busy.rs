//! Waiting for another connection's lock, without blocking the thread.

use std::time::{Duration, Instant};

use aludel_engine::error::{Error, ErrorKind};
use futures_timer::Delay;

use crate::error;
use crate::stop::Stop;

const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Why an attempt did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Another connection holds a lock; nothing was done, so that the attempt can be made again.
    Busy(rusqlite::Error),
    /// Another attempt would fail, too.
    Final(Error),
}

/// What an attempt ends with.
pub(crate) type Attempt<T> = std::result::Result<T, Failure>;

impl Failure {
    /// The error when nothing is tried again.
    pub(crate) fn into_error(self) -> Error {
        match self {
            Failure::Busy(busy) => error::translate(busy),
            Failure::Final(error) => error,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Final(error)
    }
}

impl From<rusqlite::Error> for Failure {
    #[cold]
    fn from(failed: rusqlite::Error) -> Self {
        if error::is_busy(&failed) { Failure::Busy(failed) } else { Failure::Final(error::translate(failed)) }
    }
}

/// How long one operation has been waiting for a lock, and how much longer it will.
#[derive(Debug)]
pub(crate) struct Patience {
    began: Instant,
    limit: Duration,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Patience { began: Instant::now(), limit, pause: FIRST_PAUSE }
    }

    /// Waits a little, longer each time.
    ///
    /// # Errors
    /// When the time is up.
    pub(crate) async fn pause(&mut self, busy: rusqlite::Error, stop: Option<&Stop>) -> Result<(), Error> {
        let waited = self.began.elapsed();
        let Some(left) = self.limit.checked_sub(waited).filter(|left| !left.is_zero()) else {
            return Err(self.time_is_up(busy, waited));
        };
        let most = stop.and_then(Stop::left).unwrap_or(Duration::MAX);
        Delay::new(self.pause.min(left).min(most)).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }

    fn time_is_up(&self, busy: rusqlite::Error, waited: Duration) -> Error {
        let known = error::translate(busy);
        let message = format!(
            "{}: another connection kept its lock for the {:.3} s that were waited. Keep write transactions short, or \
             wait longer with the option `busy_timeout` of the URL (now {} ms)",
            known.message(),
            waited.as_secs_f64(),
            self.limit.as_millis(),
        );
        let message = match aludel_engine::wait::is_waiting() {
            true => format!(
                "{message}. (`.wait()` keeps its thread from running other tasks: if one of those has the lock, use `.await`)"
            ),
            false => message,
        };
        let error = Error::new(ErrorKind::Operational, message);
        match known.code() {
            Some(code) => error.with_code(code).with_source(known),
            None => error.with_source(known),
        }
    }
}
