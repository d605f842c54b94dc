//! Tables come, go and change their names.

use aludel_sql::MetaData;
use aludel_sql::schema::{Table, TableName};

use super::{Problem, find};

pub(super) fn create(schema: &mut MetaData, table: &Table) -> Result<(), Problem> {
    if schema.get(&table.name).is_some() {
        return Err(format!("there is a table `{}` already", table.name));
    }
    schema.insert(table.clone());
    Ok(())
}

pub(super) fn drop(schema: &mut MetaData, name: &TableName) -> Result<(), Problem> {
    schema.remove(name).map(|_| ()).ok_or_else(|| format!("there is no table `{name}`"))
}

/// Foreign keys follow the table, as they do in a database.
pub(super) fn rename(schema: &mut MetaData, from: &TableName, to: &str) -> Result<(), Problem> {
    let to = TableName { schema: from.schema.clone(), name: to.to_owned() };
    if schema.get(&to).is_some() {
        return Err(format!("there is a table `{to}` already"));
    }
    let table = find(schema, from)?;
    table.name = to.clone();
    for index in &mut table.indexes {
        index.table = to.clone();
    }
    for name in names(schema) {
        let Some(table) = schema.get_mut(&name) else { continue };
        for key in table.foreign_keys.iter_mut().filter(|key| key.target == *from) {
            key.target = to.clone();
        }
    }
    Ok(())
}

/// The names of all tables.
pub(super) fn names(schema: &MetaData) -> Vec<TableName> {
    schema.tables().iter().map(|table| table.name.clone()).collect()
}
