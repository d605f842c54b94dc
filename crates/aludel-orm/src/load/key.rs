//! Numbers for keys: what a loader groups rows by.

use std::io::Write as _;

use aludel_sql::value::{Value, ValueRef};
use rustc_hash::FxHashMap;

/// Keys with a number each. A key belongs to a scope, so that one map can keep the children of many parents apart.
#[derive(Debug, Default)]
pub(super) struct KeyMap {
    /// Keys of one integer, which nearly all are.
    integers: FxHashMap<(u32, i64), u32>,
    others: FxHashMap<Box<[u8]>, u32>,
    buffer: Vec<u8>,
}

/// What [`KeyMap::number`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// A part of the key is `NULL`.
    Null,
    /// The key has this number already.
    Known(u32),
    /// The key was given the number that was proposed.
    New,
}

impl KeyMap {
    /// The number of a key of so many parts; one that is not known is given the number `next`.
    pub(super) fn number<'v>(
        &mut self,
        scope: u32,
        width: usize,
        part: impl FnMut(usize) -> Option<ValueRef<'v>>,
        next: u32,
    ) -> Number {
        match self.encode(scope, width, part) {
            Key::Null => Number::Null,
            Key::Integer(key) => match self.integers.entry((scope, key)) {
                std::collections::hash_map::Entry::Occupied(known) => Number::Known(*known.get()),
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(next);
                    Number::New
                }
            },
            Key::Other => match self.others.get(self.buffer.as_slice()) {
                Some(known) => Number::Known(*known),
                None => {
                    self.others.insert(self.buffer.as_slice().into(), next);
                    Number::New
                }
            },
        }
    }

    /// The number of a key, where it has one.
    pub(super) fn get<'v>(
        &mut self,
        scope: u32,
        width: usize,
        part: impl FnMut(usize) -> Option<ValueRef<'v>>,
    ) -> Option<u32> {
        match self.encode(scope, width, part) {
            Key::Null => None,
            Key::Integer(key) => self.integers.get(&(scope, key)).copied(),
            Key::Other => self.others.get(self.buffer.as_slice()).copied(),
        }
    }

    fn encode<'v>(
        &mut self,
        scope: u32,
        width: usize,
        mut part: impl FnMut(usize) -> Option<ValueRef<'v>>,
    ) -> Key {
        if width == 1
            && let Some(ValueRef::I64(key)) = part(0)
        {
            return Key::Integer(key);
        }
        if width == 1
            && let Some(ValueRef::Lazy(lazy)) = part(0)
            && let Value::I64(key) = lazy.make_value()
        {
            return Key::Integer(key);
        }
        self.buffer.clear();
        self.buffer.extend_from_slice(&scope.to_le_bytes());
        for index in 0..width {
            match part(index) {
                None | Some(ValueRef::Null) => return Key::Null,
                Some(value) => encode(value.resolve().as_ref(), &mut self.buffer),
            }
        }
        Key::Other
    }
}

enum Key {
    Null,
    Integer(i64),
    /// The buffer holds it.
    Other,
}

fn encode(value: ValueRef<'_>, out: &mut Vec<u8>) {
    let mut bytes = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        out.extend_from_slice(bytes);
    };
    match value {
        ValueRef::Bool(flag) => bytes(1, &[u8::from(flag)]),
        ValueRef::I64(number) => bytes(2, &number.to_le_bytes()),
        ValueRef::F64(number) => bytes(3, &number.to_bits().to_le_bytes()),
        ValueRef::Text(text) => bytes(4, text.as_bytes()),
        ValueRef::Bytes(content) => bytes(5, content),
        ValueRef::Uuid(id) => bytes(6, &id),
        // All others: their text tells them apart.
        other => {
            out.push(7);
            // Writing to a vector cannot fail.
            let _ = write!(out, "{other}\0");
        }
    }
}
