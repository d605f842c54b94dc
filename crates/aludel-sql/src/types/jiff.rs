//! [`SqlType`] for jiff's dates and times.
//!
//! There is none for `Zoned`, because no database keeps a time zone: a `Timestamp` is what is kept of one.

use jiff::civil::{self, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp as JiffTimestamp};

use super::{Element, RangeElement, SqlType, Type, ValueError, duration};
use crate::interval::Interval;
use crate::temporal::{Date, Time, Timestamp};
use crate::value::{MakeValue, Value, ValueRef};

impl SqlType for civil::Date {
    fn sql_type() -> Type {
        Type::Date
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Date(date_of(*self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let date = match value {
            ValueRef::Date(date) => Some(date),
            ValueRef::Text(text) => Date::parse(text),
            _ => None,
        };
        date.and_then(to_date).ok_or_else(|| ValueError::mismatch("a date", value))
    }
}

impl SqlType for civil::Time {
    fn sql_type() -> Type {
        Type::Time { timezone: false }
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Time(time_of(*self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let time = match value {
            ValueRef::Time(time) => Some(time),
            ValueRef::Text(text) => Time::parse(text),
            _ => None,
        };
        time.and_then(to_time).ok_or_else(|| ValueError::mismatch("a time of day", value))
    }
}

impl SqlType for DateTime {
    fn sql_type() -> Type {
        Type::DateTime { timezone: false }
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Timestamp(Timestamp {
            date: date_of(self.date()),
            time: time_of(self.time()),
            offset: None,
        })
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let read = timestamp(value).and_then(|(local, offset)| match offset {
            0 => Some(local),
            offset => local.checked_sub(SignedDuration::from_secs(offset.into())).ok(),
        });
        read.ok_or_else(|| ValueError::mismatch("a timestamp", value))
    }
}

impl SqlType for JiffTimestamp {
    fn sql_type() -> Type {
        Type::DateTime { timezone: true }
    }

    fn to_value(&self) -> ValueRef<'_> {
        let utc = Offset::UTC.to_datetime(*self);
        ValueRef::Timestamp(Timestamp {
            date: date_of(utc.date()),
            time: time_of(utc.time()),
            offset: Some(0),
        })
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        timestamp(value)
            .and_then(|(local, offset)| Offset::from_seconds(offset).ok()?.to_timestamp(local).ok())
            .ok_or_else(|| ValueError::mismatch("a timestamp", value))
    }
}

/// A length of time; nanoseconds are cut off.
impl SqlType for SignedDuration {
    fn sql_type() -> Type {
        Type::Interval
    }

    fn to_value(&self) -> ValueRef<'_> {
        match i64::try_from(self.as_micros()) {
            Ok(microseconds) => ValueRef::Interval(Interval::from_microseconds(microseconds)),
            Err(_) => ValueRef::Lazy(self),
        }
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        duration::microseconds(value, "SignedDuration").map(SignedDuration::from_micros)
    }
}

impl MakeValue for SignedDuration {
    fn make_value(&self) -> Value {
        match i64::try_from(self.as_micros()) {
            Ok(microseconds) => Value::Interval(Interval::from_microseconds(microseconds)),
            Err(_) => duration::too_long(),
        }
    }
}

/// A span of calendar units. Years become months, weeks become days, and what is shorter becomes microseconds, which is
/// all that PostgreSQL keeps; other databases refuse one with years or months.
impl SqlType for Span {
    fn sql_type() -> Type {
        Type::Interval
    }

    fn to_value(&self) -> ValueRef<'_> {
        interval_of(self).map_or(ValueRef::Lazy(self), ValueRef::Interval)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let interval =
            duration::interval(value).ok_or_else(|| ValueError::mismatch("a length of time", value))?;
        to_span(interval).ok_or_else(|| {
            ValueError::new(format!(
                "the interval {interval} does not fit `Span`, whose parts are of one sign and under 20,000 years"
            ))
        })
    }
}

impl MakeValue for Span {
    fn make_value(&self) -> Value {
        interval_of(self).map_or_else(duration::too_long, Value::Interval)
    }
}

impl Element for civil::Date {}
impl Element for civil::Time {}
impl Element for DateTime {}
impl Element for JiffTimestamp {}
impl Element for SignedDuration {}
impl Element for Span {}

impl RangeElement for civil::Date {}
impl RangeElement for DateTime {}
impl RangeElement for JiffTimestamp {}

fn interval_of(span: &Span) -> Option<Interval> {
    let months = i64::from(span.get_years()) * 12 + i64::from(span.get_months());
    let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
    let seconds = i64::from(span.get_hours()) * 3_600 + span.get_minutes() * 60 + span.get_seconds();
    let small = i128::from(span.get_milliseconds()) * 1_000
        + i128::from(span.get_microseconds())
        + i128::from(span.get_nanoseconds() / 1_000);
    Some(Interval {
        months: months.try_into().ok()?,
        days: days.try_into().ok()?,
        microseconds: i64::try_from(i128::from(seconds) * 1_000_000 + small).ok()?,
    })
}

/// A span has one sign for all of its parts.
fn to_span(interval: Interval) -> Option<Span> {
    let Interval { months, days, microseconds } = interval;
    let signs = [i64::from(months.signum()), i64::from(days.signum()), microseconds.signum()];
    if signs.contains(&1) && signs.contains(&-1) {
        return None;
    }
    let span = Span::new().try_years(months / 12).ok()?.try_months(months % 12).ok()?.try_days(days).ok()?;
    span.try_seconds(microseconds / 1_000_000).ok()?.try_microseconds(microseconds % 1_000_000).ok()
}

/// The local reading and its offset in seconds; a timestamp without an offset is in UTC.
fn timestamp(value: ValueRef<'_>) -> Option<(DateTime, i32)> {
    let timestamp = match value {
        ValueRef::Timestamp(timestamp) => timestamp,
        ValueRef::Text(text) => Timestamp::parse(text)?,
        ValueRef::Date(date) => {
            Timestamp { date, time: Time { hour: 0, minute: 0, second: 0, nanosecond: 0 }, offset: None }
        }
        _ => return None,
    };
    let local = DateTime::from_parts(to_date(timestamp.date)?, to_time(timestamp.time)?);
    Some((local, timestamp.offset.unwrap_or(0)))
}

fn date_of(date: civil::Date) -> Date {
    Date { year: date.year().into(), month: date.month().unsigned_abs(), day: date.day().unsigned_abs() }
}

fn time_of(time: civil::Time) -> Time {
    Time {
        hour: time.hour().unsigned_abs(),
        minute: time.minute().unsigned_abs(),
        second: time.second().unsigned_abs(),
        nanosecond: time.subsec_nanosecond().unsigned_abs(),
    }
}

fn to_date(date: Date) -> Option<civil::Date> {
    let year = i16::try_from(date.year).ok()?;
    civil::Date::new(year, date.month.try_into().ok()?, date.day.try_into().ok()?).ok()
}

fn to_time(time: Time) -> Option<civil::Time> {
    let nanosecond = i32::try_from(time.nanosecond).ok()?;
    let [hour, minute, second] = [time.hour, time.minute, time.second].map(u8::cast_signed);
    civil::Time::new(hour, minute, second, nanosecond).ok()
}
