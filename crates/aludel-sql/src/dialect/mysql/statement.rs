//! What MySQL and MariaDB say in writes in their own way.

use crate::ast::{ConflictAction, Insert, OnConflict};
use crate::compiler::{CompileError, Compiler};

pub(super) fn on_duplicate_key(
    out: &mut Compiler<'_>,
    conflict: &OnConflict,
    insert: &Insert,
) -> Result<(), CompileError> {
    let set = match &conflict.action {
        ConflictAction::DoNothing => {
            // Setting a column to itself keeps the row and, unlike IGNORE, hides no other error.
            let Some(column) = conflict.target.first_column().or(insert.columns.first()) else {
                return Err(out.unsupported("ON CONFLICT DO NOTHING without columns"));
            };
            out.push(" ON DUPLICATE KEY UPDATE ");
            out.quote(column);
            out.push(" = ");
            out.quote(column);
            return Ok(());
        }
        ConflictAction::DoUpdate { filter, .. } if !filter.is_empty() => {
            return Err(out.unsupported("a condition on ON CONFLICT DO UPDATE"));
        }
        ConflictAction::DoUpdate { set, .. } => set,
    };
    if let Some(name) = &conflict.new_row {
        out.push(" AS ");
        out.quote(name);
    }
    out.push(" ON DUPLICATE KEY UPDATE ");
    out.assignments(set, " = ")
}
