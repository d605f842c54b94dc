//! The steps that undo others. Mirrors `reverse()` of Alembic's operation objects.

use std::fmt;

use aludel_sql::schema::TableName;

use crate::describe::subject;
use crate::operation::{
    AddColumn, AddConstraint, AlterColumn, ConstraintRef, DropColumn, DropConstraint, DropIndex, DropTable,
    Operation, RenameColumn, RenameTable,
};

/// The steps that undo these, in the opposite order. Reversed twice, steps are what they were (but for the `using` of
/// an altered type, which has no opposite).
///
/// # Errors
/// Where a step has no opposite (`execute`, `run`), or drops or alters something without saying what it was.
pub fn reverse(steps: &[Operation]) -> Result<Vec<Operation>, ReverseError> {
    steps.iter().rev().map(reverse_step).collect()
}

/// The step that undoes one step.
///
/// # Errors
/// As for [`reverse`].
pub fn reverse_step(step: &Operation) -> Result<Operation, ReverseError> {
    const UNKNOWN: &str = "it does not say what was there: write the opposite by hand";
    Ok(match step {
        Operation::CreateTable(table) => {
            Operation::DropTable(DropTable { name: table.name.clone(), existing: Some(table.clone()) })
        }
        Operation::DropTable(DropTable { existing: Some(table), .. }) => {
            Operation::CreateTable(table.clone())
        }
        Operation::RenameTable(RenameTable { from, to }) => Operation::RenameTable(RenameTable {
            from: TableName { schema: from.schema.clone(), name: to.clone() },
            to: from.name.clone(),
        }),
        Operation::AddColumn(AddColumn { table, column }) => Operation::DropColumn(DropColumn {
            table: table.clone(),
            name: column.name.clone(),
            existing: Some(column.clone()),
        }),
        Operation::DropColumn(DropColumn { table, existing: Some(column), .. }) => {
            Operation::AddColumn(AddColumn { table: table.clone(), column: column.clone() })
        }
        Operation::AlterColumn(change) => {
            let reversed = reverse_alter(change).ok_or_else(|| ReverseError::new(step, UNKNOWN))?;
            Operation::AlterColumn(reversed)
        }
        Operation::RenameColumn(RenameColumn { table, from, to }) => {
            Operation::RenameColumn(RenameColumn { table: table.clone(), from: to.clone(), to: from.clone() })
        }
        Operation::CreateIndex(index) => Operation::DropIndex(DropIndex {
            name: index.name.to_string(),
            table: index.table.clone(),
            existing: Some(index.clone()),
        }),
        Operation::DropIndex(DropIndex { existing: Some(index), .. }) => {
            Operation::CreateIndex(index.clone())
        }
        Operation::AddConstraint(AddConstraint { table, constraint }) => {
            let constraint = match constraint.name() {
                Some(name) => ConstraintRef::Named {
                    name: name.to_owned(),
                    kind: constraint.kind(),
                    existing: Some(constraint.clone()),
                },
                None => ConstraintRef::Unnamed(constraint.clone()),
            };
            Operation::DropConstraint(DropConstraint { table: table.clone(), constraint })
        }
        Operation::DropConstraint(DropConstraint {
            table,
            constraint:
                ConstraintRef::Named { existing: Some(constraint), .. } | ConstraintRef::Unnamed(constraint),
        }) => {
            Operation::AddConstraint(AddConstraint { table: table.clone(), constraint: constraint.clone() })
        }
        Operation::DropTable(DropTable { existing: None, .. })
        | Operation::DropColumn(DropColumn { existing: None, .. })
        | Operation::DropIndex(DropIndex { existing: None, .. })
        | Operation::DropConstraint(DropConstraint {
            constraint: ConstraintRef::Named { existing: None, .. },
            ..
        }) => return Err(ReverseError::new(step, UNKNOWN)),
        Operation::Execute(_) | Operation::Run(_) => {
            return Err(ReverseError::new(
                step,
                "only its author knows what undoes it: write the opposite by hand",
            ));
        }
    })
}

/// Gives every property that changes its old value; `None` where that is not known.
fn reverse_alter(change: &AlterColumn) -> Option<AlterColumn> {
    let existing = change.existing.as_ref()?;
    Some(AlterColumn {
        table: change.table.clone(),
        name: change.name.clone(),
        ty: change.ty.as_ref().map(|_| existing.ty.clone()),
        nullable: change.nullable.map(|_| existing.nullable),
        server_default: change.server_default.as_ref().map(|_| existing.server_default.clone()),
        comment: change.comment.as_ref().map(|_| existing.comment.clone()),
        existing: Some(change.apply(existing.clone())),
        using: None,
    })
}

/// A step that cannot be reversed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReverseError {
    step: String,
    reason: &'static str,
}

impl ReverseError {
    fn new(step: &Operation, reason: &'static str) -> Self {
        ReverseError { step: subject(step), reason }
    }

    /// The step, in words.
    pub fn step(&self) -> &str {
        &self.step
    }
}

impl fmt::Display for ReverseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot reverse “{}”: {}", self.step, self.reason)
    }
}

impl std::error::Error for ReverseError {}
