//! The pool: connections that are kept open and handed out again. Mirrors SQLAlchemy's `sqlalchemy.pool`.
//!
//! A checkout is a permit of a fair semaphore, and a slot in the list of who holds what. Until a connection is handed
//! over, both belong to guards of the future that asks, so that a future that is dropped gives back whatever it had.

mod lent;
mod open;
mod options;
mod record;
mod status;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use aludel_sql::Dialect;
use futures_timer::Delay;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit, TryAcquireError};

pub use self::lent::Checkout;
pub(crate) use self::lent::Holder;
use self::lent::Lent;
pub use self::options::{PoolKind, PoolOptions, PoolOrder};
pub use self::record::{ConnectionRecord, Info};
pub use self::status::PoolStatus;
use crate::driver::{Driver, RawConnection};
use crate::error::{Error, ErrorKind, Result};
use crate::events::Listeners;
use crate::wait;

/// The connections of one engine.
pub struct Pool {
    driver: Arc<dyn Driver>,
    options: PoolOptions,
    listeners: Listeners,
    permits: Semaphore,
    waiting: AtomicUsize,
    state: Mutex<State>,
    /// What is to be done once was done with the first connection.
    first: OnceCell<()>,
    /// The dialect with the facts of the server that answered first.
    dialect: OnceLock<Arc<dyn Dialect>>,
}

#[derive(Default)]
struct State {
    idle: VecDeque<Box<Pooled>>,
    lent: Lent,
    /// Connections that began to be opened in an earlier generation are not handed out any more.
    generation: u64,
    next_id: u64,
    /// The totals; what can be counted at any time is not kept here.
    totals: PoolStatus,
}

/// A connection with what is known of it.
pub(crate) struct Pooled {
    pub(crate) raw: Box<dyn RawConnection>,
    pub(crate) record: ConnectionRecord,
}

/// A connection that is out. It goes back by [`Pool::give_back`].
pub(crate) struct Lease {
    /// Behind a pointer, so that handing it over moves little.
    pub(crate) pooled: Box<Pooled>,
    /// `None` once it has left the pool.
    slot: Option<usize>,
}

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

/// The place of a connection that is on its way back, which somebody else may have when this goes: also where a listener
/// panics.
struct Room<'p> {
    pool: &'p Pool,
    /// `None` once the connection is not counted as lent any more.
    slot: Option<usize>,
}

impl Room<'_> {
    fn clear(&mut self, state: &mut State) {
        if let Some(slot) = self.slot.take() {
            state.lent.remove(slot);
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if self.slot.is_some() {
            // The connection went with the panic.
            let mut state = self.pool.lock();
            self.clear(&mut state);
            state.totals.closed += 1;
        }
        self.pool.permits.add_permits(1);
    }
}

impl Pool {
    pub(crate) fn new(driver: Arc<dyn Driver>, options: PoolOptions, listeners: Listeners) -> Self {
        let most = options.most().min(Semaphore::MAX_PERMITS);
        Pool {
            driver,
            permits: Semaphore::new(most),
            options,
            listeners,
            waiting: AtomicUsize::new(0),
            state: Mutex::default(),
            first: OnceCell::new(),
            dialect: OnceLock::new(),
        }
    }

    pub(crate) fn driver(&self) -> &Arc<dyn Driver> {
        &self.driver
    }

    pub(crate) fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    pub(crate) fn dialect(&self) -> Arc<dyn Dialect> {
        self.dialect.get().map_or_else(|| self.driver.dialect(), Arc::clone)
    }

    /// What was chosen for it.
    pub fn options(&self) -> &PoolOptions {
        &self.options
    }

    /// Its figures.
    pub fn status(&self) -> PoolStatus {
        let state = self.lock();
        let checked_out = state.lent.len();
        let open = state.idle.len() + checked_out;
        PoolStatus {
            size: self.options.kept(),
            most: self.options.most(),
            idle: state.idle.len(),
            checked_out,
            overflow: open.saturating_sub(self.options.kept()),
            waiting: self.waiting.load(Ordering::Relaxed),
            ..state.totals
        }
    }

    /// Who holds what: the connections that are out, the longest first.
    pub fn checkouts(&self) -> Vec<Checkout> {
        self.lock().lent.checkouts()
    }

    /// Gives all connections up that there are now: idle ones are closed at their next checkout, those in use when they
    /// come back. Mirrors what SQLAlchemy does after a disconnect.
    pub fn invalidate(&self) {
        self.lock().generation += 1;
    }

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

    /// Takes a connection back. One that is suspect, or in a transaction that cannot be ended here, is closed.
    pub(crate) fn give_back(&self, lease: Lease) {
        let Lease { mut pooled, slot } = lease;
        let Some(slot) = slot else { return };
        let mut room = Room { pool: self, slot: Some(slot) };
        let open = pooled.raw.in_transaction();
        let clean = !open || pooled.raw.rollback_now();
        let usable = clean && pooled.raw.is_usable() && !pooled.record.doomed;
        if !self.listeners.is_empty() {
            for listener in self.listeners.iter() {
                if open {
                    listener.rollback(&mut pooled.record);
                }
                listener.checkin(&mut pooled.record);
            }
        }
        let mut state = self.lock();
        room.clear(&mut state);
        let current = pooled.record.generation == state.generation;
        if usable && current && state.idle.len() < self.options.kept() && !self.permits.is_closed() {
            state.idle.push_back(pooled);
            drop(state);
        } else {
            state.totals.closed += 1;
            state.totals.invalidated += u64::from(!current || pooled.record.doomed);
            drop(state);
            self.end(pooled);
        }
    }

    /// Lets a connection go for good, and makes room for another one.
    pub(crate) fn detach(&self, lease: &mut Lease) {
        let Some(slot) = lease.slot.take() else { return };
        let mut state = self.lock();
        state.lent.remove(slot);
        state.totals.closed += 1;
        drop(state);
        self.permits.add_permits(1);
        for listener in self.listeners.iter() {
            listener.detach(&mut lease.pooled.record);
        }
    }

    /// A connection that was handed out turns out to be lost: all that were opened before are suspect, too.
    #[cold]
    pub(crate) fn lost(&self, record: &mut ConnectionRecord, reason: &Error) {
        let mut state = self.lock();
        // Many connections lost at once are one event; what was opened since is not suspect.
        if state.generation == record.generation {
            state.generation += 1;
        }
        drop(state);
        if !record.doomed {
            self.doom(record, Some(reason));
        }
    }

    /// Gives one connection up.
    #[cold]
    pub(crate) fn doom(&self, record: &mut ConnectionRecord, reason: Option<&Error>) {
        record.doomed = true;
        for listener in self.listeners.iter() {
            listener.invalidate(record, reason);
        }
    }

    /// Lets go of a connection that is counted as closed already.
    #[cold]
    fn end(&self, mut pooled: Box<Pooled>) {
        for listener in self.listeners.iter() {
            listener.close(&mut pooled.record);
        }
        drop(pooled);
    }

    /// Gives all connections up, and hands out the idle ones to be closed.
    pub(crate) fn drain(&self) -> Vec<Box<dyn RawConnection>> {
        let idle = {
            let mut state = self.lock();
            state.generation += 1;
            state.totals.closed += state.idle.len() as u64;
            std::mem::take(&mut state.idle)
        };
        let ended = idle.into_iter().map(|mut pooled| {
            for listener in self.listeners.iter() {
                listener.close(&mut pooled.record);
            }
            let Pooled { raw, .. } = *pooled;
            raw
        });
        ended.collect()
    }

    /// Whether it was closed for good.
    pub(crate) fn is_closed(&self) -> bool {
        self.permits.is_closed()
    }

    /// Lets nobody take a connection any more.
    pub(crate) fn close(&self) -> Vec<Box<dyn RawConnection>> {
        self.permits.close();
        self.drain()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often a listener may turn a connection away before whoever asked hears of it.
const REFUSALS: usize = 3;

/// How many of the connections that are out an error names.
const NAMED: usize = 3;

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({})", self.status())
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pooled.raw.fmt(f)
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

/// The future's output, or `None` after `limit`.
pub(crate) async fn timeout<F: std::future::Future>(
    future: F,
    limit: std::time::Duration,
) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let mut delay = None;
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(output));
        }
        if limit.is_zero() {
            return std::task::Poll::Ready(None);
        }
        let delay = delay.get_or_insert_with(|| Box::pin(Delay::new(limit)));
        delay.as_mut().poll(context).map(|()| None)
    })
    .await
}
