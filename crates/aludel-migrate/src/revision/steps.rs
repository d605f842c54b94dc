//! The steps of an upgrade and of a downgrade.

use super::map::{Position, RevisionMap};
use super::range::{LowerEnd, RangeOptions};
use super::resolve::Context;
use super::version::VersionRows;
use super::{RevisionError, RevisionWarning, VersionChange};

/// Which function of a revision runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `upgrade`.
    Up,
    /// `downgrade`.
    Down,
}

/// One revision that runs, and what that makes of the version table. Mirrors Alembic's `RevisionStep`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionStep {
    /// The revision's id.
    pub revision: String,
    /// Which of its functions runs.
    pub direction: Direction,
    /// What the step leads from: the revisions right below when it goes up, the revision itself when it goes down.
    pub from: Vec<String>,
    /// What the step leads to.
    pub to: Vec<String>,
    /// What happens to the rows of the version table, in the step's transaction.
    pub change: VersionChange,
    /// The rows afterwards.
    pub heads: Vec<String>,
}

/// The steps of an upgrade or a downgrade, in the order in which they run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// The steps; none where there is nothing to do.
    pub steps: Vec<RevisionStep>,
    /// What they were found in spite of.
    pub warnings: Vec<RevisionWarning>,
}

impl RevisionMap {
    /// The steps from what the version table holds to the targets: their ancestors and dependencies that haven't
    /// run, never their siblings. A target that has run already needs no steps. Mirrors `alembic upgrade`.
    ///
    /// # Errors
    /// [`RevisionError::UnknownInDatabase`] and [`RevisionError::OverlappingRows`] for the rows; for the targets as
    /// [`resolve`](Self::resolve), and [`RevisionError::Overlapping`].
    pub fn upgrade_steps(
        &self,
        current: &[impl AsRef<str>],
        targets: &[impl AsRef<str>],
    ) -> Result<Steps, RevisionError> {
        let rows = self.rows(current)?;
        let context = Context { rows: Some(&rows), ..Context::default() };
        let mut ends = Vec::new();
        for target in targets {
            ends.extend(self.upgrade_target(target.as_ref(), &context)?);
        }
        let lower = LowerEnd { revisions: rows, includes_base: false };
        let options = RangeOptions { implicit_base: true, ..RangeOptions::default() };
        let selection = self.select_for_upgrade(ends, &lower, options)?;
        let mut order = self.newest_first(&selection.members, &selection.heads);
        order.reverse();
        Ok(Steps { steps: self.run(lower.revisions, &order, Direction::Up), warnings: selection.warnings })
    }

    /// The steps from what the version table holds down to the target, which itself stays: all that stands on it
    /// and all that depends on that. A branch, as in `label@base`, keeps to that branch where the target is a
    /// fork. Mirrors `alembic downgrade`.
    ///
    /// # Errors
    /// [`RevisionError::UnknownInDatabase`] for the rows; [`RevisionError::NotADowngradeTarget`] when the target
    /// hasn't run; else as [`resolve`](Self::resolve).
    pub fn downgrade_steps(&self, current: &[impl AsRef<str>], target: &str) -> Result<Steps, RevisionError> {
        let rows = self.rows(current)?;
        let context = Context { rows: Some(&rows), ..Context::default() };
        let selection = self.select_for_downgrade(target, &rows, RangeOptions::default(), &context)?;
        let order = self.newest_first(&selection.members, &selection.heads);
        Ok(Steps { steps: self.run(rows, &order, Direction::Down), warnings: selection.warnings })
    }

    fn run(&self, rows: Vec<Position>, order: &[Position], direction: Direction) -> Vec<RevisionStep> {
        let mut rows = VersionRows::new(self, rows);
        let step = |position: &Position| {
            let revision = self.id(*position).to_string();
            let below = self.ids(self.below(*position, super::lineage::Links::All));
            let (change, from, to) = match direction {
                Direction::Up => (rows.upgrade(*position), below, vec![revision.clone()]),
                Direction::Down => (rows.downgrade(*position), vec![revision.clone()], below),
            };
            RevisionStep { revision, direction, from, to, change, heads: rows.ids() }
        };
        order.iter().map(step).collect()
    }
}
