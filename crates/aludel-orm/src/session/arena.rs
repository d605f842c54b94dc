//! The objects of a session: one arena per model.

use std::any::TypeId;
use std::sync::Arc;

use aludel_sql::value::Value;
use rustc_hash::FxHashMap;

use super::identity::{IdentityMap, Key};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Handle, RawHandle};
use crate::model::{Model, ModelDef, Objects};
use crate::relation::LoadState;

/// What an object is to its session. Mirrors SQLAlchemy's object states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectState {
    /// Known to the session, but not to be written: its insert was rolled back. Adding it again makes it pending.
    Transient,
    /// Will be inserted by the next flush.
    Pending,
    /// Has a row.
    Persistent,
    /// Has a row, which the next flush will delete.
    Doomed,
    /// Its row was deleted in this transaction.
    Deleted,
}

/// What an object was before it was changed.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// The columns; `None` where unset.
    pub(crate) columns: Box<[Option<Value>]>,
    /// The relations.
    pub(crate) relations: Box<[RelationSnapshot]>,
}

/// What a relation's field held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelationSnapshot {
    pub(crate) state: LoadState,
    pub(crate) handles: Box<[RawHandle]>,
}

/// What the session knows of an object beside its fields.
#[derive(Debug)]
pub(crate) struct Meta {
    pub(crate) generation: u32,
    /// `None`: the place is empty.
    pub(crate) state: Option<ObjectState>,
    /// Whether the object waits for its relations to be brought in line with the other side.
    pub(crate) touched: bool,
    /// The last undo level that holds a record of the object.
    pub(crate) level: u32,
    /// What the database has, where the object may differ from it.
    pub(crate) base: Option<Arc<Snapshot>>,
}

/// The objects of one model.
#[derive(Debug)]
pub(crate) struct Arena {
    pub(crate) definition: &'static ModelDef,
    pub(crate) objects: Box<dyn Objects>,
    pub(crate) meta: Vec<Meta>,
    pub(crate) identity: IdentityMap,
}

impl Arena {
    fn new(definition: &'static ModelDef) -> Self {
        Arena {
            definition,
            objects: (definition.new_objects)(),
            meta: Vec::new(),
            identity: IdentityMap::default(),
        }
    }

    pub(crate) fn key(&self, index: u32) -> Option<Key> {
        Key::of_object(self.objects.as_ref(), index as usize, self.definition)
    }

    /// Makes the meta entries of objects that were put behind the others; the first of their places.
    pub(crate) fn enter(&mut self, state: ObjectState) -> u32 {
        let first = self.meta.len();
        let count = self.objects.len() - first;
        let meta = || Meta { generation: 0, state: Some(state), touched: false, level: 0, base: None };
        self.meta.extend(std::iter::repeat_with(meta).take(count));
        first as u32
    }

    pub(crate) fn snapshot(&self, index: u32) -> Snapshot {
        let index = index as usize;
        let columns = 0..self.definition.fields.len();
        Snapshot {
            columns: columns.map(|column| self.objects.value(index, column).map(|v| v.to_owned())).collect(),
            relations: self.relations(index),
        }
    }

    pub(crate) fn relations(&self, index: usize) -> Box<[RelationSnapshot]> {
        (0..self.definition.relations.len())
            .map(|relation| match self.objects.relation(index, relation) {
                Some(field) => RelationSnapshot { state: field.state(), handles: field.handles().into() },
                None => RelationSnapshot { state: LoadState::Unloaded, handles: Box::default() },
            })
            .collect()
    }

    /// Takes an object out of the identity map, under the key that its row has and under one that was assigned since.
    pub(crate) fn unregister(&mut self, index: u32) {
        let base = self.meta.get(index as usize).and_then(|meta| meta.base.as_ref());
        let columns = self.definition.primary_key.iter();
        let flushed = base.and_then(|base| {
            Key::of(columns.map(|column| base.columns.get(*column)?.as_ref().map(Value::as_ref)))
        });
        for key in [self.key(index), flushed].into_iter().flatten() {
            self.identity.remove(&key, index);
        }
    }

    /// Empties a place for good: handles to it are out of date from now on.
    pub(crate) fn vacate(&mut self, index: u32) {
        self.unregister(index);
        self.objects.remove(index as usize);
        if let Some(meta) = self.meta.get_mut(index as usize) {
            meta.generation = meta.generation.wrapping_add(1);
            meta.state = None;
            meta.base = None;
            meta.touched = false;
        }
    }
}

/// All arenas of a session.
#[derive(Debug)]
pub struct Arenas {
    pub(crate) session: u32,
    pub(crate) list: Vec<Arena>,
    by_type: FxHashMap<TypeId, u32>,
}

impl Arenas {
    pub(crate) fn new(session: u32) -> Self {
        Arenas { session, list: Vec::new(), by_type: FxHashMap::default() }
    }

    /// The number of a model's arena, which is made where there is none yet.
    pub(crate) fn number(&mut self, definition: &'static ModelDef) -> u32 {
        if let Some(number) = self.by_type.get(&definition.type_id) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.by_type.insert(definition.type_id, number);
        self.list.push(Arena::new(definition));
        number
    }

    pub(crate) fn arena(&self, handle: RawHandle) -> &Arena {
        &self.list[handle.arena as usize]
    }

    pub(crate) fn arena_mut(&mut self, handle: RawHandle) -> &mut Arena {
        &mut self.list[handle.arena as usize]
    }

    /// The handle of a place.
    pub(crate) fn handle(&self, arena: u32, index: u32) -> RawHandle {
        let generation = self.list[arena as usize].meta[index as usize].generation;
        RawHandle { session: self.session, arena, index, generation }
    }

    /// Makes sure that a handle is of this session and that its object is still there.
    pub(crate) fn check(&self, handle: RawHandle, model: &str) -> Result<()> {
        if handle.session != self.session {
            return Err(Error::new(
                ErrorKind::ForeignHandle,
                format!(
                    "the handle to a `{model}` belongs to another session: an object lives in one session, and others \
                     find its row with `get`"
                ),
            ));
        }
        let meta =
            self.list.get(handle.arena as usize).and_then(|arena| arena.meta.get(handle.index as usize));
        match meta {
            Some(meta) if meta.state.is_some() && meta.generation == handle.generation => Ok(()),
            _ => Err(Error::new(
                ErrorKind::StaleHandle,
                format!(
                    "the handle to a `{model}` is out of date: its object was deleted or expunged from the session"
                ),
            )),
        }
    }

    pub(crate) fn meta(&self, handle: RawHandle) -> &Meta {
        &self.arena(handle).meta[handle.index as usize]
    }

    pub(crate) fn meta_mut(&mut self, handle: RawHandle) -> &mut Meta {
        &mut self.arena_mut(handle).meta[handle.index as usize]
    }

    pub(crate) fn state(&self, handle: RawHandle) -> Option<ObjectState> {
        if handle.session != self.session {
            return None;
        }
        let meta = self.list.get(handle.arena as usize)?.meta.get(handle.index as usize)?;
        if meta.generation == handle.generation { meta.state } else { None }
    }

    pub(crate) fn object<M: Model>(&self, handle: Handle<M>) -> Result<&M> {
        let raw = handle.raw;
        if raw.session == self.session
            && let Some(arena) = self.list.get(raw.arena as usize)
            && let Some(meta) = arena.meta.get(raw.index as usize)
            && meta.generation == raw.generation
            && let Some(objects) = arena.objects.as_any().downcast_ref::<Vec<Option<M>>>()
            && let Some(Some(object)) = objects.get(raw.index as usize)
        {
            return Ok(object);
        }
        self.check(raw, M::definition().name)?;
        Err(Error::new(ErrorKind::Usage, format!("the handle is not one to a `{}`", M::definition().name)))
    }

    pub(crate) fn object_mut<M: Model>(&mut self, handle: Handle<M>) -> Option<&mut M> {
        let objects = &mut self.list.get_mut(handle.raw.arena as usize)?.objects;
        objects.as_any_mut().downcast_mut::<Vec<Option<M>>>()?.get_mut(handle.raw.index as usize)?.as_mut()
    }

    /// Takes an object that was read from its row: the one that is there already, else this one.
    pub(crate) fn absorb<M: Model>(&mut self, object: M) -> Handle<M> {
        let number = self.number(M::definition());
        let arena = &mut self.list[number as usize];
        let definition = arena.definition;
        let key = Key::of(definition.primary_key.iter().map(|column| object.value(*column)));
        if let Some(index) = key.as_ref().and_then(|key| arena.identity.get(key)) {
            return Handle::new(self.handle(number, index));
        }
        let Some(objects) = arena.objects.as_any_mut().downcast_mut::<Vec<Option<M>>>() else {
            unreachable!("an arena holds the objects of the model that it was made for");
        };
        objects.push(Some(object));
        let index = arena.enter(ObjectState::Persistent);
        if let Some(key) = key {
            arena.identity.insert(key, index);
        }
        Handle::new(self.handle(number, index))
    }

    /// The same for a list of objects without their type; the handles, in order. Every place has to hold an object.
    pub(crate) fn absorb_all(&mut self, from: &mut dyn Objects) -> Vec<RawHandle> {
        let number = self.number(from.definition());
        let arena = &mut self.list[number as usize];
        let mut places = Vec::with_capacity(from.len());
        for place in 0..from.len() {
            let key = Key::of_object(from, place, arena.definition);
            let known = key.as_ref().and_then(|key| arena.identity.get(key));
            let index = match known {
                Some(index) => index,
                None if arena.objects.take_from(from, place) => {
                    let index = arena.enter(ObjectState::Persistent);
                    if let Some(key) = key {
                        arena.identity.insert(key, index);
                    }
                    index
                }
                None => continue,
            };
            places.push(index);
        }
        places.into_iter().map(|index| self.handle(number, index)).collect()
    }
}
