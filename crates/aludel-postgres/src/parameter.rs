//! Values on their way into a statement, each by the type that the server says.

use std::error::Error as StdError;
use std::fmt;

use aludel_sql::interval::Interval;
use aludel_sql::temporal::{Date, Time, Timestamp};
use aludel_sql::value::Resolved;
use aludel_sql::{Value, ValueRef, decimal};
use bytes::BytesMut;
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type};

use crate::codec::{Class, DAY_MICROSECONDS, EPOCH_DAYS, base};
use crate::{compound, network, numeric};

/// The type to ask for where the server took a parameter for text only because nothing around it says what it is
/// (`SELECT $1`), and the value is something else.
pub(crate) fn natural_type(inferred: &Type, value: ValueRef<'_>) -> Option<Type> {
    if *inferred != Type::TEXT && *inferred != Type::UNKNOWN {
        return None;
    }
    natural(value.resolve().as_ref())
}

fn natural(value: ValueRef<'_>) -> Option<Type> {
    match value {
        ValueRef::Bool(_) => Some(Type::BOOL),
        ValueRef::I64(_) => Some(Type::INT8),
        ValueRef::U64(_) | ValueRef::Decimal(_) => Some(Type::NUMERIC),
        ValueRef::Interval(_) => Some(Type::INTERVAL),
        ValueRef::Json(_) => Some(Type::JSONB),
        ValueRef::Network(_) => Some(Type::INET),
        ValueRef::Array(elements) => compound::array_type(&element_type(elements)?),
        ValueRef::Range(range) => compound::range_type(&natural(range.lower().or(range.upper())?.as_ref())?),
        ValueRef::F64(_) => Some(Type::FLOAT8),
        ValueRef::Bytes(_) => Some(Type::BYTEA),
        ValueRef::Date(_) => Some(Type::DATE),
        ValueRef::Time(_) => Some(Type::TIME),
        ValueRef::Timestamp(Timestamp { offset: None, .. }) => Some(Type::TIMESTAMP),
        ValueRef::Timestamp(_) => Some(Type::TIMESTAMPTZ),
        ValueRef::Uuid(_) => Some(Type::UUID),
        _ => None,
    }
}

/// The natural type of the first element that has one.
fn element_type(elements: &[Value]) -> Option<Type> {
    elements.iter().find_map(|element| match element {
        Value::Array(inner) => element_type(inner),
        Value::Text(_) => Some(Type::TEXT),
        other => natural(other.as_ref()),
    })
}

/// A parameter of a statement.
pub(crate) struct Parameter<'a> {
    /// Its place, from 0.
    index: usize,
    value: Resolved<'a>,
}

/// Only the kind: tokio-postgres writes parameters to its debug log.
impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.value.as_ref().kind())
    }
}

/// A value that does not fit the parameter's type.
#[derive(Debug)]
pub(crate) struct EncodeError(pub(crate) String);

/// A value on its way into a parameter: the parameter's own, or an element of it.
#[derive(Clone, Copy)]
pub(crate) struct Encoder<'v> {
    pub(crate) index: usize,
    pub(crate) value: ValueRef<'v>,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for EncodeError {}

impl<'a> Parameter<'a> {
    pub(crate) fn new(index: usize, value: ValueRef<'a>) -> Self {
        Parameter { index, value: value.resolve() }
    }

    fn encoder(&self) -> Encoder<'_> {
        Encoder { index: self.index, value: self.value.as_ref() }
    }
}

impl Encoder<'_> {
    #[cold]
    fn mismatch(&self, ty: &Type) -> EncodeError {
        EncodeError(format!(
            "parameter ${} is {}, but the statement takes one of type `{ty}` there: pass that, or say with a CAST what \
             is meant",
            self.index + 1,
            self.value.kind(),
        ))
    }

    #[cold]
    fn out_of_range(&self, ty: &Type) -> EncodeError {
        let shown = match self.value {
            ValueRef::Text(_) | ValueRef::Bytes(_) | ValueRef::Json(_) => self.value.kind().to_owned(),
            other => other.to_string(),
        };
        EncodeError(format!("parameter ${} is {shown}, which the type `{ty}` can't hold", self.index + 1))
    }

    /// Writes the value in the form that [`Parameter::encode_format`] tells.
    pub(crate) fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
        let class = Class::of(ty);
        match (self.value, class) {
            (ValueRef::Null, _) => return Ok(IsNull::Yes),
            (ValueRef::Bool(flag), Class::Bool) => out.extend_from_slice(&[flag.into()]),
            (ValueRef::I64(number), _) => self.encode_integer(number, class, ty, out)?,
            (ValueRef::F64(number), Class::Float8) => out.extend_from_slice(&number.to_be_bytes()),
            (ValueRef::F64(number), Class::Float4) => {
                let narrow = number as f32;
                if narrow.is_infinite() && number.is_finite() {
                    return Err(self.out_of_range(ty));
                }
                out.extend_from_slice(&narrow.to_be_bytes());
            }
            (ValueRef::F64(number), Class::Numeric) => self.numeric(&decimal::shortest(number), ty, out)?,
            (ValueRef::U64(number), Class::Numeric) => self.numeric(&number.to_string(), ty, out)?,
            (ValueRef::U64(_), Class::Int8 | Class::Int4 | Class::Int2 | Class::Oid) => {
                return Err(self.out_of_range(ty));
            }
            (ValueRef::Decimal(digits), Class::Numeric) => self.numeric(digits, ty, out)?,
            (ValueRef::Text(text), class) if takes_text(class) => self.text(text, out)?,
            (ValueRef::Json(text), Class::Text) => self.text(text, out)?,
            (ValueRef::Json(text), Class::Jsonb) => {
                out.extend_from_slice(&[1]);
                self.text(text, out)?;
            }
            (ValueRef::Interval(Interval { months, days, microseconds }), Class::Interval) => {
                out.extend_from_slice(&microseconds.to_be_bytes());
                out.extend_from_slice(&days.to_be_bytes());
                out.extend_from_slice(&months.to_be_bytes());
            }
            (ValueRef::Network(network), Class::Network) => network::encode(network, *ty == Type::CIDR, out),
            (ValueRef::Array(elements), Class::Array) => match base(ty).kind() {
                Kind::Array(element) => compound::encode_array(*self, elements, element, out)?,
                _ => return Err(self.mismatch(ty)),
            },
            (ValueRef::Range(range), Class::Range) => match base(ty).kind() {
                Kind::Range(subtype) => compound::encode_range(*self, range, subtype, out)?,
                _ => return Err(self.mismatch(ty)),
            },
            (ValueRef::Failed(error), _) => {
                return Err(EncodeError(format!("parameter ${}: {error}", self.index + 1)));
            }
            (ValueRef::Bytes(bytes), Class::Bytea) => out.extend_from_slice(bytes),
            (ValueRef::Uuid(bytes), Class::Uuid) => out.extend_from_slice(&bytes),
            (ValueRef::Date(date), Class::Date) => {
                let days = self.days(date, ty)?;
                let days = i32::try_from(days).map_err(|_| self.out_of_range(ty))?;
                out.extend_from_slice(&days.to_be_bytes());
            }
            (ValueRef::Time(time), Class::Time) => out.extend_from_slice(&microseconds(time).to_be_bytes()),
            // A date alone is its midnight; points in time are in UTC, and what has no offset is taken for UTC.
            (ValueRef::Date(date), Class::Timestamp | Class::TimestampTz) => {
                let instant = self.days(date, ty)?.checked_mul(DAY_MICROSECONDS);
                out.extend_from_slice(&instant.ok_or_else(|| self.out_of_range(ty))?.to_be_bytes());
            }
            (ValueRef::Timestamp(timestamp), Class::Timestamp | Class::TimestampTz) => {
                self.days(timestamp.date, ty)?;
                let utc = timestamp.to_utc();
                let days = self.days(utc.date, ty)?.checked_mul(DAY_MICROSECONDS);
                let instant = days.and_then(|days| days.checked_add(microseconds(utc.time)));
                out.extend_from_slice(&instant.ok_or_else(|| self.out_of_range(ty))?.to_be_bytes());
            }
            _ => return Err(self.mismatch(ty)),
        }
        Ok(IsNull::No)
    }

    /// Writes an element of an array or a bound of a range, which has no form but the binary one.
    pub(crate) fn encode_inside(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
        match (self.value, Class::of(ty)) {
            (ValueRef::Text(text), Class::Jsonb) => {
                Encoder { value: ValueRef::Json(text), ..*self }.encode(ty, out)
            }
            (ValueRef::Text(text), Class::Numeric) => {
                Encoder { value: ValueRef::Decimal(text), ..*self }.encode(ty, out)
            }
            (ValueRef::Text(_), class) if class != Class::Text => Err(self.mismatch(ty)),
            _ => self.encode(ty, out),
        }
    }

    /// The server would refuse a NUL without a word about which value has it, and end the transaction.
    fn text(&self, text: &str, out: &mut BytesMut) -> Result<(), EncodeError> {
        if text.as_bytes().contains(&0) {
            return Err(self.has_nul(text));
        }
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    #[cold]
    fn has_nul(&self, text: &str) -> EncodeError {
        EncodeError(format!(
            "parameter ${} has a NUL character at byte {}, which PostgreSQL's text can't hold: take it out, or store \
             the bytes in a column of the type `bytea`",
            self.index + 1,
            text.find('\0').unwrap_or_default(),
        ))
    }

    fn numeric(&self, digits: &str, ty: &Type, out: &mut BytesMut) -> Result<(), EncodeError> {
        if numeric::from_text(digits, out) { Ok(()) } else { Err(self.out_of_range(ty)) }
    }

    fn encode_integer(
        &self,
        number: i64,
        class: Class,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        let out_of_range = |_| self.out_of_range(ty);
        match class {
            Class::Int8 => out.extend_from_slice(&number.to_be_bytes()),
            Class::Int4 => out.extend_from_slice(&i32::try_from(number).map_err(out_of_range)?.to_be_bytes()),
            Class::Int2 => out.extend_from_slice(&i16::try_from(number).map_err(out_of_range)?.to_be_bytes()),
            Class::Oid => out.extend_from_slice(&u32::try_from(number).map_err(out_of_range)?.to_be_bytes()),
            Class::Numeric => self.numeric(&number.to_string(), ty, out)?,
            Class::Float8 | Class::Float4 => {
                let (largest, bytes): (u64, &[u8]) = match class {
                    Class::Float8 => (1 << 53, &(number as f64).to_be_bytes()),
                    _ => (1 << 24, &(number as f32).to_be_bytes()),
                };
                // Beyond these not every whole number has a float of its own.
                if number.unsigned_abs() > largest {
                    return Err(self.out_of_range(ty));
                }
                out.extend_from_slice(bytes);
            }
            _ => return Err(self.mismatch(ty)),
        }
        Ok(())
    }

    /// Days from the server's epoch; refuses a day that the month does not have.
    fn days(&self, date: Date, ty: &Type) -> Result<i64, EncodeError> {
        let days = date.to_days();
        if Date::from_days(days) != Some(date) {
            return Err(EncodeError(format!(
                "parameter ${} holds the date {date}, which is not in the calendar",
                self.index + 1
            )));
        }
        days.checked_sub(EPOCH_DAYS).ok_or_else(|| self.out_of_range(ty))
    }
}

impl ToSql for Parameter<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        Ok(self.encoder().encode(ty, out)?)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, _: &Type) -> Format {
        if matches!(self.value.as_ref(), ValueRef::Text(_)) { Format::Text } else { Format::Binary }
    }
}

/// Whether text may stand for a value of the type: not where a value of another kind does, and text is a mistake.
fn takes_text(class: Class) -> bool {
    !matches!(
        class,
        Class::Bool
            | Class::Int2
            | Class::Int4
            | Class::Int8
            | Class::Oid
            | Class::Float4
            | Class::Float8
            | Class::Bytea
            | Class::Void
    )
}

/// Since midnight. The server keeps no nanoseconds; they are cut off, so that a time never becomes the next day's.
fn microseconds(time: Time) -> i64 {
    let seconds = (i64::from(time.hour) * 60 + i64::from(time.minute)) * 60 + i64::from(time.second);
    seconds * 1_000_000 + i64::from(time.nanosecond / 1_000)
}
