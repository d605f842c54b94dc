//! Arrays and ranges in the server's binary form.

use std::ops::Bound;

use aludel_sql::Value;
use aludel_sql::types::{Range, ValueError};
use bytes::BytesMut;
use tokio_postgres::types::{IsNull, Type};

use crate::codec::{decode, malformed};
use crate::parameter::{EncodeError, Encoder};

/// The server takes no more dimensions.
const MOST_DIMENSIONS: usize = 6;

const EMPTY: u8 = 0x01;
const LOWER_INCLUDED: u8 = 0x02;
const UPPER_INCLUDED: u8 = 0x04;
const LOWER_UNBOUNDED: u8 = 0x08;
const UPPER_UNBOUNDED: u8 = 0x10;

/// The array type of an element type that a value has by nature.
pub(crate) fn array_type(element: &Type) -> Option<Type> {
    Some(match *element {
        Type::BOOL => Type::BOOL_ARRAY,
        Type::INT8 => Type::INT8_ARRAY,
        Type::FLOAT8 => Type::FLOAT8_ARRAY,
        Type::NUMERIC => Type::NUMERIC_ARRAY,
        Type::TEXT => Type::TEXT_ARRAY,
        Type::BYTEA => Type::BYTEA_ARRAY,
        Type::DATE => Type::DATE_ARRAY,
        Type::TIME => Type::TIME_ARRAY,
        Type::TIMESTAMP => Type::TIMESTAMP_ARRAY,
        Type::TIMESTAMPTZ => Type::TIMESTAMPTZ_ARRAY,
        Type::INTERVAL => Type::INTERVAL_ARRAY,
        Type::UUID => Type::UUID_ARRAY,
        Type::JSONB => Type::JSONB_ARRAY,
        Type::INET => Type::INET_ARRAY,
        _ => return None,
    })
}

/// The range type of a subtype that a value has by nature.
pub(crate) fn range_type(subtype: &Type) -> Option<Type> {
    Some(match *subtype {
        Type::INT8 => Type::INT8_RANGE,
        Type::NUMERIC => Type::NUM_RANGE,
        Type::DATE => Type::DATE_RANGE,
        Type::TIMESTAMP => Type::TS_RANGE,
        Type::TIMESTAMPTZ => Type::TSTZ_RANGE,
        _ => return None,
    })
}

/// Number of dimensions, whether there are nulls, the element's type, each dimension's length and first index, and the
/// elements.
pub(crate) fn encode_array(
    array: Encoder<'_>,
    elements: &[Value],
    element: &Type,
    out: &mut BytesMut,
) -> Result<(), EncodeError> {
    let refuse = |what: &str| EncodeError(format!("parameter ${} is {what}", array.index + 1));
    let mut lengths = Vec::new();
    measure(elements, &mut lengths);
    if lengths.len() > MOST_DIMENSIONS {
        return Err(refuse("an array of more than 6 dimensions, which PostgreSQL does not have"));
    }
    let mut flat = Vec::new();
    if !flatten(elements, &lengths, &mut flat) {
        return Err(refuse(
            "an array of arrays that are not of one length, or are empty, which PostgreSQL does not have: use a JSON \
             document",
        ));
    }
    let dimensions = if flat.is_empty() { &[][..] } else { &lengths };
    let nulls = flat.iter().any(|element| element.is_null());
    out.extend_from_slice(&length(dimensions.len())?.to_be_bytes());
    out.extend_from_slice(&i32::from(nulls).to_be_bytes());
    out.extend_from_slice(&element.oid().to_be_bytes());
    for dimension in dimensions {
        out.extend_from_slice(&length(*dimension)?.to_be_bytes());
        out.extend_from_slice(&1_i32.to_be_bytes());
    }
    for value in flat {
        inside(array, value, element, out)?;
    }
    Ok(())
}

/// The length of each dimension, by the first element of each.
fn measure(elements: &[Value], lengths: &mut Vec<usize>) {
    lengths.push(elements.len());
    if let Some(Value::Array(inner)) = elements.first() {
        measure(inner, lengths);
    }
}

/// The elements of all dimensions, one after another; `false` where a dimension has several lengths, or none but the
/// whole array is empty.
fn flatten<'v>(elements: &'v [Value], lengths: &[usize], flat: &mut Vec<&'v Value>) -> bool {
    let Some((own, deeper)) = lengths.split_first() else { return false };
    if elements.len() != *own {
        return false;
    }
    elements.iter().all(|element| match element {
        Value::Array(inner) => !inner.is_empty() && flatten(inner, deeper, flat),
        value => {
            flat.push(value);
            deeper.is_empty()
        }
    })
}

/// Its flags, and the bounds that there are.
pub(crate) fn encode_range(
    whole: Encoder<'_>,
    range: &Range<Value>,
    subtype: &Type,
    out: &mut BytesMut,
) -> Result<(), EncodeError> {
    let Range::Bounds(lower, upper) = range else {
        out.extend_from_slice(&[EMPTY]);
        return Ok(());
    };
    let (lower_flag, lower) = match lower {
        Bound::Included(value) => (LOWER_INCLUDED, Some(value)),
        Bound::Excluded(value) => (0, Some(value)),
        Bound::Unbounded => (LOWER_UNBOUNDED, None),
    };
    let (upper_flag, upper) = match upper {
        Bound::Included(value) => (UPPER_INCLUDED, Some(value)),
        Bound::Excluded(value) => (0, Some(value)),
        Bound::Unbounded => (UPPER_UNBOUNDED, None),
    };
    out.extend_from_slice(&[lower_flag | upper_flag]);
    for value in [lower, upper].into_iter().flatten() {
        if value.is_null() {
            let message = format!("parameter ${} is a range with a bound that is NULL", whole.index + 1);
            return Err(EncodeError(message));
        }
        inside(whole, value, subtype, out)?;
    }
    Ok(())
}

/// A value's length and its bytes; `NULL` has the length -1.
fn inside(whole: Encoder<'_>, value: &Value, ty: &Type, out: &mut BytesMut) -> Result<(), EncodeError> {
    let at = out.len();
    out.extend_from_slice(&(-1_i32).to_be_bytes());
    let encoder = Encoder { value: value.as_ref(), ..whole };
    if let IsNull::No = encoder.encode_inside(ty, out)? {
        let size = length(out.len() - at - 4)?;
        if let Some(head) = out.get_mut(at..at + 4) {
            head.copy_from_slice(&size.to_be_bytes());
        }
    }
    Ok(())
}

fn length(length: usize) -> Result<i32, EncodeError> {
    i32::try_from(length).map_err(|_| EncodeError("an array is longer than PostgreSQL takes".into()))
}

/// The values of an array, as arrays of arrays where it has several dimensions.
pub(crate) fn decode_array(element: &Type, bytes: &[u8]) -> Result<Value, ValueError> {
    let mut reader = Reader(bytes);
    let array = reader.head().and_then(|lengths| reader.dimension(&lengths, element));
    match array {
        Ok(values) if reader.0.is_empty() => Ok(Value::Array(values)),
        Ok(_) => Err(malformed("array")),
        Err(error) => Err(error),
    }
}

/// The bounds of a range.
pub(crate) fn decode_range(subtype: &Type, bytes: &[u8]) -> Result<Value, ValueError> {
    let Some((flags, rest)) = bytes.split_first() else { return Err(malformed("range")) };
    if flags & EMPTY != 0 {
        return Ok(Value::Range(Box::new(Range::Empty)));
    }
    let mut reader = Reader(rest);
    let mut bound = |unbounded: u8, included: u8| {
        Ok(if flags & unbounded != 0 {
            Bound::Unbounded
        } else if flags & included != 0 {
            Bound::Included(reader.value(subtype)?)
        } else {
            Bound::Excluded(reader.value(subtype)?)
        })
    };
    let lower = bound(LOWER_UNBOUNDED, LOWER_INCLUDED)?;
    let upper = bound(UPPER_UNBOUNDED, UPPER_INCLUDED)?;
    Ok(Value::Range(Box::new(Range::Bounds(lower, upper))))
}

struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn number(&mut self) -> Result<i32, ValueError> {
        let (number, rest) = self.0.split_first_chunk::<4>().ok_or_else(|| malformed("array"))?;
        self.0 = rest;
        Ok(i32::from_be_bytes(*number))
    }

    /// The lengths of the dimensions.
    fn head(&mut self) -> Result<Vec<usize>, ValueError> {
        let dimensions = self.number()?;
        let (_nulls, _element) = (self.number()?, self.number()?);
        if !(0..=MOST_DIMENSIONS as i32).contains(&dimensions) {
            return Err(malformed("array"));
        }
        let mut lengths = Vec::new();
        for _ in 0..dimensions {
            lengths.push(usize::try_from(self.number()?).map_err(|_| malformed("array"))?);
            let _first_index = self.number()?;
        }
        Ok(lengths)
    }

    fn dimension(&mut self, lengths: &[usize], element: &Type) -> Result<Vec<Value>, ValueError> {
        let Some((own, deeper)) = lengths.split_first() else { return Ok(Vec::new()) };
        let mut values = Vec::new();
        for _ in 0..*own {
            values.push(match deeper {
                [] => self.value(element)?,
                deeper => Value::Array(self.dimension(deeper, element)?),
            });
        }
        Ok(values)
    }

    fn value(&mut self, ty: &Type) -> Result<Value, ValueError> {
        let length = self.number()?;
        if length == -1 {
            return Ok(Value::Null);
        }
        let split = usize::try_from(length).ok().and_then(|length| self.0.split_at_checked(length));
        let (bytes, rest) = split.ok_or_else(|| malformed("array"))?;
        self.0 = rest;
        decode(ty, bytes)
    }
}
