//! Compiled statements by their structural key: each shape is compiled once per engine, and once per map of schemas.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aludel_sql::Dialect;
use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::compiler::{CompileError, CompileOptions, Compiled, compile_with};
use aludel_sql::schema::SchemaMap;
use rustc_hash::FxHashMap;

/// How many compiled statements are kept before all are dropped and begun anew.
const CAPACITY: usize = 2_000;

/// How many maps of schemas have a cache of their own, before all of those are dropped and begun anew.
const MAPS: usize = 256;

/// What was compiled with one map of schemas, or with none.
#[derive(Debug, Default)]
pub(crate) struct CompileCache {
    options: CompileOptions,
    compiled: Mutex<FxHashMap<Box<[u8]>, Arc<Compiled>>>,
}

/// The caches of those who translate schemas. The map picks the cache, so that whoever has none looks up a key that is no
/// longer for it.
#[derive(Debug, Default)]
pub(crate) struct TranslatedCaches(Mutex<FxHashMap<SchemaMap, Arc<CompileCache>>>);

impl TranslatedCaches {
    /// The cache for a map. Asked for once per checkout, not per statement.
    pub(crate) fn of(&self, map: &SchemaMap) -> Arc<CompileCache> {
        let mut caches = lock(&self.0);
        if let Some(cache) = caches.get(map) {
            return Arc::clone(cache);
        }
        // Tenants without end must not take memory without end. Whoever uses one of these goes on with it.
        if caches.len() >= MAPS {
            caches.clear();
        }
        let cache = Arc::new(CompileCache::translated(map));
        caches.insert(map.clone(), Arc::clone(&cache));
        cache
    }
}

impl CompileCache {
    fn translated(map: &SchemaMap) -> Self {
        let options = CompileOptions { schemas: map.pairs().to_vec(), ..CompileOptions::default() };
        CompileCache { options, compiled: Mutex::default() }
    }

    pub(crate) fn compile(
        &self,
        statement: &Statement,
        key: &StatementKey<'_>,
        dialect: &dyn Dialect,
    ) -> Result<Arc<Compiled>, CompileError> {
        if let Some(compiled) = lock(&self.compiled).get(key.bytes()) {
            return Ok(Arc::clone(compiled));
        }
        let compiled = self.compile_anew(statement, key, dialect)?;
        let mut cache = lock(&self.compiled);
        // Shapes made at run time without end must not grow the cache without end.
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        cache.insert(key.bytes().into(), Arc::clone(&compiled));
        Ok(compiled)
    }

    /// The same, past what is kept.
    pub(crate) fn compile_anew(
        &self,
        statement: &Statement,
        key: &StatementKey<'_>,
        dialect: &dyn Dialect,
    ) -> Result<Arc<Compiled>, CompileError> {
        Ok(Arc::new(compile_with(statement, key, dialect, &self.options)?))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
