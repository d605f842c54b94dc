//! The engine: one database, its pool, and what was compiled for it.

mod options;
mod registry;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use aludel_sql::{Dialect, MetaData, ddl};

pub use self::options::EngineOptions;
pub use self::registry::{DriverFactory, register_driver, registered_driver};
use crate::cache::{CompileCache, TranslatedCaches};
use crate::connection::Connection;
use crate::driver::{Driver, TransactionOptions};
use crate::error::Result;
use crate::events::Listeners;
use crate::execution::ExecutionOptions;
use crate::options::IsolationLevel;
use crate::pool::{Holder, Pool, PoolOptions, PoolStatus};
use crate::trace::Telemetry;
use crate::transaction::Transaction;

/// One database with its pool of connections. Cheap to clone; clones share the pool. Nothing is opened until the first
/// use. Mirrors SQLAlchemy's `Engine`.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    /// What transactions of this handle begin with.
    defaults: TransactionOptions,
    /// How statements of this handle run.
    execution: ExecutionOptions,
    label: Option<Arc<str>>,
    /// Where connections of this handle are said to be asked for.
    place: Option<&'static Location<'static>>,
}

/// What all handles of one engine and all of their connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) pool: Pool,
    pub(crate) cache: CompileCache,
    pub(crate) translated: TranslatedCaches,
    pub(crate) telemetry: Telemetry,
}

impl Shared {
    /// Whether anybody wants to hear of statements.
    pub(crate) fn is_watched(&self) -> bool {
        !self.pool.listeners().is_empty() || self.telemetry.wanted()
    }
}

impl Engine {
    /// An engine on a driver, with the pool that suits it.
    pub fn with_driver(driver: Arc<dyn Driver>) -> Self {
        Engine::with_options(driver, EngineOptions::default())
    }

    /// An engine on a driver, with a pool of one's own choice.
    pub fn with_pool(driver: Arc<dyn Driver>, options: PoolOptions) -> Self {
        Engine::with_options(driver, EngineOptions::new().pool(options))
    }

    /// An engine on a driver, with options of one's own choice. Mirrors the arguments of SQLAlchemy's `create_engine`.
    pub fn with_options(driver: Arc<dyn Driver>, options: EngineOptions) -> Self {
        let telemetry = Telemetry {
            address: driver.address(),
            slow: options.slow_statement,
            hide_parameters: options.hide_parameters,
        };
        let pool = options.pool_for(driver.pool_options());
        let execution = options.execution.clone();
        let defaults = options.transaction.or(execution.transaction_options().unwrap_or_default());
        let label = options.label.clone();
        let pool = Pool::new(driver, pool, Listeners::new(options.listeners()));
        let shared = Shared {
            pool,
            cache: CompileCache::default(),
            translated: TranslatedCaches::default(),
            telemetry,
        };
        Engine { shared: Arc::new(shared), defaults, execution, label, place: None }
    }

    /// The dialect; before the first connection, that of a current version of the database.
    pub fn dialect(&self) -> Arc<dyn Dialect> {
        self.shared.pool.dialect()
    }

    /// The pool, to be looked at.
    pub fn pool(&self) -> &Pool {
        &self.shared.pool
    }

    /// The pool's figures.
    pub fn status(&self) -> PoolStatus {
        self.shared.pool.status()
    }

    /// The same engine with a name for whoever uses this handle: the pool's timeout error tells it of the connections
    /// that are out.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Self {
        Engine { label: Some(label.into()), ..self.clone() }
    }

    /// The same engine, whose connections count as asked for at this place of the program: for layers that ask for them
    /// on behalf of somebody else.
    #[must_use]
    pub fn on_behalf_of(&self, place: &'static Location<'static>) -> Self {
        Engine { place: Some(place), ..self.clone() }
    }

    /// The same engine with other defaults for transactions; an option that a transaction itself is given goes before.
    /// Mirrors SQLAlchemy's `Engine.execution_options(isolation_level=…)`.
    #[must_use]
    pub fn with_transaction_options(&self, defaults: TransactionOptions) -> Self {
        Engine { defaults, ..self.clone() }
    }

    /// The same engine with another isolation level for transactions that name none.
    #[must_use]
    pub fn with_isolation(&self, level: IsolationLevel) -> Self {
        self.with_transaction_options(self.defaults.with_isolation(level))
    }

    /// The same engine with other options for its statements; what they leave open stays as it is. The handle shares the
    /// pool, and costs nothing to make: one for each tenant, say. Mirrors SQLAlchemy's `Engine.execution_options`.
    ///
    /// ```no_run
    /// # use aludel_engine::{Engine, ExecutionOptions, Wait};
    /// # fn of(engine: Engine) -> aludel_engine::Result<()> {
    /// let tenant = engine.with_execution_options(ExecutionOptions::new().schema(None, Some("tenant_1")));
    /// // Tables without a schema are those of `tenant_1` here.
    /// let mut transaction = tenant.begin().wait()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_execution_options(&self, options: ExecutionOptions) -> Self {
        let defaults = match options.transaction_options() {
            Some(given) => given.or(self.defaults),
            None => self.defaults,
        };
        Engine { defaults, execution: options.over(&self.execution), ..self.clone() }
    }

    /// How statements of this handle run.
    pub fn execution_options(&self) -> &ExecutionOptions {
        &self.execution
    }

    /// Takes a connection out of the pool, or opens one.
    ///
    /// # Errors
    /// Where the database cannot be reached, or no connection becomes free in time.
    #[track_caller]
    pub fn connect(&self) -> impl Future<Output = Result<Connection>> + Send + use<'_> {
        self.checkout(Location::caller())
    }

    pub(crate) async fn checkout(&self, place: &'static Location<'static>) -> Result<Connection> {
        let place = self.place.unwrap_or(place);
        let lease = self.shared.pool.take(Holder::new(place, self.label.clone())).await?;
        Ok(Connection::new(lease, Arc::clone(&self.shared), self.defaults, self.execution.clone()))
    }

    /// Begins a transaction on a connection of its own. Dropped without a commit, it is rolled back.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction<'static>>> + Send + use<'_> {
        self.begin_at(Location::caller(), TransactionOptions::default())
    }

    /// The same with options.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    #[track_caller]
    pub fn begin_with(
        &self,
        options: TransactionOptions,
    ) -> impl Future<Output = Result<Transaction<'static>>> + Send + use<'_> {
        self.begin_at(Location::caller(), options)
    }

    pub(crate) async fn begin_at(
        &self,
        place: &'static Location<'static>,
        options: TransactionOptions,
    ) -> Result<Transaction<'static>> {
        self.begin_unguarded_at(place, options).await.map(Transaction::owned)
    }

    /// Takes a connection and begins a transaction on it that no guard watches over.
    pub(crate) async fn begin_unguarded_at(
        &self,
        place: &'static Location<'static>,
        options: TransactionOptions,
    ) -> Result<Connection> {
        let mut connection = self.checkout(place).await?;
        connection.begin_raw(options).await?;
        Ok(connection)
    }

    /// Makes the tables that are not there yet, with their indexes, in the order in which they refer to each other.
    /// Schemas are [translated](ExecutionOptions::schemas). Mirrors SQLAlchemy's `MetaData.create_all`.
    ///
    /// # Errors
    /// Where the database refuses; in a database whose schema changes are transactional, nothing was made then.
    pub async fn create_all(&self, metadata: &MetaData) -> Result<()> {
        let metadata = &*self.translated(metadata);
        let mut connection = self.connect().await?;
        let mut missing = MetaData::new();
        for table in metadata.tables() {
            if connection.inspector()?.table(&table.name).await?.is_none() {
                missing.insert(table.clone());
            }
        }
        let statements = ddl::create_all(&missing, connection.dialect().as_ref())?;
        run_ddl(connection, statements).await
    }

    /// The description with the schemas of this handle.
    fn translated<'m>(&self, metadata: &'m MetaData) -> Cow<'m, MetaData> {
        match self.execution.schema_map() {
            Some(map) => Cow::Owned(map.metadata(metadata)),
            None => Cow::Borrowed(metadata),
        }
    }

    /// Drops the tables that are there, in the opposite order. Schemas are [translated](ExecutionOptions::schemas). Mirrors
    /// SQLAlchemy's `MetaData.drop_all`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn drop_all(&self, metadata: &MetaData) -> Result<()> {
        let metadata = &*self.translated(metadata);
        let mut connection = self.connect().await?;
        let mut existing = MetaData::new();
        for table in metadata.tables() {
            if connection.inspector()?.table(&table.name).await?.is_some() {
                existing.insert(table.clone());
            }
        }
        let statements = ddl::drop_all(&existing, connection.dialect().as_ref())?;
        run_ddl(connection, statements).await
    }

    /// Closes all connections that nobody uses, and those in use when they come back. The engine goes on with new ones.
    /// Mirrors SQLAlchemy's `dispose`.
    pub async fn dispose(&self) {
        for connection in self.shared.pool.drain() {
            // The connection is gone either way.
            let _ = connection.close().await;
        }
    }

    /// Closes the pool for good: nobody gets a connection any more. Connections that are in use are closed when they
    /// come back.
    pub async fn close(&self) {
        for connection in self.shared.pool.close() {
            // The connection is gone either way.
            let _ = connection.close().await;
        }
    }
}

async fn run_ddl(mut connection: Connection, statements: Vec<String>) -> Result<()> {
    let mut transaction = connection.begin_with(TransactionOptions::immediate()).await?;
    for statement in &statements {
        transaction.execute_script(statement).await?;
    }
    transaction.commit().await
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({})", self.shared.pool.driver().describe())
    }
}
