//! Constraints of a table: keys, uniqueness and checks.

use std::fmt;

use super::TableName;

fn names<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> Vec<String> {
    columns.into_iter().map(Into::into).collect()
}

/// The primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The columns in the key's order.
    pub columns: Vec<String>,
}

/// Begins a primary key of these columns.
pub fn primary_key<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> PrimaryKey {
    PrimaryKey { name: None, columns: names(columns) }
}

impl PrimaryKey {
    /// Names the constraint.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

/// A unique constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueConstraint {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The columns in their order.
    pub columns: Vec<String>,
}

/// Begins a unique constraint over these columns.
pub fn unique<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> UniqueConstraint {
    UniqueConstraint { name: None, columns: names(columns) }
}

impl UniqueConstraint {
    /// Names the constraint.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

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

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
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
    /// Whether the check may wait for the end of the transaction; `None` where nothing is said.
    pub deferrable: Option<bool>,
    /// Whether the check waits unless told otherwise.
    pub initially_deferred: bool,
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
        deferrable: None,
        initially_deferred: false,
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

    /// Names the constraint.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
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

    /// Says whether the check may wait for the end of the transaction.
    #[must_use]
    pub fn deferrable(mut self, deferrable: bool) -> Self {
        self.deferrable = Some(deferrable);
        self
    }

    /// Lets the check wait for the end of the transaction unless told otherwise.
    #[must_use]
    pub fn initially_deferred(mut self) -> Self {
        self.deferrable = Some(true);
        self.initially_deferred = true;
        self
    }
}

/// A check constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The condition, in SQL.
    pub condition: String,
}

/// Begins a check constraint by its condition, in SQL.
pub fn check(condition: impl Into<String>) -> Check {
    Check { name: None, condition: condition.into() }
}

impl Check {
    /// Names the constraint.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

/// A constraint of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// The primary key.
    PrimaryKey(PrimaryKey),
    /// A unique constraint.
    Unique(UniqueConstraint),
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// A check.
    Check(Check),
}

/// The kinds of constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// The primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
}

impl Constraint {
    /// The constraint's name, where it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Constraint::PrimaryKey(key) => key.name.as_deref(),
            Constraint::Unique(unique) => unique.name.as_deref(),
            Constraint::ForeignKey(key) => key.name.as_deref(),
            Constraint::Check(check) => check.name.as_deref(),
        }
    }

    /// The kind.
    pub fn kind(&self) -> ConstraintKind {
        match self {
            Constraint::PrimaryKey(_) => ConstraintKind::PrimaryKey,
            Constraint::Unique(_) => ConstraintKind::Unique,
            Constraint::ForeignKey(_) => ConstraintKind::ForeignKey,
            Constraint::Check(_) => ConstraintKind::Check,
        }
    }
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ConstraintKind::PrimaryKey => "primary key",
            ConstraintKind::Unique => "unique constraint",
            ConstraintKind::ForeignKey => "foreign key",
            ConstraintKind::Check => "check constraint",
        })
    }
}

impl From<PrimaryKey> for Constraint {
    fn from(key: PrimaryKey) -> Self {
        Constraint::PrimaryKey(key)
    }
}

impl From<UniqueConstraint> for Constraint {
    fn from(unique: UniqueConstraint) -> Self {
        Constraint::Unique(unique)
    }
}

impl From<ForeignKey> for Constraint {
    fn from(key: ForeignKey) -> Self {
        Constraint::ForeignKey(key)
    }
}

impl From<Check> for Constraint {
    fn from(check: Check) -> Self {
        Constraint::Check(check)
    }
}
