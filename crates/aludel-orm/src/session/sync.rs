//! Both sides of a relation agree: new objects join the session, and `back_populates` follows plain assignments.
//!
//! An assignment to a field can't be seen when it happens. What can be seen is that the object was borrowed mutably;
//! so every call that takes the session mutably first brings those objects in line. Nothing here does I/O: the side
//! that is not loaded is added to, never read.

use rustc_hash::FxHashSet;

use super::arena::RelationSnapshot;
use super::{ObjectState, Session};
use crate::error::{Error, Result};
use crate::handle::RawHandle;
use crate::model::ModelDef;
use crate::relation::{LoadState, RelationDef, RelationField, RelationKind};

impl Session {
    /// Looks at every object that was borrowed mutably or added since the last time.
    pub(super) fn reconcile(&mut self) {
        while let Some(touched) = self.touched.pop_front() {
            if self.objects.state(touched.handle).is_none() {
                continue;
            }
            self.objects.meta_mut(touched.handle).touched = false;
            let definition = self.objects.arena(touched.handle).definition;
            for (index, relation) in definition.relations.iter().enumerate() {
                let before = touched.before.get(index);
                let same = self.field(touched.handle, index).is_none_or(|field| {
                    field.handles().is_empty()
                        && !field.has_values()
                        && before
                            .is_none_or(|before| before.handles.is_empty() && before.state == field.state())
                });
                if same {
                    continue;
                }
                self.adopt(touched.handle, index, relation);
                self.follow(touched.handle, definition, index, relation, before);
            }
        }
    }

    /// Moves objects that the field holds by value into the session, and takes in known ones that were transient.
    fn adopt(&mut self, owner: RawHandle, index: usize, relation: &'static RelationDef) {
        let target = (relation.target)();
        if self.field(owner, index).is_some_and(RelationField::has_values) {
            let number = self.objects.number(target);
            let mut values = (target.new_objects)();
            if let Some(field) =
                self.objects.arena_mut(owner).objects.relation_mut(owner.index as usize, index)
            {
                field.take_values(values.as_mut());
            }
            let arena = &mut self.objects.list[number as usize];
            arena.objects.append(values.as_mut());
            let first = arena.enter(ObjectState::Transient);
            let last = arena.meta.len() as u32;
            let new: Vec<RawHandle> = (first..last).map(|place| self.objects.handle(number, place)).collect();
            if let Some(field) =
                self.objects.arena_mut(owner).objects.relation_mut(owner.index as usize, index)
            {
                let mut handles = field.handles().to_vec();
                if field.is_many() {
                    handles.extend_from_slice(&new);
                } else {
                    handles.clone_from(&new);
                }
                field.set_handles(handles);
            }
        }
        let state = self.objects.state(owner);
        if !relation.cascade.save_update
            || !matches!(state, Some(ObjectState::Pending | ObjectState::Persistent))
        {
            return;
        }
        let transient = |handle: &RawHandle| self.objects.state(*handle) == Some(ObjectState::Transient);
        let joining: Vec<RawHandle> =
            self.field_handles(owner, index).iter().copied().filter(transient).collect();
        for handle in joining {
            self.make_pending(handle);
        }
    }

    /// Brings the other side in line with what was added to or taken out of a field.
    fn follow(
        &mut self,
        owner: RawHandle,
        definition: &'static ModelDef,
        index: usize,
        relation: &'static RelationDef,
        before: Option<&RelationSnapshot>,
    ) {
        let reverse = relation.reverse();
        // Nearly always the other side has brought it in line already.
        if let (Some((back, _)), [single]) = (reverse, self.field_handles(owner, index))
            && before.is_none_or(|before| before.handles.is_empty())
            && self.objects.state(*single).is_some()
            && self.field_handles(*single, back).contains(&owner)
        {
            return;
        }
        let now = self.handles(owner, index);
        // The other side may know of an object that this one was never asked about.
        let unread = match before {
            Some(before) if before.state == LoadState::Unloaded && before.handles.is_empty() => {
                let said = self.load_state(owner, index) != LoadState::Unloaded;
                if said { self.unread_target(owner, index) } else { None }
            }
            _ => None,
        };
        let before: &[RawHandle] = before.map_or(&[], |before| &before.handles);
        if now == before && unread.is_none() {
            return;
        }
        for gone in difference(if unread.is_some() { unread.as_slice() } else { before }, &now) {
            if self.objects.state(gone).is_none() {
                continue;
            }
            let mut orphan = true;
            if let Some((back, reverse)) = reverse {
                self.detach(gone, back, reverse, owner);
                orphan = self.handles(gone, back).is_empty();
                let left = reverse.cascade.delete_orphan && now.is_empty();
                if left && self.objects.state(owner) == Some(ObjectState::Pending) {
                    self.doom(owner);
                }
            }
            // An orphan that has no row yet is dropped at once; others wait for the flush.
            if orphan
                && relation.cascade.delete_orphan
                && self.objects.state(gone) == Some(ObjectState::Pending)
            {
                self.doom(gone);
            }
        }
        let Some((back, reverse)) = reverse else { return };
        for new in difference(&now, before) {
            if self.objects.state(new).is_some() {
                self.attach(new, back, reverse, owner, definition, index);
            }
        }
    }

    /// Takes `other` out of a field of `object`, where it is there.
    pub(super) fn detach(
        &mut self,
        object: RawHandle,
        index: usize,
        relation: &RelationDef,
        other: RawHandle,
    ) {
        if !self.field_handles(object, index).contains(&other) {
            return;
        }
        self.touch(object, false);
        let Some(field) = self.objects.arena_mut(object).objects.relation_mut(object.index as usize, index)
        else {
            return;
        };
        field.take_handle(other);
        if matches!(relation.kind, RelationKind::One { .. }) {
            // Known to be nobody, which is more than not knowing.
            field.set_state(LoadState::Loaded);
        }
    }

    /// Puts `other` into a field of `object`. Where the field holds one object, that one loses `object` on its side.
    fn attach(
        &mut self,
        object: RawHandle,
        index: usize,
        relation: &'static RelationDef,
        other: RawHandle,
        other_definition: &'static ModelDef,
        other_index: usize,
    ) {
        if self.field_handles(object, index).contains(&other) {
            return;
        }
        self.touch(object, false);
        if matches!(relation.kind, RelationKind::One { .. }) {
            let old = match self.load_state(object, index) {
                LoadState::Unloaded => self.unread_target(object, index),
                _ => None,
            };
            let old = self.handles(object, index).first().copied().or(old);
            if let Some(old) = old.filter(|old| *old != other && self.objects.state(*old).is_some()) {
                let back = &other_definition.relations[other_index];
                self.detach(old, other_index, back, object);
            }
        }
        let Some(field) = self.objects.arena_mut(object).objects.relation_mut(object.index as usize, index)
        else {
            return;
        };
        field.put_handle(other);
        if matches!(relation.kind, RelationKind::One { .. }) {
            field.set_state(LoadState::Loaded);
        }
    }

    /// A relation's field.
    pub(super) fn field(&self, owner: RawHandle, index: usize) -> Option<&dyn RelationField> {
        self.objects.arena(owner).objects.relation(owner.index as usize, index)
    }

    /// What a relation's field holds, handles of other sessions included.
    pub(super) fn field_handles(&self, owner: RawHandle, index: usize) -> &[RawHandle] {
        self.field(owner, index).map_or(&[], RelationField::handles)
    }

    /// What a relation's field holds of this session's objects.
    pub(super) fn handles(&self, owner: RawHandle, index: usize) -> Vec<RawHandle> {
        let ours = |handle: &RawHandle| handle.session == self.objects.session;
        self.field_handles(owner, index).iter().copied().filter(ours).collect()
    }

    /// Refuses new handles of other sessions and of objects that have left. Those of `known` were there before: objects
    /// that were deleted stay in loaded collections.
    pub(super) fn check_handles(&self, owner: RawHandle, index: usize, known: &[RawHandle]) -> Result<()> {
        let arena = self.objects.arena(owner);
        let Some(field) = arena.objects.relation(owner.index as usize, index) else { return Ok(()) };
        let Some(relation) = arena.definition.relations.get(index) else { return Ok(()) };
        for handle in field.handles() {
            if self.objects.state(*handle).is_none() && !known.contains(handle) {
                return self.objects.check(*handle, (relation.target)().name).map_err(|error| {
                    let place = format!("{}.{}", arena.definition.name, relation.name);
                    Error::new(error.kind(), format!("in `{place}`: {error}"))
                });
            }
        }
        Ok(())
    }

    /// What is known of a relation's content.
    pub(super) fn load_state(&self, owner: RawHandle, index: usize) -> LoadState {
        let field = self.objects.arena(owner).objects.relation(owner.index as usize, index);
        field.map_or(LoadState::Unloaded, |field| field.state())
    }
}

/// What is in `list` but not in `other`, in order.
pub(super) fn difference(list: &[RawHandle], other: &[RawHandle]) -> Vec<RawHandle> {
    match other.len() {
        0 => list.to_vec(),
        1..=16 => list.iter().copied().filter(|handle| !other.contains(handle)).collect(),
        _ => {
            let other: FxHashSet<RawHandle> = other.iter().copied().collect();
            list.iter().copied().filter(|handle| !other.contains(handle)).collect()
        }
    }
}
