//! Relations in a session: loaded when asked for, read by handle.

use std::sync::Arc;

use aludel_sql::Value;

use super::arena::RelationSnapshot;
use super::identity::Key;
use super::query::SessionFetch;
use super::sync::difference;
use super::{ObjectState, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Handle, RawHandle};
use crate::load::{self, Query, SelectIn, Sharing, Tree};
use crate::model::Model;
use crate::relation::{Direction, LoadState, NotLoaded, Relation};

impl Session {
    /// Loads a relation of an object. Mirrors what an access to a lazy attribute does in SQLAlchemy, said outright.
    ///
    /// # Errors
    /// Where the handle is out of date, the changes made so far cannot be flushed, or the query cannot be run.
    pub async fn load<M: Model, T: Model>(
        &mut self,
        handle: Handle<M>,
        relation: Relation<M, T>,
    ) -> Result<()> {
        self.load_all(&[handle], relation).await
    }

    /// The same for several objects, with one query for all of them.
    ///
    /// # Errors
    /// As for [`load`](Self::load).
    pub async fn load_all<M: Model, T: Model>(
        &mut self,
        handles: &[Handle<M>],
        relation: Relation<M, T>,
    ) -> Result<()> {
        for handle in handles {
            self.objects.check(handle.raw, M::definition().name)?;
        }
        self.before_query().await?;
        let owners: Vec<RawHandle> = handles
            .iter()
            .map(|handle| handle.raw)
            .filter(|handle| {
                !matches!(self.objects.state(*handle), Some(ObjectState::Transient | ObjectState::Pending))
            })
            .collect();
        self.load_raw(&owners, relation.index()).await?;
        Ok(())
    }

    /// The related objects, which must have been loaded.
    ///
    /// # Errors
    /// Where the handle is out of date, or the relation was never loaded.
    pub fn related<M: Model, T: Model>(
        &self,
        handle: Handle<M>,
        relation: Relation<M, T>,
    ) -> Result<impl ExactSizeIterator<Item = &T>> {
        let handles = self.related_handles(handle, relation)?;
        let objects: Vec<&T> =
            handles.into_iter().map(|handle| self.objects.object(handle)).collect::<Result<_>>()?;
        Ok(objects.into_iter())
    }

    /// The handles of the related objects, which must have been loaded.
    ///
    /// # Errors
    /// Where the handle is out of date, or the relation was never loaded.
    pub fn related_handles<M: Model, T: Model>(
        &self,
        handle: Handle<M>,
        relation: Relation<M, T>,
    ) -> Result<Vec<Handle<T>>> {
        self.objects.check(handle.raw, M::definition().name)?;
        let (definition, declared) = relation.definition()?;
        let known = self.load_state(handle.raw, relation.index()) != LoadState::Unloaded;
        let handles = self.handles(handle.raw, relation.index());
        let to_one = !matches!(declared.kind, crate::relation::RelationKind::Many);
        if !known && (!to_one || handles.is_empty()) {
            let error = NotLoaded { model: T::definition().name };
            return Err(Error::new(
                ErrorKind::NotLoaded,
                format!("`{}.{}`: {error}", definition.name, declared.name),
            ));
        }
        let there = |handle: &RawHandle| self.objects.state(*handle).is_some();
        Ok(handles.into_iter().filter(there).map(Handle::new).collect())
    }

    /// Reads a relation's rows without changing what the owner's field holds.
    pub(super) async fn related_rows(&mut self, owner: RawHandle, relation: usize) -> Result<Vec<RawHandle>> {
        let groups = self.fetch_related(&[owner], relation).await?;
        Ok(groups.into_iter().next().unwrap_or_default())
    }

    async fn load_raw(&mut self, owners: &[RawHandle], relation: usize) -> Result<()> {
        let owners: Vec<RawHandle> = self.without_known_targets(owners, relation)?;
        let groups = self.fetch_related(&owners, relation).await?;
        for (owner, related) in owners.into_iter().zip(groups) {
            self.set_loaded(owner, relation, related);
        }
        Ok(())
    }

    /// A foreign key whose object the session has needs no query.
    fn without_known_targets(&mut self, owners: &[RawHandle], relation: usize) -> Result<Vec<RawHandle>> {
        let mut left = Vec::with_capacity(owners.len());
        for owner in owners {
            match self.known_target(*owner, relation)? {
                Some(target) => {
                    self.set_loaded(*owner, relation, target.into_iter().collect());
                }
                None => left.push(*owner),
            }
        }
        Ok(left)
    }

    /// `Some(None)` where the key is `NULL`; `None` where the database has to be asked.
    fn known_target(&mut self, owner: RawHandle, relation: usize) -> Result<Option<Option<RawHandle>>> {
        let definition = self.objects.arena(owner).definition;
        let Some(declared) = definition.relations.get(relation) else { return Ok(None) };
        let resolved = declared.resolve(definition)?;
        let target = (declared.target)();
        let by_key = resolved.direction == Direction::ManyToOne
            && resolved.pairs.iter().map(|(_, column)| *column).eq(target.primary_key.iter().copied());
        if !by_key {
            return Ok(None);
        }
        let number = self.objects.number(target);
        let objects = &self.objects.arena(owner).objects;
        let own = resolved.pairs.iter().map(|(own, _)| objects.value(owner.index as usize, *own));
        let Some(key) = Key::of(own) else { return Ok(Some(None)) };
        let index = self.objects.list[number as usize].identity.get(&key);
        Ok(index.map(|index| Some(self.objects.handle(number, index))))
    }

    /// The object that a to-one relation that was never read led to at the last flush, where the session has it.
    pub(super) fn unread_target(&mut self, owner: RawHandle, relation: usize) -> Option<RawHandle> {
        let definition = self.objects.arena(owner).definition;
        let declared = definition.relations.get(relation)?;
        let resolved = declared.resolve(definition).ok()?;
        let target = (declared.target)();
        if resolved.direction != Direction::ManyToOne
            || !resolved.pairs.iter().map(|(_, column)| *column).eq(target.primary_key.iter().copied())
        {
            return None;
        }
        let number = self.objects.number(target);
        let base = self.objects.meta(owner).base.as_ref()?;
        let own = resolved.pairs.iter().map(|(own, _)| base.columns.get(*own)?.as_ref().map(Value::as_ref));
        let index = self.objects.list[number as usize].identity.get(&Key::of(own)?)?;
        Some(self.objects.handle(number, index))
    }

    /// The related objects of each owner, absorbed into the session.
    async fn fetch_related(&mut self, owners: &[RawHandle], relation: usize) -> Result<Vec<Vec<RawHandle>>> {
        let Some(first) = owners.first() else { return Ok(Vec::new()) };
        let places: Vec<usize> = owners.iter().map(|owner| owner.index as usize).collect();
        let wanted = SelectIn::of(self.objects.arena(*first).objects.as_ref(), &places, relation)?;
        let branch = wanted.fetch(self.open().await?, &[], Sharing::Shared).await?;
        let children = self.enter_tree(branch.children);
        let handles =
            |places: &[usize]| distinct(places.iter().filter_map(|place| children.get(*place).copied()));
        Ok(branch.groups.iter().map(handles).collect())
    }
}

impl<M: Model> SessionFetch for Query<M> {
    type Out = Handle<M>;

    async fn fetch_in(self, session: &mut Session, most: usize) -> Result<Vec<Handle<M>>> {
        let (select, plans) = self.into_parts();
        let connection = session.open().await?;
        let tree = load::fetch(connection, M::definition(), select, &plans, most, Sharing::Shared).await?;
        Ok(session.enter_tree(tree).into_iter().map(Handle::new).collect())
    }
}

impl Session {
    /// Puts a tree's objects into their arenas and fills the relations that were not loaded yet.
    fn enter_tree(&mut self, mut tree: Tree) -> Vec<RawHandle> {
        let handles = self.objects.absorb_all(tree.objects.as_mut());
        for branch in tree.branches {
            let children = self.enter_tree(branch.children);
            for (owner, places) in handles.iter().zip(branch.groups.iter()) {
                // What the session has is never overwritten.
                if self
                    .field(*owner, branch.relation)
                    .is_some_and(|field| field.state() == LoadState::Unloaded)
                {
                    let related = distinct(places.iter().filter_map(|place| children.get(*place).copied()));
                    self.set_loaded(*owner, branch.relation, related);
                }
            }
        }
        handles
    }

    /// A relation's content is known now. What was added to it or taken out and not flushed yet stays so.
    fn set_loaded(&mut self, owner: RawHandle, relation: usize, related: Vec<RawHandle>) {
        // What is loaded in a transaction that has written is true only as long as that is.
        if self.dirty {
            self.record(owner);
        }
        let arena = self.objects.arena_mut(owner);
        let index = owner.index as usize;
        let Some(field) = arena.objects.relation_mut(index, relation) else { return };
        let base = arena.meta.get_mut(index).and_then(|meta| meta.base.as_mut());
        let flushed = base.and_then(|base| Arc::make_mut(base).relations.get_mut(relation));
        let content = match flushed {
            None => related,
            Some(flushed) => {
                let assigned = field.state() != LoadState::Unloaded && flushed.state == LoadState::Unloaded;
                let content = if assigned {
                    field.handles().to_vec()
                } else {
                    let gone = difference(&flushed.handles, field.handles());
                    let added = difference(field.handles(), &flushed.handles);
                    let mut content = difference(&related, &gone);
                    content.extend(difference(&added, &related));
                    content
                };
                *flushed = RelationSnapshot { state: LoadState::Loaded, handles: related.into() };
                content
            }
        };
        field.set_handles(content);
        field.set_state(LoadState::Loaded);
    }
}

/// Each object once, in order.
fn distinct(handles: impl Iterator<Item = RawHandle>) -> Vec<RawHandle> {
    let mut seen = rustc_hash::FxHashSet::default();
    handles.filter(|handle| seen.insert(*handle)).collect()
}
