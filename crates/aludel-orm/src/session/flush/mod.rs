//! The flush: collect, sort, write (updates, inserts, links, deletes), finish.
//!
//! The order is SQLAlchemy's: models in the order in which their tables refer to each other; inside of a model, updates
//! in the order of their keys before inserts in the order in which the objects were added; rows of many-to-many tables
//! when both ends are there; deletes last and the other way round.

mod collect;
mod delete;
mod insert;
mod keys;
mod links;
mod sort;
mod update;

use aludel_sql::Value;
use rustc_hash::FxHashSet;

use super::{ObjectState, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::RawHandle;
use crate::relation::LoadState;
use keys::{KeySource, KeySources};
use links::Links;

/// What a flush is going to do.
#[derive(Debug, Default)]
struct Work {
    /// Objects to insert, in the order in which they were added.
    inserts: Vec<RawHandle>,
    /// Objects whose rows go.
    deletes: Vec<RawHandle>,
    /// Objects whose row was taken over by a new object with the same key.
    replaced: Vec<RawHandle>,
    /// Foreign keys to be set before an object is written.
    keys: KeySources,
    /// Rows of many-to-many tables.
    links: Links,
}

impl Session {
    pub(super) async fn run_flush(&mut self) -> Result<()> {
        self.writing = true;
        let result = self.write_all().await;
        self.writing = false;
        if let Err(error) = &result {
            let reason = error.to_string();
            self.fail(&reason).await;
        }
        result
    }

    async fn write_all(&mut self) -> Result<()> {
        let mut work = self.collect().await?;
        let order = self.order_of_models();
        for group in &order {
            self.write_group(&mut work, group).await?;
        }
        self.write_links(&work).await?;
        for group in order.iter().rev() {
            self.delete_group(&work, group).await?;
        }
        self.finish_flush(&work)
    }

    /// Updates and inserts of models that depend on each other; nearly always a single model.
    async fn write_group(&mut self, work: &mut Work, group: &[u32]) -> Result<()> {
        let inserts: Vec<RawHandle> =
            work.inserts.iter().copied().filter(|handle| group.contains(&handle.arena)).collect();
        let inserts = self.sort_inserts(inserts, work, group)?;
        // A row that gets the key of one that this group inserts has to wait for it.
        let new: FxHashSet<RawHandle> = inserts.iter().copied().collect();
        let waits = |handle: &RawHandle| work.keys.parents(*handle).any(|parent| new.contains(&parent));
        let written: Vec<RawHandle> = self.updates_of(work, group);
        let (late, early): (Vec<RawHandle>, Vec<RawHandle>) = written.into_iter().partition(waits);
        self.write_updates(work, early).await?;
        let linked = self.refers_to_itself(group);
        self.write_inserts(work, &inserts, linked).await?;
        self.write_updates(work, late).await
    }

    /// Persistent objects of these models that may have to be updated.
    fn updates_of(&self, work: &Work, group: &[u32]) -> Vec<RawHandle> {
        let mut handles: Vec<RawHandle> =
            self.changed.iter().copied().filter(|handle| group.contains(&handle.arena)).collect();
        let unchanged = |handle: &RawHandle| {
            group.contains(&handle.arena)
                && self.objects.meta(*handle).base.is_none()
                && self.objects.state(*handle) == Some(ObjectState::Persistent)
        };
        let mut keyed: Vec<RawHandle> = work.keys.children().filter(unchanged).collect();
        keyed.sort_unstable();
        keyed.dedup();
        handles.extend(keyed);
        handles.retain(|handle| {
            !matches!(
                self.objects.state(*handle),
                Some(ObjectState::Doomed | ObjectState::Deleted | ObjectState::Transient) | None
            )
        });
        handles
    }

    /// Sets an object's foreign keys from the objects that it refers to.
    fn apply_keys(&mut self, work: &Work, handle: RawHandle) -> Result<()> {
        if work.keys.of(handle).next().is_none() {
            return Ok(());
        }
        if self.objects.state(handle) == Some(ObjectState::Persistent) {
            self.touch(handle, false);
        }
        for source in work.keys.of(handle) {
            let parent = self.lasting(source);
            // A place somewhere beats having lost one elsewhere.
            let lost = |other: &KeySource| other.same_key(source) && self.lasting(other).is_some();
            if parent.is_none() && work.keys.of(handle).any(lost) {
                continue;
            }
            for (own, other) in source.columns() {
                let value = match parent {
                    None => Value::Null,
                    Some(parent) => {
                        let deleted = self.objects.state(parent) == Some(ObjectState::Deleted);
                        let value = self.objects.arena(parent).objects.value(parent.index as usize, other);
                        let value = value.filter(|_| !deleted).map(|value| value.to_owned());
                        value.ok_or_else(|| self.no_key(parent, source))?
                    }
                };
                let arena = self.objects.arena_mut(handle);
                let assigned = arena.objects.assign(handle.index as usize, own, value.as_ref());
                if let Err(error) = assigned {
                    let definition = self.objects.arena(handle).definition;
                    let field = definition.fields.get(own).map_or("", |field| field.name.as_str());
                    let (model, relation) = (source.owner.name, source.relation.name);
                    let why = if parent.is_none() {
                        format!(
                            "the object lost its place in `{model}.{relation}`, and its key cannot become NULL. Delete \
                             the object, say `cascade = \"all, delete-orphan\"` on the relation, or make the field an \
                             `Option`"
                        )
                    } else {
                        error.to_string()
                    };
                    return Err(Error::new(
                        ErrorKind::Usage,
                        format!(
                            "`{}.{field}` cannot be set from `{model}.{relation}`: {why}",
                            definition.name
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    /// The object that a key is taken from, unless it is being deleted.
    fn lasting(&self, source: &KeySource) -> Option<RawHandle> {
        source.parent.filter(|parent| self.objects.state(*parent) != Some(ObjectState::Doomed))
    }

    fn no_key(&self, parent: RawHandle, source: &KeySource) -> Error {
        let name = self.objects.arena(parent).definition.name;
        let (model, relation) = (source.owner.name, source.relation.name);
        let state = match self.objects.state(parent) {
            Some(ObjectState::Transient) | None => "is not part of the session any more",
            Some(ObjectState::Doomed | ObjectState::Deleted) => "is being deleted",
            _ => "has no key yet",
        };
        Error::new(
            ErrorKind::Usage,
            format!(
                "`{model}.{relation}` refers to a `{name}` that {state}: add it again, or assign another"
            ),
        )
    }

    /// Everything was written: objects are what their rows are.
    fn finish_flush(&mut self, work: &Work) -> Result<()> {
        for handle in work.deletes.iter().chain(&work.replaced) {
            self.objects.arena_mut(*handle).unregister(handle.index);
            let meta = self.objects.meta_mut(*handle);
            meta.state = Some(ObjectState::Deleted);
            meta.base = None;
        }
        for handle in &work.inserts {
            self.objects.meta_mut(*handle).state = Some(ObjectState::Persistent);
            self.register(*handle);
            self.settle_relations(*handle);
        }
        for handle in std::mem::take(&mut self.changed) {
            if self.objects.state(handle).is_none() {
                continue;
            }
            self.rekey(handle, !work.replaced.is_empty());
            self.settle_relations(handle);
            self.objects.meta_mut(handle).base = None;
        }
        self.pending.clear();
        self.doomed.clear();
        Ok(())
    }

    fn register(&mut self, handle: RawHandle) {
        let arena = self.objects.arena_mut(handle);
        if let Some(key) = arena.key(handle.index) {
            arena.identity.insert(key, handle.index);
        }
    }

    /// An object whose key was changed is found by the new one; so is one that took over a deleted one's row.
    fn rekey(&mut self, handle: RawHandle, switched: bool) {
        let arena = self.objects.arena_mut(handle);
        let Some(meta) = arena.meta.get(handle.index as usize) else { return };
        let Some(base) = &meta.base else { return };
        if meta.state != Some(ObjectState::Persistent) {
            return;
        }
        let before = |column: &usize| base.columns.get(*column).and_then(Option::as_ref).map(Value::as_ref);
        let columns = arena.definition.primary_key.iter();
        let unchanged = columns
            .clone()
            .all(|column| before(column) == arena.objects.value(handle.index as usize, *column));
        if unchanged && !switched {
            return;
        }
        if let Some(before) = super::identity::Key::of(columns.map(before)) {
            arena.identity.remove(&before, handle.index);
        }
        if let Some(now) = arena.key(handle.index) {
            arena.identity.insert(now, handle.index);
        }
    }

    /// What a field holds after the flush is all there is, unless it was only added to.
    fn settle_relations(&mut self, handle: RawHandle) {
        let arena = self.objects.arena_mut(handle);
        for relation in 0..arena.definition.relations.len() {
            if let Some(field) = arena.objects.relation_mut(handle.index as usize, relation)
                && field.state() == LoadState::New
            {
                // A to-one that nothing was said about is not known to be empty: its key may have been set by hand.
                let unknown = field.handles().is_empty() && !field.is_many();
                field.set_state(if unknown { LoadState::Unloaded } else { LoadState::Loaded });
            }
        }
    }
}
