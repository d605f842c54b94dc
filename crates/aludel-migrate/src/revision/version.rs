//! The version table's rows: always the real heads of what has run, and how each step changes them.

use super::lineage::Links;
use super::map::{Position, RevisionMap};

/// What a step does to the rows of the version table: first the deletions, then the update, then the insertions.
///
/// Mirrors Alembic's `HeadMaintainer`, but as a value: whoever runs the step sends these in its transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionChange {
    /// Rows to delete.
    pub delete: Vec<String>,
    /// The row to change, from and to.
    pub update: Option<(String, String)>,
    /// Rows to insert.
    pub insert: Vec<String>,
}

/// The shape of a [`VersionChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// No row changes.
    Unchanged,
    /// A branch begins.
    Insert,
    /// A branch moves.
    Update,
    /// A branch ends, or is covered by another branch's dependency.
    Delete,
    /// Several rows become one.
    Merge,
    /// One row becomes several.
    Unmerge,
}

impl VersionChange {
    /// The shape of the change.
    pub fn kind(&self) -> ChangeKind {
        match (self.delete.is_empty(), &self.update, self.insert.is_empty()) {
            (true, Some(_), true) => ChangeKind::Update,
            (false, Some(_), _) => ChangeKind::Merge,
            (true, Some(_), false) => ChangeKind::Unmerge,
            (_, None, false) => ChangeKind::Insert,
            (false, None, true) => ChangeKind::Delete,
            (true, None, true) => ChangeKind::Unchanged,
        }
    }
}

/// The rows, as they change step by step.
pub(super) struct VersionRows<'m> {
    map: &'m RevisionMap,
    rows: Vec<Position>,
}

impl<'m> VersionRows<'m> {
    pub(super) fn new(map: &'m RevisionMap, rows: Vec<Position>) -> Self {
        VersionRows { map, rows }
    }

    pub(super) fn positions(&self) -> &[Position] {
        &self.rows
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.map.ids(&self.rows)
    }

    /// A revision has run: its row takes the place of the rows right below it.
    pub(super) fn upgrade(&mut self, revision: Position) -> VersionChange {
        let below = self.map.below(revision, Links::All);
        let covered = below.iter().copied().filter(|below| self.rows.contains(below)).collect();
        self.replace(covered, vec![revision])
    }

    /// A revision has been reverted: what it stood on gets rows again, as far as no other row stands on it.
    pub(super) fn downgrade(&mut self, revision: Position) -> VersionChange {
        let below = self.map.below(revision, Links::All);
        let others: Vec<Position> =
            self.rows.iter().copied().filter(|row| *row != revision).chain(below.iter().copied()).collect();
        let is_covered = |position: Position| {
            self.rows.contains(&position)
                || others.iter().any(|other| *other != position && self.map.is_below(position, *other))
        };
        let uncovered = below.iter().copied().filter(|position| !is_covered(*position)).collect();
        self.replace(vec![revision], uncovered)
    }

    pub(super) fn replace(&mut self, mut removed: Vec<Position>, mut added: Vec<Position>) -> VersionChange {
        removed.retain(|position| self.rows.contains(position));
        added.retain(|position| !self.rows.contains(position));
        let mut change = VersionChange::default();
        if let (Some(from), Some(to)) = (removed.last().copied(), added.last().copied()) {
            removed.pop();
            added.pop();
            change.update = Some((self.map.id(from).to_string(), self.map.id(to).to_string()));
            self.rows.iter_mut().filter(|row| **row == from).for_each(|row| *row = to);
        }
        change.delete = self.map.ids(&removed);
        change.insert = self.map.ids(&added);
        self.rows.retain(|row| !removed.contains(row));
        self.rows.extend(added);
        change
    }
}
