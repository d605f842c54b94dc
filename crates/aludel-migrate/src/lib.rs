//! Aludel's migrations: revisions, operations, comparison, plans and their runner.

pub mod describe;
pub mod operation;
pub mod prelude;
pub mod render_rust;
pub mod replay;
pub mod reverse;
pub mod revision;
