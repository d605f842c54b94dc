//! Foreign keys rest while tables are made anew, and are checked as a whole before the transaction ends.
//!
//! SQLite takes the switch only outside of a transaction, so it is set before one begins and put back behind it.

use std::collections::BTreeMap;

use aludel_engine::{Connection, Wait};
use aludel_sql::statement::sql;

use crate::error::{Error, ErrorKind, Result};

/// A connection whose foreign keys rest, if they have to. However it is left, given up in the middle included, the
/// switches are put back: the connection goes back to its pool.
pub(super) struct Suspension<'c> {
    connection: &'c mut Connection,
    switches: Option<Switches>,
}

/// The switches as they were.
struct Switches {
    foreign_keys: i64,
    legacy_alter_table: i64,
}

impl<'c> Suspension<'c> {
    /// Lets foreign keys rest on this connection, where `wanted`.
    pub(super) async fn begin(connection: &'c mut Connection, wanted: bool) -> Result<Self> {
        if !wanted {
            return Ok(Suspension { connection, switches: None });
        }
        let foreign_keys = connection.one(sql("PRAGMA foreign_keys").rows::<i64>()).await?;
        let legacy_alter_table = connection.one(sql("PRAGMA legacy_alter_table").rows::<i64>()).await?;
        let suspension =
            Suspension { connection, switches: Some(Switches { foreign_keys, legacy_alter_table }) };
        suspension.connection.execute_script("PRAGMA foreign_keys = OFF").await?;
        suspension.connection.execute_script("PRAGMA legacy_alter_table = OFF").await?;
        Ok(suspension)
    }

    /// The connection.
    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Puts the switches back.
    pub(super) async fn end(mut self) -> Result<()> {
        self.restore().await
    }

    async fn restore(&mut self) -> Result<()> {
        let Some(Switches { foreign_keys, legacy_alter_table }) = self.switches.take() else { return Ok(()) };
        let foreign_keys = format!("PRAGMA foreign_keys = {foreign_keys}");
        let legacy_alter_table = format!("PRAGMA legacy_alter_table = {legacy_alter_table}");
        self.connection.execute_script(&foreign_keys).await?;
        Ok(self.connection.execute_script(&legacy_alter_table).await?)
    }
}

impl Drop for Suspension<'_> {
    fn drop(&mut self) {
        // A switch waits for no lock, so this blocks nobody. Nobody is left to be told of an error either.
        let _ = self.restore().wait();
    }
}

/// Rows that refer to nothing, counted by their table and the one that they refer to.
pub(super) type Violations = BTreeMap<(String, String), usize>;

/// Checks all foreign keys.
pub(super) async fn violations(connection: &mut Connection) -> Result<Violations> {
    type Row = (String, Option<i64>, String, i64);
    let rows = connection.all(sql("PRAGMA foreign_key_check").rows::<Row>()).await?;
    let mut violations = Violations::new();
    for (table, _, parent, _) in rows {
        *violations.entry((table, parent)).or_default() += 1;
    }
    Ok(violations)
}

/// Refuses violations that were not there before. Many databases have some from times when nothing was enforced; they
/// don't keep a migration from running.
pub(super) fn refuse_new(before: &Violations, after: &Violations) -> Result<()> {
    let new: Vec<String> = after
        .iter()
        .filter(|(tables, count)| before.get(*tables).is_none_or(|before| before < count))
        .map(|((table, parent), count)| {
            let before = before.get(&(table.clone(), parent.clone())).copied().unwrap_or_default();
            format!("{} of `{table}` to `{parent}`", count - before)
        })
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Refused,
        format!(
            "rows would refer to rows that are not there: {}. Nothing was changed; correct the rows first, with \
             `op.execute(..)` in front of this step",
            new.join(", ")
        ),
    ))
}
