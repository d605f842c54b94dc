//! The inspector: a live database's schema as values of the schema model. Mirrors SQLAlchemy's `Inspector`.
//!
//! SQLite's own tables tell columns, types, defaults and what an index covers; names, checks, collations, generated
//! columns and the order of constraints are only in the text of the definition that SQLite keeps, so both are read.

mod create_index;
mod create_table;
mod cursor;
mod default;
mod read;
mod types;

use aludel_engine::driver::BoxFuture;
use aludel_engine::error::Result;
use aludel_engine::inspect::{Inspector, SchemaObject};
use aludel_sql::schema::{Table, TableName};

use crate::connection::SqliteConnection;

/// The table option that lists, one per line, the clauses of a table that change what it does and have no place in the
/// schema model: `ON CONFLICT` on a constraint, the order or collation of a key's column.
///
/// A table that has it can't be made again from the model alone. Left out without a word is only what does nothing: the
/// name of a `NOT NULL` or `DEFAULT`, `DEFAULT NULL`, `MATCH` on a foreign key, and comments.
pub const UNMODELLED: &str = "sqlite_unmodelled";

/// Reads one connection's databases; a schema is one that is attached (`main` where none is said).
pub(crate) struct SqliteInspector<'c> {
    connection: &'c mut SqliteConnection,
}

impl<'c> SqliteInspector<'c> {
    pub(crate) fn new(connection: &'c mut SqliteConnection) -> Self {
        SqliteInspector { connection }
    }
}

impl Inspector for SqliteInspector<'_> {
    /// Virtual tables, and those in which they keep their content, are left out.
    fn table_names<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        Box::pin(
            self.connection.patiently(None, move |connection| read::table_names(connection.raw(), schema)),
        )
    }

    fn table<'a>(&'a mut self, name: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        Box::pin(async move {
            let read = self.connection.patiently(None, move |connection| read::table(connection.raw(), name));
            read.await.map_err(|error| error.context(format!("reading the table `{name}`")))
        })
    }

    /// Views come first, because a trigger may be on one; each kind in the order in which it was made.
    fn objects<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        Box::pin(self.connection.patiently(None, move |connection| read::objects(connection.raw(), schema)))
    }
}
