//! The order in which revisions run.

use super::lineage::{Links, Positions};
use super::map::{Position, RevisionMap};

impl RevisionMap {
    /// `members`, newest first: each before all it stands on. A branch is followed down as far as possible before
    /// the next one is begun; `heads` are where it begins, and the map's order decides among them. The same order
    /// as Alembic's, so that the two tools make the same plans.
    pub(super) fn newest_first(&self, members: &Positions, heads: &[Position]) -> Vec<Position> {
        let mut todo = members.clone();
        let heads = Positions::of(self, heads);
        let mut tips: Vec<Position> = heads.iter().filter(|head| todo.contains(*head)).collect();
        let mut sorted = Vec::new();
        loop {
            self.follow_down(tips, &mut todo, &mut sorted);
            if todo.is_empty() {
                return sorted;
            }
            // What no head given leads to through other members.
            tips = self.tips(&todo, Links::All);
        }
    }

    fn follow_down(&self, mut tips: Vec<Position>, todo: &mut Positions, sorted: &mut Vec<Position>) {
        let mut at = 0;
        while let Some(tip) = tips.get(at).copied() {
            // What another tip stands on has to wait for it.
            if let Some(above) = tips.iter().position(|other| *other != tip && self.is_below(tip, *other)) {
                at = above;
                continue;
            }
            if todo.contains(tip) {
                sorted.push(tip);
                todo.remove(tip);
            }
            let mut next = self
                .below(tip, Links::All)
                .iter()
                .copied()
                .filter(|below| todo.contains(*below) && !tips.contains(below))
                .collect::<Vec<_>>()
                .into_iter();
            match (next.next(), tips.get_mut(at)) {
                (Some(first), Some(slot)) => {
                    *slot = first;
                    tips.extend(next);
                }
                _ => {
                    tips.remove(at);
                    at = at.saturating_sub(1);
                }
            }
        }
    }
}
