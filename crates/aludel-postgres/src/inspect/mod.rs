//! The inspector: a live database's schema as values of the schema model. Mirrors SQLAlchemy's `Inspector`.
//!
//! Four queries read any number of tables; they stand beside this file.

mod default;
mod read;
mod types;

use aludel_engine::driver::BoxFuture;
use aludel_engine::error::Result;
use aludel_engine::inspect::{Inspector, ObjectKind, SchemaObject};
use aludel_sql::decode::{DecodeError, Row, RowReader};
use aludel_sql::schema::{Table, TableName};
use aludel_sql::{MetaData, ValueRef};

use crate::connection::PostgresConnection;

/// Reads the schemas of one database; where none is said, it is the first one of the connection's `search_path`.
///
/// What the schema model has no place for is left out: exclusion constraints, the access method and operator classes of
/// an index, its included columns and where it puts `NULL`s, `NULLS NOT DISTINCT`, and `MATCH FULL`.
pub(crate) struct PostgresInspector<'c> {
    connection: &'c mut PostgresConnection,
}

impl<'c> PostgresInspector<'c> {
    pub(crate) fn new(connection: &'c mut PostgresConnection) -> Self {
        PostgresInspector { connection }
    }
}

impl Inspector for PostgresInspector<'_> {
    /// Partitions, and tables that belong to an extension, are left out.
    fn table_names<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        Box::pin(async move {
            let tables = read::headers(self.connection, schema, None).await?;
            Ok(tables.into_iter().map(|(_, table)| table.name).collect())
        })
    }

    fn table<'a>(&'a mut self, name: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        Box::pin(async move {
            let read = read::tables(self.connection, name.schema.as_deref(), Some(&name.name)).await;
            let tables = read.map_err(|error| error.context(format!("reading the table `{name}`")))?;
            Ok(tables.into_iter().next())
        })
    }

    /// Views come first, because a trigger may be on one, and each behind those that it reads.
    fn objects<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        Box::pin(async move {
            let schema = schema.map_or(ValueRef::Null, ValueRef::Text);
            self.connection.rows(include_str!("objects.sql"), &[schema], object).await
        })
    }

    fn metadata<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<MetaData>> {
        Box::pin(async move { Ok(read::tables(self.connection, schema, None).await?.into_iter().collect()) })
    }
}

fn object(row: &dyn Row) -> Result<SchemaObject, DecodeError> {
    let mut row = RowReader::new(row);
    let trigger: bool = row.read()?;
    Ok(SchemaObject {
        kind: if trigger { ObjectKind::Trigger } else { ObjectKind::View },
        name: row.read()?,
        table: row.read()?,
        sql: row.read()?,
    })
}
