//! [`RevisionNode`]: one revision as owned values, whether compiled in or parsed from a file.

use super::Revision;

/// One revision as the graph is built from it.
///
/// It comes either from a compiled [`Revision`] (see [`RevisionNode::from`]) or from a parsed source file, so
/// that commands which need no models can answer without building the user's crate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionNode {
    /// The id.
    pub id: String,
    /// The parents' ids, as written: none for a base, several for a merge.
    pub down: Vec<String>,
    /// The branch labels declared here (not those that spread here).
    pub branch_labels: Vec<String>,
    /// Ids or branch labels of revisions that must have run before.
    pub depends_on: Vec<String>,
    /// The message: the first line of the file's documentation.
    pub message: String,
    /// When the file was written, as the file says.
    pub create_date: Option<String>,
    /// The file, for messages; empty when not known.
    pub file: String,
}

impl From<&Revision> for RevisionNode {
    fn from(revision: &Revision) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        RevisionNode {
            id: revision.id().to_string(),
            down: owned(revision.down()),
            branch_labels: owned(revision.labels()),
            depends_on: owned(revision.dependencies()),
            ..RevisionNode::default()
        }
    }
}
