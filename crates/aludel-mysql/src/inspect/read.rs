//! The catalogue queries, and their rows by name.

use std::borrow::Cow;
use std::ops::ControlFlow;

use aludel_engine::error::{Error, Result};
use aludel_sql::ValueRef;
use aludel_sql::decode::{DecodeError, FromRow, Row, RowReader};
use aludel_sql::schema::TableName;

use crate::connection::MysqlConnection;

/// Which tables are read: all of a database, or one.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) database: &'s str,
    pub(super) table: Option<&'s str>,
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        pub(super) struct $name {
            $(pub(super) $field: $ty,)+
        }

        impl FromRow for $name {
            fn width() -> usize {
                [$(stringify!($field)),+].len()
            }

            fn from_row(row: &mut RowReader<'_>) -> Result<Self, DecodeError> {
                Ok($name { $($field: row.read()?,)+ })
            }

            fn is_absent(row: &RowReader<'_>) -> bool {
                row.peek(0).is_some_and(ValueRef::is_null)
            }
        }
    )+};
}

facts! {
    /// A row of `tables.sql`.
    TableFacts {
        table: String,
        engine: Option<String>,
        default_engine: Option<String>,
        collation: Option<String>,
        default_collation: Option<String>,
        comment: Option<String>,
    }
    /// A row of `columns.sql`.
    ColumnFacts {
        table: String,
        name: String,
        words: String,
        nullable: String,
        default: Option<String>,
        extra: Option<String>,
        generated: Option<String>,
        collation: Option<String>,
        comment: Option<String>,
    }
    /// A row of `indexes_….sql`: one element of an index.
    IndexFacts {
        table: String,
        name: String,
        non_unique: i64,
        kind: String,
        column: Option<String>,
        expression: Option<String>,
        prefix: Option<i64>,
        order: Option<String>,
    }
    /// A row of `foreign_keys.sql`: one column of a key.
    ForeignKeyFacts {
        table: String,
        name: String,
        column: String,
        target_database: String,
        target: String,
        target_column: String,
        on_delete: String,
        on_update: String,
    }
    /// A row of `checks_….sql`.
    CheckFacts {
        table: String,
        name: String,
        level: String,
        condition: String,
    }
    /// A row of `triggers.sql`.
    TriggerFacts {
        name: String,
        table: String,
        timing: String,
        event: String,
        statement: String,
    }
}

/// The database that a schema is.
///
/// # Errors
/// Where none is said and the connection has none.
pub(super) async fn database(connection: &mut MysqlConnection, schema: Option<&str>) -> Result<String> {
    if let Some(schema) = schema {
        return Ok(schema.to_owned());
    }
    let current: Vec<Option<String>> = rows(connection, "SELECT DATABASE()", &[]).await?;
    current.into_iter().flatten().next().ok_or_else(|| {
        Error::usage("no database is chosen: name one in the URL, as in `mysql://user@host/database`")
    })
}

pub(super) async fn table_names(
    connection: &mut MysqlConnection,
    schema: Option<&str>,
) -> Result<Vec<TableName>> {
    let database = database(connection, schema).await?;
    let tables = tables(connection, Scope { database: &database, table: None }).await?;
    Ok(tables.into_iter().map(|facts| named(schema, facts.table)).collect())
}

/// A table's name as it was asked for: with its schema only where one was said.
pub(super) fn named(schema: Option<&str>, name: String) -> TableName {
    TableName { schema: schema.map(str::to_owned), name }
}

pub(super) async fn tables(connection: &mut MysqlConnection, scope: Scope<'_>) -> Result<Vec<TableFacts>> {
    scoped(connection, include_str!("tables.sql"), scope).await
}

pub(super) async fn columns(connection: &mut MysqlConnection, scope: Scope<'_>) -> Result<Vec<ColumnFacts>> {
    scoped(connection, include_str!("columns.sql"), scope).await
}

pub(super) async fn indexes(connection: &mut MysqlConnection, scope: Scope<'_>) -> Result<Vec<IndexFacts>> {
    let sql = match connection.server().mariadb {
        true => include_str!("indexes_mariadb.sql"),
        false => include_str!("indexes_mysql.sql"),
    };
    scoped(connection, sql, scope).await
}

pub(super) async fn foreign_keys(
    connection: &mut MysqlConnection,
    scope: Scope<'_>,
) -> Result<Vec<ForeignKeyFacts>> {
    scoped(connection, include_str!("foreign_keys.sql"), scope).await
}

pub(super) async fn checks(connection: &mut MysqlConnection, scope: Scope<'_>) -> Result<Vec<CheckFacts>> {
    let sql = match connection.server().mariadb {
        true => include_str!("checks_mariadb.sql"),
        false => include_str!("checks_mysql.sql"),
    };
    scoped(connection, sql, scope).await
}

pub(super) async fn views(connection: &mut MysqlConnection, database: &str) -> Result<Vec<String>> {
    scoped(connection, include_str!("views.sql"), Scope { database, table: None }).await
}

pub(super) async fn triggers(connection: &mut MysqlConnection, database: &str) -> Result<Vec<TriggerFacts>> {
    scoped(connection, include_str!("triggers.sql"), Scope { database, table: None }).await
}

/// The condition on one table stands in the files as a comment, because the servers look up one table much faster by
/// an equality than by anything that would also hold for all.
async fn scoped<R: FromRow + Send>(
    connection: &mut MysqlConnection,
    sql: &str,
    scope: Scope<'_>,
) -> Result<Vec<R>> {
    let mut parameters = vec![ValueRef::Text(scope.database)];
    let mut sql = Cow::Borrowed(sql);
    if let Some(table) = scope.table {
        parameters.push(ValueRef::Text(table));
        sql = Cow::Owned(sql.replace("/*", "").replace("*/", ""));
    }
    rows(connection, &sql, &parameters).await
}

pub(super) async fn rows<R: FromRow + Send>(
    connection: &mut MysqlConnection,
    sql: &str,
    parameters: &[ValueRef<'_>],
) -> Result<Vec<R>> {
    let mut rows = Vec::new();
    let mut sink = |row: &dyn Row| {
        rows.push(R::from_row(&mut RowReader::new(row))?);
        Ok(ControlFlow::Continue(()))
    };
    connection.fetch(sql, parameters, &mut sink).await?;
    Ok(rows)
}
