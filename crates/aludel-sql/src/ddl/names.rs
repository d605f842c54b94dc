//! Names in schema statements.

use crate::dialect::Dialect;
use crate::schema::TableName;

/// A name, quoted where it has to be.
pub(super) fn quoted(name: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    dialect.quote(name, &mut out);
    out
}

/// A table's name, behind its schema where it has one.
pub(super) fn table_name(table: &TableName, dialect: &dyn Dialect) -> String {
    in_schema(table.schema.as_deref(), &table.name, dialect)
}

/// The name of something in a schema.
pub(super) fn in_schema(schema: Option<&str>, name: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    if let Some(schema) = schema {
        dialect.quote(schema, &mut out);
        out.push('.');
    }
    dialect.quote(name, &mut out);
    out
}

/// Names with commas between.
pub(super) fn name_list(names: &[String], dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        dialect.quote(name, &mut out);
    }
    out
}
