//! Values on their way into a statement and out of a row. Out of a row nothing allocates, and into a statement only what
//! has to be made first.

use std::borrow::Cow;

use aludel_engine::error::{Error, ErrorKind};
use aludel_sql::decode::Row;
use aludel_sql::temporal::Timestamp;
use aludel_sql::types::ValueError;
use aludel_sql::uuid_text::UuidText;
use aludel_sql::{Value, ValueRef, decimal, json_array};
use rusqlite::Statement;
use rusqlite::types::ValueRef as Stored;

use crate::busy::Attempt;

/// Binds one parameter, counted from 0.
///
/// Dates and times are stored as ISO 8601 text, points in time in UTC and without an offset, as SQLite's own functions
/// write them; booleans as 0 and 1; UUIDs as 32 hexadecimal digits. Lengths of time are microseconds, arrays are JSON
/// documents, and an exact decimal is the number that is the same to the last digit.
pub(crate) fn bind(statement: &mut Statement<'_>, parameter: usize, value: ValueRef<'_>) -> Attempt<()> {
    let index = parameter + 1;
    let resolved = value.resolve();
    match resolved.as_ref() {
        ValueRef::Null => statement.raw_bind_parameter(index, rusqlite::types::Null),
        ValueRef::Bool(flag) => statement.raw_bind_parameter(index, i64::from(flag)),
        ValueRef::I64(number) => statement.raw_bind_parameter(index, number),
        ValueRef::F64(number) if number.is_nan() => return Err(not_a_number(index).into()),
        ValueRef::F64(number) => statement.raw_bind_parameter(index, number),
        ValueRef::Text(text) => statement.raw_bind_parameter(index, text),
        ValueRef::Bytes(bytes) => statement.raw_bind_parameter(index, bytes),
        ValueRef::Date(date) => statement.raw_bind_parameter(index, date.to_text().as_str()),
        ValueRef::Time(time) => statement.raw_bind_parameter(index, time.to_text().as_str()),
        ValueRef::Timestamp(timestamp) => {
            let stored = Timestamp { offset: None, ..timestamp.to_utc() };
            statement.raw_bind_parameter(index, stored.to_text().as_str())
        }
        ValueRef::Uuid(bytes) => statement.raw_bind_parameter(index, UuidText::new(bytes).as_str()),
        ValueRef::Json(text) => statement.raw_bind_parameter(index, text),
        ValueRef::Network(network) => statement.raw_bind_parameter(index, network.to_string()),
        ValueRef::Decimal(text) => match decimal::to_number(text) {
            Some(Value::I64(number)) => statement.raw_bind_parameter(index, number),
            Some(Value::F64(number)) => statement.raw_bind_parameter(index, number),
            _ => return Err(not_exact(index, text).into()),
        },
        ValueRef::U64(number) => return Err(not_exact(index, &number.to_string()).into()),
        ValueRef::Interval(interval) => match interval.to_microseconds() {
            Some(number) => statement.raw_bind_parameter(index, number),
            None => {
                let message = format!(
                    "parameter {index} is the interval {interval}, but SQLite keeps microseconds, and months have no \
                     fixed number of them"
                );
                return Err(Error::new(ErrorKind::Data, message).into());
            }
        },
        ValueRef::Array(elements) => match json_array::to_text(elements) {
            Ok(text) => statement.raw_bind_parameter(index, text),
            Err(error) => return Err(unfit(index, &error).into()),
        },
        ValueRef::Failed(error) => return Err(unfit(index, error).into()),
        other => {
            let message = format!("parameter {index} is {}, which SQLite can't store", other.kind());
            return Err(Error::new(ErrorKind::Data, message).into());
        }
    }?;
    Ok(())
}

#[cold]
fn unfit(index: usize, error: &ValueError) -> Error {
    Error::new(ErrorKind::Data, format!("parameter {index}: {error}"))
}

#[cold]
fn not_exact(index: usize, text: &str) -> Error {
    Error::new(
        ErrorKind::Data,
        format!(
            "parameter {index} is the exact decimal {text}, which SQLite would round: it keeps 15 digits of a number, \
             or an integer of 64 bits with a sign. Store it as text, in a field of the type `As<AsText<…>>`"
        ),
    )
}

#[cold]
fn not_a_number(index: usize) -> Error {
    Error::new(
        ErrorKind::Data,
        format!(
            "parameter {index} is NaN, which SQLite would store as NULL without a word: pass NULL where that is meant"
        ),
    )
}

/// The row that a statement stands on.
pub(crate) struct SqliteRow<'r, 's>(pub(crate) &'r rusqlite::Row<'s>);

impl Row for SqliteRow<'_, '_> {
    fn width(&self) -> usize {
        self.0.as_ref().column_count()
    }

    #[inline]
    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
        match self.0.get_ref(index) {
            Ok(Stored::Null) => Ok(ValueRef::Null),
            Ok(Stored::Integer(number)) => Ok(ValueRef::I64(number)),
            Ok(Stored::Real(number)) => Ok(ValueRef::F64(number)),
            Ok(Stored::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(ValueRef::Text(text)),
                Err(error) => Err(not_utf8(error)),
            },
            Ok(Stored::Blob(bytes)) => Ok(ValueRef::Bytes(bytes)),
            Err(_) => Err(no_such_column(index, self.width())),
        }
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.0.as_ref().column_name(index).ok()
    }

    /// As it was declared; an expression has no type.
    fn sql_type(&self, index: usize) -> Option<Cow<'_, str>> {
        // In some versions of rusqlite this is a list, in others an iterator.
        #[allow(clippy::useless_conversion)]
        let column = self.0.as_ref().columns().into_iter().nth(index)?;
        column.decl_type().map(|ty| Cow::Owned(ty.to_owned()))
    }
}

#[cold]
fn not_utf8(error: std::str::Utf8Error) -> ValueError {
    ValueError::new(format!(
        "the text is not UTF-8 ({error}); read such a column as bytes with `CAST(… AS BLOB)`"
    ))
}

#[cold]
pub(crate) fn no_such_column(index: usize, width: usize) -> ValueError {
    ValueError::new(format!("the row has {width} columns, so there is none at {index} (counted from 0)"))
}
