//! Where the values of foreign keys come from, object by object.

use crate::handle::RawHandle;
use crate::model::ModelDef;
use crate::relation::{Direction, RelationDef, Resolved};

/// Where the values of a foreign key come from.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeySource {
    /// The model that declares the relation.
    pub(super) owner: &'static ModelDef,
    pub(super) relation: &'static RelationDef,
    pub(super) resolved: &'static Resolved,
    /// `None`: the key becomes `NULL`.
    pub(super) parent: Option<RawHandle>,
}

impl KeySource {
    /// Columns of the child with those of the parent.
    pub(super) fn columns(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        // One-to-many counts from the parent, and the child's key is at the other end.
        let flipped = self.resolved.direction == Direction::OneToMany;
        self.resolved
            .pairs
            .iter()
            .map(move |(own, other)| if flipped { (*other, *own) } else { (*own, *other) })
    }

    /// Whether both speak of the same foreign key.
    pub(super) fn same_key(&self, other: &KeySource) -> bool {
        self.columns().map(|(own, _)| own).eq(other.columns().map(|(own, _)| own))
    }
}

/// The sources of all objects. They stand one behind the other in the order in which they were found; each object's are
/// chained. Found by place rather than by hashing, because a flush of many objects asks for each of them.
#[derive(Debug, Default)]
pub(super) struct KeySources {
    list: Vec<Entry>,
    /// For each arena and place, the number of the first entry, counted from 1; 0 for none.
    first: Vec<Vec<u32>>,
}

#[derive(Debug)]
struct Entry {
    child: RawHandle,
    source: KeySource,
    /// The object's next entry, counted from 1; 0 for none.
    next: u32,
}

impl KeySources {
    /// Adds a source, unless the other side of its relation has said the same already.
    pub(super) fn push(&mut self, child: RawHandle, source: KeySource) {
        let (arena, index) = (child.arena as usize, child.index as usize);
        if self.first.len() <= arena {
            self.first.resize_with(arena + 1, Vec::new);
        }
        let Some(places) = self.first.get_mut(arena) else { return };
        if places.len() <= index {
            places.resize((index + 1).next_power_of_two(), 0);
        }
        let number = self.list.len() as u32 + 1;
        let Some(mut at) = places.get(index).copied() else { return };
        if at == 0 {
            places[index] = number;
        }
        while let Some(entry) = self.list.get_mut((at as usize).wrapping_sub(1)) {
            if entry.source.parent == source.parent && entry.source.same_key(&source) {
                return;
            }
            at = entry.next;
            if at == 0 {
                entry.next = number;
            }
        }
        self.list.push(Entry { child, source, next: 0 });
    }

    /// The sources of one object, in the order in which they were found.
    pub(super) fn of(&self, child: RawHandle) -> impl Iterator<Item = &KeySource> {
        let places = self.first.get(child.arena as usize);
        let mut at = places.and_then(|places| places.get(child.index as usize)).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let entry = self.list.get((at as usize).wrapping_sub(1))?;
            at = entry.next;
            Some(&entry.source)
        })
    }

    /// The objects that an object takes keys from.
    pub(super) fn parents(&self, child: RawHandle) -> impl Iterator<Item = RawHandle> {
        self.of(child).filter_map(|source| source.parent)
    }

    /// The objects that have sources, some perhaps more than once.
    pub(super) fn children(&self) -> impl Iterator<Item = RawHandle> {
        self.list.iter().map(|entry| entry.child)
    }
}
