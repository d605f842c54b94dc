//! The forms in which types and defaults are compared.

use aludel_sql::compiler::render_expr;
use aludel_sql::schema::{Column, Table};
use aludel_sql::types::Type;
use aludel_sql::{CompileError, Dialect};

use crate::sql_text::canonical;

/// The type of a column as the dialect writes it, free of spelling.
///
/// # Errors
/// Where the dialect has no such type.
pub(super) fn type_text(
    table: &Table,
    column: &Column,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    let text = canonical(&dialect.canonical_type(dialect.column_type(table, column)?));
    // `INT` is no row number where `INTEGER` is one, so keys are taken by the letter.
    if table.is_primary_key(&column.name) {
        return Ok(text);
    }
    let synonym = SYNONYMS.iter().find_map(|(name, meant)| Some((text.strip_prefix(name)?, meant)));
    Ok(match synonym {
        Some((rest, meant)) if rest.is_empty() || rest.starts_with(" (") => format!("{meant}{rest}"),
        _ => text,
    })
}

/// Names of one type, longer ones first where one begins with another.
const SYNONYMS: [(&str, &str); 14] = [
    ("bool", "boolean"),
    ("character varying", "varchar"),
    ("varying character", "varchar"),
    ("nvarchar", "varchar"),
    ("native character", "char"),
    ("nchar", "char"),
    ("character", "char"),
    ("decimal", "numeric"),
    ("dec", "numeric"),
    ("double precision", "double"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("int", "integer"),
];

/// The default of a column as the dialect writes it, free of spelling; `NULL` is no default.
///
/// # Errors
/// Where the dialect cannot say it.
pub(super) fn default_text(column: &Column, dialect: &dyn Dialect) -> Result<Option<String>, CompileError> {
    let Some(default) = &column.server_default else { return Ok(None) };
    let text = canonical(&dialect.server_default(column, render_expr(&default.0, dialect)?));
    let text = without_cast(&text);
    if text == "null" {
        return Ok(None);
    }
    let now = canonical(dialect.now());
    if [now.as_str(), "now ( )", "current_timestamp", "current_timestamp ( )"].contains(&text) {
        return Ok(Some(now));
    }
    // `DEFAULT '0'` and `DEFAULT 0` put the same into a column that holds numbers, and into one that holds text.
    let plain = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    let number = plain.filter(|text| is_number(text)).map(str::to_owned);
    let text = number.unwrap_or_else(|| text.replace("- ", "-"));
    Ok(Some(match (&column.ty, text.as_str()) {
        (Type::Boolean, "true" | "'t'") => "1".into(),
        (Type::Boolean, "false" | "'f'") => "0".into(),
        _ => text,
    }))
}

/// The text in front of a cast such as `'x'::character varying`, which PostgreSQL adds.
fn without_cast(text: &str) -> &str {
    match text.rsplit_once(" : : ") {
        Some((value, _)) if value.starts_with('\'') && value.ends_with('\'') => value,
        _ => text,
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.'))
        && text.parse::<f64>().is_ok()
}
