//! What differs between the application's metadata and the database.

use std::collections::BTreeSet;

use aludel_engine::{Connection, Engine};

use crate::compare::{Difference, compare};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::revision::RevisionMap;
use crate::{run, version_table};

/// What autogenerate would write into a revision; empty where nothing differs. Mirrors `alembic check`.
///
/// # Errors
/// [`ErrorKind::NotAtHead`] where upgrades are outstanding; where the database can't be read, or the metadata has no
/// tables at all while the database has some.
pub async fn check(env: &Environment, engine: &Engine) -> Result<Difference> {
    let map = env.revision_map()?;
    let mut connection = engine.connect().await?;
    difference(env, &map, &mut connection, false).await
}

/// The difference, if the database is at head.
pub(super) async fn difference(
    env: &Environment,
    map: &RevisionMap,
    connection: &mut Connection,
    allow_drop_all: bool,
) -> Result<Difference> {
    refuse_unless_at_heads(env, map, connection).await?;
    let schemas: BTreeSet<String> =
        env.metadata().tables().iter().filter_map(|table| table.name.schema.clone()).collect();
    let current = run::reflect(connection, &schemas).await?;
    let mut options = env.compare_options();
    options.allow_drop_all = allow_drop_all;
    compare(env.metadata(), &current, connection.dialect().as_ref(), &options)
}

async fn refuse_unless_at_heads(
    env: &Environment,
    map: &RevisionMap,
    connection: &mut Connection,
) -> Result<()> {
    let rows = version_table::read(env.version_table_name(), connection).await?;
    // Rows that no script declares are told of by name.
    map.current(&rows)?;
    let mut heads: Vec<String> = map.real_heads().into_iter().map(|head| head.id.clone()).collect();
    heads.sort();
    if rows == heads {
        return Ok(());
    }
    let list = |ids: &[String]| match ids {
        [] => "base".to_owned(),
        ids => ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "),
    };
    Err(Error::new(
        ErrorKind::NotAtHead,
        format!(
            "the database is at {} while the scripts lead to {}: upgrade it first (`upgrade {}`), so that what is \
             compared is what the revisions made",
            list(&rows),
            list(&heads),
            if heads.len() > 1 { "heads" } else { "head" }
        ),
    ))
}
