//! The declaration of a relation: what the derive says about its field.

use std::sync::OnceLock;

use super::resolve::{self, Resolved};
use crate::error::Result;
use crate::model::ModelDef;

/// A relation, as its field declares it. Mirrors SQLAlchemy's `relationship()`.
#[derive(Debug)]
pub struct RelationDef {
    /// The field's name.
    pub name: &'static str,
    /// One object or many.
    pub kind: RelationKind,
    /// The model at the other end.
    pub target: fn() -> &'static ModelDef,
    /// The relation of the other model that is this one seen from there.
    pub back_populates: Option<&'static str>,
    /// What happens to related objects along with this one.
    pub cascade: Cascade,
    /// The columns of the foreign key, where several lead to the other model. They are on whichever side has the key. Between
    /// rows of one table through a table between, those that refer to this end.
    pub foreign_key: &'static [&'static str],
    /// The model of the table between, for many-to-many.
    pub secondary: Option<fn() -> &'static ModelDef>,
    /// Related rows that are not loaded are left to the database when this object is deleted.
    pub passive_deletes: bool,
    /// Columns of the other model that loaded collections are ordered by; a name with `-` in front is descending.
    pub order_by: &'static [&'static str],
    pub(crate) resolved: OnceLock<std::result::Result<Resolved, String>>,
    pub(crate) reverse: OnceLock<Option<usize>>,
}

/// How many objects a relation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// At most one; `nullable` where none is allowed.
    One {
        /// Whether there may be none.
        nullable: bool,
    },
    /// Any number.
    Many,
}

/// What happens to related objects along with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cascade {
    /// Related objects join the session.
    pub save_update: bool,
    /// Related objects are deleted.
    pub delete: bool,
    /// Objects that lose this relation are deleted.
    pub delete_orphan: bool,
    /// Related objects leave the session.
    pub expunge: bool,
}

impl Cascade {
    /// SQLAlchemy's default: `save-update, merge`.
    pub const DEFAULT: Cascade =
        Cascade { save_update: true, delete: false, delete_orphan: false, expunge: false };
    /// `all, delete-orphan`.
    pub const ALL_DELETE_ORPHAN: Cascade =
        Cascade { save_update: true, delete: true, delete_orphan: true, expunge: true };
}

impl RelationDef {
    /// A relation with nothing said about it.
    pub const fn new(name: &'static str, kind: RelationKind, target: fn() -> &'static ModelDef) -> Self {
        RelationDef {
            name,
            kind,
            target,
            back_populates: None,
            cascade: Cascade::DEFAULT,
            foreign_key: &[],
            secondary: None,
            passive_deletes: false,
            order_by: &[],
            resolved: OnceLock::new(),
            reverse: OnceLock::new(),
        }
    }

    /// Which columns connect the two tables.
    ///
    /// # Errors
    /// Where no foreign key does, or several do and the relation doesn't say which, or `back_populates` names nothing.
    pub fn resolve(&'static self, owner: &'static ModelDef) -> Result<&'static Resolved> {
        let resolved = self.resolved.get_or_init(|| resolve::resolve(owner, self));
        resolved.as_ref().map_err(|message| crate::error::Error::mapping(message.clone()))
    }

    /// The relation at the other end that is this one seen from there.
    pub fn reverse(&self) -> Option<(usize, &'static RelationDef)> {
        let target = (self.target)();
        let index = (*self.reverse.get_or_init(|| target.relation_index(self.back_populates?)))?;
        Some((index, target.relations.get(index)?))
    }
}
