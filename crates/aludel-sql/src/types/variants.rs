//! Types around types: with a collation, and with another type per database.

use super::Type;
use crate::schema::TableName;

/// A text in a collation of its own. Made by [`Type::collate`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Collated {
    /// The type of the text.
    pub ty: Type,
    /// The collation, with its schema where it has to be named.
    pub collation: TableName,
}

/// A type that is another one on some databases. Made by [`Type::with_variant`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variants {
    /// The type on all other databases.
    pub base: Type,
    /// The name of a dialect with the type there, in the order in which they were said.
    pub by_dialect: Vec<(String, Type)>,
}

impl Variants {
    pub(super) fn of(base: Type) -> Self {
        match base {
            Type::Variants(variants) => *variants,
            base => Variants { base, by_dialect: Vec::new() },
        }
    }

    /// What is said last counts.
    pub(super) fn with(mut self, ty: Type, dialect: String) -> Self {
        self.by_dialect.retain(|(name, _)| *name != dialect);
        self.by_dialect.push((dialect, ty));
        self
    }

    /// The type on a database.
    pub fn on(&self, dialect: &str) -> &Type {
        let variant = self.by_dialect.iter().find(|(name, _)| name == dialect);
        match variant {
            Some((_, ty)) => ty.on(dialect),
            None => self.base.on(dialect),
        }
    }
}
