//! What is particular to SQLite's schema statements.

use crate::compiler::CompileError;
use crate::ddl::{is_enclosed, is_literal};
use crate::schema::{Column, Table};
use crate::types::Type;

/// The type of a column. A lone integer key is the row's own number only if its type is exactly `INTEGER`, and a
/// `STRICT` table knows six types.
pub(super) fn column_type(table: &Table, column: &Column) -> Result<String, CompileError> {
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
        return strict(table, column);
    }
    super::types::name(&column.ty)
}

fn strict(table: &Table, column: &Column) -> Result<String, CompileError> {
    Ok(match &column.ty {
        Type::SmallInteger | Type::Integer | Type::BigInteger | Type::Boolean | Type::Interval => {
            "INTEGER".into()
        }
        Type::Float | Type::Double => "REAL".into(),
        Type::Binary { .. } => "BLOB".into(),
        Type::String { .. } | Type::Text | Type::Enum { .. } | Type::Inet | Type::Array(_) => "TEXT".into(),
        Type::Date | Type::Time | Type::DateTime { .. } | Type::Uuid | Type::Json => "TEXT".into(),
        Type::Numeric { .. } => {
            return Err(CompileError::unsupported(
                "sqlite",
                &format!(
                    "the exact number `{}.{}` in a STRICT table (use double(), text() or raw(\"ANY\"))",
                    table.name, column.name
                ),
            ));
        }
        Type::Range(_) => return super::types::name(&column.ty),
        Type::Raw(words) => words.clone(),
    })
}

/// Anything but a literal stands in parentheses.
pub(super) fn server_default(sql: String) -> String {
    let word = sql.to_ascii_uppercase();
    let current = matches!(word.as_str(), "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME");
    if current || is_literal(&sql) || is_enclosed(&sql) { sql } else { format!("({sql})") }
}

pub(super) fn table_options(table: &Table) -> Result<String, CompileError> {
    let mut words = Vec::new();
    for name in table.options.keys().filter(|name| name.starts_with("sqlite_")) {
        let option = match name.as_str() {
            "sqlite_strict" => "STRICT",
            "sqlite_without_rowid" => "WITHOUT ROWID",
            // What the inspector found and the schema model has no place for.
            "sqlite_unmodelled" => {
                return Err(CompileError::invalid(format!(
                    "table `{}` can't be made again without losing what the schema model doesn't hold: {}",
                    table.name,
                    table.options.get(name).map(|clauses| clauses.replace('\n', ", ")).unwrap_or_default()
                )));
            }
            _ => {
                return Err(CompileError::invalid(format!(
                    "sqlite knows no table option `{name}` (table `{}`): there are `sqlite_strict` and \
                     `sqlite_without_rowid`",
                    table.name
                )));
            }
        };
        if is_on(table, name)? {
            words.push(option);
        }
    }
    Ok(if words.is_empty() { String::new() } else { format!(" {}", words.join(", ")) })
}

fn is_on(table: &Table, option: &str) -> Result<bool, CompileError> {
    match table.options.get(option).map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("" | "true") => Ok(true),
        Some(other) => Err(CompileError::invalid(format!(
            "the option `{option}` of table `{}` is a switch, not `{other}`: leave the value empty",
            table.name
        ))),
    }
}
