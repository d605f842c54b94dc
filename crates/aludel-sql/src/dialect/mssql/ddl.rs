//! What is particular to SQL Server's schema statements.

use crate::compiler::CompileError;
use crate::dialect::no_table_options;
use crate::schema::Table;

pub(super) fn table_options(table: &Table) -> Result<String, CompileError> {
    no_table_options("mssql", table)
}
