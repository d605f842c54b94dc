//! Specifiers to revisions.

use super::lineage::{Links, Positions};
use super::map::{Position, RevisionMap};
use super::relative::Place;
use super::specifier::{Specifier, Symbol};
use super::{RevisionError, RevisionNode};

/// What a specifier can lean on beside the graph.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context<'c> {
    /// The version table's rows: `current`.
    pub(super) rows: Option<&'c [Position]>,
    /// Where bare steps such as `+1` start from; the rows if not given.
    pub(super) start: Option<&'c [Position]>,
    /// Whether too many steps end at the last possible revision instead of in an error.
    pub(super) clip: bool,
}

impl RevisionMap {
    /// The revisions that a specifier names: none for `base`, several for `heads`. Mirrors Alembic's
    /// `get_revisions`, and also takes `rev+1`, `head-2` and the like. Bare steps down (`-2`) start from the heads.
    ///
    /// # Errors
    /// The specifier is ill-formed, unknown, ambiguous, leaves the graph, or needs the database.
    pub fn resolve(&self, specifier: &str) -> Result<Vec<&RevisionNode>, RevisionError> {
        Ok(self.nodes(&self.positions(specifier, &Context::default())?))
    }

    /// Like [`resolve`](Self::resolve), with the version table's rows for `current`, `+1` and `-1`.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve), and [`RevisionError::UnknownInDatabase`] for a row that is no revision.
    pub fn resolve_from(
        &self,
        specifier: &str,
        rows: &[impl AsRef<str>],
    ) -> Result<Vec<&RevisionNode>, RevisionError> {
        let rows = self.rows(rows)?;
        Ok(self.nodes(&self.positions(specifier, &Context { rows: Some(&rows), ..Context::default() })?))
    }

    /// The one revision that a specifier names; `None` for `base`. Mirrors Alembic's `get_revision`.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve), and [`RevisionError::MultipleHeads`] when there are several.
    pub fn resolve_one(&self, specifier: &str) -> Result<Option<&RevisionNode>, RevisionError> {
        let position = self.one(specifier, &Context::default())?;
        Ok(position.and_then(|position| self.entries.get(position)).map(|entry| &entry.node))
    }

    /// The one head, of a branch if that is given; `None` if there are no revisions. Mirrors Alembic's
    /// `get_current_head`.
    ///
    /// # Errors
    /// [`RevisionError::MultipleHeads`], [`RevisionError::UnknownBranch`].
    pub fn head(&self, branch: Option<&str>) -> Result<Option<&RevisionNode>, RevisionError> {
        let specifier = branch.map_or("head".to_string(), |branch| format!("{branch}@head"));
        self.resolve_one(&specifier)
    }

    /// Those of `among` (ids, labels or beginnings of them) that share lineage with what `with` names: its
    /// ancestors and descendants and itself; all of them if that is `base`. With dependencies counted as links, if
    /// so asked. Mirrors Alembic's `filter_for_lineage`.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn sharing_lineage(
        &self,
        among: &[impl AsRef<str>],
        with: &str,
        include_dependencies: bool,
    ) -> Result<Vec<&RevisionNode>, RevisionError> {
        let links = if include_dependencies { Links::All } else { Links::Lineage };
        let among: Vec<Position> =
            among.iter().map(|name| self.named(name.as_ref(), None)).collect::<Result<_, _>>()?;
        Ok(self.nodes(&self.related(&among, with, links, &Context::default())?))
    }

    /// The bases that share lineage with what a specifier names. Mirrors Alembic's `_get_base_revisions`.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn bases_of(&self, specifier: &str) -> Result<Vec<&RevisionNode>, RevisionError> {
        let bases = self.base_positions();
        Ok(self.nodes(&self.related(&bases, specifier, Links::Lineage, &Context::default())?))
    }

    /// Those of `among` that share lineage with the branch or the revisions that `with` names.
    pub(super) fn related(
        &self,
        among: &[Position],
        with: &str,
        links: Links,
        context: &Context<'_>,
    ) -> Result<Vec<Position>, RevisionError> {
        let mut anchors = self.positions(with, context)?;
        let specifier = self.specifier(with)?;
        if let Some(branch) = specifier.branch {
            anchors.push(self.branch(branch)?);
        }
        if anchors.is_empty() {
            // A revision minus its depth comes to the base of that revision, not of all.
            match specifier.symbol {
                Some(Symbol::Name(name)) => anchors.push(self.named(name, None)?),
                _ => return Ok(among.to_vec()),
            }
        }
        let lineage = self.relatives(&anchors, links);
        Ok(keep(among, &lineage))
    }

    /// Those of `among` in the lineage of a branch; all without a branch.
    pub(super) fn in_branch(
        &self,
        among: &[Position],
        branch: Option<&str>,
    ) -> Result<Vec<Position>, RevisionError> {
        let Some(branch) = branch else { return Ok(among.to_vec()) };
        Ok(keep(among, &self.relatives(&[self.branch(branch)?], Links::Lineage)))
    }

    pub(super) fn one(&self, text: &str, context: &Context<'_>) -> Result<Option<Position>, RevisionError> {
        single(text, self.positions(text, context)?, self)
    }

    pub(super) fn positions(
        &self,
        text: &str,
        context: &Context<'_>,
    ) -> Result<Vec<Position>, RevisionError> {
        let specifier = self.specifier(text)?;
        let Some(steps) = specifier.offset else { return self.symbol(text, &specifier, context) };
        if !specifier.is_bare_offset() {
            let start = self.anchor(text, &specifier, context)?;
            let place = self.walk(text, start, steps, specifier.branch, context.clip)?;
            return Ok(place.position().into_iter().collect());
        }
        let start = match specifier.symbol {
            Some(_) => context.rows,
            None => context.start.or(context.rows),
        };
        match start {
            Some(start) if steps > 0 => {
                let place = self.above_current(text, &specifier, start, context.clip)?;
                Ok(place.position().into_iter().collect())
            }
            Some(start) => self.below_each(text, start, &specifier, context.clip),
            None if steps < 0 && specifier.symbol.is_none() => {
                let heads = match specifier.branch {
                    Some(_) => self.head_positions(),
                    None => self.real_head_positions(),
                };
                self.below_each(text, &heads, &specifier, context.clip)
            }
            None => Err(RevisionError::NeedsCurrent { given: text.to_string() }),
        }
    }

    /// Where the steps of `rev+1` and `label@head-1` start.
    pub(super) fn anchor(
        &self,
        text: &str,
        specifier: &Specifier<'_>,
        context: &Context<'_>,
    ) -> Result<Place, RevisionError> {
        let found = single(text, self.symbol(text, specifier, context)?, self)?;
        Ok(found.map_or(Place::Base, Place::At))
    }

    /// What a specifier names, without its steps.
    fn symbol(
        &self,
        text: &str,
        specifier: &Specifier<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<Position>, RevisionError> {
        let branch = specifier.branch;
        match specifier.symbol {
            None | Some(Symbol::Current) => match context.rows {
                Some(rows) => self.in_branch(rows, branch),
                None => Err(RevisionError::NeedsCurrent { given: text.to_string() }),
            },
            Some(Symbol::Base) => self.in_branch(&[], branch),
            Some(Symbol::Heads) if branch.is_none() => Ok(self.real_head_positions()),
            Some(Symbol::Heads) => self.in_branch(&self.head_positions(), branch),
            Some(Symbol::Head) => {
                let heads = self.in_branch(&self.head_positions(), branch)?;
                Ok(single(text, heads, self)?.into_iter().collect())
            }
            Some(Symbol::Name(name)) => Ok(vec![self.named(name, branch)?]),
        }
    }

    fn below_each(
        &self,
        text: &str,
        start: &[Position],
        specifier: &Specifier<'_>,
        clip: bool,
    ) -> Result<Vec<Position>, RevisionError> {
        let steps = specifier.offset.unwrap_or_default();
        let mut found = Vec::new();
        for start in self.in_branch(start, specifier.branch)? {
            let place = self.walk(text, Place::At(start), steps, specifier.branch, clip)?;
            found.extend(place.position().filter(|position| !found.contains(position)));
        }
        Ok(found)
    }
}

fn keep(among: &[Position], inside: &Positions) -> Vec<Position> {
    among.iter().copied().filter(|position| inside.contains(*position)).collect()
}

fn single(text: &str, found: Vec<Position>, map: &RevisionMap) -> Result<Option<Position>, RevisionError> {
    match found.as_slice() {
        [] => Ok(None),
        [position] => Ok(Some(*position)),
        several => Err(RevisionError::MultipleHeads { given: text.to_string(), heads: map.ids(several) }),
    }
}
