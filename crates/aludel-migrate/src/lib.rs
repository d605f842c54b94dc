//! Aludel's migrations: revisions, operations, comparison, plans and their runner.

pub mod autogenerate;
mod clock;
pub mod command;
pub mod compare;
pub mod describe;
pub mod environment;
pub mod error;
pub mod ledger;
mod lock;
pub mod operation;
pub mod plan;
pub mod prelude;
pub mod render_rust;
pub mod replay;
pub mod reverse;
pub mod revision;
pub mod run;
pub mod script;
mod sql_text;
mod version_table;

pub use aludel_engine::{Engine, Wait};
pub use aludel_sql::Dialect;
pub use environment::Environment;
pub use error::{Error, ErrorKind, Result};
pub use script::Script;
