//! The order in which differences can run: what depends on something goes before it and comes behind it.

use crate::operation::Operation;

/// The operations of a difference by when they may run. The fields stand in that order.
#[derive(Debug, Default)]
pub(super) struct Phases {
    pub(super) drop_foreign_keys: Vec<Operation>,
    pub(super) drop_indexes: Vec<Operation>,
    pub(super) drop_constraints: Vec<Operation>,
    pub(super) drop_tables: Vec<Operation>,
    pub(super) create_tables: Vec<Operation>,
    /// A table must never be without columns, so they are added before others are dropped.
    pub(super) add_columns: Vec<Operation>,
    pub(super) alter_columns: Vec<Operation>,
    pub(super) drop_columns: Vec<Operation>,
    /// Generated columns that read columns which were just added.
    pub(super) add_computed: Vec<Operation>,
    pub(super) add_constraints: Vec<Operation>,
    pub(super) create_indexes: Vec<Operation>,
    pub(super) add_foreign_keys: Vec<Operation>,
}

impl Phases {
    pub(super) fn into_operations(self) -> Vec<Operation> {
        [
            self.drop_foreign_keys,
            self.drop_indexes,
            self.drop_constraints,
            self.drop_tables,
            self.create_tables,
            self.add_columns,
            self.alter_columns,
            self.drop_columns,
            self.add_computed,
            self.add_constraints,
            self.create_indexes,
            self.add_foreign_keys,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
