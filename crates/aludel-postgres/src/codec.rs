//! Values on their way into a statement and out of a row.
//!
//! Both ways go by the type that the server says. Values travel in the server's binary form; text for a type that has
//! no value of its own here travels as text, which the server's own input function reads. Only exact decimals, arrays and
//! ranges need memory on their way out.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::error::Error as StdError;
use std::fmt;

use aludel_sql::decode::Row;
use aludel_sql::interval::Interval;
use aludel_sql::temporal::{Date, Time, Timestamp};
use aludel_sql::types::ValueError;
use aludel_sql::value::Resolved;
use aludel_sql::{Value, ValueRef, decimal};
use bytes::BytesMut;
use tokio_postgres::Statement;
use tokio_postgres::types::{Format, FromSql, IsNull, Kind, ToSql, Type};

use crate::{compound, network, numeric};

/// From 1970-01-01, from which we count, to 2000-01-01, from which the server counts.
const EPOCH_DAYS: i64 = 10_957;
const DAY_MICROSECONDS: i64 = 86_400_000_000;

/// What a type of the server's looks like on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    /// Sent as the characters themselves.
    Text,
    /// One byte for the version of the form, then the characters.
    Jsonb,
    Bytea,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Uuid,
    Interval,
    /// `inet` or `cidr`.
    Network,
    Array,
    Range,
    /// What a function without a result gives back.
    Void,
    /// A type that is written as text and cannot be read yet.
    Other,
}

impl Class {
    pub(crate) fn of(ty: &Type) -> Class {
        match *ty {
            Type::BOOL => Class::Bool,
            Type::INT2 => Class::Int2,
            Type::INT4 => Class::Int4,
            Type::INT8 => Class::Int8,
            Type::OID => Class::Oid,
            Type::FLOAT4 => Class::Float4,
            Type::FLOAT8 => Class::Float8,
            Type::NUMERIC => Class::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::CHAR => {
                Class::Text
            }
            Type::JSON | Type::XML => Class::Text,
            Type::JSONB => Class::Jsonb,
            Type::BYTEA => Class::Bytea,
            Type::DATE => Class::Date,
            Type::TIME => Class::Time,
            Type::TIMESTAMP => Class::Timestamp,
            Type::TIMESTAMPTZ => Class::TimestampTz,
            Type::UUID => Class::Uuid,
            Type::INTERVAL => Class::Interval,
            Type::INET | Type::CIDR => Class::Network,
            Type::VOID => Class::Void,
            _ => match ty.kind() {
                Kind::Domain(base) => Class::of(base),
                Kind::Enum(_) => Class::Text,
                Kind::Array(element) if Class::of(element) != Class::Other => Class::Array,
                Kind::Range(subtype) if Class::of(subtype) != Class::Other => Class::Range,
                // An extension's type, which has no number that is known beforehand.
                Kind::Simple if ty.name() == "citext" => Class::Text,
                _ => Class::Other,
            },
        }
    }
}

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

/// The type behind a domain.
pub(crate) fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(behind) => base(behind),
        _ => ty,
    }
}

/// Since midnight. The server keeps no nanoseconds; they are cut off, so that a time never becomes the next day's.
fn microseconds(time: Time) -> i64 {
    let seconds = (i64::from(time.hour) * 60 + i64::from(time.minute)) * 60 + i64::from(time.second);
    seconds * 1_000_000 + i64::from(time.nanosecond / 1_000)
}

/// How the columns of a result are read.
#[derive(Debug)]
pub(crate) struct ResultColumns {
    classes: Box<[Class]>,
    /// Up to here there are columns whose values have to be made.
    made: usize,
}

impl ResultColumns {
    pub(crate) fn of(statement: &Statement) -> Self {
        let classes: Box<[Class]> =
            statement.columns().iter().map(|column| Class::of(column.type_())).collect();
        let is_made = |class: &Class| matches!(class, Class::Numeric | Class::Array | Class::Range);
        let made = classes.iter().rposition(is_made).map_or(0, |last| last + 1);
        ResultColumns { classes, made }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }
}

/// A row of a result.
pub(crate) struct PostgresRow<'r> {
    row: &'r tokio_postgres::Row,
    classes: &'r [Class],
    /// What has to be made of exact decimals, arrays and ranges, when it is asked for.
    made: Box<[OnceCell<Value>]>,
}

impl<'r> PostgresRow<'r> {
    pub(crate) fn new(row: &'r tokio_postgres::Row, columns: &'r ResultColumns) -> Self {
        let made = match columns.made {
            0 => Box::default(),
            cells => (0..cells).map(|_| OnceCell::new()).collect(),
        };
        PostgresRow { row, classes: &columns.classes, made }
    }

    #[cold]
    fn unreadable(&self, index: usize) -> ValueError {
        let ty =
            self.row.columns().get(index).map_or_else(|| "?".to_owned(), |column| column.type_().to_string());
        ValueError::new(format!(
            "values of the type `{ty}` can't be read yet: read the column as text, with `CAST(… AS text)`"
        ))
    }

    fn made(&self, index: usize, bytes: &[u8]) -> Result<ValueRef<'_>, ValueError> {
        let (Some(cell), Some(column)) = (self.made.get(index), self.row.columns().get(index)) else {
            return Err(no_such_column(index, self.width()));
        };
        if let Some(value) = cell.get() {
            return Ok(value.as_ref());
        }
        let value = decode(column.type_(), bytes)?;
        Ok(cell.get_or_init(|| value).as_ref())
    }
}

impl Row for PostgresRow<'_> {
    fn width(&self) -> usize {
        self.classes.len()
    }

    #[inline]
    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
        let Some(class) = self.classes.get(index) else { return Err(no_such_column(index, self.width())) };
        let Raw(bytes) = self.row.try_get(index).map_err(|error| ValueError::new(error.to_string()))?;
        let Some(bytes) = bytes else { return Ok(ValueRef::Null) };
        match class {
            Class::Numeric | Class::Array | Class::Range => self.made(index, bytes),
            Class::Other => Err(self.unreadable(index)),
            class => scalar(*class, bytes),
        }
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.row.columns().get(index).map(tokio_postgres::Column::name)
    }

    fn sql_type(&self, index: usize) -> Option<Cow<'_, str>> {
        self.row.columns().get(index).map(|column| Cow::Borrowed(column.type_().name()))
    }
}

/// A value of any type that is not [`Class::Other`], out of its binary form.
pub(crate) fn decode(ty: &Type, bytes: &[u8]) -> Result<Value, ValueError> {
    match (Class::of(ty), base(ty).kind()) {
        (Class::Numeric, _) => numeric::to_text(bytes).map(Value::Text).ok_or_else(|| malformed("numeric")),
        (Class::Array, Kind::Array(element)) => compound::decode_array(element, bytes),
        (Class::Range, Kind::Range(subtype)) => compound::decode_range(subtype, bytes),
        (class, _) => scalar(class, bytes).map(ValueRef::to_owned),
    }
}

/// A value that borrows from its binary form.
#[inline]
fn scalar(class: Class, bytes: &[u8]) -> Result<ValueRef<'_>, ValueError> {
    Ok(match class {
        Class::Bool => ValueRef::Bool(array::<1>(bytes, "boolean")? != [0]),
        Class::Int2 => ValueRef::I64(i16::from_be_bytes(array(bytes, "smallint")?).into()),
        Class::Int4 => ValueRef::I64(i32::from_be_bytes(array(bytes, "integer")?).into()),
        Class::Int8 => ValueRef::I64(i64::from_be_bytes(array(bytes, "bigint")?)),
        Class::Oid => ValueRef::I64(u32::from_be_bytes(array(bytes, "oid")?).into()),
        Class::Float4 => ValueRef::F64(f32::from_be_bytes(array(bytes, "real")?).into()),
        Class::Float8 => ValueRef::F64(f64::from_be_bytes(array(bytes, "double precision")?)),
        Class::Text => ValueRef::Text(text(bytes)?),
        Class::Jsonb => match bytes.split_first() {
            Some((1, json)) => ValueRef::Text(text(json)?),
            _ => return Err(malformed("jsonb")),
        },
        Class::Bytea => ValueRef::Bytes(bytes),
        Class::Date => ValueRef::Date(date(i32::from_be_bytes(array(bytes, "date")?))?),
        Class::Time => ValueRef::Time(time(i64::from_be_bytes(array(bytes, "time")?))?),
        Class::Timestamp => {
            ValueRef::Timestamp(timestamp(i64::from_be_bytes(array(bytes, "timestamp")?), None)?)
        }
        Class::TimestampTz => {
            ValueRef::Timestamp(timestamp(i64::from_be_bytes(array(bytes, "timestamptz")?), Some(0))?)
        }
        Class::Uuid => ValueRef::Uuid(array(bytes, "uuid")?),
        Class::Interval => {
            let (microseconds, rest) = bytes.split_at_checked(8).ok_or_else(|| malformed("interval"))?;
            let (days, months) = rest.split_at_checked(4).ok_or_else(|| malformed("interval"))?;
            ValueRef::Interval(Interval {
                months: i32::from_be_bytes(array(months, "interval")?),
                days: i32::from_be_bytes(array(days, "interval")?),
                microseconds: i64::from_be_bytes(array(microseconds, "interval")?),
            })
        }
        Class::Network => ValueRef::Network(network::decode(bytes).ok_or_else(|| malformed("inet"))?),
        Class::Void => ValueRef::Null,
        Class::Numeric | Class::Array | Class::Range | Class::Other => {
            return Err(malformed("value"));
        }
    })
}

/// A value as it came.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

#[inline]
fn array<const N: usize>(bytes: &[u8], ty: &str) -> Result<[u8; N], ValueError> {
    bytes.try_into().map_err(|_| malformed(ty))
}

fn text(bytes: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(bytes).map_err(|error| ValueError::new(format!("the text is not UTF-8 ({error})")))
}

fn date(days: i32) -> Result<Date, ValueError> {
    match days {
        i32::MAX | i32::MIN => Err(infinite()),
        days => Date::from_days(i64::from(days) + EPOCH_DAYS).ok_or_else(|| malformed("date")),
    }
}

fn time(microseconds: i64) -> Result<Time, ValueError> {
    if microseconds == DAY_MICROSECONDS {
        return Err(ValueError::new(
            "the time is 24:00, the end of the day, which no time of day here can hold",
        ));
    }
    if !(0..DAY_MICROSECONDS).contains(&microseconds) {
        return Err(malformed("time"));
    }
    let seconds = microseconds / 1_000_000;
    Ok(Time {
        hour: (seconds / 3600) as u8,
        minute: (seconds / 60 % 60) as u8,
        second: (seconds % 60) as u8,
        nanosecond: (microseconds % 1_000_000) as u32 * 1_000,
    })
}

fn timestamp(microseconds: i64, offset: Option<i32>) -> Result<Timestamp, ValueError> {
    if matches!(microseconds, i64::MAX | i64::MIN) {
        return Err(infinite());
    }
    let days = microseconds.div_euclid(DAY_MICROSECONDS) + EPOCH_DAYS;
    let date = Date::from_days(days).ok_or_else(|| malformed("timestamp"))?;
    Ok(Timestamp { date, time: time(microseconds.rem_euclid(DAY_MICROSECONDS))?, offset })
}

#[cold]
fn infinite() -> ValueError {
    ValueError::new(
        "the date is infinite, which no date here can hold: read it as text, with `CAST(… AS text)`",
    )
}

#[cold]
pub(crate) fn malformed(ty: &str) -> ValueError {
    ValueError::new(format!("the server sent a `{ty}` in a form that is not known"))
}

#[cold]
fn no_such_column(index: usize, width: usize) -> ValueError {
    ValueError::new(format!("the row has {width} columns, so there is none at {index} (counted from 0)"))
}
