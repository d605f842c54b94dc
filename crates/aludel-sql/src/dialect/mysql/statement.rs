//! What MySQL and MariaDB say in statements in their own way.

use crate::ast::{BinaryOperator, ConflictAction, Expr, Insert, OnConflict};
use crate::compiler::{CompileError, Compiler, Precedence};

pub(super) fn binary(
    out: &mut Compiler<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<bool, CompileError> {
    let precedence = Precedence::of_binary(operator);
    match operator {
        BinaryOperator::Concat => {
            out.push("concat(");
            out.expr(left)?;
            out.push(", ");
            out.expr(right)?;
            out.push(")");
        }
        BinaryOperator::IntegerDivide => out.infix(left, " DIV ", right, precedence)?,
        BinaryOperator::IsNotDistinctFrom => out.infix(left, " <=> ", right, precedence)?,
        BinaryOperator::IsDistinctFrom => {
            out.push("NOT (");
            out.infix(left, " <=> ", right, precedence)?;
            out.push(")");
        }
        _ => return Ok(false),
    }
    Ok(true)
}

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
