//! The steps of a stamp: the version table is told where it is, and no revision runs.

use super::lineage::Links;
use super::map::{Position, RevisionMap};
use super::resolve::Context;
use super::version::VersionRows;
use super::{Direction, RevisionError, VersionChange};

/// One change of the version table without a revision running. Mirrors Alembic's `StampStep`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampStep {
    /// Whether the table moves up or down the history.
    pub direction: Direction,
    /// The rows that it leads from; none for a new branch.
    pub from: Vec<String>,
    /// The row that it leads to; none where a branch is taken out.
    pub to: Vec<String>,
    /// What happens to the rows.
    pub change: VersionChange,
    /// The rows afterwards.
    pub heads: Vec<String>,
}

impl RevisionMap {
    /// The steps that make the version table name the targets, each in its own branch: rows that a target stands
    /// on, or that stand on it, give way to it, others stay. `base` takes all rows out, `label@base` those of a
    /// branch. To start from an empty table (Alembic's `--purge`), give no rows. Mirrors `alembic stamp`.
    ///
    /// A target that another target stands on needs no row of its own and gets none; Alembic writes both, and its
    /// next upgrade refuses them.
    ///
    /// # Errors
    /// [`RevisionError::UnknownInDatabase`] for the rows, and as [`resolve`](Self::resolve) for the targets.
    pub fn stamp_steps(
        &self,
        current: &[impl AsRef<str>],
        targets: &[impl AsRef<str>],
    ) -> Result<Vec<StampStep>, RevisionError> {
        let rows = self.rows(current)?;
        let context = Context { rows: Some(&rows), ..Context::default() };
        let mut table = VersionRows::new(self, rows.clone());
        let (mut steps, mut goals) = (Vec::new(), Vec::new());
        for target in targets {
            let target = target.as_ref();
            let found = self.positions(target, &context)?;
            if found.is_empty() {
                let rows = table.positions().to_vec();
                for row in self.related(&rows, target, Links::All, &context)? {
                    steps.push(self.stamp_step(&mut table, Direction::Down, vec![row], None));
                }
            }
            goals.extend(found);
        }
        let start = table.positions().to_vec();
        for goal in &goals {
            let is_covered = goals.iter().any(|other| other != goal && self.is_below(*goal, *other));
            if !is_covered && !table.positions().contains(goal) {
                let (direction, from) = self.rows_to_move(*goal, &start);
                steps.push(self.stamp_step(&mut table, direction, from, Some(*goal)));
            }
        }
        Ok(steps)
    }

    /// The rows that give way to a goal, and whether that is up or down from them.
    fn rows_to_move(&self, goal: Position, rows: &[Position]) -> (Direction, Vec<Position>) {
        let higher = self.descendants(&[goal], Links::All);
        let related = self.relatives(&[goal], Links::All);
        let is_down = rows.iter().any(|row| higher.contains(*row));
        let from = rows.iter().copied().filter(|row| related.contains(*row)).collect();
        (if is_down { Direction::Down } else { Direction::Up }, from)
    }

    fn stamp_step(
        &self,
        table: &mut VersionRows<'_>,
        direction: Direction,
        from: Vec<Position>,
        to: Option<Position>,
    ) -> StampStep {
        let to: Vec<Position> = to.into_iter().collect();
        let change = table.replace(from.clone(), to.clone());
        StampStep { direction, from: self.ids(&from), to: self.ids(&to), change, heads: table.ids() }
    }
}
