//! Transactions as closures on several servers.

use std::future::Future;
use std::panic::Location;

use super::ReplicatedEngine;
use crate::driver::{Position, TransactionOptions};
use crate::error::Error;
use crate::retry::{Cause, RetryPolicy, Scope, conclude, run_again};

impl ReplicatedEngine {
    /// Runs a closure in a transaction on the writer: see [`Engine::transaction`](crate::Engine::transaction).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(Scope) -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>> {
        self.attempt(Location::caller(), TransactionOptions::default(), None, work)
    }

    /// Runs a closure in a transaction: on a reader where it is read only, else on the writer.
    ///
    /// # Errors
    /// The closure's, or those of [`begin_with`](Self::begin_with) and of the commit.
    #[track_caller]
    pub fn transaction_with<T, E: From<Error>>(
        &self,
        options: TransactionOptions,
        work: impl AsyncFnOnce(Scope) -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>> {
        self.attempt(Location::caller(), options, None, work)
    }

    /// Runs a closure in a read-only transaction that sees everything up to a position: see
    /// [`begin_after`](Self::begin_after).
    ///
    /// # Errors
    /// The closure's, or those of [`begin_after`](Self::begin_after) and of the commit.
    #[track_caller]
    pub fn transaction_after<T, E: From<Error>>(
        &self,
        position: &Position,
        work: impl AsyncFnOnce(Scope) -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>> {
        self.attempt(Location::caller(), TransactionOptions::read_only(), Some(position), work)
    }

    async fn attempt<T, E: From<Error>>(
        &self,
        place: &'static Location<'static>,
        options: TransactionOptions,
        after: Option<&Position>,
        work: impl AsyncFnOnce(Scope) -> Result<T, E>,
    ) -> Result<T, E> {
        conclude(self.begin_at(place, options, after).await?, work).await
    }

    /// Runs a closure in a transaction, and again where that may help: see
    /// [`Engine::retry_transaction`](crate::Engine::retry_transaction). Each attempt looks for its server anew. While a
    /// writer is replaced, attempts fail quickly: give the [policy](RetryPolicy) enough of them.
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn retry_transaction<T, E: From<Error> + Cause, F: Future<Output = Result<T, E>>>(
        &self,
        policy: RetryPolicy,
        work: impl FnMut(Scope) -> F,
    ) -> impl Future<Output = Result<T, E>> {
        let place = Location::caller();
        run_again(policy, move || self.begin_at(place, policy.transaction, None), work)
    }
}
