//! The inspector: a live database's schema as values of the schema model. Mirrors SQLAlchemy's `Inspector`.
//!
//! Everything but the text of a view is read from `information_schema`, where the two servers differ in a few columns
//! and in how they write defaults and conditions.

mod assemble;
mod default;
mod objects;
mod read;
mod types;
mod words;

use aludel_engine::driver::BoxFuture;
use aludel_engine::error::Result;
use aludel_engine::inspect::{Inspector, SchemaObject};
use aludel_sql::MetaData;
use aludel_sql::schema::{Table, TableName};

use crate::connection::MysqlConnection;
use crate::runtime::within;

/// Reads one server's databases; a schema is a database, the connection's own where none is said.
pub(crate) struct MysqlInspector<'c> {
    connection: &'c mut MysqlConnection,
}

impl<'c> MysqlInspector<'c> {
    pub(crate) fn new(connection: &'c mut MysqlConnection) -> Self {
        MysqlInspector { connection }
    }
}

/// What the schema model has no words for is left out: full-text and spatial indexes, partitions, and a table's
/// options apart from its engine and its collation, where these are not the defaults. A unique index is a unique
/// constraint here, which is what the servers make of either.
impl Inspector for MysqlInspector<'_> {
    fn table_names<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        within(
            self.connection.home.runtime(),
            Box::pin(async move {
                let mut names = read::table_names(self.connection, schema).await?;
                names.sort();
                Ok(names)
            }),
        )
    }

    fn table<'a>(&'a mut self, name: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        within(
            self.connection.home.runtime(),
            Box::pin(async move {
                let read = assemble::tables(self.connection, name.schema.as_deref(), Some(&name.name)).await;
                let tables = read.map_err(|error| error.context(format!("reading the table `{name}`")))?;
                Ok(tables.into_iter().find(|table| table.name == *name))
            }),
        )
    }

    fn objects<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        within(self.connection.home.runtime(), Box::pin(objects::objects(self.connection, schema)))
    }

    /// All tables by one round of queries, however many there are.
    fn metadata<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<MetaData>> {
        within(
            self.connection.home.runtime(),
            Box::pin(async move {
                Ok(assemble::tables(self.connection, schema, None).await?.into_iter().collect())
            }),
        )
    }
}
