//! Schema changes as values, and their text.

use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::schema::MetaData;

/// The statements that make all tables of an empty database, in the order in which they refer to each other.
///
/// # Errors
/// Where the dialect cannot say something.
pub fn create_all(metadata: &MetaData, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let _ = (metadata, dialect);
    Ok(Vec::new())
}

/// The statements that drop all tables, in the opposite order.
///
/// # Errors
/// Where the dialect cannot say something.
pub fn drop_all(metadata: &MetaData, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let _ = (metadata, dialect);
    Ok(Vec::new())
}
