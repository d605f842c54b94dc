//! Foreign keys rest while tables are made anew, and are checked as a whole before the transaction ends.
//!
//! SQLite takes the switch only outside of a transaction, so it is set before one begins and put back behind it.

use std::collections::BTreeMap;

use aludel_engine::Connection;
use aludel_sql::statement::sql;

use crate::error::{Error, ErrorKind, Result};

/// The switches as they were.
pub(super) struct Suspension {
    foreign_keys: i64,
    legacy_alter_table: i64,
}

impl Suspension {
    /// Lets foreign keys rest on this connection.
    pub(super) async fn begin(connection: &mut Connection) -> Result<Self> {
        let foreign_keys = connection.one(sql("PRAGMA foreign_keys").rows::<i64>()).await?;
        let legacy_alter_table = connection.one(sql("PRAGMA legacy_alter_table").rows::<i64>()).await?;
        connection.execute_script("PRAGMA foreign_keys = OFF").await?;
        connection.execute_script("PRAGMA legacy_alter_table = OFF").await?;
        Ok(Suspension { foreign_keys, legacy_alter_table })
    }

    /// Puts the switches back.
    pub(super) async fn end(self, connection: &mut Connection) -> Result<()> {
        let Suspension { foreign_keys, legacy_alter_table } = self;
        connection.execute_script(&format!("PRAGMA foreign_keys = {foreign_keys}")).await?;
        connection.execute_script(&format!("PRAGMA legacy_alter_table = {legacy_alter_table}")).await?;
        Ok(())
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
