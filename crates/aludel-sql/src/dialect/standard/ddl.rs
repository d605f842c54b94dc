//! What is particular to schema statements of no database: nothing but that they have no options.

use crate::compiler::CompileError;
use crate::dialect::ddl::{no_options, of_constraint, of_index};
use crate::dialect::{ConstraintWords, Dialect, IndexWords};
use crate::schema::{Constraint, Index, Table};

pub(super) fn table_options(dialect: &dyn Dialect, table: &Table) -> Result<String, CompileError> {
    no_options(dialect.name(), &[], &table.options, &format!("table `{}`", table.name))?;
    Ok(String::new())
}

pub(super) fn index_words(dialect: &dyn Dialect, index: &Index) -> Result<IndexWords, CompileError> {
    no_options(dialect.name(), &[], &index.options, &of_index(index))?;
    Ok(IndexWords::default())
}

pub(super) fn constraint_words(
    dialect: &dyn Dialect,
    constraint: &Constraint,
) -> Result<ConstraintWords, CompileError> {
    no_options(dialect.name(), &[], &constraint.traits().options, &of_constraint(constraint))?;
    Ok(ConstraintWords::default())
}
