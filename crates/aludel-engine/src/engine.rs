//! The engine: one database, its pool, and what was compiled for it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aludel_sql::{Dialect, MetaData, ddl};

use crate::cache::CompileCache;
use crate::connection::Connection;
use crate::driver::{Driver, PoolOptions, TransactionOptions};
use crate::error::{Error, Result};
use crate::pool::Pool;
use crate::transaction::Transaction;
use crate::url::DatabaseUrl;

/// One database with its pool of connections. Cheap to clone; clones share the pool. Nothing is opened until the first
/// use. Mirrors SQLAlchemy's `Engine`.
#[derive(Clone)]
pub struct Engine {
    pool: Arc<Pool>,
    cache: Arc<CompileCache>,
}

impl Engine {
    /// An engine on a driver, with the pool that suits it.
    pub fn with_driver(driver: Arc<dyn Driver>) -> Self {
        let options = driver.pool_options();
        Engine::with_pool(driver, options)
    }

    /// An engine on a driver, with a pool of one's own choice.
    pub fn with_pool(driver: Arc<dyn Driver>, options: PoolOptions) -> Self {
        Engine { pool: Arc::new(Pool::new(driver, options)), cache: Arc::default() }
    }

    /// The dialect; before the first connection, that of a current version of the database.
    pub fn dialect(&self) -> Arc<dyn Dialect> {
        self.pool.driver().dialect()
    }

    /// Takes a connection out of the pool, or opens one.
    ///
    /// # Errors
    /// Where the database cannot be reached, or no connection becomes free in time.
    pub async fn connect(&self) -> Result<Connection> {
        let raw = self.pool.take().await?;
        Ok(Connection::new(raw, Arc::clone(&self.pool), Arc::clone(&self.cache)))
    }

    /// Begins a transaction on a connection of its own. Dropped without a commit, it is rolled back.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    pub async fn begin(&self) -> Result<Transaction<'static>> {
        self.begin_with(TransactionOptions::default()).await
    }

    /// The same with options.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    pub async fn begin_with(&self, options: TransactionOptions) -> Result<Transaction<'static>> {
        let mut connection = self.connect().await?;
        connection.begin_raw(options).await?;
        Ok(Transaction::owned(connection))
    }

    /// Makes the tables that are not there yet, with their indexes, in the order in which they refer to each other.
    /// Mirrors SQLAlchemy's `MetaData.create_all`.
    ///
    /// # Errors
    /// Where the database refuses; in a database whose schema changes are transactional, nothing was made then.
    pub async fn create_all(&self, metadata: &MetaData) -> Result<()> {
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

    /// Drops the tables that are there, in the opposite order. Mirrors SQLAlchemy's `MetaData.drop_all`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn drop_all(&self, metadata: &MetaData) -> Result<()> {
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

    /// Closes the pool. Connections that are in use are closed when they come back. Mirrors SQLAlchemy's `dispose`.
    pub async fn close(&self) {
        for connection in self.pool.close() {
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
        write!(f, "Engine({})", self.pool.driver().describe())
    }
}

/// Makes a driver of a URL.
pub type DriverFactory = fn(&DatabaseUrl) -> Result<Arc<dyn Driver>>;

fn registry() -> &'static Mutex<BTreeMap<&'static str, DriverFactory>> {
    static REGISTRY: Mutex<BTreeMap<&'static str, DriverFactory>> = Mutex::new(BTreeMap::new());
    &REGISTRY
}

/// Lets URLs with this scheme open engines with a driver from outside of the workspace.
pub fn register_driver(scheme: &'static str, factory: DriverFactory) {
    registry().lock().unwrap_or_else(PoisonError::into_inner).insert(scheme, factory);
}

/// The driver that was registered for a URL's scheme.
///
/// # Errors
/// Where none was; the message lists `known` schemes and the registered ones.
pub fn registered_driver(url: &DatabaseUrl, known: &[&str]) -> Result<Arc<dyn Driver>> {
    let registry = registry().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(factory) = registry.get(url.scheme()) {
        let factory = *factory;
        drop(registry);
        return factory(url);
    }
    let schemes: Vec<&str> = known.iter().copied().chain(registry.keys().copied()).collect();
    Err(Error::configuration(format!(
        "no driver for `{}` in `{url}`: this build knows {}. Other databases are features of the `aludel` crate, or come \
         from a driver's own crate",
        url.scheme(),
        if schemes.is_empty() { "no database at all".to_owned() } else { schemes.join(", ") },
    )))
}
