//! [`SqlType`] for chrono's dates and times.

use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone,
    Timelike, Utc,
};

use super::{Element, RangeElement, SqlType, Type, ValueError, duration};
use crate::interval::Interval;
use crate::temporal::{Date, Time, Timestamp};
use crate::value::{MakeValue, Value, ValueRef};

impl SqlType for NaiveDate {
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

impl SqlType for NaiveTime {
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

impl SqlType for NaiveDateTime {
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
        timestamp(value)
            .and_then(|(local, offset)| local.checked_sub_offset(offset))
            .ok_or_else(|| ValueError::mismatch("a timestamp", value))
    }
}

impl SqlType for DateTime<Utc> {
    fn sql_type() -> Type {
        Type::DateTime { timezone: true }
    }

    fn to_value(&self) -> ValueRef<'_> {
        let utc = self.naive_utc();
        ValueRef::Timestamp(Timestamp {
            date: date_of(utc.date()),
            time: time_of(utc.time()),
            offset: Some(0),
        })
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        NaiveDateTime::from_value(value).map(|utc| Utc.from_utc_datetime(&utc))
    }
}

impl SqlType for DateTime<FixedOffset> {
    fn sql_type() -> Type {
        Type::DateTime { timezone: true }
    }

    fn to_value(&self) -> ValueRef<'_> {
        let local = self.naive_local();
        ValueRef::Timestamp(Timestamp {
            date: date_of(local.date()),
            time: time_of(local.time()),
            offset: Some(self.offset().fix().local_minus_utc()),
        })
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        timestamp(value)
            .and_then(|(local, offset)| offset.from_local_datetime(&local).single())
            .ok_or_else(|| ValueError::mismatch("a timestamp", value))
    }
}

/// A length of time; nanoseconds are cut off.
impl SqlType for TimeDelta {
    fn sql_type() -> Type {
        Type::Interval
    }

    fn to_value(&self) -> ValueRef<'_> {
        match self.num_microseconds() {
            Some(microseconds) => ValueRef::Interval(Interval::from_microseconds(microseconds)),
            None => ValueRef::Lazy(self),
        }
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        duration::microseconds(value, "TimeDelta").map(TimeDelta::microseconds)
    }
}

impl MakeValue for TimeDelta {
    fn make_value(&self) -> Value {
        self.num_microseconds().map_or_else(duration::too_long, |microseconds| {
            Value::Interval(Interval::from_microseconds(microseconds))
        })
    }
}

impl Element for NaiveDate {}
impl Element for NaiveTime {}
impl Element for NaiveDateTime {}
impl Element for DateTime<Utc> {}
impl Element for DateTime<FixedOffset> {}
impl Element for TimeDelta {}

impl RangeElement for NaiveDate {}
impl RangeElement for NaiveDateTime {}
impl RangeElement for DateTime<Utc> {}
impl RangeElement for DateTime<FixedOffset> {}

/// The local reading and its offset; a timestamp without an offset is in UTC.
fn timestamp(value: ValueRef<'_>) -> Option<(NaiveDateTime, FixedOffset)> {
    let timestamp = match value {
        ValueRef::Timestamp(timestamp) => timestamp,
        ValueRef::Text(text) => Timestamp::parse(text)?,
        ValueRef::Date(date) => {
            Timestamp { date, time: Time { hour: 0, minute: 0, second: 0, nanosecond: 0 }, offset: None }
        }
        _ => return None,
    };
    let local = to_date(timestamp.date)?.and_time(to_time(timestamp.time)?);
    Some((local, FixedOffset::east_opt(timestamp.offset.unwrap_or(0))?))
}

fn date_of(date: NaiveDate) -> Date {
    Date { year: date.year(), month: date.month() as u8, day: date.day() as u8 }
}

fn time_of(time: NaiveTime) -> Time {
    // chrono keeps a leap second as a nanosecond count above one billion.
    let (second, nanosecond) = match time.nanosecond() {
        leap @ 1_000_000_000.. => (60, leap - 1_000_000_000),
        nanosecond => (time.second(), nanosecond),
    };
    Time { hour: time.hour() as u8, minute: time.minute() as u8, second: second as u8, nanosecond }
}

fn to_date(date: Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into())
}

fn to_time(time: Time) -> Option<NaiveTime> {
    let (second, nanosecond) = match time.second {
        60 => (59, time.nanosecond + 1_000_000_000),
        second => (second, time.nanosecond),
    };
    NaiveTime::from_hms_nano_opt(time.hour.into(), time.minute.into(), second.into(), nanosecond)
}
