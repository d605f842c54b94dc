//! Small parts of statements: words of the user's own at fixed places, hints, and locks on rows.

use super::{Expr, Source};
use crate::name::Name;

/// Words of the user's own at a place that a statement has for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fragment {
    /// The words, which may hold parameters.
    pub text: Expr,
    /// The dialect that they are for; `None` is every one.
    pub dialect: Option<Name>,
}

/// Words for the planner beside one source. `%(name)s` in the text stands for the source's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// The source.
    pub of: Source,
    /// The words.
    pub text: Name,
    /// The dialect that they are for; `None` is every one.
    pub dialect: Option<Name>,
}

/// Locks on the rows that a query reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    /// How strong.
    pub strength: LockStrength,
    /// On whose rows alone.
    pub of: Vec<Locked>,
    /// What happens where a row is locked already; `None` waits.
    pub wait: Option<LockWait>,
}

impl Lock {
    /// `FOR UPDATE`, waiting.
    pub fn update() -> Self {
        Lock::of_strength(LockStrength::Update)
    }

    /// `FOR SHARE`, waiting.
    pub fn share() -> Self {
        Lock::of_strength(LockStrength::Share)
    }

    /// `FOR NO KEY UPDATE`, waiting.
    pub fn no_key_update() -> Self {
        Lock::of_strength(LockStrength::NoKeyUpdate)
    }

    /// `FOR KEY SHARE`, waiting.
    pub fn key_share() -> Self {
        Lock::of_strength(LockStrength::KeyShare)
    }

    fn of_strength(strength: LockStrength) -> Self {
        Lock { strength, of: Vec::new(), wait: None }
    }

    /// Fails where a row is locked already.
    #[must_use]
    pub fn no_wait(mut self) -> Self {
        self.wait = Some(LockWait::NoWait);
        self
    }

    /// Passes over rows that are locked already.
    #[must_use]
    pub fn skip_locked(mut self) -> Self {
        self.wait = Some(LockWait::SkipLocked);
        self
    }

    /// Locks rows of the table of this column alone; several calls name several.
    #[must_use]
    pub fn of(mut self, column: impl crate::expression::Expression) -> Self {
        self.of.push(Locked::Expr(column.into_ast()));
        self
    }
}

/// Whose rows are locked.
#[derive(Clone, Debug, PartialEq)]
pub enum Locked {
    /// Those of a source.
    Source(Source),
    /// Those of the source that an expression belongs to, a column mostly. Databases that lock by column name the
    /// expression itself.
    Expr(Expr),
}

/// How strong a lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LockStrength {
    /// `FOR UPDATE`
    Update,
    /// `FOR NO KEY UPDATE`
    NoKeyUpdate,
    /// `FOR SHARE`
    Share,
    /// `FOR KEY SHARE`
    KeyShare,
}

/// What a query does about rows that are locked already, other than to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LockWait {
    /// It fails.
    NoWait,
    /// It passes over them.
    SkipLocked,
}
