//! [`RevisionMap`]: the graph of revisions and what can be read off it directly.

use std::collections::{BTreeMap, BTreeSet};

use super::error::Origin;
use super::lineage::{Links, Positions};
use super::{RevisionError, RevisionNode};

/// Where a revision stands in the order in which the nodes were given.
pub(super) type Position = usize;

/// The graph of all revisions. Mirrors Alembic's `RevisionMap`.
///
/// Built once from all nodes and checked as a whole. Where several orders are right, the order in which the nodes
/// were given decides (the loader gives them by file name), so that plans are the same everywhere.
#[derive(Clone, Debug, Default)]
pub struct RevisionMap {
    pub(super) entries: Vec<Entry>,
    /// Ids and branch labels.
    pub(super) names: BTreeMap<String, Position>,
}

/// A node with its links resolved. All lists are without repetition.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) node: RevisionNode,
    pub(super) parents: Vec<Position>,
    pub(super) dependencies: Vec<Position>,
    /// Parents, then the dependencies that no ancestor has already.
    pub(super) needs: Vec<Position>,
    pub(super) children: Vec<Position>,
    /// Children and dependents.
    pub(super) needed_by: Vec<Position>,
    /// Labels declared here and labels that spread here.
    pub(super) labels: BTreeSet<String>,
    /// Greater than that of everything below.
    pub(super) rank: usize,
}

impl RevisionMap {
    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All revisions, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = &RevisionNode> {
        self.entries.iter().map(|entry| &entry.node)
    }

    /// The revision with exactly this id. For parts of ids, labels and symbols there is
    /// [`resolve_one`](Self::resolve_one).
    pub fn get(&self, id: &str) -> Option<&RevisionNode> {
        self.entry(id).map(|entry| &entry.node)
    }

    /// The revisions that no other revises (Alembic's `heads`).
    pub fn heads(&self) -> Vec<&RevisionNode> {
        self.nodes(&self.head_positions())
    }

    /// The revisions that no other revises or depends on: what the version table holds after all upgrades
    /// (Alembic's `get_heads(consider_depends_on=True)`).
    pub fn real_heads(&self) -> Vec<&RevisionNode> {
        self.nodes(&self.real_head_positions())
    }

    /// The revisions without a parent.
    pub fn bases(&self) -> Vec<&RevisionNode> {
        self.nodes(&self.base_positions())
    }

    /// The revisions that several others revise, newest first (Alembic's `branches` command).
    pub fn branch_points(&self) -> Vec<&RevisionNode> {
        self.filtered(|entry| entry.children.len() > 1)
    }

    /// The revisions that revise several others, newest first.
    pub fn merge_points(&self) -> Vec<&RevisionNode> {
        self.filtered(|entry| entry.parents.len() > 1)
    }

    /// The revisions that revise this one. Empty for an unknown id.
    pub fn children(&self, id: &str) -> Vec<&RevisionNode> {
        self.entry(id).map(|entry| self.nodes(&entry.children)).unwrap_or_default()
    }

    /// The revisions that this one declares as dependencies, with labels resolved. Empty for an unknown id.
    pub fn dependencies(&self, id: &str) -> Vec<&RevisionNode> {
        self.entry(id).map(|entry| self.nodes(&entry.dependencies)).unwrap_or_default()
    }

    /// The labels of the branches that this revision belongs to: declared here, on an ancestor, or further up
    /// the same line.
    pub fn branch_labels(&self, id: &str) -> impl Iterator<Item = &str> {
        self.entry(id).into_iter().flat_map(|entry| &entry.labels).map(String::as_str)
    }

    /// Whether no other revision revises this one.
    pub fn is_head(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.children.is_empty())
    }

    /// Whether this is a head that another revision depends on, so that it gets no row of its own once that one
    /// has run (Alembic's "effective head").
    pub fn is_effective_head(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.children.is_empty() && !entry.needed_by.is_empty())
    }

    /// Whether this revision has no parent.
    pub fn is_base(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.parents.is_empty())
    }

    /// Whether several revisions revise this one.
    pub fn is_branch_point(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.children.len() > 1)
    }

    /// Whether this revision revises several others.
    pub fn is_merge_point(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.parents.len() > 1)
    }

    /// The revisions that the database is at, seen from every branch: those of the version table, and the tops of
    /// branches that are there because others depend on them. Mirrors Alembic's `current` command.
    ///
    /// # Errors
    /// [`RevisionError::UnknownInDatabase`] when a row names no revision.
    pub fn current(&self, rows: &[impl AsRef<str>]) -> Result<Vec<&RevisionNode>, RevisionError> {
        let rows = self.rows(rows)?;
        Ok(self.nodes(&self.tips(&self.ancestors(&rows, Links::All), Links::Lineage)))
    }

    pub(super) fn entry(&self, id: &str) -> Option<&Entry> {
        self.names
            .get(id)
            .and_then(|position| self.entries.get(*position))
            .filter(|entry| entry.node.id == id)
    }

    pub(super) fn id(&self, position: Position) -> &str {
        self.entries.get(position).map_or("", |entry| &entry.node.id)
    }

    pub(super) fn ids(&self, positions: &[Position]) -> Vec<String> {
        positions.iter().map(|position| self.id(*position).to_string()).collect()
    }

    pub(super) fn origin(&self, position: Position) -> Origin {
        self.entries.get(position).map(|entry| origin(&entry.node)).unwrap_or_default()
    }

    pub(super) fn nodes(&self, positions: &[Position]) -> Vec<&RevisionNode> {
        positions.iter().filter_map(|position| self.entries.get(*position)).map(|entry| &entry.node).collect()
    }

    pub(super) fn head_positions(&self) -> Vec<Position> {
        self.positions_where(|entry| entry.children.is_empty())
    }

    pub(super) fn real_head_positions(&self) -> Vec<Position> {
        self.positions_where(|entry| entry.needed_by.is_empty())
    }

    pub(super) fn base_positions(&self) -> Vec<Position> {
        self.positions_where(|entry| entry.parents.is_empty())
    }

    fn filtered(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<&RevisionNode> {
        let members = Positions::of(self, &self.positions_where(|_| true));
        let mut order = self.newest_first(&members, &self.real_head_positions());
        order.retain(|position| self.entries.get(*position).is_some_and(&wanted));
        self.nodes(&order)
    }

    fn positions_where(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Position> {
        self.entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| wanted(entry))
            .map(|(position, _)| position)
            .collect()
    }
}

pub(super) fn origin(node: &RevisionNode) -> Origin {
    Origin { id: node.id.clone(), file: node.file.clone() }
}
