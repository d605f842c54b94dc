//! [`SqlType`] for time's dates and times.

use time::{
    Date as TimeDate, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time as TimeTime, UtcOffset,
};

use super::{Element, RangeElement, SqlType, Type, ValueError, duration};
use crate::interval::Interval;
use crate::temporal::{Date, Time, Timestamp};
use crate::value::{MakeValue, Value, ValueRef};

impl SqlType for TimeDate {
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

impl SqlType for TimeTime {
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

impl SqlType for PrimitiveDateTime {
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
        let point = timestamp(value).and_then(|point| point.checked_to_offset(UtcOffset::UTC));
        point
            .map(|utc| PrimitiveDateTime::new(utc.date(), utc.time()))
            .ok_or_else(|| ValueError::mismatch("a timestamp", value))
    }
}

/// Databases keep the point in time and not the offset: it comes back in UTC.
impl SqlType for OffsetDateTime {
    fn sql_type() -> Type {
        Type::DateTime { timezone: true }
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Timestamp(Timestamp {
            date: date_of(self.date()),
            time: time_of(self.time()),
            offset: Some(self.offset().whole_seconds()),
        })
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        timestamp(value).ok_or_else(|| ValueError::mismatch("a timestamp", value))
    }
}

/// A length of time; nanoseconds are cut off.
impl SqlType for Duration {
    fn sql_type() -> Type {
        Type::Interval
    }

    fn to_value(&self) -> ValueRef<'_> {
        match i64::try_from(self.whole_microseconds()) {
            Ok(microseconds) => ValueRef::Interval(Interval::from_microseconds(microseconds)),
            Err(_) => ValueRef::Lazy(self),
        }
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        duration::microseconds(value, "Duration").map(Duration::microseconds)
    }
}

impl MakeValue for Duration {
    fn make_value(&self) -> Value {
        match i64::try_from(self.whole_microseconds()) {
            Ok(microseconds) => Value::Interval(Interval::from_microseconds(microseconds)),
            Err(_) => duration::too_long(),
        }
    }
}

impl Element for TimeDate {}
impl Element for TimeTime {}
impl Element for PrimitiveDateTime {}
impl Element for OffsetDateTime {}
impl Element for Duration {}

impl RangeElement for TimeDate {}
impl RangeElement for PrimitiveDateTime {}
impl RangeElement for OffsetDateTime {}

/// A timestamp without an offset is in UTC.
fn timestamp(value: ValueRef<'_>) -> Option<OffsetDateTime> {
    let timestamp = match value {
        ValueRef::Timestamp(timestamp) => timestamp,
        ValueRef::Text(text) => Timestamp::parse(text)?,
        ValueRef::Date(date) => {
            Timestamp { date, time: Time { hour: 0, minute: 0, second: 0, nanosecond: 0 }, offset: None }
        }
        _ => return None,
    };
    let local = PrimitiveDateTime::new(to_date(timestamp.date)?, to_time(timestamp.time)?);
    Some(local.assume_offset(UtcOffset::from_whole_seconds(timestamp.offset.unwrap_or(0)).ok()?))
}

fn date_of(date: TimeDate) -> Date {
    Date { year: date.year(), month: date.month().into(), day: date.day() }
}

fn time_of(time: TimeTime) -> Time {
    Time { hour: time.hour(), minute: time.minute(), second: time.second(), nanosecond: time.nanosecond() }
}

fn to_date(date: Date) -> Option<TimeDate> {
    TimeDate::from_calendar_date(date.year, Month::try_from(date.month).ok()?, date.day).ok()
}

fn to_time(time: Time) -> Option<TimeTime> {
    TimeTime::from_hms_nano(time.hour, time.minute, time.second, time.nanosecond).ok()
}
