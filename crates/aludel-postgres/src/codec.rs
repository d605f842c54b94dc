//! What the server's types look like on the wire, and values on their way out of a row. Their way into a statement is
//! `parameter.rs`.
//!
//! Both ways go by the type that the server says. Values travel in the server's binary form; text for a type that has
//! no value of its own here travels as text, which the server's own input function reads. Only exact decimals, arrays and
//! ranges need memory on their way out.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::error::Error as StdError;

use aludel_sql::decode::Row;
use aludel_sql::interval::Interval;
use aludel_sql::temporal::{Date, Time, Timestamp};
use aludel_sql::types::ValueError;
use aludel_sql::{Value, ValueRef};
use tokio_postgres::Statement;
use tokio_postgres::types::{FromSql, Kind, Type};

use crate::{compound, network, numeric};

/// From 1970-01-01, from which we count, to 2000-01-01, from which the server counts.
pub(crate) const EPOCH_DAYS: i64 = 10_957;
pub(crate) const DAY_MICROSECONDS: i64 = 86_400_000_000;

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

/// The type behind a domain.
pub(crate) fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(behind) => base(behind),
        _ => ty,
    }
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
