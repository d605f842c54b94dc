//! Compiled statements by their structural key: each shape is compiled once per engine.

use std::sync::{Arc, Mutex, PoisonError};

use aludel_sql::Dialect;
use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::compiler::{CompileError, Compiled, compile_keyed};
use rustc_hash::FxHashMap;

/// How many compiled statements are kept before all are dropped and begun anew.
const CAPACITY: usize = 2_000;

#[derive(Debug, Default)]
pub(crate) struct CompileCache {
    compiled: Mutex<FxHashMap<Box<[u8]>, Arc<Compiled>>>,
}

impl CompileCache {
    pub(crate) fn compile(
        &self,
        statement: &Statement,
        key: &StatementKey<'_>,
        dialect: &dyn Dialect,
    ) -> Result<Arc<Compiled>, CompileError> {
        if let Some(compiled) = self.lock().get(key.bytes()) {
            return Ok(Arc::clone(compiled));
        }
        let compiled = Arc::new(compile_keyed(statement, key, dialect)?);
        let mut cache = self.lock();
        // Shapes made at run time without end must not grow the cache without end.
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        cache.insert(key.bytes().into(), Arc::clone(&compiled));
        Ok(compiled)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, FxHashMap<Box<[u8]>, Arc<Compiled>>> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
