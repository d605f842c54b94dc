//! Whether views and triggers still work after a table was made anew. They are text to SQLite, so a view of a column that
//! is gone would only fail for whoever reads it next.
//!
//! Renaming any table makes SQLite resolve all of them, and refuse where one can't be. That takes seconds in schemas
//! with hundreds of them, so it is done only where one could have broken.

use super::{CurrentSchema, Step, Surroundings};
use crate::operation::Operation;
use crate::sql_text::{Token, tokens};

/// The table that is renamed for it.
pub(crate) const PROBE: [&str; 3] = [
    "CREATE TABLE _aludel_probe (x)",
    "ALTER TABLE _aludel_probe RENAME TO _aludel_probed",
    "DROP TABLE _aludel_probed",
];

pub(super) fn steps(current: &CurrentSchema) -> Vec<Step> {
    // Where one was broken before, nothing can be told.
    let worth_it = current.surroundings.as_ref().is_some_and(|around| around.is_sound == Some(true));
    if worth_it { PROBE.iter().map(|sql| Step::Sql((*sql).to_owned())).collect() } else { Vec::new() }
}

impl Surroundings {
    /// Whether a view or trigger names a table and a column of it that goes (or all of them).
    pub(crate) fn may_break(&self, operations: &[Operation]) -> bool {
        let gone = || {
            operations.iter().filter_map(|operation| match operation {
                Operation::DropColumn(drop) => Some((drop.table.name.as_str(), drop.name.as_str())),
                _ => None,
            })
        };
        gone().next().is_some()
            && self.objects.iter().any(|object| {
                let tokens = tokens(&object.sql);
                let all = tokens.contains(&Token::Sign('*'));
                let names = |wanted: &str| {
                    tokens.iter().any(|token| {
                        matches!(token, Token::Word(name) | Token::Name(name) if name.eq_ignore_ascii_case(wanted))
                    })
                };
                gone().any(|(table, column)| names(table) && (all || names(column)))
            })
    }
}
