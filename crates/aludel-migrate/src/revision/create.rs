//! New revisions: where one is to stand in the graph.

use super::lineage::Links;
use super::resolve::Context;
use super::{RevisionError, RevisionMap, RevisionNode};

/// What is asked of a new revision. Mirrors the arguments of `alembic revision` and `alembic merge`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRevision {
    /// Its id.
    pub id: String,
    /// What it follows: `head`, `base`, a revision, `label@head`; several make a merge.
    pub heads: Vec<String>,
    /// Whether it may follow a revision that has followers, so that a branch begins there.
    pub splice: bool,
    /// The branch labels that it declares.
    pub branch_labels: Vec<String>,
    /// What it depends on: ids, beginnings of ids, or branch labels, which stay labels.
    pub depends_on: Vec<String>,
    /// Its message.
    pub message: String,
    /// When it was made, as the file shall say.
    pub create_date: Option<String>,
    /// Its file.
    pub file: String,
}

impl RevisionMap {
    /// The node of a new revision, with all that it names resolved to whole ids. The map itself doesn't change; see
    /// [`add`](Self::add).
    ///
    /// # Errors
    /// [`RevisionError::NotAHead`] without `splice`, [`RevisionError::DuplicateHead`],
    /// [`RevisionError::MultipleHeads`] for `head`; as [`resolve`](Self::resolve) for all that it names, and as
    /// [`new`](Self::new) for its id and labels.
    pub fn new_revision(&self, wanted: NewRevision) -> Result<RevisionNode, RevisionError> {
        let mut down = Vec::new();
        for head in &wanted.heads {
            for position in self.positions(head, &Context::default())? {
                if down.contains(&position) {
                    return Err(RevisionError::DuplicateHead { revision: self.id(position).to_string() });
                }
                if !wanted.splice && !self.above(position, Links::Lineage).is_empty() {
                    return Err(RevisionError::NotAHead { revision: self.id(position).to_string() });
                }
                down.push(position);
            }
        }
        let depends_on =
            wanted.depends_on.iter().map(|name| self.dependency(name)).collect::<Result<_, _>>()?;
        let node = RevisionNode {
            id: wanted.id,
            down: self.ids(&down),
            branch_labels: wanted.branch_labels,
            depends_on,
            message: wanted.message,
            create_date: wanted.create_date,
            file: wanted.file,
        };
        self.clone().add(node.clone())?;
        Ok(node)
    }

    /// Puts a revision at the end of the map.
    ///
    /// # Errors
    /// As [`new`](Self::new); the map is then unchanged.
    pub fn add(&mut self, node: RevisionNode) -> Result<(), RevisionError> {
        let nodes = self.iter().cloned().chain([node]).collect();
        *self = RevisionMap::new(nodes)?;
        Ok(())
    }

    /// A label stays a label, so that it follows the branch; anything else becomes a whole id.
    fn dependency(&self, name: &str) -> Result<String, RevisionError> {
        let Some(position) = self.one(name, &Context::default())? else {
            let reason = "nothing can depend on the empty state";
            return Err(RevisionError::InvalidSpecifier { given: name.to_string(), reason });
        };
        let is_label = self.entries.get(position).is_some_and(|entry| entry.labels.contains(name));
        Ok(if is_label { name } else { self.id(position) }.to_string())
    }
}
