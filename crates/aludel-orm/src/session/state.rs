//! Objects that leave: deletion marks and expunging.

use super::Session;
use super::arena::ObjectState;
use crate::handle::RawHandle;

impl Session {
    /// Marks an object for deletion. One that has no row is forgotten instead.
    pub(super) fn doom(&mut self, handle: RawHandle) {
        match self.objects.state(handle) {
            Some(ObjectState::Persistent) => {
                self.record(handle);
                self.objects.meta_mut(handle).state = Some(ObjectState::Doomed);
                self.doomed.push(handle);
            }
            Some(ObjectState::Pending) => self.forget(handle),
            _ => {}
        }
    }

    /// Makes a pending object transient: it will not be inserted.
    pub(super) fn forget(&mut self, handle: RawHandle) {
        self.record(handle);
        self.objects.meta_mut(handle).state = Some(ObjectState::Transient);
        self.pending.retain(|pending| *pending != handle);
    }

    pub(super) fn expunge_raw(&mut self, handle: RawHandle) {
        if self.objects.state(handle).is_none() {
            return;
        }
        let definition = self.objects.arena(handle).definition;
        let mut along = Vec::new();
        for (index, relation) in definition.relations.iter().enumerate() {
            if relation.cascade.expunge
                && let Some(field) = self.objects.arena(handle).objects.relation(handle.index as usize, index)
            {
                along.extend_from_slice(field.handles());
            }
        }
        self.pending.retain(|other| *other != handle);
        self.doomed.retain(|other| *other != handle);
        self.changed.retain(|other| *other != handle);
        self.touched.retain(|touched| touched.handle != handle);
        self.undo.retain(|undo| undo.handle != handle);
        self.objects.arena_mut(handle).vacate(handle.index);
        for other in along {
            self.expunge_raw(other);
        }
    }
}
