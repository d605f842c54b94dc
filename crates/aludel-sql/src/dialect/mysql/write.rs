//! What MySQL and MariaDB say in writes in their own way.

use super::Mysql;
use crate::ast::{ConflictAction, Insert, InsertSource, OnConflict};
use crate::compiler::{CompileError, Compiler};
use crate::name::Name;

pub(super) fn on_duplicate_key(
    dialect: &Mysql,
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
    let alias = conflict.new_row.clone().or_else(|| new_row(dialect, insert));
    if let Some(name) = &alias {
        out.push(" AS ");
        out.quote(name);
    }
    out.push(" ON DUPLICATE KEY UPDATE ");
    out.proposing(alias, |out| out.assignments(set, " = "))
}

/// The name of the row that was proposed, where the server asks for one. Only rows of values can have it.
fn new_row(dialect: &Mysql, insert: &Insert) -> Option<Name> {
    if !dialect.row_alias || matches!(insert.source, InsertSource::Select(_)) {
        return None;
    }
    Some(if insert.table.name.eq_ignore_ascii_case("new") { "new_1".into() } else { "new".into() })
}

/// The value that was proposed for a column.
pub(super) fn excluded(out: &mut Compiler<'_>, name: &str) {
    match out.proposed_row().cloned() {
        Some(row) => {
            out.quote(&row);
            out.push(".");
            out.quote(name);
        }
        None => {
            out.push("VALUES(");
            out.quote(name);
            out.push(")");
        }
    }
}
