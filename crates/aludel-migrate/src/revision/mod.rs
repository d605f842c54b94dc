//! Revision identity and the revision graph: what a revision file declares, how the declarations make a graph,
//! what the user's words (`head`, `ae1+2`, `billing@base`) mean in it, and which steps lead from one set of
//! version rows to another.
//!
//! Everything here is pure: no I/O, no clock, no knowledge of a database. The version table's rows come in as
//! strings, the changes to make to them go out as [`VersionChange`]s.
//!
//! Mirrors Alembic's `alembic.script.revision` and the version bookkeeping of `alembic.runtime.migration`.

mod build;
mod create;
mod cycle;
mod declaration;
mod error;
mod labels;
mod lineage;
mod lookup;
mod map;
mod nearest;
mod node;
mod order;
mod range;
mod relative;
mod resolve;
mod specifier;
mod stamp;
mod steps;
mod version;

pub use create::NewRevision;
pub use declaration::Revision;
pub use error::{Origin, RevisionError, RevisionWarning};
pub use map::RevisionMap;
pub use node::RevisionNode;
pub use range::{RangeOptions, RevisionRange};
pub use specifier::{Specifier, Symbol};
pub use stamp::StampStep;
pub use steps::{Direction, RevisionStep, Steps};
pub use version::{ChangeKind, VersionChange};
