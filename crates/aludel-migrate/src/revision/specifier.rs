//! [`Specifier`]: the grammar of the words that name revisions, without a graph.

use super::RevisionError;

/// A text that names revisions, taken apart: `[branch@](symbol|name)[+n|-n]`.
///
/// ```
/// use aludel_migrate::revision::{Specifier, Symbol};
///
/// let specifier = Specifier::parse("billing@head-2").unwrap();
/// assert_eq!(specifier.branch, Some("billing"));
/// assert_eq!(specifier.symbol, Some(Symbol::Head));
/// assert_eq!(specifier.offset, Some(-2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specifier<'t> {
    /// The part before `@`: a branch label, or a revision that stands for its lineage.
    pub branch: Option<&'t str>,
    /// What is named; nothing where only steps are given, as in `+1`.
    pub symbol: Option<Symbol<'t>>,
    /// Steps up (positive) or down from there.
    pub offset: Option<i64>,
}

/// What a specifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol<'t> {
    /// `head`: the one head.
    Head,
    /// `heads`: all heads.
    Heads,
    /// `base`: before the first revision.
    Base,
    /// `current`: what the database is at.
    Current,
    /// An id, the beginning of an id, or a branch label.
    Name(&'t str),
}

impl<'t> Specifier<'t> {
    /// Takes a text apart.
    ///
    /// # Errors
    /// [`RevisionError::InvalidSpecifier`] for an empty text or part, a second `@`, a `:`, or a number of steps that
    /// is too large.
    pub fn parse(text: &'t str) -> Result<Self, RevisionError> {
        let invalid = |reason| Err(RevisionError::InvalidSpecifier { given: text.to_string(), reason });
        let (branch, rest) = split_branch(text);
        match (branch, rest) {
            (None, "") => return invalid("it is empty"),
            (Some(""), _) => return invalid("the branch before `@` is missing"),
            (Some(_), "") => return invalid("the revision after `@` is missing"),
            _ if rest.contains('@') => return invalid("it has more than one `@`"),
            _ if text.contains(':') => {
                return invalid("a range from one revision to another isn't possible here");
            }
            _ => {}
        }
        let (name, steps) = match rest.rfind(['+', '-']).and_then(|at| rest.split_at_checked(at)) {
            Some((name, steps)) if is_number(steps) => (name, Some(steps)),
            _ => (rest, None),
        };
        let offset = match steps.map(str::parse::<i32>) {
            None => None,
            Some(Ok(steps)) => Some(i64::from(steps)),
            Some(Err(_)) => return invalid("the number of steps is too large"),
        };
        Ok(Specifier { branch, symbol: Symbol::of(name), offset })
    }

    /// Whether it is relative to a revision that it doesn't name.
    pub(super) fn is_bare_offset(&self) -> bool {
        self.offset.is_some() && matches!(self.symbol, None | Some(Symbol::Current))
    }
}

impl<'t> Symbol<'t> {
    fn of(name: &'t str) -> Option<Self> {
        match name {
            "" => None,
            "head" => Some(Symbol::Head),
            "heads" => Some(Symbol::Heads),
            "base" => Some(Symbol::Base),
            "current" => Some(Symbol::Current),
            name => Some(Symbol::Name(name)),
        }
    }
}

pub(super) fn split_branch(text: &str) -> (Option<&str>, &str) {
    match text.split_once('@') {
        Some((branch, rest)) => (Some(branch), rest),
        None => (None, text),
    }
}

/// Whether a sign is followed by digits.
fn is_number(steps: &str) -> bool {
    let digits = steps.get(1..).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}
