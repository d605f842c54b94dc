//! Ranges of revisions: which ones an upgrade, a downgrade or a history covers.

use super::lineage::{Links, Positions};
use super::map::{Position, RevisionMap};
use super::relative::Place;
use super::resolve::Context;
use super::specifier::split_branch;
use super::{RevisionError, RevisionNode, RevisionWarning};

/// How [`RevisionMap::iterate_revisions`] reads its ends. All off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RangeOptions {
    /// The lower end belongs to the range.
    pub inclusive: bool,
    /// Revisions that don't stand on the lower end belong to the range too, if the upper end needs them; and the
    /// lower end needn't be below the upper one.
    pub implicit_base: bool,
    /// The range is what a downgrade from the upper to the lower end reverts, with all that depends on it, instead
    /// of what an upgrade from the lower to the upper end runs.
    pub select_for_downgrade: bool,
    /// A relative end that leads out of the graph stands for the last revision on that way, instead of an error.
    pub clip: bool,
}

/// Revisions of a range, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRange<'m> {
    /// The revisions.
    pub revisions: Vec<&'m RevisionNode>,
    /// What the range was found in spite of.
    pub warnings: Vec<RevisionWarning>,
}

/// A set of revisions and the ends from which it is put in order.
pub(super) struct Selection {
    pub(super) members: Positions,
    pub(super) heads: Vec<Position>,
    pub(super) warnings: Vec<RevisionWarning>,
}

impl RevisionMap {
    /// The revisions between two ends, newest first. Mirrors Alembic's `iterate_revisions`; `+2` as the upper end
    /// counts from the lower one, `-2` as the lower end from the upper one.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve), and [`RevisionError::NotAncestor`] or
    /// [`RevisionError::NotADowngradeTarget`] when the ends don't belong together.
    pub fn iterate_revisions(
        &self,
        upper: &[impl AsRef<str>],
        lower: &[impl AsRef<str>],
        options: RangeOptions,
    ) -> Result<RevisionRange<'_>, RevisionError> {
        let upper: Vec<&str> = upper.iter().map(AsRef::as_ref).collect();
        let lower: Vec<&str> = lower.iter().map(AsRef::as_ref).collect();
        self.range(&upper, &lower, options, None)
    }

    /// The history, newest first; all of it, or a range `from:to`, `from:`, `:to` whose ends both belong to it.
    /// `current` is what the version table holds, where that is known. Mirrors Alembic's `history`.
    ///
    /// # Errors
    /// [`RevisionError::InvalidRange`], and as [`iterate_revisions`](Self::iterate_revisions).
    pub fn history(
        &self,
        range: Option<&str>,
        current: Option<&[impl AsRef<str>]>,
    ) -> Result<Vec<&RevisionNode>, RevisionError> {
        let (lower, upper) = match range.map(|range| (range, range.trim().split_once(':'))) {
            None => ("", ""),
            Some((_, Some((lower, upper)))) if !upper.contains(':') => (lower, upper),
            Some((range, _)) => return Err(RevisionError::InvalidRange { given: range.to_string() }),
        };
        let lower = if lower.is_empty() { "base" } else { lower };
        let upper = if upper.is_empty() { "heads" } else { upper };
        let rows = current.map(|current| self.rows(current)).transpose()?;
        let options = RangeOptions { inclusive: true, clip: true, ..RangeOptions::default() };
        Ok(self.range(&[upper], &[lower], options, rows.as_deref())?.revisions)
    }

    fn range(
        &self,
        upper: &[&str],
        lower: &[&str],
        options: RangeOptions,
        rows: Option<&[Position]>,
    ) -> Result<RevisionRange<'_>, RevisionError> {
        let context = Context { rows, start: None, clip: options.clip };
        let selection = if options.select_for_downgrade {
            let current = self.all_positions(upper, &context)?;
            let lower = lower.first().copied().unwrap_or("base");
            self.select_for_downgrade(lower, &current, options, &context)?
        } else {
            let (targets, lower_end) = self.upgrade_ends(upper, lower, &context)?;
            self.select_for_upgrade(targets, &lower_end, options)?
        };
        let revisions = self.nodes(&self.newest_first(&selection.members, &selection.heads));
        Ok(RevisionRange { revisions, warnings: selection.warnings })
    }

    /// What an upgrade runs to reach `targets` from the lower end.
    pub(super) fn select_for_upgrade(
        &self,
        targets: Vec<Position>,
        lower: &LowerEnd,
        options: RangeOptions,
    ) -> Result<Selection, RevisionError> {
        let not_ancestor = || {
            let upper = if targets.is_empty() { "base".to_string() } else { self.ids(&targets).join(", ") };
            RevisionError::NotAncestor { lower: self.ids(&lower.revisions).join(", "), upper }
        };
        if let Some((revision, overlaps)) = self.overlap(&targets) {
            return Err(RevisionError::Overlapping { revision, overlaps });
        }
        let mut members = self.ancestors(&targets, Links::All);
        if !options.implicit_base && !lower.revisions.iter().all(|revision| members.contains(*revision)) {
            return Err(not_ancestor());
        }
        if let Some((revision, overlaps)) = self.overlap(&lower.revisions) {
            return Err(RevisionError::OverlappingRows { revision, overlaps });
        }
        members.subtract(&self.ancestors(&lower.revisions, Links::All));
        if options.inclusive {
            members.add(&Positions::of(self, &lower.revisions));
        }
        if !options.implicit_base && !lower.includes_base && !lower.revisions.is_empty() {
            members.keep(&self.descendants(&lower.revisions, Links::Lineage));
        }
        Ok(Selection { members, heads: targets, warnings: Vec::new() })
    }

    /// What a downgrade reverts to reach the target from `current`: what stands on the target or depends on that.
    pub(super) fn select_for_downgrade(
        &self,
        target: &str,
        current: &[Position],
        options: RangeOptions,
        context: &Context<'_>,
    ) -> Result<Selection, RevisionError> {
        let goal = self.downgrade_target(target, current, context)?;
        let not_a_target =
            || RevisionError::NotADowngradeTarget { target: target.to_string(), current: self.ids(current) };
        let mut roots = match goal.place {
            Place::Base => self.base_positions(),
            Place::At(position) if options.inclusive => vec![position],
            Place::At(position) => self.above(position, Links::Lineage).to_vec(),
        };
        if let Some(branch) = goal.branch.filter(|_| roots.len() > 1) {
            let line = self.ancestors(&[branch], Links::Lineage);
            roots.retain(|root| line.contains(*root));
            if roots.is_empty() {
                return Err(not_a_target());
            }
        }
        let active = self.ancestors(current, Links::All);
        let mut members = self.descendants(&roots, Links::All);
        members.keep(&active);
        if options.implicit_base {
            let mut others = active;
            others.subtract(&self.ancestors(&roots, Links::All));
            members.add(&others);
        }
        match goal.place {
            Place::At(position) if members.is_empty() && !current.contains(&position) => Err(not_a_target()),
            _ => Ok(Selection { members, heads: current.to_vec(), warnings: goal.warnings }),
        }
    }

    /// Both ends of an upgrade-like range, each of which may be relative to the other.
    fn upgrade_ends(
        &self,
        upper: &[&str],
        lower: &[&str],
        context: &Context<'_>,
    ) -> Result<(Vec<Position>, LowerEnd), RevisionError> {
        let bare = match lower {
            [only] => self.specifier(only).ok().filter(|end| end.symbol.is_none() && end.offset < Some(0)),
            _ => None,
        };
        let (mut targets, mut end) = match bare {
            Some(_) => (self.all_positions(upper, context)?, LowerEnd::default()),
            None => {
                let end = LowerEnd { revisions: self.all_positions(lower, context)?, includes_base: false };
                let context = Context { start: Some(&end.revisions), ..*context };
                let mut targets = Vec::new();
                for text in upper {
                    push_new(&mut targets, self.upgrade_target(text, &context)?);
                }
                (targets, end)
            }
        };
        if let [only] = lower
            && let (Some(branch), _) = split_branch(only)
        {
            targets = self.on_branch(targets, branch)?;
        }
        if let (Some(specifier), [text]) = (bare, lower) {
            for target in &targets {
                let steps = specifier.offset.unwrap_or_default();
                match self.walk(text, Place::At(*target), steps, None, context.clip)? {
                    Place::Base => end.includes_base = true,
                    Place::At(position) => push_new(&mut end.revisions, vec![position]),
                }
            }
        }
        Ok((targets, end))
    }

    /// Those of `targets` that carry the label; for a revision instead of a label, those that carry one of its
    /// labels, or share its lineage if it has none.
    fn on_branch(&self, mut targets: Vec<Position>, branch: &str) -> Result<Vec<Position>, RevisionError> {
        let named = self.branch(branch)?;
        let labels = match self.entries.get(named) {
            Some(entry) if entry.node.branch_labels.iter().any(|label| label == branch) => vec![branch],
            Some(entry) => entry.labels.iter().map(String::as_str).collect(),
            None => Vec::new(),
        };
        if labels.is_empty() {
            return self.in_branch(&targets, Some(branch));
        }
        let carries = |entry: &super::map::Entry| labels.iter().any(|label| entry.labels.contains(*label));
        targets.retain(|target| self.entries.get(*target).is_some_and(carries));
        Ok(targets)
    }

    fn all_positions(&self, texts: &[&str], context: &Context<'_>) -> Result<Vec<Position>, RevisionError> {
        let mut found = Vec::new();
        for text in texts {
            push_new(&mut found, self.positions(text, context)?);
        }
        Ok(found)
    }

    /// The first of several revisions that stands on others of them, and those.
    fn overlap(&self, revisions: &[Position]) -> Option<(String, Vec<String>)> {
        revisions.iter().find_map(|upper| {
            let below: Vec<Position> = revisions
                .iter()
                .copied()
                .filter(|lower| lower != upper && self.is_below(*lower, *upper))
                .collect();
            (!below.is_empty()).then(|| (self.id(*upper).to_string(), self.ids(&below)))
        })
    }
}

/// Where an upgrade starts.
#[derive(Clone, Debug, Default)]
pub(super) struct LowerEnd {
    pub(super) revisions: Vec<Position>,
    /// Steps down came to the base, so that nothing is too low for the range.
    pub(super) includes_base: bool,
}

fn push_new(list: &mut Vec<Position>, more: Vec<Position>) {
    for position in more {
        if !list.contains(&position) {
            list.push(position);
        }
    }
}
