//! Where the database is. Reads only: not even the version table is made.

use aludel_engine::Engine;

use super::RevisionInfo;
use crate::environment::Environment;
use crate::error::Result;
use crate::ledger::{self, LedgerRow};
use crate::version_table;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Current {
    /// The rows of the version table.
    pub rows: Vec<String>,
    /// The revisions that they stand for, seen from every branch.
    pub revisions: Vec<RevisionInfo>,
    /// What the rows would be after all upgrades.
    pub heads: Vec<String>,
}

impl Current {
    /// Whether all upgrades have run.
    pub fn is_at_heads(&self) -> bool {
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        sorted(&self.rows) == sorted(&self.heads)
    }
}

/// Where the database is. Mirrors `alembic current`; [`Current::is_at_heads`] is its `--check-heads`.
///
/// # Errors
/// Where the database can't be read, or is at a revision that the scripts don't know.
pub async fn current(env: &Environment, engine: &Engine) -> Result<Current> {
    let map = env.revision_map()?;
    let mut connection = engine.connect().await?;
    let rows = version_table::read(env.version_table_name(), &mut connection).await?;
    let revisions =
        map.current(&rows)?.into_iter().map(|node| RevisionInfo::new(&map, node, &rows)).collect();
    let heads = map.real_heads().into_iter().map(|head| head.id.clone()).collect();
    Ok(Current { rows, revisions, heads })
}

/// What ran on the database, oldest first.
///
/// # Errors
/// Where the database can't be read.
pub async fn ledger(env: &Environment, engine: &Engine) -> Result<Vec<LedgerRow>> {
    let mut connection = engine.connect().await?;
    ledger::read(env.ledger_table_name(), &mut connection).await
}
