//! Names in schema statements.

pub(super) use crate::dialect::{name_list, quoted};

use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::schema::{ObjectName, TableName, cut};

/// A table's name, behind its schema where it has one.
pub(super) fn table_name(table: &TableName, dialect: &dyn Dialect) -> String {
    in_schema(table.schema.as_deref(), &table.name, dialect)
}

/// The name of something in a schema.
pub(super) fn in_schema(schema: Option<&str>, name: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    if let Some(schema) = schema {
        dialect.quote_schema(schema, &mut out);
        out.push('.');
    }
    dialect.quote(name, &mut out);
    out
}

/// The name of a constraint or an index as the database can keep it: what a convention made is cut where it is too
/// long. Mirrors SQLAlchemy's treatment of such names.
///
/// # Errors
/// Where somebody wrote a name that is too long; a server would cut it without a word, or refuse it.
pub fn object_name(name: &ObjectName, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let most = dialect.capabilities().max_identifier;
    if name.chars().count() <= most {
        return Ok(name.as_str().to_owned());
    }
    if name.is_generated() {
        return Ok(cut(name, most));
    }
    Err(CompileError::invalid(format!(
        "the name `{name}` has {} characters, and {} takes at most {most}: shorten it",
        name.chars().count(),
        dialect.name()
    )))
}

/// The same, quoted where it has to be.
pub(super) fn quoted_object(name: &ObjectName, dialect: &dyn Dialect) -> Result<String, CompileError> {
    Ok(quoted(&object_name(name, dialect)?, dialect))
}
