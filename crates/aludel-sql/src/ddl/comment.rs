//! Comments on tables and columns.

use super::names::{quoted, table_name};
use crate::compiler::CompileError;
use crate::dialect::{CommentStyle, Dialect};
use crate::schema::TableName;
use crate::value::Value;

/// The statement that sets a table's comment, or takes it away; none where the database keeps no comments.
///
/// # Errors
/// Where the dialect cannot write the text.
pub fn comment_on_table(
    table: &TableName,
    comment: Option<&str>,
    dialect: &dyn Dialect,
) -> Result<Option<String>, CompileError> {
    let target = table_name(table, dialect);
    let mut sql = match dialect.capabilities().ddl.comments {
        CommentStyle::Ignored => return Ok(None),
        CommentStyle::Inline => format!("ALTER TABLE {target} COMMENT="),
        CommentStyle::Statement => format!("COMMENT ON TABLE {target} IS "),
    };
    match (comment, dialect.capabilities().ddl.comments) {
        (None, CommentStyle::Statement) => sql.push_str("NULL"),
        (comment, _) => text(comment.unwrap_or_default(), dialect, &mut sql)?,
    }
    Ok(Some(sql))
}

/// The statement that sets a column's comment, or takes it away; none where comments are ignored or are part of the
/// column's definition.
///
/// # Errors
/// Where the dialect cannot write the text.
pub fn comment_on_column(
    table: &TableName,
    column: &str,
    comment: Option<&str>,
    dialect: &dyn Dialect,
) -> Result<Option<String>, CompileError> {
    if dialect.capabilities().ddl.comments != CommentStyle::Statement {
        return Ok(None);
    }
    let mut sql = format!("COMMENT ON COLUMN {}.{} IS ", table_name(table, dialect), quoted(column, dialect));
    match comment {
        Some(comment) => text(comment, dialect, &mut sql)?,
        None => sql.push_str("NULL"),
    }
    Ok(Some(sql))
}

/// The statement that sets a constraint's comment, or takes it away; none where the database keeps none.
///
/// # Errors
/// Where the dialect cannot write the text.
pub fn comment_on_constraint(
    table: &TableName,
    constraint: &str,
    comment: Option<&str>,
    dialect: &dyn Dialect,
) -> Result<Option<String>, CompileError> {
    if !dialect.capabilities().ddl.constraint_comments {
        return Ok(None);
    }
    let (name, table) = (quoted(constraint, dialect), table_name(table, dialect));
    let mut sql = format!("COMMENT ON CONSTRAINT {name} ON {table} IS ");
    match comment {
        Some(comment) => text(comment, dialect, &mut sql)?,
        None => sql.push_str("NULL"),
    }
    Ok(Some(sql))
}

/// The text of a comment. Where the grammar wants a literal, escapes through function calls are of no use, so what
/// cannot be quoted plainly is refused.
pub(crate) fn text(comment: &str, dialect: &dyn Dialect, sql: &mut String) -> Result<(), CompileError> {
    let start = sql.len();
    dialect.literal(&Value::Text(comment.to_owned()), sql)?;
    if sql.as_bytes().get(start) == Some(&b'\'') {
        return Ok(());
    }
    sql.truncate(start);
    Err(CompileError::unsupported(
        dialect.name(),
        &format!("a comment with a backslash or a NUL character ({comment:?})"),
    ))
}
