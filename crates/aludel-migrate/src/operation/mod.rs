//! What a revision does, as plain values.
//!
//! The set is closed: execute, render as Rust, render as SQL, describe, reverse, replay and lint are each one module
//! with one exhaustive `match`. Mirrors Alembic's `MigrateOperation` classes.

mod execute;
mod operations;
mod run;

use std::sync::Arc;

pub use aludel_sql::ddl::AlterColumn;
use aludel_sql::schema::{Column, Index, Table, TableName};
pub use aludel_sql::schema::{Constraint, ConstraintKind};
pub use operations::Operations;
pub use run::RunFn;

/// One step of a revision.
///
/// What is dropped is carried along where it is known, so that the step can be reversed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// Makes a table with its constraints and indexes.
    CreateTable(Table),
    /// Drops a table.
    DropTable(DropTable),
    /// Gives a table another name.
    RenameTable(RenameTable),
    /// Adds a column, with the constraints written on it.
    AddColumn(AddColumn),
    /// Drops a column.
    DropColumn(DropColumn),
    /// Changes type, nullability, default or comment of a column.
    AlterColumn(AlterColumn),
    /// Gives a column another name.
    RenameColumn(RenameColumn),
    /// Makes an index.
    CreateIndex(Index),
    /// Drops an index.
    DropIndex(DropIndex),
    /// Adds a constraint to a table.
    AddConstraint(AddConstraint),
    /// Drops a constraint.
    DropConstraint(DropConstraint),
    /// Runs a statement.
    Execute(Execute),
    /// Runs the user's own code with the connection.
    Run(Run),
}

/// Drops a table.
#[derive(Clone, Debug, PartialEq)]
pub struct DropTable {
    /// The table's name.
    pub name: TableName,
    /// What it was, where known.
    pub existing: Option<Table>,
}

/// Gives a table another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameTable {
    /// The old name.
    pub from: TableName,
    /// The new name, in the same schema.
    pub to: String,
}

/// Adds a column.
#[derive(Clone, Debug, PartialEq)]
pub struct AddColumn {
    /// The table.
    pub table: TableName,
    /// The column; what is written on it (unique, index, references) is made too.
    pub column: Column,
}

/// Drops a column.
#[derive(Clone, Debug, PartialEq)]
pub struct DropColumn {
    /// The table.
    pub table: TableName,
    /// The column's name.
    pub name: String,
    /// What it was, where known.
    pub existing: Option<Column>,
}

/// Gives a column another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameColumn {
    /// The table.
    pub table: TableName,
    /// The old name.
    pub from: String,
    /// The new name.
    pub to: String,
}

/// Drops an index.
#[derive(Clone, Debug, PartialEq)]
pub struct DropIndex {
    /// The index's name.
    pub name: String,
    /// The table that it is on.
    pub table: TableName,
    /// What it was, where known.
    pub existing: Option<Index>,
}

/// Adds a constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct AddConstraint {
    /// The table.
    pub table: TableName,
    /// The constraint.
    pub constraint: Constraint,
}

/// Drops a constraint: by name, or, where the database gave it none, by what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct DropConstraint {
    /// The table.
    pub table: TableName,
    /// Which one.
    pub constraint: ConstraintRef,
}

/// Which constraint is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintRef {
    /// By name. The definition is carried along where known.
    Named {
        /// The name.
        name: String,
        /// What kind it is; MySQL needs to know.
        kind: ConstraintKind,
        /// What it was, where known.
        existing: Option<Constraint>,
    },
    /// By what it is, for constraints without a name.
    Unnamed(Constraint),
}

/// Runs a statement: SQL in the database's own words, or a statement of the expression language.
#[derive(Clone, Debug, PartialEq)]
pub enum Execute {
    /// SQL as it is; several statements may stand in one text.
    Sql(String),
    /// A statement, compiled for the database that the plan runs on.
    Statement(Box<aludel_sql::ast::Statement>),
}

/// The user's own code: an async function that is given the connection inside of the migration's transaction.
#[derive(Clone)]
pub struct Run {
    /// What the step is called in messages.
    pub name: String,
    /// The code.
    pub action: Arc<RunAction>,
}

/// The signature of a [`Run`] step's code.
pub type RunAction = dyn for<'c> Fn(&'c mut aludel_engine::Connection) -> aludel_engine::BoxFuture<'c, aludel_engine::Result<()>>
    + Send
    + Sync;

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.action, &other.action)
    }
}
