//! A set of tables that belong together.

use std::collections::BTreeSet;

use super::{
    DdlEvent, DdlText, NamedType, NamingConvention, NamingError, SchemaMap, Sequence, Table, TableName, View,
};

/// The tables of an application or of a database, with the views, sequences and named types beside them. Mirrors
/// SQLAlchemy's `MetaData`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetaData {
    tables: Vec<Table>,
    views: Vec<View>,
    sequences: Vec<Sequence>,
    types: Vec<NamedType>,
    naming: NamingConvention,
    events: Vec<(DdlEvent, DdlText)>,
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

    /// Names what has no name, in the tables that are there and in those that come. Mirrors SQLAlchemy's
    /// `naming_convention`.
    #[must_use]
    pub fn naming_convention(mut self, convention: NamingConvention) -> Self {
        self.naming = convention;
        for table in &mut self.tables {
            // What can't be named is told by `check_names`.
            drop(self.naming.apply(table));
        }
        self
    }

    /// Whether the naming convention could name everything.
    ///
    /// # Errors
    /// The first name that it can't make.
    pub fn check_names(&self) -> Result<(), NamingError> {
        self.tables.iter().try_for_each(|table| self.naming.apply(&mut table.clone()))
    }

    /// Adds a view, which is made behind all tables and behind the views that were added before.
    #[must_use]
    pub fn view(mut self, view: View) -> Self {
        self.views.push(view);
        self
    }

    /// The views in the order in which they were added.
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// Adds a sequence.
    #[must_use]
    pub fn sequence(mut self, sequence: Sequence) -> Self {
        self.sequences.push(sequence);
        self
    }

    /// The sequences in the order in which they were added.
    pub fn sequences(&self) -> &[Sequence] {
        &self.sequences
    }

    /// Adds a named type, which is made in front of all tables.
    #[must_use]
    pub fn named_type(mut self, ty: impl Into<NamedType>) -> Self {
        self.types.push(ty.into());
        self
    }

    /// The named types in the order in which they were added.
    pub fn named_types(&self) -> &[NamedType] {
        &self.types
    }

    /// Runs a statement of your own around making or dropping all tables.
    #[must_use]
    pub fn on(mut self, event: DdlEvent, statement: impl Into<DdlText>) -> Self {
        self.events.push((event, statement.into()));
        self
    }

    /// The statements of the user's own around making and dropping all tables.
    pub fn events(&self) -> &[(DdlEvent, DdlText)] {
        &self.events
    }

    /// All of it in other schemas.
    pub(super) fn mapped(&self, map: &SchemaMap) -> MetaData {
        let named_type = |ty: &NamedType| match ty {
            NamedType::Enum(ty) => {
                NamedType::Enum(super::EnumType { name: map.name(&ty.name), ..ty.clone() })
            }
            NamedType::Domain(ty) => {
                NamedType::Domain(Box::new(super::Domain { name: map.name(&ty.name), ..(**ty).clone() }))
            }
        };
        MetaData {
            tables: self.tables.iter().map(|table| map.table(table)).collect(),
            views: self.views.iter().map(|view| map.view(view)).collect(),
            sequences: self.sequences.iter().map(|sequence| map.sequence(sequence)).collect(),
            types: self.types.iter().map(named_type).collect(),
            naming: self.naming.clone(),
            events: self.events.clone(),
        }
    }

    /// Adds a table in place. A table of the same name is replaced where it stands.
    pub fn insert(&mut self, mut table: Table) {
        // What can't be named is told by `check_names`.
        drop(self.naming.apply(&mut table));
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
