//! What is particular to SQLite's schema statements.

use super::Sqlite;
use crate::compiler::CompileError;
use crate::ddl::{is_enclosed, is_literal};
use crate::dialect::ddl::{of_constraint, of_index};
use crate::dialect::{ColumnClause, ConstraintWords, Dialect, IndexWords, OwnOptions};
use crate::schema::{Column, Constraint, Index, Table};
use crate::types::sqlite::Affinity;
use crate::types::{Exact, SqliteType, Type};

/// The type of a column. A lone integer key is the row's own number only if its type is exactly `INTEGER`, and a
/// `STRICT` table knows six types.
pub(super) fn column_type(dialect: &Sqlite, table: &Table, column: &Column) -> Result<String, CompileError> {
    let without_rowid = is_on(table, "sqlite_without_rowid")?;
    let numbered = table.autoincrement_column().is_some_and(|numbered| numbered.name == column.name);
    let alone = table.primary_key.as_ref().is_some_and(|key| key.columns.len() == 1);
    if numbered && alone && !without_rowid {
        return Ok("INTEGER".into());
    }
    // A key that is not to be numbered must not have that type. (One that refers to another key may: its values are
    // given.)
    let refers = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    if column.ty == Type::Integer && alone && table.is_primary_key(&column.name) && !refers && !without_rowid
    {
        return Ok("INT".into());
    }
    if is_on(table, "sqlite_strict")? {
        return strict(dialect, table, column);
    }
    dialect.type_name(&column.ty)
}

/// The word for a column of a `STRICT` table: what the values are stored as.
fn strict(dialect: &Sqlite, table: &Table, column: &Column) -> Result<String, CompileError> {
    Ok(match column.ty.on(dialect.name()) {
        Type::Boolean | Type::Exact(Exact::Boolean) => "INTEGER".into(),
        Type::Date | Type::Time { .. } | Type::DateTime { .. } | Type::Array(_) => "TEXT".into(),
        Type::Exact(Exact::Date | Exact::Time { .. } | Exact::DateTime | Exact::Timestamp { .. }) => {
            "TEXT".into()
        }
        Type::Uuid | Type::UuidText | Type::Json | Type::Exact(Exact::Uuid | Exact::Json) => "TEXT".into(),
        Type::Sqlite(SqliteType::Any) => "ANY".into(),
        Type::Sqlite(SqliteType::Jsonb) => "BLOB".into(),
        Type::Raw(words) => words.clone(),
        ty => {
            let name = dialect.type_name(ty)?;
            match Affinity::of(&name) {
                Affinity::Integer => "INTEGER".into(),
                Affinity::Text => "TEXT".into(),
                Affinity::Blob => "BLOB".into(),
                Affinity::Real => "REAL".into(),
                Affinity::Numeric => {
                    let what = format!(
                        "the type {name} of `{}.{}` in a STRICT table (for exact numbers use double(), text() or \
                         sqlite::any())",
                        table.name, column.name
                    );
                    return Err(CompileError::unsupported(dialect.name(), &what));
                }
            }
        }
    })
}

/// Anything but a literal stands in parentheses.
pub(super) fn server_default(sql: String) -> String {
    let word = sql.to_ascii_uppercase();
    let current = matches!(word.as_str(), "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME");
    if current || is_literal(&sql) || is_enclosed(&sql) { sql } else { format!("({sql})") }
}

pub(super) fn table_options(dialect: &dyn Dialect, table: &Table) -> Result<String, CompileError> {
    // What the inspector found and the schema model has no place for.
    if let Some(clauses) = table.options.text("sqlite_unmodelled") {
        return Err(CompileError::invalid(format!(
            "table `{}` can't be made again without losing what the schema model doesn't hold: {}",
            table.name,
            clauses.replace('\n', ", ")
        )));
    }
    const KNOWN: [&str; 4] = ["strict", "without_rowid", "with_rowid", "autoincrement"];
    let own = OwnOptions::of(dialect, &table.options, &KNOWN, &format!("table `{}`", table.name))?;
    let without_rowid = own.flag("without_rowid")? == Some(true) || own.flag("with_rowid")? == Some(false);
    own.flag("autoincrement")?;
    let mut words = Vec::new();
    if without_rowid {
        words.push("WITHOUT ROWID");
    }
    if own.flag("strict")? == Some(true) {
        words.push("STRICT");
    }
    Ok(if words.is_empty() { String::new() } else { format!(" {}", words.join(", ")) })
}

pub(super) fn index_words(dialect: &dyn Dialect, index: &Index) -> Result<IndexWords, CompileError> {
    let own = OwnOptions::of(dialect, &index.options, &["where"], &of_index(index))?;
    Ok(IndexWords { condition: own.sql("where")?, ..IndexWords::default() })
}

/// `ON CONFLICT` stands on a constraint, or on the column that is all of it.
pub(super) fn constraint_words(
    dialect: &dyn Dialect,
    table: Option<&Table>,
    constraint: &Constraint,
) -> Result<ConstraintWords, CompileError> {
    let what = of_constraint(constraint);
    let options = &constraint.traits().options;
    let own = OwnOptions::of(dialect, options, &["on_conflict"], &what)?;
    let mut conflict = own.word("on_conflict")?;
    let (columns, option) = match constraint {
        Constraint::PrimaryKey(key) => (key.columns.as_slice(), "on_conflict_primary_key"),
        Constraint::Unique(unique) => (unique.columns.as_slice(), "on_conflict_unique"),
        Constraint::Check(_) => ([].as_slice(), ""),
        _ if conflict.is_some() => {
            return Err(CompileError::unsupported(dialect.name(), &format!("ON CONFLICT in {what}")));
        }
        _ => return Ok(ConstraintWords::default()),
    };
    if let (None, [column], Some(table)) = (&conflict, columns, table)
        && let Some(column) = table.get_column(column)
    {
        conflict = column_conflict(dialect, column, option)?;
    }
    let end = conflict.map(|conflict| resolution(dialect, &conflict, &what)).transpose()?;
    Ok(ConstraintWords { end: end.unwrap_or_default(), ..ConstraintWords::default() })
}

pub(super) fn column_words(
    dialect: &dyn Dialect,
    column: &Column,
    clause: ColumnClause,
) -> Result<String, CompileError> {
    let option = match clause {
        ColumnClause::Null => "on_conflict_not_null",
        ColumnClause::Key => "on_conflict_primary_key",
        _ => return Ok(String::new()),
    };
    match column_conflict(dialect, column, option)? {
        Some(conflict) => resolution(dialect, &conflict, &format!("column `{}`", column.name)),
        None => Ok(String::new()),
    }
}

fn column_conflict(
    dialect: &dyn Dialect,
    column: &Column,
    option: &str,
) -> Result<Option<String>, CompileError> {
    const KNOWN: [&str; 3] = ["on_conflict_not_null", "on_conflict_primary_key", "on_conflict_unique"];
    OwnOptions::of(dialect, &column.options, &KNOWN, &format!("column `{}`", column.name))?.word(option)
}

fn resolution(dialect: &dyn Dialect, word: &str, what: &str) -> Result<String, CompileError> {
    let word = word.to_ascii_uppercase();
    if matches!(word.as_str(), "ROLLBACK" | "ABORT" | "FAIL" | "IGNORE" | "REPLACE") {
        return Ok(format!(" ON CONFLICT {word}"));
    }
    Err(CompileError::unsupported(dialect.name(), &format!("ON CONFLICT {word} in {what}")))
}

fn is_on(table: &Table, option: &str) -> Result<bool, CompileError> {
    let Some(value) = table.options.get(option) else { return Ok(false) };
    value.as_flag().ok_or_else(|| {
        CompileError::invalid(format!(
            "the option `{option}` of table `{}` is a switch, not `{value}`: leave the value empty",
            table.name
        ))
    })
}
