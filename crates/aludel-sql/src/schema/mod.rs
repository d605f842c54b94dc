//! The schema model: what a database's tables are, as plain values.
//!
//! The same values come from models, from a hand-written revision and from a live database, so they can be compared.
//! Names are owned text and order is kept everywhere.

mod column;
mod constraint;
mod index;
mod metadata;
mod table;

pub use column::{Column, Computed, Inline, ServerDefault, column};
pub use constraint::{
    Check, Constraint, ConstraintKind, ForeignKey, PrimaryKey, ReferentialAction, UniqueConstraint, check,
    foreign_key, primary_key, unique,
};
pub use index::{Index, IndexElement, IndexKey, index};
pub use metadata::MetaData;
pub use table::{Table, TableName, table};
