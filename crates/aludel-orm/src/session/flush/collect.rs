//! Collecting the work: what cascades, which relations changed, whose keys follow.

use super::Work;
use super::keys::KeySource;
use crate::error::Result;
use crate::handle::RawHandle;
use crate::model::ModelDef;
use crate::relation::{Direction, LoadState, RelationDef, Resolved};
use crate::session::sync::difference;
use crate::session::{ObjectState, Session};

/// An object that lost its place in a relation.
struct Lost {
    child: RawHandle,
    relation: &'static RelationDef,
    /// Whether it goes, too, unless it has another place.
    goes: bool,
    source: KeySource,
}

impl Session {
    pub(super) async fn collect(&mut self) -> Result<Work> {
        let mut work = Work::default();
        let mut lost = Vec::new();
        // The lists grow while cascades are followed.
        let mut next = 0;
        let mut done_changes = 0;
        self.collected = 0;
        loop {
            if let Some(handle) = self.doomed.get(next).copied() {
                next += 1;
                self.cascade_delete(handle, &mut work, &mut lost).await?;
            } else if let Some(handle) = self.pending.get(self.collected).copied() {
                // Counted in the session, because pending objects that are forgotten shorten the list.
                self.collected += 1;
                let replaced = self.replaced_rows(handle).await?;
                self.relation_changes(handle, &replaced, &mut work, &mut lost)?;
            } else if let Some(handle) = self.changed.get(done_changes).copied() {
                done_changes += 1;
                let replaced = self.replaced_rows(handle).await?;
                self.relation_changes(handle, &replaced, &mut work, &mut lost)?;
            } else if let Some(lost) = lost.pop() {
                self.lose(lost, &mut work);
            } else {
                break;
            }
        }
        work.inserts = self.pending.clone();
        work.deletes = self.doomed.clone();
        self.switch_rows(&mut work);
        Ok(work)
    }

    /// What goes along with a deleted object, and what is left behind without it.
    async fn cascade_delete(
        &mut self,
        handle: RawHandle,
        work: &mut Work,
        lost: &mut Vec<Lost>,
    ) -> Result<()> {
        let definition = self.objects.arena(handle).definition;
        for (index, relation) in definition.relations.iter().enumerate() {
            let resolved = relation.resolve(definition)?;
            let delete = relation.cascade.delete;
            let touches_rows = resolved.direction == Direction::OneToMany || delete;
            let mut members = self.handles(handle, index);
            let base = self.objects.meta(handle).base.as_ref().and_then(|base| base.relations.get(index));
            // What was taken out since the last flush has lost its place all the same.
            let mut gone = base.map_or_else(Vec::new, |base| difference(&base.handles, &members));
            let unread = base.is_some_and(|base| base.state == LoadState::Unloaded);
            let unloaded = self.load_state(handle, index) == LoadState::Unloaded;
            if (unloaded || unread) && !relation.passive_deletes && touches_rows {
                let loaded = self.related_rows(handle, index).await?;
                let rows = difference(&loaded, &members);
                // A field that was assigned without being read has replaced what is in the database.
                if unloaded { members.extend(rows) } else { gone.extend(rows) }
            }
            match resolved.direction {
                Direction::OneToMany => {
                    let members = members.into_iter().map(|child| (child, delete));
                    for (child, goes) in members.chain(gone.into_iter().map(|child| (child, false))) {
                        if self.still_child_of(child, relation, handle) {
                            let source = key_source(definition, relation, resolved, None);
                            lost.push(Lost { child, relation, goes, source });
                        }
                    }
                }
                Direction::ManyToMany => {
                    if !relation.passive_deletes {
                        work.links.remove_all(relation, resolved, handle);
                    }
                    if delete {
                        members.into_iter().for_each(|member| self.doom(member));
                    }
                }
                _ if delete => members.into_iter().for_each(|member| self.doom(member)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the other side of the relation, where there is one, has not been given another parent since.
    fn still_child_of(&self, child: RawHandle, relation: &RelationDef, parent: RawHandle) -> bool {
        if !matches!(self.objects.state(child), Some(ObjectState::Persistent | ObjectState::Pending)) {
            return false;
        }
        match relation.reverse() {
            Some((back, _)) => {
                let parents = self.handles(child, back);
                parents.is_empty() || parents.contains(&parent)
            }
            None => true,
        }
    }

    /// The rows of collections that were assigned without having been loaded: what was there has to be known to say
    /// what is gone.
    async fn replaced_rows(&mut self, handle: RawHandle) -> Result<Vec<(usize, Vec<RawHandle>)>> {
        if self.objects.state(handle) != Some(ObjectState::Persistent) {
            return Ok(Vec::new());
        }
        let Some(base) = self.objects.meta(handle).base.clone() else { return Ok(Vec::new()) };
        let definition = self.objects.arena(handle).definition;
        let mut rows = Vec::new();
        for (index, (relation, before)) in definition.relations.iter().zip(&base.relations).enumerate() {
            let assigned =
                before.state == LoadState::Unloaded && self.load_state(handle, index) != LoadState::Unloaded;
            if assigned && relation.resolve(definition)?.direction != Direction::ManyToOne {
                rows.push((index, self.related_rows(handle, index).await?));
            }
        }
        Ok(rows)
    }

    /// What was added to and taken out of an object's relations since the last flush.
    fn relation_changes(
        &mut self,
        handle: RawHandle,
        replaced: &[(usize, Vec<RawHandle>)],
        work: &mut Work,
        lost: &mut Vec<Lost>,
    ) -> Result<()> {
        if !matches!(self.objects.state(handle), Some(ObjectState::Pending | ObjectState::Persistent)) {
            return Ok(());
        }
        let definition = self.objects.arena(handle).definition;
        for (index, relation) in definition.relations.iter().enumerate() {
            let base = self.objects.meta(handle).base.clone();
            let base = base.as_ref().and_then(|base| base.relations.get(index));
            let now = self.handles(handle, index);
            let state = self.load_state(handle, index);
            let (mut before, before_state) = match base {
                Some(base) => (base.handles.to_vec(), base.state),
                None => (Vec::new(), LoadState::New),
            };
            let assigned = state != LoadState::Unloaded && before_state == LoadState::Unloaded;
            if now == before && !assigned && base.is_some() {
                // A foreign handle is in neither list.
                self.check_handles(handle, index, &before)?;
                continue;
            }
            self.check_handles(handle, index, &before)?;
            let resolved = relation.resolve(definition)?;
            if resolved.direction == Direction::ManyToOne {
                // A new object that nothing was said about keeps the key that was set by hand.
                let said = base.is_some() || state == LoadState::Loaded || !now.is_empty();
                if said {
                    let source = key_source(definition, relation, resolved, now.first().copied());
                    work.keys.push(handle, source);
                    if relation.cascade.delete_orphan {
                        for old in difference(&before, &now) {
                            self.doom(old);
                        }
                    }
                    // The other side may not be loaded, and its orphan is one all the same.
                    if let Some((_, relation)) = relation.reverse()
                        && relation.cascade.delete_orphan
                        && now.is_empty()
                        && base.is_some()
                        && (assigned || !before.is_empty())
                    {
                        lost.push(Lost { child: handle, relation, goes: true, source });
                    }
                }
                continue;
            }
            if let Some((_, loaded)) = replaced.iter().find(|(relation, _)| *relation == index) {
                before.extend(difference(loaded, &before));
            }
            let (added, gone) = (difference(&now, &before), difference(&before, &now));
            if resolved.direction == Direction::ManyToMany {
                let reverse = relation.reverse().map(|(back, _)| back);
                for other in added {
                    if !reverse.is_some_and(|back| self.was_flushed(other, back, handle)) {
                        work.links.add(relation, resolved, handle, other);
                    }
                }
                for other in gone {
                    work.links.remove(relation, resolved, handle, other);
                    self.let_go(other, relation, handle);
                }
                if assigned {
                    // The other side was told of these and does not know that they are not new.
                    let kept = before.iter().filter(|other| now.contains(other));
                    kept.for_each(|other| work.links.keep(relation, resolved, handle, *other));
                }
                continue;
            }
            let reverse = relation.reverse().map(|(back, _)| back);
            for child in added {
                if relation.cascade.save_update && self.objects.state(child) == Some(ObjectState::Transient) {
                    self.make_pending(child);
                }
                // A child that names its parent says the same by itself.
                if reverse.is_some_and(|back| self.field_handles(child, back) == [handle]) {
                    continue;
                }
                let source = key_source(definition, relation, resolved, Some(handle));
                work.keys.push(child, source);
            }
            for child in gone {
                self.let_go(child, relation, handle);
                let source = key_source(definition, relation, resolved, None);
                lost.push(Lost { child, relation, goes: false, source });
            }
        }
        Ok(())
    }

    /// Whether the other side of a many-to-many relation had the object at the last flush, so that the row is there.
    fn was_flushed(&self, other: RawHandle, back: usize, object: RawHandle) -> bool {
        if self.objects.state(other) != Some(ObjectState::Persistent) {
            return false;
        }
        match &self.objects.meta(other).base {
            Some(base) => base.relations.get(back).is_some_and(|field| field.handles.contains(&object)),
            None => self.field_handles(other, back).contains(&object),
        }
    }

    /// An object that was found to be gone only when the relation was read still names the other on its side.
    fn let_go(&mut self, object: RawHandle, relation: &RelationDef, other: RawHandle) {
        if let Some((back, reverse)) = relation.reverse()
            && matches!(self.objects.state(object), Some(ObjectState::Pending | ObjectState::Persistent))
        {
            self.detach(object, back, reverse, other);
        }
    }

    /// An object lost its place in a relation: it has another one, or it goes, or its key becomes `NULL`.
    fn lose(&mut self, lost: Lost, work: &mut Work) {
        let same = |source: &&KeySource| source.same_key(&lost.source);
        if work.keys.of(lost.child).filter(same).any(|source| self.lasting(source).is_some()) {
            return;
        }
        if lost.goes || lost.relation.cascade.delete_orphan {
            self.doom(lost.child);
        } else {
            work.keys.push(lost.child, lost.source);
        }
    }

    /// A new object with the key of one that is being deleted takes over its row.
    fn switch_rows(&mut self, work: &mut Work) {
        let Work { inserts, deletes, replaced, .. } = work;
        if deletes.is_empty() {
            return;
        }
        inserts.retain(|new| {
            let arena = self.objects.arena(*new);
            let Some(old) = arena.key(new.index).and_then(|key| arena.identity.get(&key)) else {
                return true;
            };
            let old = self.objects.handle(new.arena, old);
            if self.objects.state(old) != Some(ObjectState::Doomed) {
                return true;
            }
            let base = self.objects.meta(old).base.clone();
            let base =
                base.unwrap_or_else(|| std::sync::Arc::new(self.objects.arena(old).snapshot(old.index)));
            let meta = self.objects.meta_mut(*new);
            meta.base = Some(base);
            meta.state = Some(ObjectState::Persistent);
            self.changed.push(*new);
            deletes.retain(|handle| *handle != old);
            replaced.push(old);
            false
        });
    }
}

fn key_source(
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    resolved: &'static Resolved,
    parent: Option<RawHandle>,
) -> KeySource {
    KeySource { owner, relation, resolved, parent }
}
