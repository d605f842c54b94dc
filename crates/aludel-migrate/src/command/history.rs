//! What the scripts alone can tell, with the database's place in it where one is asked for.

use aludel_engine::Engine;

use super::RevisionInfo;
use crate::environment::Environment;
use crate::error::Result;
use crate::revision::{RevisionMap, RevisionNode};
use crate::version_table;

/// The heads. Mirrors `alembic heads`.
///
/// # Errors
/// Where the scripts make no graph.
pub fn heads(env: &Environment) -> Result<Vec<RevisionInfo>> {
    let map = env.revision_map()?;
    Ok(infos(&map, &map.heads(), &[]))
}

/// The history, newest first: all of it, or a range `from:to`. With an engine, `current` can stand in the range, and
/// the database's revisions are marked. Mirrors `alembic history`.
///
/// # Errors
/// Where the scripts make no graph, the range is none, or the database can't be read.
pub async fn history(
    env: &Environment,
    range: Option<&str>,
    engine: Option<&Engine>,
) -> Result<Vec<RevisionInfo>> {
    let map = env.revision_map()?;
    let rows = rows(env, engine).await?;
    let nodes = map.history(range, rows.as_deref())?;
    Ok(infos(&map, &nodes, rows.as_deref().unwrap_or_default()))
}

/// The revisions that a specifier names, such as an id, a part of one, `head` or `heads`; with an engine, also
/// `current`. Mirrors `alembic show`.
///
/// # Errors
/// Where the specifier is unknown or ambiguous, or the database can't be read.
pub async fn show(env: &Environment, specifier: &str, engine: Option<&Engine>) -> Result<Vec<RevisionInfo>> {
    let map = env.revision_map()?;
    let rows = rows(env, engine).await?;
    let nodes = match &rows {
        Some(rows) => map.resolve_from(specifier, rows)?,
        None => map.resolve(specifier)?,
    };
    Ok(infos(&map, &nodes, rows.as_deref().unwrap_or_default()))
}

fn infos(map: &RevisionMap, nodes: &[&RevisionNode], rows: &[String]) -> Vec<RevisionInfo> {
    nodes.iter().map(|node| RevisionInfo::new(map, node, rows)).collect()
}

async fn rows(env: &Environment, engine: Option<&Engine>) -> Result<Option<Vec<String>>> {
    let Some(engine) = engine else { return Ok(None) };
    let mut connection = engine.connect().await?;
    Ok(Some(version_table::read(env.version_table_name(), &mut connection).await?))
}
