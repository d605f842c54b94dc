//! What a loader hands back: lists of objects, and which of them belong together. Where the objects go is the
//! caller's business.

use crate::model::Objects;

/// The objects of a query with everything that was loaded along.
///
/// Nothing has been put into a relation's field yet: [`assemble`](Self::assemble) does that by value; a session puts
/// each list into its arena, from the root down, and sets handles by the groups instead.
#[derive(Debug)]
pub struct Tree {
    /// The objects, in the order of their rows.
    pub objects: Box<dyn Objects>,
    /// What was loaded along.
    pub branches: Vec<Branch>,
}

/// A relation of a list of objects that was loaded.
#[derive(Debug)]
pub struct Branch {
    /// The relation's place among the relations of the parents' model.
    pub relation: usize,
    /// Which of the children belong to which parent.
    pub groups: Groups,
    /// The children.
    pub children: Tree,
}

/// For each parent, the places of its children in the list of children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Where each parent's children begin in `places`; one more than there are parents.
    starts: Vec<usize>,
    places: Vec<usize>,
}

/// Whether parents may share a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Every parent gets an object of its own, read again from the same row where several refer to it: what trees of
    /// owned values need.
    Copies,
    /// Parents share children. The same row can still come up more than once (reached from parents of different
    /// batches, or by a join): the caller's identity map makes them one.
    Shared,
}

impl Tree {
    /// Puts children into their parents' fields by value, from the leaves up. Each child must belong to one parent
    /// ([`Sharing::Copies`]).
    pub fn assemble(self) -> Box<dyn Objects> {
        let mut objects = self.objects;
        for branch in self.branches {
            let mut children = branch.children.assemble();
            for (parent, places) in branch.groups.iter().enumerate() {
                if let Some(field) = objects.relation_mut(parent, branch.relation) {
                    field.fill(children.as_mut(), places);
                }
            }
        }
        objects
    }
}

impl Groups {
    /// Groups pairs of a parent and a child; the children of a parent keep their order.
    pub(crate) fn from_pairs(parents: usize, pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; parents + 1];
        for (parent, _) in pairs {
            if let Some(count) = starts.get_mut(*parent as usize + 1) {
                *count += 1;
            }
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut ends = starts.clone();
        let mut places = vec![0; starts.last().copied().unwrap_or_default()];
        for (parent, child) in pairs {
            if let Some(end) = ends.get_mut(*parent as usize)
                && let Some(place) = places.get_mut(*end)
            {
                *place = *child as usize;
                *end += 1;
            }
        }
        Groups { starts, places }
    }

    /// The places of one parent's children. Parents are counted as they were given to the loader.
    pub fn of(&self, parent: usize) -> &[usize] {
        match (self.starts.get(parent), self.starts.get(parent + 1)) {
            (Some(start), Some(end)) => self.places.get(*start..*end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The places of every parent's children, parent by parent.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[usize]> {
        (0..self.starts.len().saturating_sub(1)).map(|parent| self.of(parent))
    }

    /// Leaves each parent its first child: for relations to one object.
    pub(crate) fn keep_first(&mut self) {
        let firsts: Vec<Option<usize>> = self.iter().map(|places| places.first().copied()).collect();
        self.places.clear();
        for (start, first) in self.starts.iter_mut().skip(1).zip(firsts) {
            self.places.extend(first);
            *start = self.places.len();
        }
    }

    /// Puts the children of every parent into another order.
    pub(crate) fn sort_by_key<K: Ord>(&mut self, mut key: impl FnMut(usize) -> K) {
        for parent in 1..self.starts.len() {
            let range = self.starts[parent - 1]..self.starts[parent];
            if let Some(places) = self.places.get_mut(range)
                && !places.is_sorted_by_key(|place| key(*place))
            {
                places.sort_by_key(|place| key(*place));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;

    #[test]
    fn pairs_become_groups_in_order() {
        let mut groups = Groups::from_pairs(4, &[(2, 0), (0, 5), (2, 3), (0, 4), (2, 1)]);
        let all = |groups: &Groups| groups.iter().map(<[usize]>::to_vec).collect::<Vec<_>>();
        assert_eq!(all(&groups), [vec![5, 4], vec![], vec![0, 3, 1], vec![]]);
        assert_eq!(groups.of(9), [] as [usize; 0]);
        groups.sort_by_key(|place| place);
        assert_eq!(all(&groups), [vec![4, 5], vec![], vec![0, 1, 3], vec![]]);
        groups.keep_first();
        assert_eq!(all(&groups), [vec![4], vec![], vec![0], vec![]]);
        assert_eq!(Groups::default().iter().len(), 0);
    }
}
