//! Relations between models: how they are declared, what their fields hold, and how they join.

mod definition;
mod exists;
mod field;
mod held;
pub(crate) mod join;
mod many;
mod many_field;
mod one;
mod one_field;
mod resolve;
#[cfg(feature = "serde")]
mod serde;
mod vocabulary;

pub use definition::{Cascade, RelationDef, RelationKind};
pub use field::{LoadState, NotLoaded, RelationField};
pub use held::Held;
pub(crate) use held::Single;
pub use join::RelationJoin;
pub use many::{Many, Member};
pub use one::{One, OneTarget};
pub use resolve::{ColumnPairs, Direction, Resolved};
pub use vocabulary::Relation;
