//! The pool: connections that are kept open and handed out again. Mirrors SQLAlchemy's `sqlalchemy.pool`.
//!
//! A checkout is a permit of a fair semaphore, and a slot in the list of who holds what. Until a connection is handed
//! over, both belong to guards of the future that asks, so that a future that is dropped gives back whatever it had.

mod give;
mod lent;
mod open;
mod options;
mod record;
mod status;
mod take;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use aludel_sql::Dialect;
use futures_timer::Delay;
use tokio::sync::{OnceCell, Semaphore};

pub use self::lent::Checkout;
pub(crate) use self::lent::Holder;
use self::lent::Lent;
pub use self::options::{PoolKind, PoolOptions, PoolOrder};
pub use self::record::{ConnectionRecord, Info};
pub use self::status::PoolStatus;
use crate::driver::{Driver, RawConnection};
use crate::error::Error;
use crate::events::Listeners;

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
