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

    /// Takes the mark back.
    pub(super) fn reprieve(&mut self, handle: RawHandle) {
        self.record(handle);
        self.objects.meta_mut(handle).state = Some(ObjectState::Persistent);
        self.doomed.retain(|doomed| *doomed != handle);
    }

    /// Makes a pending object transient: it will not be inserted, nor will those that would be deleted with it. What
    /// held it lets it go, so that it doesn't come back with that.
    fn forget(&mut self, handle: RawHandle) {
        self.record(handle);
        self.objects.meta_mut(handle).state = Some(ObjectState::Transient);
        if let Some(place) = self.pending.iter().position(|pending| *pending == handle) {
            self.pending.remove(place);
            if place < self.collected {
                self.collected -= 1;
            }
        }
        let definition = self.objects.arena(handle).definition;
        for (index, relation) in definition.relations.iter().enumerate() {
            let reverse = relation.reverse();
            for other in self.handles(handle, index) {
                if relation.cascade.delete {
                    self.doom(other);
                }
                if let Some((back, reverse)) = reverse
                    && matches!(
                        self.objects.state(other),
                        Some(ObjectState::Pending | ObjectState::Persistent)
                    )
                {
                    self.detach(other, back, reverse, handle);
                }
            }
        }
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
        // Its undo records stay, because savepoints count them; they are passed over.
        self.objects.arena_mut(handle).vacate(handle.index);
        for other in along {
            self.expunge_raw(other);
        }
    }
}
