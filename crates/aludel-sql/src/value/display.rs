//! Values as a person would write them in a log line; not SQL.

use std::fmt;
use std::ops::Bound;

use super::{Value, ValueRef};
use crate::types::Range;

impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueRef::Null => f.write_str("NULL"),
            ValueRef::Bool(v) => v.fmt(f),
            ValueRef::I64(v) => v.fmt(f),
            ValueRef::U64(v) => v.fmt(f),
            ValueRef::F64(v) => fmt::Debug::fmt(v, f),
            ValueRef::Decimal(v) => f.write_str(v),
            ValueRef::Text(v) | ValueRef::Json(v) => write!(f, "'{v}'"),
            ValueRef::Bytes(v) => write!(f, "<{} bytes>", v.len()),
            ValueRef::Date(v) => v.fmt(f),
            ValueRef::Time(v) => v.fmt(f),
            ValueRef::Timestamp(v) => v.fmt(f),
            ValueRef::Interval(v) => v.fmt(f),
            ValueRef::Uuid(v) => {
                for (index, byte) in v.iter().enumerate() {
                    if matches!(index, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
            ValueRef::Network(v) => v.fmt(f),
            ValueRef::Array(v) => {
                f.write_str("[")?;
                for (index, element) in v.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{element}")?;
                }
                f.write_str("]")
            }
            ValueRef::Range(v) => range(v, f),
            ValueRef::Lazy(v) => v.make_value().fmt(f),
            ValueRef::Failed(v) => write!(f, "<{v}>"),
        }
    }
}

fn range(range: &Range<Value>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Range::Bounds(lower, upper) = range else { return f.write_str("empty") };
    match lower {
        Bound::Included(value) => write!(f, "[{value}, ")?,
        Bound::Excluded(value) => write!(f, "({value}, ")?,
        Bound::Unbounded => f.write_str("(, ")?,
    }
    match upper {
        Bound::Included(value) => write!(f, "{value}]"),
        Bound::Excluded(value) => write!(f, "{value})"),
        Bound::Unbounded => f.write_str(")"),
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// The variant and what it holds; of what is lazy, what it makes.
impl fmt::Debug for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueRef::Null => f.write_str("Null"),
            ValueRef::Bool(v) => f.debug_tuple("Bool").field(v).finish(),
            ValueRef::I64(v) => f.debug_tuple("I64").field(v).finish(),
            ValueRef::U64(v) => f.debug_tuple("U64").field(v).finish(),
            ValueRef::F64(v) => f.debug_tuple("F64").field(v).finish(),
            ValueRef::Decimal(v) => f.debug_tuple("Decimal").field(v).finish(),
            ValueRef::Text(v) => f.debug_tuple("Text").field(v).finish(),
            ValueRef::Bytes(v) => f.debug_tuple("Bytes").field(v).finish(),
            ValueRef::Date(v) => f.debug_tuple("Date").field(v).finish(),
            ValueRef::Time(v) => f.debug_tuple("Time").field(v).finish(),
            ValueRef::Timestamp(v) => f.debug_tuple("Timestamp").field(v).finish(),
            ValueRef::Interval(v) => f.debug_tuple("Interval").field(v).finish(),
            ValueRef::Uuid(v) => f.debug_tuple("Uuid").field(v).finish(),
            ValueRef::Json(v) => f.debug_tuple("Json").field(v).finish(),
            ValueRef::Network(v) => f.debug_tuple("Network").field(v).finish(),
            ValueRef::Array(v) => f.debug_tuple("Array").field(v).finish(),
            ValueRef::Range(v) => f.debug_tuple("Range").field(v).finish(),
            ValueRef::Lazy(v) => v.make_value().fmt(f),
            ValueRef::Failed(v) => f.debug_tuple("Failed").field(v).finish(),
        }
    }
}
