//! The version table: one row per head that the database is at. Mirrors Alembic's `alembic_version`.

use aludel_engine::Connection;
use aludel_sql::ast::{Statement, TextStatement};
use aludel_sql::schema::{Table, TableName, column, primary_key, table};
use aludel_sql::statement::sql;
use aludel_sql::types::string;
use aludel_sql::{Dialect, Value, compiler, ddl};

use crate::error::{Error, ErrorKind, Result};
use crate::revision::VersionChange;

/// The definition. The width is Alembic's, so that a table can be taken over.
fn definition(name: &TableName) -> Table {
    table(name.clone())
        .column(column("version_num", string(32)).not_null())
        .primary_key(primary_key(["version_num"]).named(format!("{}_pkc", name.name)))
}

/// Whether the table is there.
pub(crate) async fn exists(name: &TableName, connection: &mut Connection) -> Result<bool> {
    Ok(connection.inspector()?.table(name).await?.is_some())
}

/// The statements that make the table.
pub(crate) fn create(name: &TableName, dialect: &dyn Dialect) -> Result<Vec<String>> {
    Ok(ddl::create_table(&definition(name), dialect)?)
}

/// The rows, in alphabetical order; none where there is no table.
pub(crate) async fn read(name: &TableName, connection: &mut Connection) -> Result<Vec<String>> {
    if !exists(name, connection).await? {
        return Ok(Vec::new());
    }
    let target = quoted(name, connection.dialect().as_ref());
    let query = format!("SELECT version_num FROM {target} ORDER BY version_num");
    Ok(connection.all(sql(query).rows::<String>()).await?)
}

/// Makes the table where it is missing.
pub(crate) async fn ensure(name: &TableName, connection: &mut Connection) -> Result<()> {
    if exists(name, connection).await? {
        return Ok(());
    }
    for statement in create(name, connection.dialect().clone().as_ref())? {
        connection.execute_script(&statement).await?;
    }
    Ok(())
}

/// Changes the rows.
///
/// # Errors
/// Where a row that should be there is not: somebody else changed the table.
pub(crate) async fn apply(
    name: &TableName,
    change: &VersionChange,
    connection: &mut Connection,
) -> Result<()> {
    for (statement, row) in statements(name, change, connection.dialect().clone().as_ref()) {
        let changed = connection.execute_statement(&statement).await?.rows_affected;
        if changed != 1 {
            return Err(Error::new(
                ErrorKind::Database,
                format!(
                    "the row `{row}` of the version table `{name}` is there {changed} times instead of once: somebody \
                     else changed the table meanwhile"
                ),
            ));
        }
    }
    Ok(())
}

/// The changes as text.
///
/// # Errors
/// Where the dialect cannot write an id.
pub(crate) fn script(name: &TableName, change: &VersionChange, dialect: &dyn Dialect) -> Result<Vec<String>> {
    let statements = statements(name, change, dialect);
    statements.iter().map(|(statement, _)| Ok(compiler::render_literal(statement, dialect)?)).collect()
}

/// Takes all rows out.
pub(crate) async fn purge(name: &TableName, connection: &mut Connection) -> Result<()> {
    let target = quoted(name, connection.dialect().as_ref());
    connection.execute(sql(format!("DELETE FROM {target}"))).await?;
    Ok(())
}

fn statements(name: &TableName, change: &VersionChange, dialect: &dyn Dialect) -> Vec<(Statement, String)> {
    let target = quoted(name, dialect);
    let statement = |sql: String, values: &[&String]| {
        let binds = values.iter().map(|value| Value::Text((*value).clone())).collect();
        Statement::Text(TextStatement { sql: sql.into(), binds })
    };
    let deletions = change
        .delete
        .iter()
        .map(|row| (statement(format!("DELETE FROM {target} WHERE version_num = ?"), &[row]), row.clone()));
    let update = change.update.iter().map(|(from, to)| {
        let sql = format!("UPDATE {target} SET version_num = ? WHERE version_num = ?");
        (statement(sql, &[to, from]), from.clone())
    });
    let insertions = change.insert.iter().map(|row| {
        (statement(format!("INSERT INTO {target} (version_num) VALUES (?)"), &[row]), row.clone())
    });
    deletions.chain(update).chain(insertions).collect()
}

/// A table's name as the dialect writes it.
pub(crate) fn quoted(name: &TableName, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    if let Some(schema) = &name.schema {
        dialect.quote(schema, &mut out);
        out.push('.');
    }
    dialect.quote(&name.name, &mut out);
    out
}
