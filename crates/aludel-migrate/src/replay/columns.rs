//! Columns come, go and change.

use aludel_sql::MetaData;
use aludel_sql::schema::{Column, IndexKey, Table, TableName};

use super::{Problem, find, need_columns, tables};
use crate::operation::{AlterColumn, RenameColumn};

type Found<'t> = Result<&'t mut Table, Problem>;

/// What is written on the column becomes the table's.
pub(super) fn add(table: Found<'_>, name: &TableName, column: &Column) -> Result<(), Problem> {
    let table = table?;
    if table.get_column(&column.name).is_some() {
        return Err(format!("table `{name}` has a column `{}` already", column.name));
    }
    if column.inline.primary_key && table.primary_key.is_some() {
        return Err(format!("table `{name}` has a primary key already"));
    }
    table.add_column(column.clone());
    Ok(())
}

/// Everything on the table that involves the column goes with it, as in PostgreSQL.
pub(super) fn drop(table: Found<'_>, name: &TableName, column: &str) -> Result<(), Problem> {
    let table = table?;
    let Some(place) = table.columns.iter().position(|known| known.name == column) else {
        return Err(format!("table `{name}` has no column `{column}`"));
    };
    table.columns.remove(place);
    let free = |columns: &[String]| !columns.iter().any(|name| name == column);
    table.primary_key.take_if(|key| !free(&key.columns));
    table.unique_constraints.retain(|unique| free(&unique.columns));
    table.foreign_keys.retain(|key| free(&key.columns));
    table.indexes.retain(|index| {
        !index.elements.iter().any(|element| matches!(&element.key, IndexKey::Column(name) if name == column))
    });
    Ok(())
}

pub(super) fn alter(table: Found<'_>, change: &AlterColumn) -> Result<(), Problem> {
    let table = table?;
    let Some(column) = table.columns.iter_mut().find(|column| column.name == change.name) else {
        return Err(format!("table `{}` has no column `{}`", change.table, change.name));
    };
    *column = change.apply(column.clone());
    Ok(())
}

/// Keys, indexes and foreign keys of other tables follow the column, as they do in a database.
pub(super) fn rename(schema: &mut MetaData, rename: &RenameColumn) -> Result<(), Problem> {
    let RenameColumn { table: name, from, to } = rename;
    let table = find(schema, name)?;
    need_columns(table, [from])?;
    if table.get_column(to).is_some() {
        return Err(format!("table `{name}` has a column `{to}` already"));
    }
    let follow = |columns: &mut [String]| {
        for column in columns.iter_mut().filter(|column| *column == from) {
            column.clone_from(to);
        }
    };
    for column in table.columns.iter_mut().filter(|column| column.name == *from) {
        column.name.clone_from(to);
    }
    table.primary_key.iter_mut().for_each(|key| follow(&mut key.columns));
    table.unique_constraints.iter_mut().for_each(|unique| follow(&mut unique.columns));
    table.foreign_keys.iter_mut().for_each(|key| follow(&mut key.columns));
    for element in table.indexes.iter_mut().flat_map(|index| &mut index.elements) {
        if let IndexKey::Column(column) = &mut element.key
            && column == from
        {
            column.clone_from(to);
        }
    }
    for other in tables::names(schema) {
        let Some(other) = schema.get_mut(&other) else { continue };
        for key in other.foreign_keys.iter_mut().filter(|key| key.target == *name) {
            follow(&mut key.target_columns);
        }
    }
    Ok(())
}
