//! What a declared table comes to on one database: the form in which it is compared with what is there.

use super::constraint::is_wanted;
use super::names::object_name;
use crate::compiler::CompileError;
use crate::dialect::{Dialect, OwnOptions};
use crate::schema::{Constraint, IndexKey, ObjectName, Sql, Table};

/// A table in the words of a dialect: expressions are texts, names that a convention made are cut where they are too
/// long, and a generated column says of which kind it is. What is for other dialects stays.
///
/// # Errors
/// Where the dialect can't say an expression, or a name is too long.
pub fn resolved(table: &Table, dialect: &dyn Dialect) -> Result<Table, CompileError> {
    let mut table = table.clone();
    let facts = &dialect.capabilities().ddl;
    let cut = |name: &mut Option<ObjectName>| -> Result<(), CompileError> {
        if let Some(known) = name {
            *known = ObjectName::given(object_name(known, dialect)?);
        }
        Ok(())
    };
    let in_words = |sql: &mut Sql| -> Result<(), CompileError> {
        *sql = sql.resolved(dialect)?;
        Ok(())
    };
    if let Some(key) = &mut table.primary_key {
        cut(&mut key.name)?;
    }
    table.unique_constraints.iter_mut().try_for_each(|unique| cut(&mut unique.name))?;
    table.foreign_keys.iter_mut().try_for_each(|key| cut(&mut key.name))?;
    let inline = table.columns.iter_mut().flat_map(|column| &mut column.checks);
    for check in table.checks.iter_mut().chain(inline) {
        cut(&mut check.name)?;
        in_words(&mut check.condition)?;
    }
    for exclude in &mut table.excludes {
        cut(&mut exclude.name)?;
        exclude.condition.iter_mut().try_for_each(in_words)?;
        exclude.elements.iter_mut().try_for_each(|element| key_in_words(&mut element.key, dialect))?;
    }
    for index in &mut table.indexes {
        index.name = ObjectName::given(object_name(&index.name, dialect)?);
        index.condition.iter_mut().try_for_each(in_words)?;
        index.elements.iter_mut().try_for_each(|element| key_in_words(&mut element.key, dialect))?;
    }
    for computed in table.columns.iter_mut().filter_map(|column| column.computed.as_mut()) {
        in_words(&mut computed.expression)?;
        computed.stored.get_or_insert(!facts.virtual_columns);
    }
    Ok(table)
}

fn key_in_words(key: &mut IndexKey, dialect: &dyn Dialect) -> Result<(), CompileError> {
    if let IndexKey::Expression(sql) = key {
        *sql = sql.resolved(dialect)?;
    }
    Ok(())
}

/// What of a table the dialect makes: nothing that is for other dialects, no checks for types that it has, the checks
/// of columns among those of the table, and conditions of indexes where every dialect has them.
///
/// # Errors
/// For an option of an index that is no condition.
pub fn made(table: &Table, dialect: &dyn Dialect) -> Result<Table, CompileError> {
    let mut table = table.clone();
    let inline: Vec<_> =
        table.columns.iter_mut().flat_map(|column| std::mem::take(&mut column.checks)).collect();
    table.checks.extend(inline);
    table.unique_constraints.retain(|unique| is_wanted(&Constraint::Unique(unique.clone()), dialect));
    table.foreign_keys.retain(|key| is_wanted(&Constraint::ForeignKey(key.clone()), dialect));
    table.checks.retain(|check| is_wanted(&Constraint::Check(check.clone()), dialect));
    table.excludes.retain(|exclude| is_wanted(&Constraint::Exclude(exclude.clone()), dialect));
    table.indexes.retain(|index| super::index::is_wanted(index, dialect));
    for index in &mut table.indexes {
        let own = OwnOptions::any(dialect.name(), dialect.other_names(), &index.options, "an index");
        if let Some(condition) = own.sql("where")? {
            index.condition = Some(condition.resolved(dialect)?);
        }
    }
    Ok(table)
}
