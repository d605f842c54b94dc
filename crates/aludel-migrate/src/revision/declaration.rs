//! [`Revision`]: what a revision file says about itself, as a `const`.

/// The identity of one revision file, written as `pub const REVISION: Revision = ...` at its top.
///
/// Mirrors the module-level variables of an Alembic script (`revision`, `down_revision`, `branch_labels`,
/// `depends_on`).
///
/// ```
/// use aludel_migrate::revision::Revision;
///
/// const REVISION: Revision = Revision::new("ae1027a6acf").revises("1975ea83b712").branch_labels(&["billing"]);
/// assert_eq!(REVISION.down(), ["1975ea83b712"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    id: &'static str,
    down: Down,
    branch_labels: &'static [&'static str],
    depends_on: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Down {
    Base,
    One(&'static str),
    Several(&'static [&'static str]),
}

impl Revision {
    /// A revision without a parent: the start of a history.
    pub const fn new(id: &'static str) -> Self {
        Revision { id, down: Down::Base, branch_labels: &[], depends_on: &[] }
    }

    /// Names the one revision that this one follows (Alembic's scalar `down_revision`).
    ///
    /// # Panics
    /// When the parents were already given; in a `const` that is a compile error.
    pub const fn revises(mut self, parent: &'static str) -> Self {
        assert!(
            matches!(self.down, Down::Base),
            "the parents are given twice; a merge takes `merges(&[..])`"
        );
        self.down = Down::One(parent);
        self
    }

    /// Names the revisions that this one joins (Alembic's `down_revision` as a tuple).
    ///
    /// # Panics
    /// When the parents were already given; in a `const` that is a compile error.
    pub const fn merges(mut self, parents: &'static [&'static str]) -> Self {
        assert!(
            matches!(self.down, Down::Base),
            "the parents are given twice; a merge takes `merges(&[..])`"
        );
        self.down = Down::Several(parents);
        self
    }

    /// Names the branch that starts here. The names spread to the revisions that follow.
    pub const fn branch_labels(mut self, labels: &'static [&'static str]) -> Self {
        self.branch_labels = labels;
        self
    }

    /// Names revisions (ids or branch labels) of other branches that must have run before this one.
    pub const fn depends_on(mut self, revisions: &'static [&'static str]) -> Self {
        self.depends_on = revisions;
        self
    }

    /// The id.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The ids of the parents: none for a base, several for a merge.
    pub const fn down(&self) -> &[&'static str] {
        match &self.down {
            Down::Base => &[],
            Down::One(parent) => std::slice::from_ref(parent),
            Down::Several(parents) => parents,
        }
    }

    /// The branch labels declared here.
    pub const fn labels(&self) -> &'static [&'static str] {
        self.branch_labels
    }

    /// The dependencies declared here, as written: ids or branch labels.
    pub const fn dependencies(&self) -> &'static [&'static str] {
        self.depends_on
    }
}
