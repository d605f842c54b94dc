//! Rolled back in memory, too: how objects get back what they were.

use std::sync::Arc;

use super::Session;
use super::arena::{ObjectState, Snapshot};
use crate::handle::RawHandle;

/// What an object was before the first change inside of a transaction or savepoint.
#[derive(Debug)]
pub(super) struct Undo {
    pub(super) handle: RawHandle,
    pub(super) state: Option<ObjectState>,
    /// `None` for objects that were new: they keep their values.
    pub(super) before: Option<Arc<Snapshot>>,
}

impl Session {
    /// Takes back the records behind the first `keep`, newest first.
    pub(super) fn undo_to(&mut self, keep: usize) {
        for touched in std::mem::take(&mut self.touched) {
            self.objects.meta_mut(touched.handle).touched = false;
        }
        while self.undo.len() > keep {
            let Some(undo) = self.undo.pop() else { break };
            self.restore(&undo);
        }
        self.level += 1;
        // What the records don't speak of is as the database has it.
        for handle in std::mem::take(&mut self.changed) {
            self.objects.meta_mut(handle).base = None;
        }
        let objects = &self.objects;
        self.pending.retain(|handle| objects.state(*handle) == Some(ObjectState::Pending));
        self.doomed.retain(|handle| objects.state(*handle) == Some(ObjectState::Doomed));
    }

    fn restore(&mut self, undo: &Undo) {
        let index = undo.handle.index as usize;
        let arena = self.objects.arena_mut(undo.handle);
        if arena.meta.get(index).is_none_or(|meta| meta.generation != undo.handle.generation) {
            return;
        }
        arena.unregister(undo.handle.index);
        if let Some(before) = &undo.before {
            for (column, value) in before.columns.iter().enumerate() {
                if let Some(value) = value {
                    // The value came from this very field.
                    let _ = arena.objects.assign(index, column, value.as_ref());
                }
            }
            for (relation, snapshot) in before.relations.iter().enumerate() {
                if let Some(field) = arena.objects.relation_mut(index, relation) {
                    // What was put in by value and not seen yet was never part of the session.
                    if field.has_values()
                        && let Some(declared) = arena.definition.relations.get(relation)
                    {
                        field.take_values(((declared.target)().new_objects)().as_mut());
                    }
                    field.set_handles(snapshot.handles.to_vec());
                    field.set_state(snapshot.state);
                }
            }
        }
        if let Some(meta) = arena.meta.get_mut(index) {
            meta.state = undo.state;
            meta.base = None;
        }
        if matches!(undo.state, Some(ObjectState::Persistent | ObjectState::Doomed))
            && let Some(key) = arena.key(undo.handle.index)
        {
            arena.identity.insert(key, undo.handle.index);
        }
        match undo.state {
            Some(ObjectState::Pending) if !self.pending.contains(&undo.handle) => {
                self.pending.push(undo.handle)
            }
            Some(ObjectState::Doomed) if !self.doomed.contains(&undo.handle) => self.doomed.push(undo.handle),
            _ => {}
        }
    }

    /// The transaction is over and everything lasts: deleted objects leave, the others are as the database has them.
    pub(super) fn committed(&mut self) {
        self.savepoints.clear();
        self.dirty = false;
        for undo in std::mem::take(&mut self.undo) {
            if self.objects.state(undo.handle) == Some(ObjectState::Deleted) {
                self.objects.arena_mut(undo.handle).vacate(undo.handle.index);
            }
        }
        self.level += 1;
    }
}
