//! Names to revisions: whole ids, beginnings of ids, branch labels, rows of the version table.

use std::ops::Bound;

use super::RevisionError;
use super::lineage::Links;
use super::map::{Position, RevisionMap};
use super::nearest::nearest;
use super::specifier::{Specifier, Symbol, split_branch};

/// Ids shorter than this must be written out.
const SHORTEST_PARTIAL: usize = 4;

impl RevisionMap {
    /// Like [`Specifier::parse`], but what is the name of something is that name, even if it looks like a name and
    /// a number of steps (a label `release-2`).
    pub(super) fn specifier<'t>(&self, text: &'t str) -> Result<Specifier<'t>, RevisionError> {
        let (branch, rest) = split_branch(text);
        if self.names.contains_key(rest) && branch != Some("") {
            return Ok(Specifier { branch, symbol: Some(Symbol::Name(rest)), offset: None });
        }
        Specifier::parse(text)
    }

    /// The revision with this id, label, or beginning of either; with a branch, the one in its lineage.
    pub(super) fn named(&self, name: &str, branch: Option<&str>) -> Result<Position, RevisionError> {
        let branch = branch.map(|branch| Ok((branch, self.branch(branch)?))).transpose()?;
        let lineage = branch.map(|(_, position)| self.relatives(&[position], Links::Lineage));
        let is_inside = |position| lineage.as_ref().is_none_or(|lineage| lineage.contains(position));
        if let Some(position) = self.names.get(name).copied() {
            if let Some((branch, _)) = branch.filter(|_| !is_inside(position)) {
                let revision = self.id(position).to_string();
                return Err(RevisionError::NotInBranch { revision, branch: branch.to_string() });
            }
            return Ok(position);
        }
        let candidates: Vec<(&str, Position)> = self
            .names
            .range::<str, _>((Bound::Included(name), Bound::Unbounded))
            .take_while(|(known, _)| known.starts_with(name))
            .filter(|(known, position)| known.chars().count() >= SHORTEST_PARTIAL && is_inside(**position))
            .map(|(known, position)| (known.as_str(), *position))
            .collect();
        match candidates.as_slice() {
            [] => {
                let nearest = nearest(name, self.names.keys().map(String::as_str));
                Err(RevisionError::UnknownRevision { given: name.to_string(), nearest })
            }
            [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => Ok(*first),
            several => {
                let candidates = several.iter().map(|(known, _)| known.to_string()).collect();
                Err(RevisionError::AmbiguousPrefix { given: name.to_string(), candidates })
            }
        }
    }

    /// The revision that stands for a branch: the one that declares the label, or the one named.
    pub(super) fn branch(&self, branch: &str) -> Result<Position, RevisionError> {
        self.named(branch, None).map_err(|error| match error {
            RevisionError::UnknownRevision { given, nearest } => {
                RevisionError::UnknownBranch { given, nearest }
            }
            other => other,
        })
    }

    /// The revisions of the version table's rows, each once, in the order given. Rows are never partial ids.
    pub(super) fn rows(&self, rows: &[impl AsRef<str>]) -> Result<Vec<Position>, RevisionError> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let row = row.as_ref();
            let position = self.names.get(row).copied().filter(|position| self.id(*position) == row);
            let Some(position) = position else {
                let nearest = nearest(row, self.iter().map(|node| node.id.as_str()));
                return Err(RevisionError::UnknownInDatabase { revision: row.to_string(), nearest });
            };
            if !found.contains(&position) {
                found.push(position);
            }
        }
        Ok(found)
    }
}
