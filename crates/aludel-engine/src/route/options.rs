//! What one may choose about readers.

use std::time::Duration;

/// Which of several readers is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReaderChoice {
    /// One after another.
    #[default]
    RoundRobin,
    /// The one with the fewest connections in use.
    LeastUsed,
    /// The first that will do: the nearest, say, and another one only where it is down.
    InOrder,
}

/// When a reader may be read from, which one, and what happens where none may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReaderOptions {
    /// A reader whose data may be older is passed over, and so is one that can't tell. `None` takes any that answers.
    ///
    /// What is known of a reader is as old as the last check: so what is read may be older than this by up to
    /// [`check_interval`](Self::check_interval).
    pub max_lag: Option<Duration>,
    /// How long it is taken for granted what the last check of a reader has found. One that was down is left alone for
    /// longer each time, up to 32 times this.
    pub check_interval: Duration,
    /// A reader that does not answer to a check in this time counts as down.
    pub check_timeout: Duration,
    /// Which reader is taken of those that will do.
    pub choice: ReaderChoice,
    /// Whether the writer is read from where no reader will do. Otherwise, that is an error.
    pub fallback: bool,
    /// How long [`begin_after`](super::ReplicatedEngine::begin_after) waits for the readers.
    pub wait: Duration,
}

impl Default for ReaderOptions {
    /// Readers one after another, at most 10 seconds behind, checked each second, with the writer as fallback, and half a
    /// second to come up to a position.
    fn default() -> Self {
        ReaderOptions {
            max_lag: Some(Duration::from_secs(10)),
            check_interval: Duration::from_secs(1),
            check_timeout: Duration::from_secs(2),
            choice: ReaderChoice::RoundRobin,
            fallback: true,
            wait: Duration::from_millis(500),
        }
    }
}

impl ReaderOptions {
    /// The default.
    pub fn new() -> Self {
        ReaderOptions::default()
    }

    /// How old a reader's data may be.
    #[must_use]
    pub fn with_max_lag(mut self, limit: Duration) -> Self {
        self.max_lag = Some(limit);
        self
    }

    /// Takes every reader that answers, however old its data are.
    #[must_use]
    pub fn with_any_lag(mut self) -> Self {
        self.max_lag = None;
        self
    }

    /// How often each reader is checked at most, and how long that may take.
    #[must_use]
    pub fn with_checks(mut self, interval: Duration, timeout: Duration) -> Self {
        self.check_interval = interval;
        self.check_timeout = timeout;
        self
    }

    /// Which reader is taken.
    #[must_use]
    pub fn with_choice(mut self, choice: ReaderChoice) -> Self {
        self.choice = choice;
        self
    }

    /// Does not read from the writer where no reader will do.
    #[must_use]
    pub fn without_fallback(mut self) -> Self {
        self.fallback = false;
        self
    }

    /// How long to wait for readers to come up to a position; without end where it is longer than clocks go.
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}
