//! The schema model: what a database's tables are, as plain values.
//!
//! The same values come from models, from a hand-written revision and from a live database, so they can be compared.
//! Names are owned text and order is kept everywhere.

mod column;
mod constraint;
mod event;
mod exclude;
mod foreign_key;
mod index;
mod joining;
mod metadata;
mod name;
mod named_type;
mod naming;
mod options;
mod sequence;
mod sql;
mod table;
mod translate;
mod view;

pub use column::{Column, Computed, Inline, ServerDefault, column};
pub use constraint::{
    Check, CheckedType, Constraint, ConstraintKind, ConstraintTraits, Initially, PrimaryKey,
    UniqueConstraint, check, primary_key, unique,
};
pub(crate) use event::at as statements_at;
pub use event::{DdlEvent, DdlText};
pub use exclude::{Exclude, ExcludeElement, exclude};
pub use foreign_key::{ForeignKey, Match, ReferentialAction, foreign_key};
pub use index::{Index, IndexElement, IndexKey, index};
pub use joining::{Occurrence, join_condition};
pub use metadata::MetaData;
pub use name::ObjectName;
pub use named_type::{Domain, EnumType, NamedType, domain, enum_type};
pub use naming::{NamingConvention, NamingError, Subject, cut};
pub use options::{OptionValue, Options};
pub use sequence::{Counting, Identity, Sequence, sequence};
pub use sql::Sql;
pub(crate) use sql::literally;
pub use table::{Table, TableName, table};
pub use translate::SchemaMap;
pub use view::{View, ViewQuery, view};
