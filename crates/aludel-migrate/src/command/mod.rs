//! The commands, as functions that return data: a command line prints it, an application acts on it. Mirrors Alembic's
//! `alembic.command`.
//!
//! Whatever talks to a database is async and takes an [`Engine`](aludel_engine::Engine); `.wait()` runs it without a
//! runtime.

mod check;
mod current;
mod history;
mod info;
mod revision;
mod stamp;

pub use check::check;
pub use current::{Current, current, ledger};
pub use history::{heads, history, show};
pub use info::RevisionInfo;
pub use revision::{RevisionOptions, empty_revision, revision};
pub use stamp::{StampReport, stamp};

pub use crate::autogenerate::{NewScript, update_versions};
pub use crate::run::{
    Event, Observer, Ran, RunReport, downgrade, downgrade_script, stamp_script, upgrade, upgrade_script,
};
