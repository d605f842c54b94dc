//! Noticing changes: what an object was before it was borrowed mutably.

use std::sync::Arc;

use aludel_sql::value::ValueRef;

use super::Session;
use super::arena::{ObjectState, RelationSnapshot};
use super::undo::Undo;
use crate::handle::{Handle, RawHandle};
use crate::model::Model;

/// An object that was borrowed mutably, with what its relations held then.
#[derive(Debug)]
pub(super) struct Touched {
    pub(super) handle: RawHandle,
    pub(super) before: Box<[RelationSnapshot]>,
}

impl Session {
    /// Puts a new object into its arena; its relations are looked at by the next `reconcile`.
    pub(super) fn enter<M: Model>(&mut self, object: M) -> Handle<M> {
        let number = self.objects.number(M::definition());
        let arena = &mut self.objects.list[number as usize];
        if let Some(objects) = arena.objects.as_any_mut().downcast_mut::<Vec<Option<M>>>() {
            objects.push(Some(object));
        }
        let index = arena.enter(ObjectState::Transient);
        let raw = self.objects.handle(number, index);
        self.make_pending(raw);
        Handle::new(raw)
    }

    /// Makes a transient object one that the next flush inserts.
    pub(super) fn make_pending(&mut self, handle: RawHandle) {
        self.record(handle);
        self.objects.meta_mut(handle).state = Some(ObjectState::Pending);
        self.pending.push(handle);
        self.watch_relations(handle, true);
    }

    /// Notes what the object is now, once per flush (to tell what changed) and once per savepoint (to take it back).
    /// `relations`: whether its relations may change, too, and have to be brought in line with the other side.
    pub(super) fn touch(&mut self, handle: RawHandle, relations: bool) {
        if self.objects.meta(handle).base.is_none()
            && matches!(self.objects.meta(handle).state, Some(ObjectState::Persistent | ObjectState::Doomed))
        {
            let snapshot = Arc::new(self.objects.arena(handle).snapshot(handle.index));
            self.objects.meta_mut(handle).base = Some(snapshot);
            self.changed.push(handle);
        }
        self.record(handle);
        if relations {
            self.watch_relations(handle, false);
        }
    }

    /// Adds an undo record, unless the innermost savepoint has one of the object.
    pub(super) fn record(&mut self, handle: RawHandle) {
        let level = self.level;
        let arena = self.objects.arena_mut(handle);
        let Some(meta) = arena.meta.get_mut(handle.index as usize) else { return };
        if meta.level == level {
            return;
        }
        meta.level = level;
        let (state, base) = (meta.state, meta.base.clone());
        let before = match state {
            Some(ObjectState::Transient) | None => None,
            _ => Some(base.unwrap_or_else(|| Arc::new(arena.snapshot(handle.index)))),
        };
        self.undo.push(Undo { handle, state, before });
    }

    fn watch_relations(&mut self, handle: RawHandle, new: bool) {
        let arena = self.objects.arena_mut(handle);
        if arena.definition.relations.is_empty() {
            return;
        }
        let index = handle.index as usize;
        if arena.meta.get(index).is_none_or(|meta| meta.touched) {
            if new && let Some(touched) = self.touched.iter_mut().find(|touched| touched.handle == handle) {
                touched.before = Box::default();
            }
            return;
        }
        // A new object's relations are all news.
        let before = if new { Box::default() } else { arena.relations(index) };
        if let Some(meta) = arena.meta.get_mut(index) {
            meta.touched = true;
        }
        self.touched.push_back(Touched { handle, before });
    }

    /// Whether the object's columns or relations differ from what the database has.
    pub(super) fn differs(&self, handle: RawHandle) -> bool {
        let arena = self.objects.arena(handle);
        let Some(base) = &self.objects.meta(handle).base else {
            return matches!(self.objects.state(handle), Some(ObjectState::Pending | ObjectState::Doomed));
        };
        !self.changed_columns(handle).is_empty() || arena.relations(handle.index as usize) != base.relations
    }

    /// The columns that differ from what the database has.
    pub(super) fn changed_columns(&self, handle: RawHandle) -> Vec<usize> {
        let arena = self.objects.arena(handle);
        let Some(base) = &self.objects.meta(handle).base else { return Vec::new() };
        let columns = base.columns.iter().enumerate();
        columns
            .filter(|(column, before)| {
                let now = arena.objects.value(handle.index as usize, *column);
                !same(before.as_ref().map(|value| value.as_ref()), now)
            })
            // The database computes these; nothing that is assigned to them can be written.
            .filter(|(column, _)| {
                arena.definition.table.columns.get(*column).is_none_or(|column| column.computed.is_none())
            })
            .map(|(column, _)| column)
            .collect()
    }
}

/// Whether two values are the same. Unlike in SQL and in IEEE arithmetic, `NULL` and NaN are the same as themselves.
fn same(before: Option<ValueRef<'_>>, now: Option<ValueRef<'_>>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => before.is_same(now),
        (before, now) => before.is_none() && now.is_none(),
    }
}
