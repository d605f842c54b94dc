//! Other schemas at run time: the same tables, once per tenant.

use super::{Column, Constraint, ForeignKey, Index, MetaData, Sequence, Table, TableName, View};

/// Which schema takes the place of which. Mirrors SQLAlchemy's `schema_translate_map` for schema statements.
///
/// ```
/// use aludel_sql::schema::{SchemaMap, TableName};
///
/// let tenant = SchemaMap::new().map(None, Some("tenant_7")).map(Some("shared"), None);
/// assert_eq!(tenant.name(&TableName::new("users")), TableName::in_schema("tenant_7", "users"));
/// assert_eq!(tenant.name(&TableName::in_schema("shared", "units")), TableName::new("units"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SchemaMap(Vec<(Option<String>, Option<String>)>);

impl SchemaMap {
    /// Every schema stays.
    pub fn new() -> Self {
        SchemaMap::default()
    }

    /// Puts a schema in the place of another; `None` is the connection's default schema.
    #[must_use]
    pub fn map(mut self, from: Option<&str>, to: Option<&str>) -> Self {
        self.0.push((from.map(str::to_owned), to.map(str::to_owned)));
        self
    }

    /// Each schema with what takes its place; of two for the same one, the first counts.
    pub fn pairs(&self) -> &[(Option<String>, Option<String>)] {
        &self.0
    }

    /// A name in its new schema.
    pub fn name(&self, name: &TableName) -> TableName {
        let schema = self.0.iter().find(|(from, _)| *from == name.schema);
        TableName {
            schema: schema.map_or_else(|| name.schema.clone(), |(_, to)| to.clone()),
            name: name.name.clone(),
        }
    }

    /// A table in its new schema, with what it refers to.
    pub fn table(&self, table: &Table) -> Table {
        let mut table = table.clone();
        table.name = self.name(&table.name);
        table.foreign_keys = table.foreign_keys.iter().map(|key| self.foreign_key(key)).collect();
        table.indexes = table.indexes.iter().map(|index| self.index(index)).collect();
        table.columns = table.columns.iter().map(|column| self.column(column)).collect();
        table
    }

    /// A column with what it refers to.
    pub fn column(&self, column: &Column) -> Column {
        let mut column = column.clone();
        column.inline.references = column.inline.references.as_ref().map(|key| self.foreign_key(key));
        column
    }

    /// A constraint with what it refers to.
    pub fn constraint(&self, constraint: &Constraint) -> Constraint {
        match constraint {
            Constraint::ForeignKey(key) => Constraint::ForeignKey(self.foreign_key(key)),
            other => other.clone(),
        }
    }

    /// A foreign key with what it refers to.
    pub fn foreign_key(&self, key: &ForeignKey) -> ForeignKey {
        ForeignKey { target: self.name(&key.target), ..key.clone() }
    }

    /// An index on its table in the new schema.
    pub fn index(&self, index: &Index) -> Index {
        Index { table: self.name(&index.table), ..index.clone() }
    }

    /// A sequence in its new schema.
    pub fn sequence(&self, sequence: &Sequence) -> Sequence {
        Sequence { name: self.name(&sequence.name), ..sequence.clone() }
    }

    /// A view in its new schema. What its query reads stays as it is.
    pub fn view(&self, view: &View) -> View {
        View { name: self.name(&view.name), ..view.clone() }
    }

    /// All of it.
    pub fn metadata(&self, metadata: &MetaData) -> MetaData {
        metadata.mapped(self)
    }
}
