//! Transactions as closures, and running them again where that may help.

use std::error::Error as StdError;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_timer::Delay;

use crate::driver::TransactionOptions;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::transaction::Transaction;

/// How often a transaction is run again, after which pauses, and for how long.
///
/// Run again is what collided with another transaction ([`ErrorKind::Serialization`]: serialization failures and
/// deadlocks), lost its connection before the commit was sent ([`ErrorKind::Disconnect`]), or got none because the
/// [server was full](Error::is_server_full). A commit whose outcome is unknown ([`ErrorKind::CommitUnknown`]) is never run
/// again: the changes might be made twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often the transaction is run at most; at least once.
    pub attempts: u32,
    /// The pause before the second attempt; each later one is twice as long.
    pub first_pause: Duration,
    /// No pause is longer.
    pub longest_pause: Duration,
    /// Whether each pause is cut at random, by up to one half, so that transactions that have collided don't meet again.
    pub jitter: bool,
    /// No attempt begins after so long.
    pub limit: Duration,
    /// Whether a connection that was lost, or that a full server refused, is a reason to run again; otherwise only collisions
    /// are.
    pub lost_connections: bool,
    /// How each attempt begins.
    pub transaction: TransactionOptions,
}

impl Default for RetryPolicy {
    /// Ten attempts within 30 seconds, with pauses from 10 milliseconds to one second.
    fn default() -> Self {
        RetryPolicy {
            attempts: 10,
            first_pause: Duration::from_millis(10),
            longest_pause: Duration::from_secs(1),
            jitter: true,
            limit: Duration::from_secs(30),
            lost_connections: true,
            transaction: TransactionOptions::default(),
        }
    }
}

impl RetryPolicy {
    /// The default.
    pub fn new() -> Self {
        RetryPolicy::default()
    }

    /// How often the transaction is run at most.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The first pause, and the longest.
    #[must_use]
    pub fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// No attempt begins after so long.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// How each attempt begins.
    #[must_use]
    pub fn with_transaction(mut self, options: TransactionOptions) -> Self {
        self.transaction = options;
        self
    }

    /// Whether it makes sense to run a transaction again that ended with this error.
    pub fn applies_to(&self, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Serialization => true,
            ErrorKind::Disconnect => self.lost_connections,
            _ => self.lost_connections && error.is_server_full(),
        }
    }

    /// The pause before the next attempt; `None` where there is none.
    fn pause_after(&self, attempts: u32, began: Instant, error: Option<&Error>) -> Option<Duration> {
        if attempts >= self.attempts || !error.is_some_and(|error| self.applies_to(error)) {
            return None;
        }
        let pause = self.pause(attempts);
        (began.elapsed().saturating_add(pause) <= self.limit).then_some(pause)
    }

    /// The pause after so many attempts.
    fn pause(&self, attempts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1).min(30));
        let pause = self.first_pause.saturating_mul(doubled).min(self.longest_pause);
        if !self.jitter {
            return pause;
        }
        // The standard library seeds a thread's first `RandomState` at random, and each later one differs from it.
        let random = RandomState::new().build_hasher().finish() % 1_000;
        let cut = u32::try_from(random).unwrap_or_default();
        // Divided first: the longest pauses can't be multiplied.
        pause.saturating_sub((pause / 2_000).saturating_mul(cut))
    }
}

/// The transaction of a closure; it is used like that. It goes back to whoever runs the closure when it is dropped, which
/// is at the closure's end.
#[derive(Debug)]
pub struct Scope {
    /// `None` only while it goes back.
    transaction: Option<Transaction<'static>>,
    home: Home,
}

/// Where a closure's transaction goes back to.
type Home = Arc<Mutex<Option<Transaction<'static>>>>;

impl Scope {
    fn new(transaction: Transaction<'static>) -> (Self, Home) {
        let home = Home::default();
        (Scope { transaction: Some(transaction), home: Arc::clone(&home) }, home)
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = self.transaction.take();
    }
}

impl Deref for Scope {
    type Target = Transaction<'static>;

    fn deref(&self) -> &Transaction<'static> {
        match &self.transaction {
            Some(transaction) => transaction,
            None => unreachable!("a transaction goes back only when its scope is dropped"),
        }
    }
}

impl DerefMut for Scope {
    fn deref_mut(&mut self) -> &mut Transaction<'static> {
        match &mut self.transaction {
            Some(transaction) => transaction,
            None => unreachable!("a transaction goes back only when its scope is dropped"),
        }
    }
}

/// An error that may have come from the database: what the closure of
/// [`retry_transaction`](Engine::retry_transaction) ends with.
pub trait Cause {
    /// The database's error behind this one, if it is one.
    fn database_error(&self) -> Option<&Error>;
}

impl Cause for Error {
    fn database_error(&self) -> Option<&Error> {
        Some(self)
    }
}

impl Cause for Box<dyn StdError + Send + Sync> {
    fn database_error(&self) -> Option<&Error> {
        behind(self.as_ref())
    }
}

/// The first of the errors behind an error that is the database's.
pub fn behind<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(known) = error.downcast_ref::<Error>() {
            return Some(known);
        }
        next = error.source();
    }
    None
}

/// Runs a closure in a transaction that has begun: committed where it ends well, rolled back where it ends with an error.
pub(crate) async fn conclude<T, E: From<Error>>(
    transaction: Transaction<'static>,
    work: impl AsyncFnOnce(Scope) -> Result<T, E>,
) -> Result<T, E> {
    let (scope, home) = Scope::new(transaction);
    let result = work(scope).await;
    let transaction = home.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (result, transaction) {
        (Ok(value), Some(transaction)) => {
            transaction.commit().await?;
            Ok(value)
        }
        (Ok(_), None) => Err(Error::usage(
            "the closure has put its transaction away instead of letting it go, so that it can't be committed here",
        )
        .into()),
        (Err(error), transaction) => {
            if let Some(transaction) = transaction {
                // The first error is the one that matters; a connection that can't roll back is closed.
                let _ = transaction.rollback().await;
            }
            Err(error)
        }
    }
}

/// Runs a closure in a transaction that is begun for it, and in another one where that may help, as the policy says.
pub(crate) async fn run_again<T, E, B, F>(
    policy: RetryPolicy,
    begin: impl Fn() -> B,
    mut work: impl FnMut(Scope) -> F,
) -> Result<T, E>
where
    E: From<Error> + Cause,
    B: Future<Output = Result<Transaction<'static>, Error>>,
    F: Future<Output = Result<T, E>>,
{
    let began = Instant::now();
    let mut attempts = 0;
    loop {
        let result = match begin().await {
            #[expect(clippy::redundant_closure, reason = "a reference to the closure is no async closure")]
            Ok(transaction) => conclude(transaction, |scope| work(scope)).await,
            Err(error) => Err(error.into()),
        };
        let error = match result {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        attempts += 1;
        match policy.pause_after(attempts, began, error.database_error()) {
            Some(pause) => Delay::new(pause).await,
            None => return Err(error),
        }
    }
}

impl Engine {
    /// Runs a closure in a transaction: committed where it ends well, rolled back where it ends with an error.
    ///
    /// ```
    /// # use aludel_engine::{Engine, Error};
    /// # async fn example(engine: Engine, move_money: impl AsyncFn(&mut aludel_engine::Connection) -> Result<i64, Error>) -> Result<i64, Error> {
    /// engine.transaction(async |mut tx| move_money(&mut tx).await).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// The closure's, or those of [`begin`](Engine::begin) and [`commit`](Transaction::commit).
    #[track_caller]
    pub fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(Scope) -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>> {
        self.attempt(Location::caller(), TransactionOptions::default(), work)
    }

    /// The same with options.
    ///
    /// # Errors
    /// As for [`transaction`](Engine::transaction).
    #[track_caller]
    pub fn transaction_with<T, E: From<Error>>(
        &self,
        options: TransactionOptions,
        work: impl AsyncFnOnce(Scope) -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>> {
        self.attempt(Location::caller(), options, work)
    }

    async fn attempt<T, E: From<Error>>(
        &self,
        place: &'static Location<'static>,
        options: TransactionOptions,
        work: impl AsyncFnOnce(Scope) -> Result<T, E>,
    ) -> Result<T, E> {
        conclude(self.begin_at(place, options).await?, work).await
    }

    /// Runs a closure in a transaction, and again from the beginning where another transaction was in its way, the
    /// connection was lost, or the server had no room for one, as the [policy](RetryPolicy) says. Whatever the closure does
    /// besides is done again, too.
    ///
    /// The closure, `async |mut tx| …`, may use what is around it, but not change it, because a task that is spawned could
    /// not be sent to another thread then: what it counts is counted in a `Cell` or an atomic number.
    ///
    /// # Errors
    /// As for [`transaction`](Engine::transaction). An error of kind [`ErrorKind::CommitUnknown`] says that the
    /// connection was lost in the commit, so that the changes may have been made; that is not tried again.
    #[track_caller]
    pub fn retry_transaction<T, E: From<Error> + Cause, F: Future<Output = Result<T, E>>>(
        &self,
        policy: RetryPolicy,
        work: impl FnMut(Scope) -> F,
    ) -> impl Future<Output = Result<T, E>> {
        let place = Location::caller();
        run_again(policy, move || self.begin_at(place, policy.transaction), work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_are_cut_at_random() {
        let mut policy = RetryPolicy::new();
        policy.jitter = false;
        let pauses: Vec<u128> = (1..=9).map(|attempts| policy.pause(attempts).as_millis()).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
        assert_eq!(policy.pause(u32::MAX), policy.longest_pause);
        policy.jitter = true;
        let cut: Vec<Duration> = (0..50).map(|_| policy.pause(8)).collect();
        assert!(cut.iter().all(|pause| (500..=1000).contains(&pause.as_millis())), "{cut:?}");
        assert!(cut.iter().any(|pause| *pause != cut[0]), "{cut:?}");
    }

    #[test]
    fn the_longest_pauses_are_cut_as_well() {
        let mut policy = RetryPolicy::new().with_pauses(Duration::MAX, Duration::MAX);
        assert!((0..50).all(|_| policy.pause(3) >= Duration::MAX / 2));
        let collision = Error::new(ErrorKind::Serialization, "?");
        assert_eq!(policy.pause_after(1, Instant::now(), Some(&collision)), None);
        policy.jitter = false;
        let endless = policy.with_limit(Duration::MAX);
        assert_eq!(endless.pause_after(1, Instant::now(), Some(&collision)), Some(Duration::MAX));
        assert_eq!(endless.pause_after(1, Instant::now(), Some(&Error::usage("?"))), None);
    }

    #[test]
    fn a_commit_of_unknown_outcome_is_never_run_again() {
        let policy = RetryPolicy::new();
        let applies = |kind| policy.applies_to(&Error::new(kind, "?"));
        assert!(applies(ErrorKind::Serialization) && applies(ErrorKind::Disconnect));
        assert!(!applies(ErrorKind::CommitUnknown));
        assert!(!applies(ErrorKind::UniqueViolation) && !applies(ErrorKind::Timeout));
        assert!(!applies(ErrorKind::Operational));
    }

    #[test]
    fn a_full_server_is_a_reason_to_run_again() {
        let full =
            Error::new(ErrorKind::Operational, "too many").with_server_full().context("cannot connect");
        assert!(full.is_server_full() && full.is_transient());
        let mut policy = RetryPolicy::new();
        assert!(policy.applies_to(&full));
        policy.lost_connections = false;
        assert!(!policy.applies_to(&full));
    }

    #[test]
    fn the_database_is_found_behind_other_errors() {
        let inner = Error::new(ErrorKind::Serialization, "inner");
        let outer: Box<dyn StdError + Send + Sync> = Box::new(std::io::Error::other(inner));
        // An io::Error hands on the source of what it holds, not that itself.
        assert!(outer.database_error().is_none());
        let plain: Box<dyn StdError + Send + Sync> = Error::new(ErrorKind::Serialization, "inner").into();
        assert_eq!(plain.database_error().map(Error::kind), Some(ErrorKind::Serialization));
    }
}
