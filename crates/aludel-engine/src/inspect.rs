//! The contract for reading a live database's schema. Mirrors SQLAlchemy's `Inspector`.

use aludel_sql::MetaData;
use aludel_sql::schema::{Table, TableName};

use crate::driver::BoxFuture;
use crate::error::Result;

/// What an object of the schema that is neither table, column, constraint nor index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A trigger on a table.
    Trigger,
    /// A view.
    View,
}

/// A trigger or a view, by the statement that makes it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// The table that a trigger is on.
    pub table: Option<String>,
    /// The statement that makes it.
    pub sql: String,
}

/// Reads the schema of a live database into the schema model.
pub trait Inspector: Send {
    /// The names of the tables in a schema (`None`: the default one), in alphabetical order. Internal tables of the
    /// database are left out.
    fn table_names<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>>;

    /// One table with everything on it; `None` where there is none of that name.
    fn table<'a>(&'a mut self, name: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>>;

    /// Triggers and views of a schema, in an order in which they can be made again.
    fn objects<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>>;

    /// All tables of a schema.
    fn metadata<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<MetaData>> {
        Box::pin(async move {
            let mut metadata = MetaData::new();
            for name in self.table_names(schema).await? {
                if let Some(table) = self.table(&name).await? {
                    metadata.insert(table);
                }
            }
            Ok(metadata)
        })
    }
}
