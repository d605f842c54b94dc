//! Foreign keys.

use std::fmt;

use super::constraint::{constraint_methods, names};
use super::{ConstraintTraits, ObjectName, TableName};

/// What happens to a referencing row when the row it refers to is deleted or its key changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferentialAction {
    /// The change is refused, at the end of the statement at the latest. Every database's default.
    NoAction,
    /// The change is refused at once.
    Restrict,
    /// The referencing row goes, or follows.
    Cascade,
    /// The reference becomes `NULL`.
    SetNull,
    /// The reference becomes its default.
    SetDefault,
}

impl ReferentialAction {
    /// The action by its SQL words, in any case, with spaces or underscores.
    pub fn parse(words: &str) -> Option<ReferentialAction> {
        match words.trim().to_ascii_lowercase().replace('_', " ").as_str() {
            "no action" => Some(ReferentialAction::NoAction),
            "restrict" => Some(ReferentialAction::Restrict),
            "cascade" => Some(ReferentialAction::Cascade),
            "set null" => Some(ReferentialAction::SetNull),
            "set default" => Some(ReferentialAction::SetDefault),
            _ => None,
        }
    }

    /// The action in SQL.
    pub fn as_sql(self) -> &'static str {
        match self {
            ReferentialAction::NoAction => "NO ACTION",
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        }
    }
}

impl fmt::Display for ReferentialAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_sql())
    }
}

/// When a reference of several columns counts as having a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Match {
    /// Any `NULL` among the columns frees the row. Every database's default.
    Simple,
    /// The columns that are not `NULL` have to match.
    Partial,
    /// All columns are `NULL`, or none is.
    Full,
}

impl Match {
    /// The word in SQL.
    pub fn as_sql(self) -> &'static str {
        match self {
            Match::Simple => "SIMPLE",
            Match::Partial => "PARTIAL",
            Match::Full => "FULL",
        }
    }
}

/// A foreign key. Mirrors SQLAlchemy's `ForeignKeyConstraint`; write one with [`foreign_key`].
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKey {
    /// The constraint's name, where it has one.
    pub name: Option<ObjectName>,
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub target: TableName,
    /// The columns referred to, in the order of [`columns`](Self::columns).
    pub target_columns: Vec<String>,
    /// What deleting the referenced row does; `None` is the database's default, [`ReferentialAction::NoAction`].
    pub on_delete: Option<ReferentialAction>,
    /// What changing the referenced key does.
    pub on_update: Option<ReferentialAction>,
    /// The columns that `SET NULL` and `SET DEFAULT` change on deleting; empty for all of them. PostgreSQL only.
    pub on_delete_columns: Vec<String>,
    /// When a reference of several columns has a target; `None` is [`Match::Simple`].
    pub match_: Option<Match>,
    /// Whether the key is always added by `ALTER TABLE`, once all tables are there.
    pub use_alter: bool,
    /// What else it says.
    pub traits: ConstraintTraits,
}

/// Begins a foreign key of these columns; [`ForeignKey::references`] says to what.
pub fn foreign_key<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: names(columns),
        target: TableName::new(""),
        target_columns: Vec::new(),
        on_delete: None,
        on_update: None,
        on_delete_columns: Vec::new(),
        match_: None,
        use_alter: false,
        traits: ConstraintTraits::default(),
    }
}

impl ForeignKey {
    /// Says which columns of which table are referred to.
    #[must_use]
    pub fn references<N: Into<String>>(
        mut self,
        table: impl Into<TableName>,
        columns: impl IntoIterator<Item = N>,
    ) -> Self {
        self.target = table.into();
        self.target_columns = names(columns);
        self
    }

    /// Says what deleting the referenced row does.
    #[must_use]
    pub fn on_delete(mut self, action: ReferentialAction) -> Self {
        self.on_delete = Some(action);
        self
    }

    /// Says what changing the referenced key does.
    #[must_use]
    pub fn on_update(mut self, action: ReferentialAction) -> Self {
        self.on_update = Some(action);
        self
    }

    /// Lets `SET NULL` and `SET DEFAULT` change only these columns on deleting, as PostgreSQL 15 can.
    #[must_use]
    pub fn on_delete_columns<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.on_delete_columns = names(columns);
        self
    }

    /// Says when a reference of several columns has a target.
    #[must_use]
    pub fn match_(mut self, kind: Match) -> Self {
        self.match_ = Some(kind);
        self
    }

    /// Adds the key by `ALTER TABLE` behind all tables, where the database can. Cycles are found without it.
    #[must_use]
    pub fn use_alter(mut self) -> Self {
        self.use_alter = true;
        self
    }
}

constraint_methods!(ForeignKey);
