//! Steps up and down the graph: `+2`, `rev-1`, `label@+1`.

use super::lineage::{Links, Positions};
use super::map::{Position, RevisionMap};
use super::resolve::Context;
use super::specifier::Specifier;
use super::{RevisionError, RevisionWarning};

/// A revision, or the empty state before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Base,
    At(Position),
}

impl Place {
    pub(super) fn position(self) -> Option<Position> {
        match self {
            Place::Base => None,
            Place::At(position) => Some(position),
        }
    }
}

/// What a downgrade goes down to.
#[derive(Clone, Debug)]
pub(super) struct DowngradeTarget {
    pub(super) place: Place,
    /// The revision whose branch alone is meant where the target is a fork.
    pub(super) branch: Option<Position>,
    pub(super) warnings: Vec<RevisionWarning>,
}

impl RevisionMap {
    /// Goes `steps` up or down. Up, a branch chooses at forks.
    pub(super) fn walk(
        &self,
        text: &str,
        start: Place,
        steps: i64,
        branch: Option<&str>,
        clip: bool,
    ) -> Result<Place, RevisionError> {
        let mut place = start;
        for _ in 0..steps.unsigned_abs() {
            let choices = match place {
                Place::Base if steps < 0 => Vec::new(),
                Place::Base => self.in_branch(&self.base_positions(), branch)?,
                Place::At(position) if steps > 0 => {
                    self.in_branch(self.above(position, Links::Lineage), branch)?
                }
                Place::At(position) => self.below(position, Links::Lineage).to_vec(),
            };
            place = match (choices.as_slice(), place) {
                ([only], _) => Place::At(*only),
                ([], Place::At(_)) if steps < 0 => Place::Base,
                ([], _) if clip => return Ok(place),
                ([], _) => return Err(out_of_range(text, steps)),
                (several, _) => {
                    let at = place.position().map_or("base", |position| self.id(position)).to_string();
                    let choices = self.ids(several);
                    return Err(RevisionError::AmbiguousWalk { given: text.to_string(), at, choices });
                }
            };
        }
        Ok(place)
    }

    /// The place some steps above the database's revisions: above the one row, or the one in the branch named, or
    /// where that branch leaves what is there already.
    pub(super) fn above_current(
        &self,
        text: &str,
        specifier: &Specifier<'_>,
        current: &[Position],
        clip: bool,
    ) -> Result<Place, RevisionError> {
        let mut starts = self.in_branch(current, specifier.branch)?;
        if starts.is_empty() && specifier.branch.is_some() {
            let active: Vec<Position> = self.ancestors(current, Links::All).iter().collect();
            let active = Positions::of(self, &self.in_branch(&active, specifier.branch)?);
            starts = self.tips(&active, Links::All);
        }
        let start = match starts.as_slice() {
            [] => Place::Base,
            [only] => Place::At(*only),
            several => {
                let heads = self.ids(several);
                return Err(RevisionError::AmbiguousCurrent { given: text.to_string(), heads });
            }
        };
        self.walk(text, start, specifier.offset.unwrap_or_default(), specifier.branch, clip)
    }

    /// Where an upgrade goes to.
    pub(super) fn upgrade_target(
        &self,
        text: &str,
        context: &Context<'_>,
    ) -> Result<Vec<Position>, RevisionError> {
        match self.specifier(text)? {
            // Down is no way to upgrade.
            Specifier { symbol: None, offset: Some(steps), .. } if steps <= 0 => {
                Err(out_of_range(text, steps))
            }
            _ => self.positions(text, context),
        }
    }

    /// Where a downgrade goes to.
    pub(super) fn downgrade_target(
        &self,
        text: &str,
        current: &[Position],
        context: &Context<'_>,
    ) -> Result<DowngradeTarget, RevisionError> {
        let specifier = self.specifier(text)?;
        let branch = specifier.branch.map(|branch| self.branch(branch)).transpose()?;
        match specifier.offset {
            Some(steps) if specifier.is_bare_offset() && steps >= 0 => Err(out_of_range(text, steps)),
            Some(steps) if specifier.is_bare_offset() => {
                let (start, warnings) = self.top_of_current(text, &specifier, current)?;
                let place = self.walk(text, Place::At(start), steps, None, context.clip)?;
                Ok(DowngradeTarget { place, branch: Some(branch.unwrap_or(start)), warnings })
            }
            _ => {
                let place = self.one(text, context)?.map_or(Place::Base, Place::At);
                Ok(DowngradeTarget { place, branch, warnings: Vec::new() })
            }
        }
    }

    /// The revision of the database that bare steps down start from.
    fn top_of_current(
        &self,
        text: &str,
        specifier: &Specifier<'_>,
        current: &[Position],
    ) -> Result<(Position, Vec<RevisionWarning>), RevisionError> {
        let mut starts = self.in_branch(current, specifier.branch)?;
        if starts.is_empty() {
            // A branch whose top has no row of its own, because another branch depends on it.
            let tops = self.tips(&self.ancestors(current, Links::All), Links::Lineage);
            starts = self.in_branch(&tops, specifier.branch)?;
        }
        match starts.as_slice() {
            [] => Err(out_of_range(text, specifier.offset.unwrap_or_default())),
            [only] => Ok((*only, Vec::new())),
            [first, ..] if specifier.branch.is_none() => {
                let (given, chosen, heads) =
                    (text.to_string(), self.id(*first).to_string(), self.ids(&starts));
                Ok((*first, vec![RevisionWarning::AmbiguousDowngrade { given, chosen, heads }]))
            }
            several => {
                let heads = self.ids(several);
                Err(RevisionError::AmbiguousCurrent { given: text.to_string(), heads })
            }
        }
    }
}

fn out_of_range(text: &str, steps: i64) -> RevisionError {
    let steps = u32::try_from(steps.unsigned_abs()).unwrap_or(u32::MAX);
    RevisionError::RelativeOutOfRange { given: text.to_string(), steps }
}
