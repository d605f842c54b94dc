//! A set of tables that belong together.

use std::collections::BTreeSet;

use super::{Table, TableName};

/// The tables of an application or of a database. Mirrors SQLAlchemy's `MetaData`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetaData {
    tables: Vec<Table>,
}

impl MetaData {
    /// No tables yet.
    pub fn new() -> Self {
        MetaData::default()
    }

    /// Adds a table: a [`Table`], or a model by its name. A table of the same name is replaced.
    #[must_use]
    pub fn add(mut self, table: impl Into<Table>) -> Self {
        self.insert(table.into());
        self
    }

    /// Adds a table in place. A table of the same name is replaced where it stands.
    pub fn insert(&mut self, table: Table) {
        match self.tables.iter_mut().find(|known| known.name == table.name) {
            Some(known) => *known = table,
            None => self.tables.push(table),
        }
    }

    /// Takes a table out.
    pub fn remove(&mut self, name: &TableName) -> Option<Table> {
        let index = self.tables.iter().position(|table| table.name == *name)?;
        Some(self.tables.remove(index))
    }

    /// The tables in the order in which they were added.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The table of that name.
    pub fn get(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// The table of that name, to be changed.
    pub fn get_mut(&mut self, name: &TableName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.name == *name)
    }

    /// Whether there is no table.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The tables with every table behind those that it refers to, otherwise in their own order.
    ///
    /// Tables on a cycle of foreign keys come in their own order; the keys that close the cycle are the ones whose
    /// target stands behind. Mirrors SQLAlchemy's `sorted_tables`.
    pub fn sorted_tables(&self) -> Vec<&Table> {
        let mut sorted: Vec<&Table> = Vec::with_capacity(self.tables.len());
        let mut done: BTreeSet<&TableName> = BTreeSet::new();
        let mut left: Vec<&Table> = self.tables.iter().collect();
        while !left.is_empty() {
            let ready = left.iter().position(|table| {
                table.foreign_keys.iter().all(|key| {
                    key.target == table.name
                        || done.contains(&key.target)
                        || !left.iter().any(|other| other.name == key.target)
                })
            });
            let table = left.remove(ready.unwrap_or(0));
            done.insert(&table.name);
            sorted.push(table);
        }
        sorted
    }
}

impl<T: Into<Table>> FromIterator<T> for MetaData {
    fn from_iter<I: IntoIterator<Item = T>>(tables: I) -> Self {
        let mut metadata = MetaData::new();
        for table in tables {
            metadata.insert(table.into());
        }
        metadata
    }
}
