//! Constraints: in a table's definition, and added to or dropped from a table that exists.

use super::names::{name_list, quoted, table_name};
use crate::compiler::CompileError;
use crate::dialect::{AutoIncrement, Dialect};
use crate::schema::{Constraint, ConstraintKind, ForeignKey, ReferentialAction, Table, TableName};

/// A constraint as it stands in `CREATE TABLE` or behind `ADD`, with its name in front where it has one.
///
/// # Errors
/// Where the dialect cannot say something.
pub fn constraint_definition(
    table: &TableName,
    constraint: &Constraint,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    let mut sql = String::new();
    push_name(constraint.name(), dialect, &mut sql);
    let body = match constraint {
        Constraint::PrimaryKey(key) => format!("PRIMARY KEY ({})", name_list(&key.columns, dialect)),
        Constraint::Unique(unique) => format!("UNIQUE ({})", name_list(&unique.columns, dialect)),
        Constraint::ForeignKey(key) => {
            let columns = name_list(&key.columns, dialect);
            format!("FOREIGN KEY ({columns}) {}", references(table, key, dialect)?)
        }
        Constraint::Check(check) => format!("CHECK ({})", check.condition),
    };
    let sql = format!("{sql} {body}");
    Ok(sql.trim_start().to_owned())
}

/// `ALTER TABLE … ADD …`
///
/// # Errors
/// Where the dialect cannot say something; SQLite adds no constraints.
pub fn add_constraint(
    table: &TableName,
    constraint: &Constraint,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    if !dialect.capabilities().alter.constraints {
        let what = format!("adding a {} to `{table}` without rebuilding the table", constraint.kind());
        return Err(CompileError::unsupported(dialect.name(), &what));
    }
    let definition = constraint_definition(table, constraint, dialect)?;
    Ok(format!("ALTER TABLE {} ADD {definition}", table_name(table, dialect)))
}

/// `ALTER TABLE … DROP CONSTRAINT …`
///
/// # Errors
/// Where the database cannot drop constraints, as SQLite cannot.
pub fn drop_constraint(
    table: &TableName,
    name: &str,
    kind: ConstraintKind,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    if !dialect.capabilities().alter.constraints {
        let what = format!("dropping the {kind} `{name}` of `{table}` without rebuilding the table");
        return Err(CompileError::unsupported(dialect.name(), &what));
    }
    let clause = dialect.drop_constraint(kind, &quoted(name, dialect));
    Ok(format!("ALTER TABLE {} {clause}", table_name(table, dialect)))
}

/// All constraints of a table in the order in which they are written: key, uniqueness, foreign keys, checks.
pub(super) fn table_constraints(table: &Table, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let key = table.primary_key.iter().filter(|_| !key_stands_inline(table, dialect));
    let all = key
        .map(|key| Constraint::PrimaryKey(key.clone()))
        .chain(table.unique_constraints.iter().map(|unique| Constraint::Unique(unique.clone())))
        .chain(table.foreign_keys.iter().map(|key| Constraint::ForeignKey(key.clone())))
        .chain(table.checks.iter().map(|check| Constraint::Check(check.clone())));
    all.map(|constraint| constraint_definition(&table.name, &constraint, dialect)).collect()
}

/// Whether the primary key is written on its column: SQLite has `AUTOINCREMENT` only there.
pub(super) fn key_stands_inline(table: &Table, dialect: &dyn Dialect) -> bool {
    dialect.capabilities().ddl.autoincrement == AutoIncrement::RowId
        && table.primary_key.as_ref().is_some_and(|key| key.columns.len() == 1)
        && table.autoincrement_column().is_some_and(|column| column.autoincrement == Some(true))
}

/// ` CONSTRAINT name`, where there is a name.
pub(super) fn push_name(name: Option<&str>, dialect: &dyn Dialect, sql: &mut String) {
    if let Some(name) = name {
        sql.push_str(" CONSTRAINT ");
        dialect.quote(name, sql);
    }
}

/// `REFERENCES …` with the actions.
pub(super) fn references(
    table: &TableName,
    key: &ForeignKey,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    let facts = &dialect.capabilities().ddl;
    let what = || format!("the foreign key of `{table}` ({})", key.columns.join(", "));
    if key.target.name.is_empty() || key.target_columns.len() != key.columns.len() {
        return Err(CompileError::invalid(format!(
            "{} needs the table and as many columns to refer to: `.references(table, columns)`",
            what()
        )));
    }
    let target = if facts.foreign_schemas {
        table_name(&key.target, dialect)
    } else if key.target.schema == table.schema {
        quoted(&key.target.name, dialect)
    } else {
        let what = format!("{} into another schema (`{}`)", what(), key.target);
        return Err(CompileError::unsupported(dialect.name(), &what));
    };
    let mut sql = format!("REFERENCES {target} ({})", name_list(&key.target_columns, dialect));
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let Some(action) = action else { continue };
        if action == ReferentialAction::SetDefault && !facts.set_default {
            let what = format!("ON {event} SET DEFAULT in {}", what());
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        sql.push_str(&format!(" ON {event} {action}"));
    }
    match key.deferrable {
        Some(true) if !facts.deferrable => {
            let what = format!("DEFERRABLE in {}", what());
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        Some(true) => sql.push_str(" DEFERRABLE"),
        // What cannot wait anyway need not be told so.
        Some(false) if facts.deferrable => sql.push_str(" NOT DEFERRABLE"),
        _ => {}
    }
    if key.initially_deferred {
        sql.push_str(" INITIALLY DEFERRED");
    }
    Ok(sql)
}
