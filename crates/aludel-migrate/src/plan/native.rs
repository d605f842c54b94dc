//! What SQLite's `ALTER TABLE` can do by itself, by its documented limits. It is faster than a move-and-copy, and keeps
//! the text of the definition.

use aludel_sql::schema::{Column, IndexKey, Table};
use aludel_sql::{Dialect, ddl};

use crate::operation::Operation;
use crate::sql_text::mentions;

/// Whether the operation can be done by a statement of its own on this table.
pub(super) fn can_do(operation: &Operation, table: &Table, dialect: &dyn Dialect) -> bool {
    match operation {
        Operation::AddColumn(add) => can_add(&add.column, dialect),
        Operation::DropColumn(drop) => can_drop(&drop.name, table, dialect),
        Operation::CreateIndex(_) | Operation::DropIndex(_) => true,
        _ => false,
    }
}

/// Whether `ADD COLUMN` takes the column.
pub(super) fn can_add(column: &Column, dialect: &dyn Dialect) -> bool {
    let default = column.server_default.as_ref().map(|default| ddl::server_default(column, default, dialect));
    let default = match default {
        None => None,
        Some(Ok(text)) => Some(text),
        // The error is told where the statement is made.
        Some(Err(_)) => return true,
    };
    let has_value = default.as_deref().is_some_and(|text| !text.eq_ignore_ascii_case("null"));
    let stored = column.computed.as_ref().is_some_and(|computed| computed.is_stored());
    !column.inline.primary_key
        && !column.inline.unique
        && !stored
        && default.as_deref().is_none_or(ddl::is_literal)
        && (column.nullable || has_value)
        && !(column.inline.references.is_some() && has_value)
}

fn can_drop(name: &str, table: &Table, dialect: &dyn Dialect) -> bool {
    let named = |columns: &[String]| columns.iter().any(|column| column == name);
    let keys = table
        .foreign_keys
        .iter()
        .any(|key| named(&key.columns) || (key.target == table.name && named(&key.target_columns)));
    let indexed = table.indexes.iter().any(|index| {
        index.condition.as_deref().is_some_and(|condition| mentions(condition, name))
            || index.elements.iter().any(|element| match &element.key {
                IndexKey::Column(column) => column == name,
                IndexKey::Expression(sql) => mentions(sql, name),
            })
    });
    let checks = table.checks.iter().chain(table.columns.iter().flat_map(|column| &column.checks));
    let computed = table.columns.iter().filter_map(|column| column.computed.as_ref());
    dialect.capabilities().alter.drop_column
        && table.columns.len() > 1
        && !table.is_primary_key(name)
        && !table.unique_constraints.iter().any(|unique| named(&unique.columns))
        && !keys
        && !indexed
        && !checks.into_iter().any(|check| mentions(&check.condition, name))
        && !computed.into_iter().any(|computed| mentions(&computed.expression, name))
}
