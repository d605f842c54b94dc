//! `User.addresses`: a relation as a word of queries.

use std::fmt;
use std::marker::PhantomData;

use aludel_sql::expression::Source;

use super::{RelationDef, Resolved};
use crate::error::Result;
use crate::model::{Model, ModelDef};

/// A relation from the model `M` to the model `T`, as queries name it: `User.addresses`.
pub struct Relation<M, T> {
    source: Source,
    index: u16,
    marker: PhantomData<fn(M) -> T>,
}

impl<M, T> Relation<M, T> {
    /// The relation at `index` of the model's description, seen from one occurrence of its table.
    pub const fn new(source: Source, index: u16) -> Self {
        Relation { source, index, marker: PhantomData }
    }

    /// The occurrence of the model's table that the relation begins at.
    pub fn source(self) -> Source {
        self.source
    }

    /// The relation's place among the model's relations.
    pub fn index(self) -> usize {
        self.index.into()
    }
}

impl<M: Model, T: Model> Relation<M, T> {
    /// The declaration.
    ///
    /// # Errors
    /// Where the model has no such relation, which only a hand-written vocabulary can bring about.
    pub fn definition(self) -> Result<(&'static ModelDef, &'static RelationDef)> {
        let model = M::definition();
        match model.relations.get(self.index()) {
            Some(relation) => Ok((model, relation)),
            None => Err(crate::error::Error::mapping(format!(
                "the model `{}` has no relation number {}",
                model.name, self.index
            ))),
        }
    }

    /// The columns that connect the two tables.
    ///
    /// # Errors
    /// As for [`RelationDef::resolve`].
    pub fn resolve(self) -> Result<&'static Resolved> {
        let (model, relation) = self.definition()?;
        relation.resolve(model)
    }
}

impl<M, T> Clone for Relation<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Relation<M, T> {}

impl<M, T> fmt::Debug for Relation<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.relation({})", self.source, self.index)
    }
}
