//! Telling the version table where the database is, without running anything.

use std::time::Duration;

use aludel_engine::Engine;

use crate::clock;
use crate::environment::Environment;
use crate::error::Result;
use crate::ledger::{self, Action, Entry};
use crate::lock;
use crate::revision::StampStep;
use crate::version_table;

/// What a stamp did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StampReport {
    /// The rows before.
    pub before: Vec<String>,
    /// The rows now.
    pub after: Vec<String>,
    /// The changes between.
    pub steps: Vec<StampStep>,
}

/// Makes the version table name the targets; `purge` empties it first, which is the way out where it names revisions
/// that no script declares. Mirrors `alembic stamp`.
///
/// # Errors
/// Where a target is unknown, or a row that the scripts don't know is in the way; the table is unchanged then.
pub async fn stamp(env: &Environment, engine: &Engine, targets: &[&str], purge: bool) -> Result<StampReport> {
    let map = env.revision_map()?;
    let (versions, journal) = (env.version_table_name(), env.ledger_table_name());
    let mut connection = engine.connect().await?;
    let mut turn = lock::begin_turn(&mut connection).await?;
    version_table::ensure(versions, &mut turn).await?;
    ledger::ensure(journal, &mut turn).await?;
    let before = version_table::read(versions, &mut turn).await?;
    let kept: &[String] = if purge { &[] } else { &before };
    let steps = map.stamp_steps(kept, targets)?;
    if purge {
        version_table::purge(versions, &mut turn).await?;
    }
    for step in &steps {
        version_table::apply(versions, &step.change, &mut turn).await?;
        // A branch that is taken out is written under the revision that it was at.
        let revision = step.to.first().or(step.from.first()).cloned().unwrap_or_default();
        let checksum = env.script(&revision).ok().map(|script| script.checksum());
        let entry = Entry {
            revision,
            action: Action::Stamp,
            started_at: clock::now(),
            took: Duration::ZERO,
            checksum,
        };
        ledger::write(journal, &entry, &mut turn).await?;
    }
    let after = version_table::read(versions, &mut turn).await?;
    turn.commit().await?;
    Ok(StampReport { before, after, steps })
}
