//! Connections on their way to somebody: a checkout waits for its permit, enters itself into the list of who holds what, and
//! takes what is idle or opens another one.

use std::sync::MutexGuard;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::{SemaphorePermit, TryAcquireError};

use super::{Holder, Lease, Pool, PoolKind, PoolOrder, Pooled, State, timeout};
use crate::error::{Error, ErrorKind, Result};
use crate::wait;

/// How often a listener may turn a connection away before whoever asked hears of it.
const REFUSALS: usize = 3;

/// How many of the connections that are out an error names.
const NAMED: usize = 3;

/// A permit and a slot that belong to a checkout under way.
struct Reservation<'p> {
    pool: &'p Pool,
    permit: Option<SemaphorePermit<'p>>,
    slot: usize,
}

impl Reservation<'_> {
    /// From now on, giving back is up to the lease.
    fn keep(mut self) -> usize {
        if let Some(permit) = self.permit.take() {
            permit.forget();
        }
        self.slot
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.permit.is_some() {
            self.pool.lock().lent.remove(self.slot);
        }
    }
}

impl Pool {
    /// Waits for a connection.
    pub(crate) async fn take(&self, holder: Holder) -> Result<Lease> {
        let permit = self.permit().await?;
        let (reservation, mut next) = self.reserve(permit, holder);
        if self.listeners.is_empty() && !self.options.pre_ping {
            // The usual case, without a future in between.
            match next.take() {
                Some(pooled) if pooled.raw.is_usable() => {
                    return Ok(Lease { pooled, slot: Some(reservation.keep()) });
                }
                given => next = given,
            }
        }
        let mut refusals = 0;
        loop {
            let pooled = match next {
                Some(idle) => self.revive(idle).await,
                None => Some(self.open().await?),
            };
            if let Some(pooled) = pooled {
                match self.checked_out(pooled) {
                    Ok(pooled) => return Ok(Lease { pooled, slot: Some(reservation.keep()) }),
                    Err(error) if error.kind() == ErrorKind::Disconnect && refusals < REFUSALS => {
                        refusals += 1
                    }
                    Err(error) => return Err(error),
                }
            }
            next = self.next_idle(self.lock());
        }
    }

    /// Enters the checkout into the list, and looks for a connection under the same lock.
    fn reserve<'p>(
        &'p self,
        permit: SemaphorePermit<'p>,
        holder: Holder,
    ) -> (Reservation<'p>, Option<Box<Pooled>>) {
        let mut state = self.lock();
        state.totals.checkouts += 1;
        let slot = state.lent.add(Instant::now(), holder);
        (Reservation { pool: self, permit: Some(permit), slot }, self.next_idle(state))
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>> {
        let closed = || Error::usage("the engine was closed");
        match self.permits.try_acquire() {
            Ok(permit) => return Ok(permit),
            Err(TryAcquireError::Closed) => return Err(closed()),
            Err(TryAcquireError::NoPermits) => {}
        }
        if wait::is_stuck() {
            let state = self.lock();
            // One that is on its way back from another thread is neither lent nor free yet.
            if state.lent.of_tasks_here() >= self.options.most() {
                drop(state);
                return Err(self.out_of_reach());
            }
        }
        let waiting = Waiting::new(&self.waiting);
        let granted = timeout(self.permits.acquire(), self.options.timeout).await;
        let waited = waiting.since.elapsed();
        drop(waiting);
        let mut state = self.lock();
        state.totals.waited += 1;
        state.totals.wait_total += waited;
        state.totals.wait_longest = state.totals.wait_longest.max(waited);
        match granted {
            Some(permit) => permit.map_err(|_| closed()),
            None => {
                state.totals.timed_out += 1;
                drop(state);
                Err(self.timed_out())
            }
        }
    }

    #[cold]
    fn timed_out(&self) -> Error {
        let mut why = self.in_use();
        let others = self.waiting.load(Ordering::Relaxed);
        if others > 0 {
            why.push_str(&format!("; {others} more are waiting"));
        }
        if wait::is_waiting() {
            let here = self.lock().lent.of_tasks_here();
            if here > 0 {
                why.push_str(&format!(
                    "; {here} of them went to asynchronous tasks on this very thread, which `.wait()` has kept from running \
                     meanwhile: use `.await` in such tasks, or wait in `spawn_blocking`"
                ));
            }
        }
        let (whom, timeout) = (self.driver.describe(), self.options.timeout);
        Error::new(
            ErrorKind::Timeout,
            format!(
                "no connection to {whom} became free in {timeout:?}: {why}. Drop connections, transactions and sessions \
                 that are done, or allow more"
            ),
        )
    }

    /// The error of a thread that would wait for itself.
    #[cold]
    fn out_of_reach(&self) -> Error {
        let (whom, why) = (self.driver.describe(), self.in_use());
        Error::usage(format!(
            "`.wait()` would wait for ever for a connection to {whom}: {why}. All of them went to asynchronous tasks on this \
             very thread, the only one of its runtime, and none of these can give one back while it waits: use `.await` in \
             such tasks, or wait in `spawn_blocking`"
        ))
    }

    /// Who has the connections.
    fn in_use(&self) -> String {
        let mut why = match self.options.most() {
            1 => "its pool has one connection, and that is in use (a database in memory is one connection by nature; \
                  others can have more)"
                .to_owned(),
            most => {
                let (size, overflow) = (self.options.kept(), self.options.overflow);
                format!("all {most} of the pool are in use (size {size}, overflow {overflow})")
            }
        };
        for (index, checkout) in self.checkouts().iter().take(NAMED).enumerate() {
            why.push_str(if index == 0 { ", the longest " } else { ", another " });
            why.push_str(&checkout.to_string());
        }
        why
    }

    /// Takes the next idle connection that is neither too old nor given up. The others are closed.
    fn next_idle<'p>(&'p self, mut state: MutexGuard<'p, State>) -> Option<Box<Pooled>> {
        loop {
            let next = match self.options.order {
                PoolOrder::Lifo => state.idle.pop_back(),
                PoolOrder::Fifo => state.idle.pop_front(),
            };
            let pooled = next?;
            let stale = pooled.record.generation != state.generation;
            let old = self.options.kind != PoolKind::Static
                && self.options.recycle.is_some_and(|limit| pooled.record.age() >= limit);
            if !stale && !old {
                return Some(pooled);
            }
            if stale {
                state.totals.invalidated += 1;
            } else {
                state.totals.recycled += 1;
            }
            state.totals.closed += 1;
            drop(state);
            self.end(pooled);
            state = self.lock();
        }
    }
}

/// Counts somebody who waits, for as long as they do.
struct Waiting<'c> {
    count: &'c AtomicUsize,
    since: Instant,
}

impl<'c> Waiting<'c> {
    fn new(count: &'c AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting { count, since: Instant::now() }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
