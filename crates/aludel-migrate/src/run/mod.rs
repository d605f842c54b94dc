//! Running revisions: online in transactions (`online`), or written down as a script (`offline`).

mod offline;
mod online;
mod operations;
mod push;
mod reflect;
mod suspension;

use std::time::Duration;

pub use offline::{downgrade_script, stamp_script, upgrade_script};
pub use online::{downgrade, upgrade};
pub use operations::apply;
pub use push::push;
pub use reflect::{current_schema, reflect};

use crate::plan::Step;
use crate::revision::{Direction, RevisionNode, RevisionStep};

/// What happens while revisions run, for whoever shows it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A revision is about to run.
    Begin {
        /// What it does to the version table.
        step: &'e RevisionStep,
        /// The revision.
        node: &'e RevisionNode,
    },
    /// A step of its plan is about to run.
    Step(&'e Step),
    /// A revision has run, and its transaction is committed.
    End(&'e Ran),
    /// Something that a person should know.
    Warning(&'e str),
}

/// Is told what happens.
pub type Observer<'o> = dyn FnMut(Event<'_>) + Send + 'o;

/// A revision that has run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ran {
    /// The revision's id.
    pub revision: String,
    /// Its message.
    pub message: String,
    /// Which of its functions ran.
    pub direction: Direction,
    /// What it led from.
    pub from: Vec<String>,
    /// What it led to.
    pub to: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// What an upgrade or a downgrade did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunReport {
    /// The rows of the version table before.
    pub before: Vec<String>,
    /// The rows now.
    pub after: Vec<String>,
    /// The revisions that ran, in order.
    pub ran: Vec<Ran>,
}
