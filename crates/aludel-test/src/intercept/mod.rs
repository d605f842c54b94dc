//! A wrapper around any driver: somebody who sees every operation before it reaches the database and when it is over.
//!
//! The recorder, the fault injector and the isolation by rollback are [`Interceptor`]s; the forwarding is here and
//! nowhere else, so that a method that the driver's contract gains is forwarded in one place.

mod connection;
mod gone;
mod operation;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aludel::engine::driver::{Address, DriverFeatures};
use aludel::engine::{BoxFuture, Error, RawConnection};
use aludel::{Dialect, Driver, Execution, PoolOptions, Result};

use self::connection::{Intercepted, through};
pub use self::operation::{Operation, OperationKind};

/// What becomes of an operation that an [`Interceptor`] has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It goes on to the database.
    Forward,
    /// It has been done, or is left out: whoever asked gets this for an answer, and no rows.
    Answered(Execution),
}

/// Stands between the engine and the connections of a driver. Every method does nothing unless it is written.
#[allow(unused_variables)]
pub trait Interceptor: Send + Sync + fmt::Debug {
    /// An operation is asked for. `connection` is the one that it is for, and may be used; there is none while one is
    /// being opened.
    ///
    /// # Errors
    /// A refusal: the operation does not reach the database. After one of kind
    /// [`Disconnect`](aludel::ErrorKind::Disconnect) the connection is closed on the spot, as if the server had done so.
    fn before<'a>(
        &'a self,
        operation: &'a Operation<'a>,
        connection: Option<&'a mut dyn RawConnection>,
    ) -> BoxFuture<'a, Result<Verdict>> {
        Box::pin(std::future::ready(Ok(Verdict::Forward)))
    }

    /// An operation waits for the database; called each time when its future is pending.
    ///
    /// # Errors
    /// The operation is given up in the middle, and its connection is closed.
    fn pending(&self, operation: &Operation<'_>) -> Result<()> {
        Ok(())
    }

    /// The database has done an operation.
    ///
    /// # Errors
    /// The answer is lost: whoever asked gets the error, and the connection is closed, although the database has done
    /// what it was asked.
    fn done(&self, operation: &Operation<'_>) -> Result<()> {
        Ok(())
    }

    /// An operation is over. Of one whose future was dropped, this is never called.
    fn after(&self, operation: &Operation<'_>, outcome: std::result::Result<(), &Error>) {}

    /// Whether a transaction is open on a connection.
    fn in_transaction(&self, connection: &dyn RawConnection) -> bool {
        connection.in_transaction()
    }

    /// Takes an open transaction back without waiting: see [`RawConnection::rollback_now`].
    fn rollback_now(&self, number: u64, connection: &mut dyn RawConnection) -> bool {
        connection.rollback_now()
    }

    /// What a connection can do.
    fn features(&self, connection: &dyn RawConnection) -> DriverFeatures {
        connection.features()
    }

    /// A connection is let go of without having been closed.
    fn dropped(&self, connection: Box<dyn RawConnection>) {}
}

/// A driver with an [`Interceptor`] in front of its connections.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use aludel::prelude::*;
/// use aludel::{DatabaseUrl, Error};
/// use aludel_test::{InterceptedDriver, Interceptor, Operation};
///
/// #[derive(Debug, Default)]
/// struct Failures(AtomicU64);
///
/// impl Interceptor for Failures {
///     fn after(&self, _: &Operation<'_>, outcome: Result<(), &Error>) {
///         self.0.fetch_add(u64::from(outcome.is_err()), Ordering::Relaxed);
///     }
/// }
///
/// let failures = Arc::new(Failures::default());
/// let sqlite = aludel::driver(&DatabaseUrl::parse("sqlite://")?)?;
/// let engine = Engine::with_driver(InterceptedDriver::new(sqlite, failures.clone()));
/// engine.connect().wait()?.execute(sql("SELEC 1")).wait().unwrap_err();
/// assert_eq!(failures.0.load(Ordering::Relaxed), 1);
/// # Ok::<(), aludel::Error>(())
/// ```
pub struct InterceptedDriver {
    inner: Arc<dyn Driver>,
    interceptor: Arc<dyn Interceptor>,
    opened: AtomicU64,
}

impl InterceptedDriver {
    /// Puts an interceptor in front of a driver.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inner: Arc<dyn Driver>, interceptor: Arc<dyn Interceptor>) -> Arc<dyn Driver> {
        Arc::new(InterceptedDriver { inner, interceptor, opened: AtomicU64::new(0) })
    }
}

impl fmt::Debug for InterceptedDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} around {:?}", self.interceptor, self.inner)
    }
}

// What a wrapper does not forward silently becomes what the trait does by default.
#[deny(clippy::missing_trait_methods)]
impl Driver for InterceptedDriver {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.inner.dialect()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(async move {
            let number = self.opened.fetch_add(1, Ordering::Relaxed) + 1;
            let operation = Operation::new(OperationKind::Connect, number);
            let inner =
                through(self.interceptor.as_ref(), &operation, None, |_| self.inner.connect()).await?;
            // Nothing can answer in a connection's place.
            let inner = match inner {
                Ok(inner) => inner,
                Err(_) => self.inner.connect().await?,
            };
            let interceptor = Arc::clone(&self.interceptor);
            Ok(Box::new(Intercepted::new(inner, interceptor, number)) as Box<dyn RawConnection>)
        })
    }

    fn pool_options(&self) -> PoolOptions {
        self.inner.pool_options()
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }

    fn address(&self) -> Address {
        self.inner.address()
    }
}
