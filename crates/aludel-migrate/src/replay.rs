//! Steps carried out on a schema model instead of a database: what a schema is after a history.
//!
//! Data is not there, so `execute` and `run` change nothing. Conditions and expressions in SQL are text and are not
//! rewritten when something they name is renamed.

mod columns;
mod constraints;
mod tables;

use std::fmt;

use aludel_sql::MetaData;
use aludel_sql::schema::{Table, TableName};

use crate::describe::subject;
use crate::operation::Operation;

/// Carries out the steps in their order.
///
/// # Errors
/// Where a step needs something that is not there, or makes something that is. The steps before it stay done.
///
/// ```
/// use aludel_migrate::prelude::*;
/// use aludel_migrate::replay::replay;
/// use aludel_sql::MetaData;
///
/// let mut op = Operations::new();
/// op.create_table(table("users").column(column("id", integer()).primary_key()));
/// op.add_column("users", column("email", string(100)));
/// let mut schema = MetaData::new();
/// replay(op.steps(), &mut schema)?;
/// assert_eq!(schema.get(&"users".into()).map(|users| users.columns.len()), Some(2));
/// # Ok::<(), aludel_migrate::replay::ReplayError>(())
/// ```
pub fn replay(steps: &[Operation], schema: &mut MetaData) -> Result<(), ReplayError> {
    steps.iter().try_for_each(|step| replay_step(step, schema))
}

/// Carries out one step; where it fails, nothing is changed.
///
/// # Errors
/// As for [`replay`].
pub fn replay_step(step: &Operation, schema: &mut MetaData) -> Result<(), ReplayError> {
    let done = match step {
        Operation::CreateTable(table) => tables::create(schema, table),
        Operation::DropTable(drop) => tables::drop(schema, &drop.name),
        Operation::RenameTable(rename) => tables::rename(schema, &rename.from, &rename.to),
        Operation::AddColumn(add) => columns::add(find(schema, &add.table), &add.table, &add.column),
        Operation::DropColumn(drop) => columns::drop(find(schema, &drop.table), &drop.table, &drop.name),
        Operation::AlterColumn(change) => columns::alter(find(schema, &change.table), change),
        Operation::RenameColumn(rename) => columns::rename(schema, rename),
        Operation::CreateIndex(index) => constraints::create_index(find(schema, &index.table), index),
        Operation::DropIndex(drop) => {
            constraints::drop_index(find(schema, &drop.table), &drop.table, &drop.name)
        }
        Operation::AddConstraint(add) => {
            constraints::add(find(schema, &add.table), &add.table, &add.constraint)
        }
        Operation::DropConstraint(drop) => {
            constraints::drop(find(schema, &drop.table), &drop.table, &drop.constraint)
        }
        Operation::Execute(_) | Operation::Run(_) => Ok(()),
    };
    done.map_err(|problem| ReplayError { step: subject(step), problem })
}

/// What is wrong, in words.
type Problem = String;

/// The table, or that it is not there.
fn find<'m>(schema: &'m mut MetaData, name: &TableName) -> Result<&'m mut Table, Problem> {
    schema.get_mut(name).ok_or_else(|| format!("there is no table `{name}`"))
}

/// Refuses columns that the table does not have.
fn need_columns<'n>(table: &Table, names: impl IntoIterator<Item = &'n String>) -> Result<(), Problem> {
    match names.into_iter().find(|name| table.get_column(name).is_none()) {
        Some(name) => Err(format!("table `{}` has no column `{name}`", table.name)),
        None => Ok(()),
    }
}

/// A step that does not fit the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayError {
    step: String,
    problem: Problem,
}

impl ReplayError {
    /// The step, in words.
    pub fn step(&self) -> &str {
        &self.step
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.step, self.problem)
    }
}

impl std::error::Error for ReplayError {}
