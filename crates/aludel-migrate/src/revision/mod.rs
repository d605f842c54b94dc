//! Revision identity and the revision graph: what a revision file declares, how the declarations make a graph,
//! what the user's words (`head`, `ae1+2`, `billing@base`) mean in it, and which steps lead from one set of
//! version rows to another.
//!
//! Everything here is pure: no I/O, no clock, no knowledge of a database. The version table's rows come in as
//! strings, the changes to make to them go out as [`VersionChange`]s.
//!
//! Mirrors Alembic's `alembic.script.revision` and the version bookkeeping of `alembic.runtime.migration`; the tests
//! hold it against every graph question that Alembic's own tests ask. On purpose it differs where Alembic fails with
//! an assertion or a missing key, and in these points:
//!
//! - Ids that are declared twice and parents that aren't declared are errors, not warnings.
//! - The rows of the version table are always the real heads of what has run. Alembic loses that where a revision
//!   names a parent that is an ancestor of its other parent, or when several targets are stamped of which one stands
//!   on another.
//! - A row of the version table is a whole id, never the beginning of one.
//! - `label@rev` asks that `rev` be in that branch everywhere, in a downgrade too; a branch named by an id works like
//!   one named by a label.
//! - `-2` as the lower end of a range counts from the upper end, not always from the heads; as a target of a stamp,
//!   from the database's revision.
//! - Names such as `rev+1` and `head-2` are understood wherever a revision is named.

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
