//! Isolation by rollback: all that a test does runs in one transaction that is taken back at its end.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aludel::engine::driver::{Address, DriverFeatures};
use aludel::engine::{BoxFuture, RawConnection};
use aludel::{
    Dialect, Driver, Engine, EngineOptions, Error, ErrorKind, PoolOptions, Result, TransactionOptions,
};

use crate::intercept::{InterceptedDriver, Interceptor, Operation, OperationKind, Verdict};

/// A transaction around a test. The code under test uses a normal [`Engine`], begins, commits and rolls back, and opens
/// sessions; all of it happens on one connection inside of one transaction, which is rolled back at the end. A commit
/// inside releases a savepoint, a rollback inside goes back to it. Mirrors SQLAlchemy's recipe of joining a session into
/// an external transaction.
///
/// ```
/// use aludel::prelude::*;
/// use aludel::DatabaseUrl;
/// use aludel_test::RollbackIsolation;
///
/// let sqlite = aludel::driver(&DatabaseUrl::parse("sqlite://")?)?;
/// let isolation = RollbackIsolation::begin(sqlite).wait()?;
/// let engine = isolation.engine();
///
/// let mut transaction = engine.begin().wait()?;
/// transaction.execute_script("CREATE TABLE t (n INTEGER)").wait()?;
/// transaction.commit().wait()?;
/// assert!(engine.connect().wait()?.all(sql("SELECT n FROM t").rows::<i64>()).wait()?.is_empty());
///
/// // Nothing of it stays.
/// isolation.end().wait()?;
/// # Ok::<(), aludel::Error>(())
/// ```
///
/// What it can't do:
///
/// - Two connections at the same time: whoever asks for a second one gets an error that says so at once.
/// - Schema changes on MySQL, which commits before each of them: the next operation says so. Make the schema before.
/// - Transactions in two phases, and isolation levels and read-only transactions inside: these are options of the
///   transaction around.
/// - Constraints that wait for the commit: it never comes.
/// - What goes on behind a future that was dropped while a server worked on it: the connection is lost then, and with it
///   the transaction around. The next checkout says so.
///
/// For these there are [databases of a test's own](crate::Databases).
#[derive(Debug)]
pub struct RollbackIsolation {
    driver: Arc<dyn Driver>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    inner: Arc<dyn Driver>,
    dialect: Arc<dyn Dialect>,
    state: Mutex<State>,
    /// Engines whose pools may keep the connection. They are forgotten at the end, so that nobody holds itself.
    engines: Mutex<Vec<Engine>>,
}

#[derive(Debug)]
struct State {
    connection: Place,
    /// A transaction is open in the eyes of the code under test.
    open: bool,
    /// The savepoint that stands for it, or the one around a single statement, is on the server.
    savepoint: Savepoint,
    /// Why the transaction around is lost.
    lost: Option<String>,
    /// The last statement, for messages.
    last: String,
}

#[derive(Debug)]
enum Place {
    Free(Box<dyn RawConnection>),
    InUse,
    Ended,
}

/// A savepoint, and what is to be done with it before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Savepoint {
    None,
    /// It is in use.
    Set,
    /// Around a statement that has succeeded.
    Release,
    /// Around a statement that has failed or never came to its end, or of a transaction that was dropped.
    TakeBack,
}

const NAME: &str = "aludel_isolation";

impl RollbackIsolation {
    /// Opens a connection and begins the transaction around.
    ///
    /// # Errors
    /// Where the database can't be reached.
    pub async fn begin(driver: Arc<dyn Driver>) -> Result<Self> {
        Self::begin_with(driver, TransactionOptions::default()).await
    }

    /// The same with options for the transaction around.
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub async fn begin_with(driver: Arc<dyn Driver>, options: TransactionOptions) -> Result<Self> {
        let mut connection = driver.connect().await?;
        connection.begin(options).await?;
        let dialect = connection.dialect();
        let state = State {
            connection: Place::Free(connection),
            open: false,
            savepoint: Savepoint::None,
            lost: None,
            last: String::new(),
        };
        let shared =
            Arc::new(Shared { inner: driver, dialect, state: Mutex::new(state), engines: Mutex::default() });
        let one = Arc::new(OneConnection(Arc::clone(&shared)));
        let driver = InterceptedDriver::new(one, Arc::new(Enclosed(Arc::clone(&shared))));
        Ok(RollbackIsolation { driver, shared })
    }

    /// An engine for the code under test.
    pub fn engine(&self) -> Engine {
        self.engine_with(EngineOptions::new())
    }

    /// The same with options. The pool is what it has to be.
    pub fn engine_with(&self, options: EngineOptions) -> Engine {
        let engine = Engine::with_options(self.driver(), options.pool(self.driver.pool_options()));
        self.shared.engines().push(engine.clone());
        engine
    }

    /// The driver behind these engines.
    pub fn driver(&self) -> Arc<dyn Driver> {
        Arc::clone(&self.driver)
    }

    /// Takes everything back. Dropping does the same, but hears of no error.
    ///
    /// # Errors
    /// Where the transaction around did not last until here, so that something may have stayed, or where a connection
    /// is still in use.
    pub async fn end(self) -> Result<()> {
        self.shared.recall().await;
        let place = std::mem::replace(&mut self.shared.lock().connection, Place::Ended);
        match place {
            Place::Free(mut connection) => {
                self.shared.check(connection.as_ref())?;
                connection.rollback().await?;
                connection.close().await
            }
            Place::InUse => Err(Error::usage(
                "the test is over, but a connection of it is still in use: drop connections, transactions and sessions \
                 first",
            )),
            Place::Ended => Err(self.shared.over()),
        }
    }
}

impl Drop for RollbackIsolation {
    fn drop(&mut self) {
        self.shared.engines().clear();
        let mut state = self.shared.lock();
        let place = std::mem::replace(&mut state.connection, Place::Ended);
        drop(state);
        drop(place);
    }
}

impl Shared {
    fn engines(&self) -> MutexGuard<'_, Vec<Engine>> {
        self.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches the connection back from a pool that keeps it without using it.
    async fn recall(&self) {
        let engines = self.engines().clone();
        for engine in engines {
            engine.dispose().await;
        }
    }

    /// Takes the connection from its place.
    fn take(&self) -> Place {
        let mut state = self.lock();
        let next = if matches!(state.connection, Place::Ended) { Place::Ended } else { Place::InUse };
        std::mem::replace(&mut state.connection, next)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn over(&self) -> Error {
        match &self.lock().lost {
            Some(lost) => Error::usage(lost.clone()),
            None => Error::usage("the isolation by rollback has ended"),
        }
    }

    /// Sees that the transaction around is still there.
    fn check(&self, connection: &dyn RawConnection) -> Result<()> {
        let mut state = self.lock();
        if state.lost.is_none() && !connection.is_usable() {
            state.lost = Some(format!(
                "the connection of the isolation by rollback was lost, and with it the transaction around, at `{}`: a \
                 future that is dropped in the middle does that. Give such a test a database of its own",
                state.last
            ));
        } else if state.lost.is_none() && !connection.in_transaction() {
            state.lost = Some(format!(
                "`{}` has ended the transaction around the test, so that it can't be rolled back: MySQL commits before \
                 it changes a schema, and some errors take a whole transaction back. Make the schema before the \
                 isolation begins, or give the test a database of its own",
                state.last
            ));
        }
        match &state.lost {
            Some(lost) => Err(Error::usage(lost.clone())),
            None => Ok(()),
        }
    }

    /// Does what an earlier operation has left to be done with its savepoint.
    async fn settle(&self, connection: &mut dyn RawConnection) -> Result<()> {
        let savepoint = self.lock().savepoint;
        match savepoint {
            Savepoint::None | Savepoint::Set => return Ok(()),
            Savepoint::Release => release(connection).await?,
            Savepoint::TakeBack => take_back(connection).await?,
        }
        self.lock().savepoint = Savepoint::None;
        Ok(())
    }
}

async fn set(connection: &mut dyn RawConnection) -> Result<()> {
    connection.execute(&format!("SAVEPOINT {NAME}"), &[]).await.map(|_| ())
}

async fn release(connection: &mut dyn RawConnection) -> Result<()> {
    connection.execute(&format!("RELEASE SAVEPOINT {NAME}"), &[]).await.map(|_| ())
}

async fn take_back(connection: &mut dyn RawConnection) -> Result<()> {
    connection.execute(&format!("ROLLBACK TO SAVEPOINT {NAME}"), &[]).await?;
    release(connection).await
}

/// A driver whose only connection exists already.
struct OneConnection(Arc<Shared>);

impl fmt::Debug for OneConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.inner.fmt(f)
    }
}

#[deny(clippy::missing_trait_methods)]
impl Driver for OneConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.0.dialect)
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(async move {
            let mut place = self.0.take();
            if matches!(place, Place::InUse) {
                self.0.recall().await;
                place = self.0.take();
            }
            match place {
                Place::Free(connection) => match self.0.check(connection.as_ref()) {
                    Ok(()) => Ok(connection),
                    Err(error) => {
                        self.0.lock().connection = Place::Free(connection);
                        Err(error)
                    }
                },
                Place::InUse => Err(Error::usage(
                    "a test that is isolated by rollback has one connection, and it is in use: two at the same time \
                     need a database of their own",
                )),
                Place::Ended => Err(self.0.over()),
            }
        })
    }

    /// Whoever wants a second connection shall hear of it at once.
    fn pool_options(&self) -> PoolOptions {
        PoolOptions::single().with_timeout(Duration::ZERO)
    }

    fn describe(&self) -> String {
        format!(
            "{} (isolated by rollback: the test has one connection, which only one can use at a time)",
            self.0.inner.describe()
        )
    }

    fn address(&self) -> Address {
        self.0.inner.address()
    }
}

/// Makes savepoints of transactions.
#[derive(Debug)]
struct Enclosed(Arc<Shared>);

impl Enclosed {
    async fn begin(&self, connection: &mut dyn RawConnection) -> Result<()> {
        set(connection).await?;
        let mut state = self.0.lock();
        state.open = true;
        state.savepoint = Savepoint::Set;
        Ok(())
    }

    /// Where something in the transaction has failed, it can't be released, but only be taken back.
    async fn commit(&self, connection: &mut dyn RawConnection) -> Result<()> {
        let released = release(connection).await;
        if released.is_err() {
            take_back(connection).await?;
        }
        self.over();
        released
    }

    async fn rollback(&self, connection: &mut dyn RawConnection) -> Result<()> {
        if self.0.lock().savepoint == Savepoint::Set {
            take_back(connection).await?;
        }
        self.over();
        Ok(())
    }

    fn over(&self) {
        let mut state = self.0.lock();
        state.open = false;
        state.savepoint = Savepoint::None;
    }
}

impl Interceptor for Enclosed {
    fn before<'a>(
        &'a self,
        operation: &'a Operation<'a>,
        connection: Option<&'a mut dyn RawConnection>,
    ) -> BoxFuture<'a, Result<Verdict>> {
        Box::pin(async move {
            let Some(connection) = connection else { return Ok(Verdict::Forward) };
            if operation.kind == OperationKind::Close {
                // It goes back to its place.
                return Ok(Verdict::Answered(Default::default()));
            }
            self.0.check(connection)?;
            self.0.settle(connection).await?;
            match operation.kind {
                OperationKind::Begin => self.begin(connection).await?,
                OperationKind::Commit => self.commit(connection).await?,
                OperationKind::Rollback => self.rollback(connection).await?,
                OperationKind::TwoPhase | OperationKind::Prepared => {
                    return Err(Error::new(
                        ErrorKind::NotSupported,
                        "a test that is isolated by rollback has no transactions in two phases",
                    ));
                }
                _ => {
                    self.0.lock().last = operation.to_string();
                    let alone = !self.0.lock().open;
                    if alone {
                        // A statement that fails must not take along what is around it.
                        set(connection).await?;
                        self.0.lock().savepoint = Savepoint::TakeBack;
                    }
                    return Ok(Verdict::Forward);
                }
            }
            Ok(Verdict::Answered(Default::default()))
        })
    }

    fn after(&self, _: &Operation<'_>, outcome: std::result::Result<(), &Error>) {
        let mut state = self.0.lock();
        if !state.open && state.savepoint == Savepoint::TakeBack && outcome.is_ok() {
            state.savepoint = Savepoint::Release;
        }
    }

    fn in_transaction(&self, _: &dyn RawConnection) -> bool {
        self.0.lock().open
    }

    fn rollback_now(&self, _: u64, _: &mut dyn RawConnection) -> bool {
        let mut state = self.0.lock();
        if state.open && state.savepoint == Savepoint::Set {
            state.savepoint = Savepoint::TakeBack;
        }
        state.open = false;
        true
    }

    fn features(&self, connection: &dyn RawConnection) -> DriverFeatures {
        let mut features = connection.features();
        features.two_phase = false;
        features
    }

    fn dropped(&self, connection: Box<dyn RawConnection>) {
        let mut state = self.0.lock();
        state.open = false;
        if state.savepoint == Savepoint::Set {
            state.savepoint = Savepoint::TakeBack;
        }
        if matches!(state.connection, Place::InUse) {
            state.connection = Place::Free(connection);
        }
    }
}
