//! Schema changes and their text. The values are the schema model's own; every function here turns one into the
//! statements of a dialect, or says what that dialect cannot say.

mod alter;
mod column;
mod comment;
mod constraint;
mod index;
mod literal;
mod names;
mod table;

pub use alter::{AlterColumn, alter_column};
pub use column::{add_column, column_definition, drop_column, rename_column, server_default};
pub use comment::{comment_on_column, comment_on_table};
pub use constraint::{add_constraint, constraint_definition, drop_constraint};
pub use index::{create_index, drop_index};
pub use literal::{is_enclosed, is_literal};
pub use table::{create_table, drop_table, rename_table, table_definition};

use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::schema::{Constraint, ForeignKey, MetaData, Table};

/// The statements that make all tables of an empty database, in the order in which they refer to each other.
///
/// Where foreign keys go round in a circle, the keys that close it are added once all tables are there; a database
/// that cannot add constraints (SQLite) takes them in the tables. Mirrors SQLAlchemy's `MetaData.create_all`.
///
/// # Errors
/// Where the dialect cannot say something.
pub fn create_all(metadata: &MetaData, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let sorted = metadata.sorted_tables();
    let mut statements = Vec::new();
    let mut late = Vec::new();
    for (index, table) in sorted.iter().enumerate() {
        let closing = closing_keys(&sorted, index, dialect);
        if closing.is_empty() {
            statements.extend(create_table(table, dialect)?);
            continue;
        }
        let mut first = Table::clone(table);
        first.foreign_keys.retain(|key| !closing.contains(&key));
        statements.extend(create_table(&first, dialect)?);
        for key in closing {
            late.push(add_constraint(&table.name, &Constraint::ForeignKey(key.clone()), dialect)?);
        }
    }
    statements.extend(late);
    Ok(statements)
}

/// The statements that drop all tables, in the opposite order. Mirrors SQLAlchemy's `MetaData.drop_all`.
///
/// # Errors
/// Where a foreign key that closes a circle has to be dropped first and its name is not known.
pub fn drop_all(metadata: &MetaData, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let sorted = metadata.sorted_tables();
    let mut statements = Vec::new();
    for (index, table) in sorted.iter().enumerate() {
        for key in closing_keys(&sorted, index, dialect) {
            let constraint = Constraint::ForeignKey(key.clone());
            let name = key.name.clone().or_else(|| dialect.implicit_name(&table.name, &constraint));
            let Some(name) = name else {
                return Err(CompileError::invalid(format!(
                    "the foreign key of `{}` ({}) to `{}` closes a circle, so it has to be dropped before the tables, \
                     and it has no name to be dropped by: name it",
                    table.name,
                    key.columns.join(", "),
                    key.target
                )));
            };
            statements.push(drop_constraint(&table.name, &name, constraint.kind(), dialect)?);
        }
    }
    statements.extend(sorted.iter().rev().map(|table| drop_table(&table.name, dialect)));
    Ok(statements)
}

/// The foreign keys of a table to tables that stand behind it, where the dialect can keep them apart.
fn closing_keys<'t>(sorted: &[&'t Table], index: usize, dialect: &dyn Dialect) -> Vec<&'t ForeignKey> {
    if !dialect.capabilities().alter.constraints {
        return Vec::new();
    }
    let Some((table, behind)) = sorted.get(index..).and_then(<[_]>::split_first) else { return Vec::new() };
    table.foreign_keys.iter().filter(|key| behind.iter().any(|other| other.name == key.target)).collect()
}
