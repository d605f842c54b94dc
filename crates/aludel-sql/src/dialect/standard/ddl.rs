//! What is particular to schema statements of no database: nothing but that they have no options.

use crate::compiler::CompileError;
use crate::dialect::no_table_options;
use crate::schema::Table;

pub(super) fn table_options(table: &Table) -> Result<String, CompileError> {
    no_table_options("standard", table)
}
