//! The identity map: one object per row and session.

use aludel_sql::value::ValueRef;
use rustc_hash::FxHashMap;

use crate::model::{ModelDef, Objects};

/// The key of a row, in a form that can be hashed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A key of one integer, which nearly all are.
    Int(i64),
    /// Any other key: each value with its kind and its length, one after another.
    Bytes(Box<[u8]>),
}

impl Key {
    /// The key that these values form; `None` where one of them is unset or `NULL`.
    pub(crate) fn of<'v>(values: impl ExactSizeIterator<Item = Option<ValueRef<'v>>>) -> Option<Key> {
        let single = values.len() == 1;
        let mut bytes = Vec::new();
        for value in values {
            let made = match value? {
                ValueRef::Null => return None,
                ValueRef::I64(number) if single => return Some(Key::Int(number)),
                ValueRef::Lazy(lazy) => lazy.make_value(),
                value => {
                    encode(value, &mut bytes);
                    continue;
                }
            };
            // As the row's value, which is never lazy, says it.
            match made.as_ref() {
                ValueRef::I64(number) if single => return Some(Key::Int(number)),
                value => encode(value, &mut bytes),
            }
        }
        Some(Key::Bytes(bytes.into()))
    }

    /// The key of an object.
    pub(crate) fn of_object(objects: &dyn Objects, index: usize, definition: &ModelDef) -> Option<Key> {
        Key::of(definition.primary_key.iter().map(|column| objects.value(index, *column)))
    }
}

fn encode(value: ValueRef<'_>, out: &mut Vec<u8>) {
    let mut part = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        out.extend_from_slice(bytes);
    };
    match value {
        ValueRef::Bool(flag) => part(1, &[flag.into()]),
        ValueRef::I64(number) => part(2, &number.to_le_bytes()),
        ValueRef::F64(number) => part(3, &number.to_bits().to_le_bytes()),
        ValueRef::Text(text) => part(4, text.as_bytes()),
        ValueRef::Bytes(bytes) => part(5, bytes),
        ValueRef::Uuid(bytes) => part(6, &bytes),
        other => part(7, other.to_string().as_bytes()),
    }
}

/// Which place of an arena holds the object of a key.
#[derive(Debug, Default)]
pub(crate) struct IdentityMap {
    ints: FxHashMap<i64, u32>,
    others: FxHashMap<Box<[u8]>, u32>,
}

impl IdentityMap {
    pub(crate) fn get(&self, key: &Key) -> Option<u32> {
        match key {
            Key::Int(number) => self.ints.get(number).copied(),
            Key::Bytes(bytes) => self.others.get(bytes).copied(),
        }
    }

    pub(crate) fn insert(&mut self, key: Key, index: u32) {
        match key {
            Key::Int(number) => self.ints.insert(number, index),
            Key::Bytes(bytes) => self.others.insert(bytes, index),
        };
    }

    /// Forgets the key, unless another object has taken it over.
    pub(crate) fn remove(&mut self, key: &Key, index: u32) {
        if self.get(key) == Some(index) {
            match key {
                Key::Int(number) => self.ints.remove(number),
                Key::Bytes(bytes) => self.others.remove(bytes),
            };
        }
    }
}
