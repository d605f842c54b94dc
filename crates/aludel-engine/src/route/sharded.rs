//! Data that is spread over several databases by a key.

use std::fmt;
use std::sync::Arc;

use aludel_sql::MetaData;

use super::join::join;
use super::{ReplicatedEngine, ServerStatus};
use crate::driver::TransactionOptions;
use crate::error::{Error, Result};
use crate::fetch::Fetch;

/// Databases with the same tables, each with the rows of its keys. Which key belongs to which, a function says. Cheap to
/// clone; clones share everything. Mirrors SQLAlchemy's `ShardedSession`, with the difference that nothing is spread by
/// itself: one asks for the shard of a key, or for all of them, and a transaction is on one shard. So is a `Session`:
/// `Session::new(customers.for_key(&17)?)`.
///
/// ```
/// use aludel_engine::{Engine, Error, ShardedEngine};
///
/// # fn example(europe: Engine, america: Engine) -> Result<(), Error> {
/// let customers = ShardedEngine::new([("europe", europe), ("america", america)], |id: &i64| usize::from(*id >= 1_000_000))?;
/// assert_eq!(customers.for_key(&17)?.name(), "europe");
/// assert_eq!(customers.all().count(), 2);
/// # Ok(())
/// # }
/// ```
///
/// The function has to give the same answer for a key as long as its rows are where they are. The hashes of the standard
/// library don't promise that.
pub struct ShardedEngine<K: ?Sized> {
    shared: Arc<Shared<K>>,
}

struct Shared<K: ?Sized> {
    shards: Vec<Shard>,
    choose: Box<dyn Fn(&K) -> usize + Send + Sync>,
}

/// One of the databases. It is used like its engine, which may have [readers](ReplicatedEngine).
#[derive(Clone, Debug)]
pub struct Shard {
    name: Arc<str>,
    engine: ReplicatedEngine,
}

impl Shard {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its engine.
    pub fn engine(&self) -> &ReplicatedEngine {
        &self.engine
    }

    fn context(&self, error: Error) -> Error {
        error.context(format!("on the shard `{}`", self.name))
    }
}

impl std::ops::Deref for Shard {
    type Target = ReplicatedEngine;

    fn deref(&self) -> &ReplicatedEngine {
        &self.engine
    }
}

impl<K: ?Sized> ShardedEngine<K> {
    /// Databases by name, and the function that says in which one (from 0) the rows of a key are.
    ///
    /// # Errors
    /// Where there is none, or a name is there twice.
    pub fn new<N: Into<String>, E: Into<ReplicatedEngine>>(
        shards: impl IntoIterator<Item = (N, E)>,
        choose: impl Fn(&K) -> usize + Send + Sync + 'static,
    ) -> Result<Self> {
        let mut known: Vec<Shard> = Vec::new();
        for (name, engine) in shards {
            let name = name.into();
            if known.iter().any(|shard| *shard.name == name) {
                return Err(Error::configuration(format!("there are two shards of the name `{name}`")));
            }
            known.push(Shard { name: name.into(), engine: engine.into() });
        }
        if known.is_empty() {
            return Err(Error::configuration("there is no shard, so that no row could be anywhere"));
        }
        Ok(ShardedEngine { shared: Arc::new(Shared { shards: known, choose: Box::new(choose) }) })
    }

    /// The shard with the rows of a key.
    ///
    /// # Errors
    /// Where the function names one that is not there.
    pub fn for_key(&self, key: &K) -> Result<&Shard> {
        let index = (self.shared.choose)(key);
        self.shared.shards.get(index).ok_or_else(|| {
            Error::usage(format!(
                "the function that chooses a shard says {index} for a key, but there are {} shards, counted from 0",
                self.shared.shards.len()
            ))
        })
    }

    /// The shard of a name.
    pub fn named(&self, name: &str) -> Option<&Shard> {
        self.all().find(|shard| shard.name() == name)
    }

    /// All shards, in their order.
    pub fn all(&self) -> impl Iterator<Item = &Shard> {
        self.shared.shards.iter()
    }

    /// The rows of a query on all shards, those of the first shard first. All are asked at once, each in a read-only
    /// transaction of its own, so on a reader where there is one. An order or a limit in the query holds within each
    /// shard.
    ///
    /// # Errors
    /// Those of the first shard that has one.
    pub async fn fetch_all<F: Fetch + Clone>(&self, query: F) -> Result<Vec<F::Row>> {
        let of = |shard: &Shard| {
            let (shard, query) = (shard.clone(), query.clone());
            async move {
                let mut tx = shard.begin_with(TransactionOptions::read_only()).await?;
                let rows = tx.all(query).await?;
                tx.commit().await?;
                Ok(rows)
            }
        };
        let mut all = Vec::new();
        for (shard, rows) in self.all().zip(join(self.all().map(of)).await) {
            let rows: Vec<F::Row> = rows.map_err(|error| shard.context(error))?;
            all.extend(rows);
        }
        Ok(all)
    }

    /// Runs a closure on all shards at once, and gives back what it makes of each, in the order of the shards. All of them
    /// run to their end, also where one fails; what others have committed stays.
    ///
    /// # Errors
    /// That of the first shard that has one.
    pub async fn on_each<T, E>(&self, work: impl AsyncFn(Shard) -> Result<T, E>) -> Result<Vec<T>, E> {
        join(self.all().map(|shard| work(shard.clone()))).await.into_iter().collect()
    }

    /// Makes the tables that are not there yet on every shard, one after another: see
    /// [`Engine::create_all`](crate::Engine::create_all).
    ///
    /// # Errors
    /// As there; the shards before have their tables then.
    pub async fn create_all(&self, metadata: &MetaData) -> Result<()> {
        for shard in self.all() {
            shard.engine.create_all(metadata).await.map_err(|error| shard.context(error))?;
        }
        Ok(())
    }

    /// Drops the tables that are there on every shard, one after another: see
    /// [`Engine::drop_all`](crate::Engine::drop_all).
    ///
    /// # Errors
    /// As there; the shards before have lost their tables then.
    pub async fn drop_all(&self, metadata: &MetaData) -> Result<()> {
        for shard in self.all() {
            shard.engine.drop_all(metadata).await.map_err(|error| shard.context(error))?;
        }
        Ok(())
    }

    /// What is known of all servers of each shard.
    pub fn status(&self) -> Vec<(String, Vec<ServerStatus>)> {
        self.all().map(|shard| (shard.name().to_owned(), shard.engine.status())).collect()
    }

    /// Closes connections on all shards: see [`Engine::dispose`](crate::Engine::dispose).
    pub async fn dispose(&self) {
        for shard in self.all() {
            shard.engine.dispose().await;
        }
    }

    /// Closes all shards for good: see [`Engine::close`](crate::Engine::close).
    pub async fn close(&self) {
        for shard in self.all() {
            shard.engine.close().await;
        }
    }
}

impl<K: ?Sized> Clone for ShardedEngine<K> {
    fn clone(&self) -> Self {
        ShardedEngine { shared: Arc::clone(&self.shared) }
    }
}

impl<K: ?Sized> fmt::Debug for ShardedEngine<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.all().map(|shard| (shard.name(), &shard.engine))).finish()
    }
}
