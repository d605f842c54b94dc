//! A revision with its place in the graph, as commands hand it out.

use crate::environment::Environment;
use crate::revision::{RevisionMap, RevisionNode};

/// A revision with what a person wants to see beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevisionInfo {
    /// The revision: id, parents, labels declared, dependencies, message, date, file.
    pub node: RevisionNode,
    /// The branches that it belongs to.
    pub branch_labels: Vec<String>,
    /// The revisions that revise it.
    pub children: Vec<String>,
    /// No other revision revises it.
    pub is_head: bool,
    /// It is a head that another revision depends on.
    pub is_effective_head: bool,
    /// Several revisions revise it.
    pub is_branch_point: bool,
    /// It revises several others.
    pub is_merge_point: bool,
    /// The database is at it; `false` where no database was asked.
    pub is_current: bool,
}

impl RevisionInfo {
    pub(super) fn new(map: &RevisionMap, node: &RevisionNode, current: &[String]) -> Self {
        let id = node.id.as_str();
        RevisionInfo {
            branch_labels: map.branch_labels(id).map(str::to_owned).collect(),
            children: map.children(id).into_iter().map(|child| child.id.clone()).collect(),
            is_head: map.is_head(id),
            is_effective_head: map.is_effective_head(id),
            is_branch_point: map.is_branch_point(id),
            is_merge_point: map.is_merge_point(id),
            is_current: current.iter().any(|row| row == id),
            node: node.clone(),
        }
    }

    /// The text of the revision's file, where it is compiled in.
    pub fn source(&self, env: &Environment) -> Option<&'static str> {
        env.script(&self.node.id).ok().map(|script| script.source)
    }
}
