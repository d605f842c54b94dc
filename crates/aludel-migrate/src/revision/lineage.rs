//! Ancestors and descendants: sets of revisions reached along the links of the graph.

use super::map::{Position, RevisionMap};

/// Which links a walk follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// Parents and children only: the lineage.
    Lineage,
    /// Dependencies as well: what must run, and in which order.
    All,
}

/// A set of revisions, iterated in the order of the map.
#[derive(Clone, Debug)]
pub(super) struct Positions(Vec<bool>);

impl Positions {
    pub(super) fn none(map: &RevisionMap) -> Self {
        Positions(vec![false; map.entries.len()])
    }

    pub(super) fn of(map: &RevisionMap, members: &[Position]) -> Self {
        let mut set = Positions::none(map);
        members.iter().for_each(|member| {
            set.insert(*member);
        });
        set
    }

    /// Whether it was new.
    pub(super) fn insert(&mut self, member: Position) -> bool {
        self.0.get_mut(member).is_some_and(|slot| !std::mem::replace(slot, true))
    }

    pub(super) fn remove(&mut self, member: Position) {
        if let Some(slot) = self.0.get_mut(member) {
            *slot = false;
        }
    }

    pub(super) fn contains(&self, member: Position) -> bool {
        self.0.get(member).copied().unwrap_or(false)
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Position> + '_ {
        self.0.iter().enumerate().filter_map(|(position, is_in)| is_in.then_some(position))
    }

    pub(super) fn add(&mut self, other: &Positions) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    pub(super) fn subtract(&mut self, other: &Positions) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine &= !theirs);
    }

    pub(super) fn keep(&mut self, other: &Positions) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine &= theirs);
    }
}

impl RevisionMap {
    /// `start` and all that they stand on.
    pub(super) fn ancestors(&self, start: &[Position], links: Links) -> Positions {
        self.reach(start, |position| self.below(position, links))
    }

    /// `start` and all that stand on them.
    pub(super) fn descendants(&self, start: &[Position], links: Links) -> Positions {
        self.reach(start, |position| self.above(position, links))
    }

    /// Ancestors and descendants of any of `start`: all that share lineage with them.
    pub(super) fn relatives(&self, start: &[Position], links: Links) -> Positions {
        let mut set = self.ancestors(start, links);
        set.add(&self.descendants(start, links));
        set
    }

    /// Those of `members` that no other member stands on.
    pub(super) fn tips(&self, members: &Positions, links: Links) -> Vec<Position> {
        let covered =
            |member: Position| self.above(member, links).iter().any(|child| members.contains(*child));
        members.iter().filter(|member| !covered(*member)).collect()
    }

    /// The revisions directly below one: its parents first, then its dependencies.
    pub(super) fn below(&self, position: Position, links: Links) -> &[Position] {
        let Some(entry) = self.entries.get(position) else { return &[] };
        match links {
            Links::Lineage => &entry.parents,
            Links::All => &entry.needs,
        }
    }

    /// The revisions directly above one.
    pub(super) fn above(&self, position: Position, links: Links) -> &[Position] {
        let Some(entry) = self.entries.get(position) else { return &[] };
        match links {
            Links::Lineage => &entry.children,
            Links::All => &entry.needed_by,
        }
    }

    /// Whether `lower` must have run before `upper`.
    pub(super) fn is_below(&self, lower: Position, upper: Position) -> bool {
        // Nothing that ranks under `lower` can have it as an ancestor.
        let floor = self.rank(lower);
        let mut seen = Positions::none(self);
        let mut todo = vec![upper];
        while let Some(position) = todo.pop() {
            if position == lower {
                return true;
            }
            if seen.insert(position) && self.rank(position) > floor {
                todo.extend(self.below(position, Links::All));
            }
        }
        false
    }

    fn rank(&self, position: Position) -> usize {
        self.entries.get(position).map_or(0, |entry| entry.rank)
    }

    fn reach<'m>(&'m self, start: &[Position], next: impl Fn(Position) -> &'m [Position]) -> Positions {
        let mut set = Positions::none(self);
        let mut todo = start.to_vec();
        while let Some(position) = todo.pop() {
            if set.insert(position) {
                todo.extend(next(position));
            }
        }
        set
    }
}
