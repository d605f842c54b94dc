//! Constraints of a table: keys, uniqueness, checks and exclusions.

use std::fmt;

use super::exclude::Exclude;
use super::{ForeignKey, ObjectName, Options, Sql};

pub(super) fn names<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> Vec<String> {
    columns.into_iter().map(Into::into).collect()
}

/// When a constraint is looked at in a transaction that doesn't say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Initially {
    /// Behind each statement.
    Immediate,
    /// At the end of the transaction.
    Deferred,
}

/// What every constraint can say besides what it constrains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConstraintTraits {
    /// Whether the check may wait for the end of the transaction; `None` where nothing is said.
    pub deferrable: Option<bool>,
    /// Whether the check waits unless told otherwise; `None` where nothing is said.
    pub initially: Option<Initially>,
    /// The comment that the database keeps with the constraint.
    pub comment: Option<String>,
    /// The dialects that the constraint is for; empty for all. Mirrors SQLAlchemy's `ddl_if(dialect=…)`.
    pub only_on: Vec<String>,
    /// Options of one dialect, such as `postgres_not_valid` or `sqlite_on_conflict`.
    pub options: Options,
}

impl ConstraintTraits {
    /// Whether there is nothing to say.
    pub fn is_plain(&self) -> bool {
        *self == ConstraintTraits::default()
    }
}

/// The builder methods that all constraints share.
macro_rules! constraint_methods {
    ($type:ty) => {
        impl $type {
            /// Names the constraint.
            #[must_use]
            pub fn named(mut self, name: impl Into<$crate::schema::ObjectName>) -> Self {
                self.name = Some(name.into());
                self
            }

            /// Says whether the check may wait for the end of the transaction.
            #[must_use]
            pub fn deferrable(mut self, deferrable: bool) -> Self {
                self.traits.deferrable = Some(deferrable);
                self
            }

            /// Lets the check wait for the end of the transaction unless told otherwise.
            #[must_use]
            pub fn initially_deferred(mut self) -> Self {
                self.traits.deferrable = Some(true);
                self.traits.initially = Some($crate::schema::Initially::Deferred);
                self
            }

            /// Says when the check is made in a transaction that doesn't say otherwise.
            #[must_use]
            pub fn initially(mut self, initially: $crate::schema::Initially) -> Self {
                self.traits.initially = Some(initially);
                self
            }

            /// Sets the comment, which PostgreSQL keeps.
            #[must_use]
            pub fn comment(mut self, comment: impl Into<String>) -> Self {
                self.traits.comment = Some(comment.into());
                self
            }

            /// Makes the constraint on these dialects alone. Mirrors SQLAlchemy's `ddl_if`.
            #[must_use]
            pub fn only_on<N: Into<String>>(mut self, dialects: impl IntoIterator<Item = N>) -> Self {
                self.traits.only_on = dialects.into_iter().map(Into::into).collect();
                self
            }

            /// Sets an option of one dialect, such as `postgres_not_valid`.
            #[must_use]
            pub fn option(
                mut self,
                name: impl Into<String>,
                value: impl Into<$crate::schema::OptionValue>,
            ) -> Self {
                self.traits.options.insert(name, value);
                self
            }
        }
    };
}
pub(super) use constraint_methods;

/// The primary key.
#[derive(Clone, Debug, PartialEq)]
pub struct PrimaryKey {
    /// The constraint's name, where it has one.
    pub name: Option<ObjectName>,
    /// The columns in the key's order.
    pub columns: Vec<String>,
    /// What else it says.
    pub traits: ConstraintTraits,
}

/// Begins a primary key of these columns.
pub fn primary_key<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> PrimaryKey {
    PrimaryKey { name: None, columns: names(columns), traits: ConstraintTraits::default() }
}

/// A unique constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct UniqueConstraint {
    /// The constraint's name, where it has one.
    pub name: Option<ObjectName>,
    /// The columns in their order.
    pub columns: Vec<String>,
    /// What else it says.
    pub traits: ConstraintTraits,
}

/// Begins a unique constraint over these columns.
pub fn unique<N: Into<String>>(columns: impl IntoIterator<Item = N>) -> UniqueConstraint {
    UniqueConstraint { name: None, columns: names(columns), traits: ConstraintTraits::default() }
}

/// A type that needs a check where the database doesn't have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckedType {
    /// True or false.
    Boolean,
    /// One of a list of texts.
    Enum,
}

/// A check constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The constraint's name, where it has one.
    pub name: Option<ObjectName>,
    /// The condition.
    pub condition: Sql,
    /// The type that the check stands in for: it is left out where the database has that type itself. Mirrors
    /// SQLAlchemy's `create_constraint` of `Boolean` and `Enum`.
    pub stands_for: Option<CheckedType>,
    /// What else it says.
    pub traits: ConstraintTraits,
}

/// Begins a check constraint by its condition: SQL, or an expression such as `User.age.gt(18)`.
pub fn check(condition: impl Into<Sql>) -> Check {
    Check { name: None, condition: condition.into(), stands_for: None, traits: ConstraintTraits::default() }
}

impl Check {
    /// Leaves the check out where the database has the type that it stands in for.
    #[must_use]
    pub fn stands_for(mut self, ty: CheckedType) -> Self {
        self.stands_for = Some(ty);
        self
    }
}

constraint_methods!(PrimaryKey);
constraint_methods!(UniqueConstraint);
constraint_methods!(Check);

/// A constraint of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// The primary key.
    PrimaryKey(PrimaryKey),
    /// A unique constraint.
    Unique(UniqueConstraint),
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// A check.
    Check(Check),
    /// An exclusion, which PostgreSQL has.
    Exclude(Exclude),
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
    /// An exclusion.
    Exclude,
}

impl Constraint {
    /// The constraint's name, where it has one.
    pub fn name(&self) -> Option<&str> {
        self.object_name().map(ObjectName::as_str)
    }

    /// The same with where it comes from.
    pub fn object_name(&self) -> Option<&ObjectName> {
        match self {
            Constraint::PrimaryKey(key) => key.name.as_ref(),
            Constraint::Unique(unique) => unique.name.as_ref(),
            Constraint::ForeignKey(key) => key.name.as_ref(),
            Constraint::Check(check) => check.name.as_ref(),
            Constraint::Exclude(exclude) => exclude.name.as_ref(),
        }
    }

    /// What it says besides what it constrains.
    pub fn traits(&self) -> &ConstraintTraits {
        match self {
            Constraint::PrimaryKey(key) => &key.traits,
            Constraint::Unique(unique) => &unique.traits,
            Constraint::ForeignKey(key) => &key.traits,
            Constraint::Check(check) => &check.traits,
            Constraint::Exclude(exclude) => &exclude.traits,
        }
    }

    /// The kind.
    pub fn kind(&self) -> ConstraintKind {
        match self {
            Constraint::PrimaryKey(_) => ConstraintKind::PrimaryKey,
            Constraint::Unique(_) => ConstraintKind::Unique,
            Constraint::ForeignKey(_) => ConstraintKind::ForeignKey,
            Constraint::Check(_) => ConstraintKind::Check,
            Constraint::Exclude(_) => ConstraintKind::Exclude,
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
            ConstraintKind::Exclude => "exclusion constraint",
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

impl From<Exclude> for Constraint {
    fn from(exclude: Exclude) -> Self {
        Constraint::Exclude(exclude)
    }
}
