//! The steps of a stamp: the version table is told where it is, and no revision runs.

use super::lineage::{Links, Positions};
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
        let mut steps = Vec::new();
        for target in targets {
            let target = target.as_ref();
            let goals = self.positions(target, &context)?;
            if goals.is_empty() {
                let rows = table.positions().to_vec();
                for row in self.related(&rows, target, Links::All, &context)? {
                    steps.push(self.stamp_step(&mut table, Direction::Down, vec![row], None));
                }
            }
            for goal in goals {
                self.stamp_goal(&mut table, goal, &mut steps);
            }
        }
        Ok(steps)
    }

    fn stamp_goal(&self, table: &mut VersionRows<'_>, goal: Position, steps: &mut Vec<StampStep>) {
        if table.positions().contains(&goal) {
            return;
        }
        let higher = self.descendants(&[goal], Links::All);
        let lower = self.ancestors(&[goal], Links::All);
        let rows_in = |set: &Positions| table.positions().iter().any(|row| set.contains(*row));
        let direction = if rows_in(&higher) { Direction::Down } else { Direction::Up };
        let is_related = |row: &Position| higher.contains(*row) || lower.contains(*row);
        let from = table.positions().iter().copied().filter(is_related).collect();
        steps.push(self.stamp_step(table, direction, from, Some(goal)));
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
