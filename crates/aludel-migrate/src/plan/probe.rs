//! Whether views and triggers still work after a table was made anew. They are text to SQLite, so a view of a column that
//! is gone would only fail for whoever reads it next.
//!
//! Renaming any table makes SQLite resolve all of them, and refuse where one can't be.

use super::{CurrentSchema, Step};

/// The table that is renamed for it.
pub(crate) const PROBE: [&str; 3] = [
    "CREATE TABLE _aludel_probe (x)",
    "ALTER TABLE _aludel_probe RENAME TO _aludel_probed",
    "DROP TABLE _aludel_probed",
];

pub(super) fn steps(current: &CurrentSchema) -> Vec<Step> {
    // Where one was broken before, nothing can be told.
    let worth_it =
        current.surroundings.as_ref().is_some_and(|around| around.is_sound && !around.objects.is_empty());
    if worth_it { PROBE.iter().map(|sql| Step::Sql((*sql).to_owned())).collect() } else { Vec::new() }
}
