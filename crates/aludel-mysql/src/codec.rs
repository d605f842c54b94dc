//! Values on their way into a statement and out of a row.

use std::borrow::Cow;

use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::decode::Row;
use aludel_sql::interval::Interval;
use aludel_sql::temporal::{Date, Time, Timestamp};
use aludel_sql::types::ValueError;
use aludel_sql::uuid_text::UuidText;
use aludel_sql::{ValueRef, json_array};
use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Params, Value};

/// The parameters of one run, in the form of the binary protocol.
///
/// Points in time go as date and time in UTC; booleans as 0 and 1; UUIDs as 32 hexadecimal digits. A date goes as text,
/// because the protocol's own form would make it a midnight. Exact decimals go as text, too, lengths of time as
/// microseconds, and arrays as JSON documents.
///
/// # Errors
/// Where MySQL cannot hold a value, or the values are more than the server takes at once.
pub(crate) fn parameters<'v>(values: impl Iterator<Item = ValueRef<'v>>, limit: usize) -> Result<Params> {
    let mut converted = Vec::with_capacity(values.size_hint().0);
    for value in values {
        let value = parameter(value).map_err(|problem| {
            Error::new(ErrorKind::Data, format!("parameter {} {problem}", converted.len() + 1))
        })?;
        converted.push(value);
    }
    check_size(&converted, limit)?;
    Ok(Params::Positional(converted))
}

/// About how many bytes a value takes in a message.
pub(crate) fn estimate(value: ValueRef<'_>) -> usize {
    16 + match value {
        ValueRef::Text(text) | ValueRef::Decimal(text) | ValueRef::Json(text) => text.len(),
        ValueRef::Bytes(bytes) => bytes.len(),
        ValueRef::Lazy(_) | ValueRef::Array(_) => estimate_made(value),
        _ => 16,
    }
}

/// What is made when it is asked for has to be made for this.
fn estimate_made(value: ValueRef<'_>) -> usize {
    parameter(value).map_or(0, |value| match value {
        Value::Bytes(bytes) => bytes.len(),
        _ => 16,
    })
}

/// From this size on, mysql_async sends each long value by itself.
const APART: usize = 0xff_ffff;

/// Refuses what the server would end the connection over.
fn check_size(values: &[Value], limit: usize) -> Result<()> {
    // Every value has a few bytes around it, and so has the message.
    let mut total = 64;
    for (index, value) in values.iter().enumerate() {
        let size = match value {
            Value::Bytes(bytes) => bytes.len(),
            _ => 16,
        };
        if size.saturating_add(64) > limit {
            return Err(too_long(&format!("parameter {} has {size} bytes", index + 1), limit));
        }
        total += size + 16;
    }
    if total < APART && total > limit {
        return Err(too_long(&format!("the parameters have {total} bytes together"), limit));
    }
    Ok(())
}

/// Refuses a statement that is longer than the server takes.
///
/// # Errors
/// Where it is.
pub(crate) fn check_text(sql: &str, limit: usize) -> Result<()> {
    if sql.len().saturating_add(64) > limit {
        return Err(too_long(&format!("the statement has {} bytes", sql.len()), limit));
    }
    Ok(())
}

#[cold]
fn too_long(what: &str, limit: usize) -> Error {
    Error::new(
        ErrorKind::Data,
        format!("{what}, but the server takes {limit} at once: raise its `max_allowed_packet`"),
    )
}

pub(crate) fn parameter(value: ValueRef<'_>) -> Result<Value, String> {
    let resolved = value.resolve();
    let value = resolved.as_ref();
    Ok(match value {
        ValueRef::Null => Value::NULL,
        ValueRef::Bool(flag) => Value::Int(flag.into()),
        ValueRef::I64(number) => Value::Int(number),
        ValueRef::U64(number) => Value::UInt(number),
        ValueRef::F64(number) if number.is_finite() => Value::Double(number),
        ValueRef::F64(number) => {
            return Err(format!("is {number}, which MySQL can't hold: pass NULL where that is meant"));
        }
        ValueRef::Text(text) => Value::Bytes(text.as_bytes().to_vec()),
        ValueRef::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Date(date) => {
            year_of(date)?;
            Value::Bytes(date.to_text().as_str().as_bytes().to_vec())
        }
        ValueRef::Time(time) => {
            Value::Time(false, 0, time.hour, time.minute, time.second, time.nanosecond / 1_000)
        }
        ValueRef::Timestamp(timestamp) => {
            let Timestamp { date, time, .. } = timestamp.to_utc();
            let year = year_of(date)?;
            Value::Date(
                year,
                date.month,
                date.day,
                time.hour,
                time.minute,
                time.second,
                time.nanosecond / 1_000,
            )
        }
        ValueRef::Uuid(bytes) => Value::Bytes(UuidText::new(bytes).as_str().into()),
        ValueRef::Network(_) => Value::Bytes(value.to_string().into_bytes()),
        ValueRef::Json(text) => Value::Bytes(text.as_bytes().to_vec()),
        ValueRef::Decimal(text @ ("NaN" | "Infinity" | "-Infinity")) => {
            return Err(format!("is {text}, which MySQL can't hold: pass NULL where that is meant"));
        }
        ValueRef::Decimal(text) => Value::Bytes(text.as_bytes().to_vec()),
        ValueRef::Interval(interval) => match interval.to_microseconds() {
            Some(number) => Value::Int(number),
            None => {
                return Err(format!(
                    "is the interval {interval}, but MySQL's columns keep microseconds, and months have no fixed \
                     number of them"
                ));
            }
        },
        ValueRef::Array(elements) => {
            let text = json_array::to_text(elements).map_err(|error| format!("can't be stored: {error}"))?;
            Value::Bytes(text.into_bytes())
        }
        ValueRef::Failed(error) => return Err(format!("can't be stored: {error}")),
        other => return Err(format!("is {}, which MySQL can't hold", other.kind())),
    })
}

fn year_of(date: Date) -> Result<u16, String> {
    match u16::try_from(date.year) {
        Ok(year @ 1..=9999) => Ok(year),
        _ => Err(format!("is in the year {}, but MySQL's dates go from 1 to 9999", date.year)),
    }
}

/// A row as mysql_async holds it.
pub(crate) struct MysqlRow<'r>(pub(crate) &'r mysql_async::Row);

impl MysqlRow<'_> {
    #[inline]
    fn column(&self, index: usize) -> Result<&Column, ValueError> {
        self.0.columns_ref().get(index).ok_or_else(|| no_such_column(index, self.width()))
    }
}

impl Row for MysqlRow<'_> {
    fn width(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
        let Some(value) = self.0.as_ref(index) else { return Err(no_such_column(index, self.width())) };
        match value {
            Value::NULL => Ok(ValueRef::Null),
            Value::Int(number) => Ok(ValueRef::I64(*number)),
            Value::UInt(number) => match i64::try_from(*number) {
                Ok(number) => Ok(ValueRef::I64(number)),
                Err(_) => Ok(ValueRef::U64(*number)),
            },
            Value::Double(number) => Ok(ValueRef::F64(*number)),
            Value::Float(number) => Ok(ValueRef::F64(f64::from(*number))),
            Value::Bytes(bytes) => from_bytes(bytes, self.column(index)?),
            Value::Date(year, month, day, hour, minute, second, microsecond) => {
                if *month == 0 || *day == 0 {
                    return Err(zero_date(&format!("{year:04}-{month:02}-{day:02}")));
                }
                let date = Date { year: i32::from(*year), month: *month, day: *day };
                let column = self.column(index)?.column_type();
                if column == ColumnType::MYSQL_TYPE_DATE {
                    return Ok(ValueRef::Date(date));
                }
                let time = Time {
                    hour: *hour,
                    minute: *minute,
                    second: *second,
                    nanosecond: microsecond.saturating_mul(1_000),
                };
                // The session is in UTC, and a TIMESTAMP is a point in time; a DATETIME may be a wall clock's reading.
                let point = column == ColumnType::MYSQL_TYPE_TIMESTAMP;
                Ok(ValueRef::Timestamp(Timestamp { date, time, offset: point.then_some(0) }))
            }
            Value::Time(false, 0, hour, minute, second, microsecond) if *hour < 24 => {
                Ok(ValueRef::Time(Time {
                    hour: *hour,
                    minute: *minute,
                    second: *second,
                    nanosecond: microsecond.saturating_mul(1_000),
                }))
            }
            // No time of day but a length of time.
            Value::Time(negative, days, hour, minute, second, microsecond) => {
                let hours = i64::from(*days) * 24 + i64::from(*hour);
                let seconds = (hours * 60 + i64::from(*minute)) * 60 + i64::from(*second);
                let length = seconds * 1_000_000 + i64::from(*microsecond);
                Ok(ValueRef::Interval(Interval::from_microseconds(if *negative { -length } else { length })))
            }
        }
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.0.columns_ref().get(index).and_then(|column| std::str::from_utf8(column.name_ref()).ok())
    }

    fn sql_type(&self, index: usize) -> Option<Cow<'_, str>> {
        self.0.columns_ref().get(index).and_then(type_name).map(Cow::Borrowed)
    }
}

/// The character set that stands for bytes.
const BINARY: u16 = 63;

/// What the type is called in DDL, as far as the protocol tells. It tells no lengths, and all lengths of text and of bytes
/// are one type in it.
fn type_name(column: &Column) -> Option<&'static str> {
    use ColumnType::*;
    let flags = column.flags();
    let unsigned = flags.contains(ColumnFlags::UNSIGNED_FLAG);
    let binary = column.character_set() == BINARY;
    Some(match column.column_type() {
        MYSQL_TYPE_VARCHAR | MYSQL_TYPE_VAR_STRING | MYSQL_TYPE_STRING | MYSQL_TYPE_BLOB
            if flags.contains(ColumnFlags::ENUM_FLAG) =>
        {
            "ENUM"
        }
        MYSQL_TYPE_VARCHAR | MYSQL_TYPE_VAR_STRING | MYSQL_TYPE_STRING | MYSQL_TYPE_BLOB
            if flags.contains(ColumnFlags::SET_FLAG) =>
        {
            "SET"
        }
        MYSQL_TYPE_DECIMAL | MYSQL_TYPE_NEWDECIMAL => "DECIMAL",
        MYSQL_TYPE_TINY if unsigned => "TINYINT UNSIGNED",
        MYSQL_TYPE_TINY => "TINYINT",
        MYSQL_TYPE_SHORT if unsigned => "SMALLINT UNSIGNED",
        MYSQL_TYPE_SHORT => "SMALLINT",
        MYSQL_TYPE_INT24 if unsigned => "MEDIUMINT UNSIGNED",
        MYSQL_TYPE_INT24 => "MEDIUMINT",
        MYSQL_TYPE_LONG if unsigned => "INT UNSIGNED",
        MYSQL_TYPE_LONG => "INT",
        MYSQL_TYPE_LONGLONG if unsigned => "BIGINT UNSIGNED",
        MYSQL_TYPE_LONGLONG => "BIGINT",
        MYSQL_TYPE_FLOAT => "FLOAT",
        MYSQL_TYPE_DOUBLE => "DOUBLE",
        MYSQL_TYPE_NULL => "NULL",
        MYSQL_TYPE_TIMESTAMP | MYSQL_TYPE_TIMESTAMP2 => "TIMESTAMP",
        MYSQL_TYPE_DATETIME | MYSQL_TYPE_DATETIME2 => "DATETIME",
        MYSQL_TYPE_DATE | MYSQL_TYPE_NEWDATE => "DATE",
        MYSQL_TYPE_TIME | MYSQL_TYPE_TIME2 => "TIME",
        MYSQL_TYPE_YEAR => "YEAR",
        MYSQL_TYPE_BIT => "BIT",
        MYSQL_TYPE_JSON => "JSON",
        MYSQL_TYPE_ENUM => "ENUM",
        MYSQL_TYPE_SET => "SET",
        MYSQL_TYPE_VARCHAR | MYSQL_TYPE_VAR_STRING if binary => "VARBINARY",
        MYSQL_TYPE_VARCHAR | MYSQL_TYPE_VAR_STRING => "VARCHAR",
        MYSQL_TYPE_STRING if binary => "BINARY",
        MYSQL_TYPE_STRING => "CHAR",
        MYSQL_TYPE_TINY_BLOB | MYSQL_TYPE_BLOB | MYSQL_TYPE_MEDIUM_BLOB | MYSQL_TYPE_LONG_BLOB if binary => {
            "BLOB"
        }
        MYSQL_TYPE_TINY_BLOB | MYSQL_TYPE_BLOB | MYSQL_TYPE_MEDIUM_BLOB | MYSQL_TYPE_LONG_BLOB => "TEXT",
        MYSQL_TYPE_GEOMETRY => "GEOMETRY",
        MYSQL_TYPE_VECTOR => "VECTOR",
        MYSQL_TYPE_TYPED_ARRAY | MYSQL_TYPE_UNKNOWN => return None,
    })
}

/// What comes as bytes: text, bytes, decimals, bits, documents; and every type in the text protocol, which is spoken
/// where a statement cannot be prepared.
fn from_bytes<'r>(bytes: &'r [u8], column: &Column) -> Result<ValueRef<'r>, ValueError> {
    use ColumnType::*;
    match column.column_type() {
        // By far the most.
        MYSQL_TYPE_VAR_STRING if column.character_set() != BINARY => text(bytes).map(ValueRef::Text),
        MYSQL_TYPE_BIT => bits(bytes),
        MYSQL_TYPE_TINY | MYSQL_TYPE_SHORT | MYSQL_TYPE_INT24 | MYSQL_TYPE_LONG | MYSQL_TYPE_LONGLONG
        | MYSQL_TYPE_YEAR => parsed(bytes, ValueRef::I64).or_else(|_| parsed(bytes, ValueRef::U64)),
        MYSQL_TYPE_FLOAT | MYSQL_TYPE_DOUBLE => parsed(bytes, ValueRef::F64),
        MYSQL_TYPE_VARCHAR
        | MYSQL_TYPE_VAR_STRING
        | MYSQL_TYPE_STRING
        | MYSQL_TYPE_TINY_BLOB
        | MYSQL_TYPE_BLOB
        | MYSQL_TYPE_MEDIUM_BLOB
        | MYSQL_TYPE_LONG_BLOB
            if column.character_set() == BINARY =>
        {
            Ok(ValueRef::Bytes(bytes))
        }
        // What `sum` makes of integers; it is text only where it has a fraction or does not fit.
        MYSQL_TYPE_DECIMAL | MYSQL_TYPE_NEWDECIMAL if column.decimals() == 0 => {
            let digits = text(bytes)?;
            Ok(digits.parse().map_or(ValueRef::Text(digits), ValueRef::I64))
        }
        MYSQL_TYPE_GEOMETRY => Ok(ValueRef::Bytes(bytes)),
        _ => text(bytes).map(ValueRef::Text),
    }
}

fn text(bytes: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(bytes).map_err(not_utf8)
}

fn parsed<'r, T: std::str::FromStr>(
    bytes: &[u8],
    value: fn(T) -> ValueRef<'r>,
) -> Result<ValueRef<'r>, ValueError> {
    let text = text(bytes)?;
    text.parse().map(value).map_err(|_| ValueError::new(format!("the number {text} does not fit")))
}

/// The bits of a `BIT` column, as the number that they are.
fn bits(bytes: &[u8]) -> Result<ValueRef<'_>, ValueError> {
    let number = bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    match i64::try_from(number) {
        Ok(number) => Ok(ValueRef::I64(number)),
        Err(_) => Ok(ValueRef::U64(number)),
    }
}

#[cold]
fn zero_date(date: &str) -> ValueError {
    ValueError::new(format!(
        "the date {date} is none: MySQL kept it from a session without strict mode. Correct the row, or select \
         `NULLIF(…, 0)`"
    ))
}

#[cold]
fn not_utf8(error: std::str::Utf8Error) -> ValueError {
    ValueError::new(format!(
        "the text is not UTF-8 ({error}); read such a column as bytes with `CAST(… AS BINARY)`"
    ))
}

#[cold]
fn no_such_column(index: usize, width: usize) -> ValueError {
    ValueError::new(format!("the row has {width} columns, so there is none at {index} (counted from 0)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_sizes(sizes: &[usize], limit: usize) -> Result<()> {
        let values: Vec<_> = sizes.iter().map(|size| vec![0; *size]).collect();
        parameters(values.iter().map(|value| ValueRef::Bytes(value)), limit).map(|_| ())
    }

    #[test]
    fn more_than_the_server_takes_is_refused() {
        assert!(of_sizes(&[500, 300], 1_000).is_ok());
        let error = of_sizes(&[1, 1_000], 1_000).unwrap_err();
        assert!(error.message().starts_with("parameter 2 has 1000 bytes"), "{error}");
        let error = of_sizes(&[500, 500], 1_000).unwrap_err();
        assert!(error.message().contains("bytes together"), "{error}");
        // Long ones are sent one by one.
        assert!(of_sizes(&[APART / 2 + 1, APART / 2 + 1], APART).is_ok());
        assert!(check_text("SELECT 1", 1_000).is_ok());
        assert!(check_text(&"x".repeat(1_000), 1_000).is_err());
    }
}
