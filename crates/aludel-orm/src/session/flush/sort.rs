//! In which order models and rows are written.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Work;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::RawHandle;
use crate::session::Session;
use crate::session::identity::Key;

impl Session {
    /// The models, those that others refer to first. Models that refer to each other in a circle form one group.
    pub(super) fn order_of_models(&self) -> Vec<Vec<u32>> {
        let arenas = &self.objects.list;
        let count = arenas.len();
        let by_table: FxHashMap<_, usize> =
            arenas.iter().enumerate().map(|(index, arena)| (&arena.definition.table.name, index)).collect();
        let mut reaches = vec![vec![false; count]; count];
        for (index, arena) in arenas.iter().enumerate() {
            for key in &arena.definition.table.foreign_keys {
                if let Some(target) = by_table.get(&key.target) {
                    reaches[index][*target] = true;
                }
            }
        }
        for through in 0..count {
            let row = reaches[through].clone();
            for from in &mut reaches {
                if from[through] {
                    from.iter_mut().zip(&row).for_each(|(reached, further)| *reached |= *further);
                }
            }
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut left: Vec<usize> = (0..count).collect();
        while let Some(first) = left.iter().copied().find(|index| {
            // Ready: whatever it reaches is done, or reaches it, too.
            left.iter().all(|other| !reaches[*index][*other] || reaches[*other][*index] || other == index)
        }) {
            let circle =
                |other: &usize| *other == first || (reaches[first][*other] && reaches[*other][first]);
            groups.push(left.iter().filter(|other| circle(other)).map(|index| *index as u32).collect());
            left.retain(|other| !circle(other));
        }
        groups
    }

    /// Whether rows of these models can take keys from each other.
    pub(super) fn refers_to_itself(&self, group: &[u32]) -> bool {
        group.len() > 1
            || group.iter().any(|arena| {
                let table = &self.objects.list[*arena as usize].definition.table;
                table.foreign_keys.iter().any(|key| key.target == table.name)
            })
    }

    /// Rows of models that refer to themselves or to each other come behind the rows that they take keys from.
    ///
    /// # Errors
    /// Where rows need each other's keys.
    pub(super) fn sort_inserts(
        &self,
        inserts: Vec<RawHandle>,
        work: &Work,
        group: &[u32],
    ) -> Result<Vec<RawHandle>> {
        if !self.refers_to_itself(group) {
            return Ok(inserts);
        }
        let members: FxHashSet<RawHandle> = inserts.iter().copied().collect();
        let parents = |handle: &RawHandle| -> Vec<RawHandle> {
            work.keys.parents(*handle).filter(|parent| members.contains(parent)).collect()
        };
        self.by_dependency(inserts, parents)
    }

    /// Rows that refer to other rows that go, too, go first.
    ///
    /// # Errors
    /// Where rows refer to each other.
    pub(super) fn sort_deletes(&self, deletes: Vec<RawHandle>, group: &[u32]) -> Result<Vec<RawHandle>> {
        let members: FxHashSet<RawHandle> = deletes.iter().copied().collect();
        let mut referrers: FxHashMap<RawHandle, Vec<RawHandle>> = FxHashMap::default();
        for handle in &deletes {
            for target in self.referred_rows(*handle, group) {
                if target != *handle && members.contains(&target) {
                    referrers.entry(target).or_default().push(*handle);
                }
            }
        }
        if referrers.is_empty() {
            return Ok(deletes);
        }
        self.by_dependency(deletes, |handle| referrers.get(handle).cloned().unwrap_or_default())
    }

    /// The objects of this group that a row's foreign keys point to, as the database has them.
    fn referred_rows(&self, handle: RawHandle, group: &[u32]) -> Vec<RawHandle> {
        let arena = self.objects.arena(handle);
        let base = arena.meta.get(handle.index as usize).and_then(|meta| meta.base.as_ref());
        let mut found = Vec::new();
        for key in &arena.definition.table.foreign_keys {
            for number in group {
                let target = &self.objects.list[*number as usize];
                if target.definition.table.name != key.target {
                    continue;
                }
                // The values in the order of the target's key.
                let values: Option<Vec<_>> = target
                    .definition
                    .primary_key
                    .iter()
                    .map(|column| {
                        let name = &target.definition.table.columns.get(*column)?.name;
                        let place = key.target_columns.iter().position(|target| target == name)?;
                        let own = arena.definition.column_index(key.columns.get(place)?)?;
                        Some(match base {
                            Some(base) => base.columns.get(own)?.as_ref().map(|value| value.as_ref()),
                            None => arena.objects.value(handle.index as usize, own),
                        })
                    })
                    .collect();
                let key = values.and_then(|values| Key::of(values.into_iter()));
                if let Some(index) = key.and_then(|key| target.identity.get(&key)) {
                    found.push(self.objects.handle(*number, index));
                }
            }
        }
        found
    }

    /// A stable order in which each row stands behind those that `before` names.
    fn by_dependency(
        &self,
        rows: Vec<RawHandle>,
        before: impl Fn(&RawHandle) -> Vec<RawHandle>,
    ) -> Result<Vec<RawHandle>> {
        let mut waiting: FxHashMap<RawHandle, usize> = FxHashMap::default();
        let mut followers: FxHashMap<RawHandle, Vec<RawHandle>> = FxHashMap::default();
        for row in &rows {
            for first in before(row) {
                *waiting.entry(*row).or_default() += 1;
                followers.entry(first).or_default().push(*row);
            }
        }
        let place: FxHashMap<RawHandle, usize> =
            rows.iter().enumerate().map(|(index, row)| (*row, index)).collect();
        let mut ready: std::collections::BTreeSet<usize> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !waiting.contains_key(row))
            .map(|(index, _)| index)
            .collect();
        let mut sorted = Vec::with_capacity(rows.len());
        while let Some(index) = ready.pop_first() {
            let row = rows[index];
            sorted.push(row);
            for follower in followers.get(&row).map_or(&[][..], Vec::as_slice) {
                if let Some(count) = waiting.get_mut(follower) {
                    *count -= 1;
                    if *count == 0
                        && let Some(index) = place.get(follower)
                    {
                        ready.insert(*index);
                    }
                }
            }
        }
        if sorted.len() == rows.len() {
            return Ok(sorted);
        }
        let mut names: Vec<&str> = rows
            .iter()
            .filter(|row| !sorted.contains(row))
            .map(|row| self.objects.arena(*row).definition.name)
            .collect();
        names.dedup();
        Err(Error::new(
            ErrorKind::Circular,
            format!(
                "{} rows of {} refer to each other in a circle, so none can be written first: flush one of them with its \
                 reference unset, then set it",
                rows.len() - sorted.len(),
                names.join(", ")
            ),
        ))
    }
}
