//! `CREATE TABLE`, `DROP TABLE` and `ALTER TABLE … RENAME TO`.

use super::names::{quoted, table_name};
use super::{column_definition, comment, constraint, create_index};
use crate::compiler::CompileError;
use crate::dialect::{CommentStyle, Dialect};
use crate::schema::{Table, TableName};

/// The statements that make a table with its constraints, indexes and comments. Mirrors SQLAlchemy's `CreateTable`
/// with the `CreateIndex` and comment statements that `create_all` sends behind it.
///
/// # Errors
/// Where the dialect cannot say something, or the table names columns that it does not have.
///
/// ```
/// use aludel_sql::ddl;
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::schema::{column, table};
/// use aludel_sql::types::{big_integer, string};
///
/// let users = table("users")
///     .column(column("id", big_integer()).primary_key())
///     .column(column("username", string(50)).not_null().index());
/// assert_eq!(
///     ddl::create_table(&users, &Sqlite::default())?,
///     [
///         "CREATE TABLE users (\n    id INTEGER NOT NULL,\n    username VARCHAR(50) NOT NULL,\n    PRIMARY KEY (id)\n)",
///         "CREATE INDEX ix_users_username ON users (username)",
///     ]
/// );
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn create_table(table: &Table, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let mut statements = vec![table_definition(table, dialect)?];
    for index in &table.indexes {
        statements.push(create_index(index, dialect)?);
    }
    if let Some(comment) = &table.comment
        && dialect.capabilities().ddl.comments == CommentStyle::Statement
    {
        statements.extend(comment::comment_on_table(&table.name, Some(comment), dialect)?);
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            statements.extend(comment::comment_on_column(&table.name, &column.name, Some(comment), dialect)?);
        }
    }
    Ok(statements)
}

/// The `CREATE TABLE` statement alone, without indexes and comments that are statements of their own.
///
/// # Errors
/// As for [`create_table`].
pub fn table_definition(table: &Table, dialect: &dyn Dialect) -> Result<String, CompileError> {
    if table.columns.is_empty() {
        return Err(CompileError::invalid(format!("table `{}` has no columns", table.name)));
    }
    check_names(table)?;
    let mut lines = Vec::new();
    for column in &table.columns {
        lines.push(column_definition(table, column, dialect)?);
    }
    lines.extend(constraint::table_constraints(table, dialect)?);
    let mut sql = format!("CREATE TABLE {} (\n    ", table_name(&table.name, dialect));
    sql.push_str(&lines.join(",\n    "));
    sql.push_str("\n)");
    sql.push_str(&dialect.table_options(table)?);
    if let Some(comment) = &table.comment
        && dialect.capabilities().ddl.comments == CommentStyle::Inline
    {
        sql.push_str(" COMMENT=");
        comment::text(comment, dialect, &mut sql)?;
    }
    Ok(sql)
}

/// `DROP TABLE`
pub fn drop_table(name: &TableName, dialect: &dyn Dialect) -> String {
    format!("DROP TABLE {}", table_name(name, dialect))
}

/// `ALTER TABLE … RENAME TO …`; the table stays in its schema.
pub fn rename_table(from: &TableName, to: &str, dialect: &dyn Dialect) -> String {
    // MySQL's RENAME TO would move the table to the connection's own schema without the qualification.
    let target = if dialect.capabilities().ddl.modify_column {
        table_name(&TableName { schema: from.schema.clone(), name: to.to_owned() }, dialect)
    } else {
        quoted(to, dialect)
    };
    format!("ALTER TABLE {} RENAME TO {target}", table_name(from, dialect))
}

/// Refuses constraints over columns that the table does not have, before a server's terser words do.
fn check_names(table: &Table) -> Result<(), CompileError> {
    let keys = table.primary_key.iter().map(|key| ("primary key", &key.columns));
    let uniques = table.unique_constraints.iter().map(|unique| ("unique constraint", &unique.columns));
    let foreign = table.foreign_keys.iter().map(|key| ("foreign key", &key.columns));
    for (kind, columns) in keys.chain(uniques).chain(foreign) {
        if columns.is_empty() {
            return Err(CompileError::invalid(format!(
                "a {kind} of table `{}` names no columns",
                table.name
            )));
        }
        if let Some(missing) = columns.iter().find(|name| table.get_column(name).is_none()) {
            return Err(CompileError::invalid(format!(
                "a {kind} of table `{}` names the column `{missing}`, which the table does not have",
                table.name
            )));
        }
    }
    Ok(())
}
