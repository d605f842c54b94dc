//! [`SqlType`] for the standard library's length of time, and what all libraries' lengths of time share.
//!
//! Databases keep microseconds; nanoseconds are cut off.

use std::time::Duration;

use super::{Element, SqlType, Type, ValueError};
use crate::interval::Interval;
use crate::value::{MakeValue, Value, ValueRef};

/// A length of time in every form that a database uses: its own, microseconds, or MySQL's `TIME`.
pub(super) fn interval(value: ValueRef<'_>) -> Option<Interval> {
    match value {
        ValueRef::Interval(interval) => Some(interval),
        ValueRef::I64(microseconds) => Some(Interval::from_microseconds(microseconds)),
        ValueRef::Time(time) => {
            let minutes = i64::from(time.hour) * 60 + i64::from(time.minute);
            let seconds = minutes * 60 + i64::from(time.second);
            Some(Interval::from_microseconds(seconds * 1_000_000 + i64::from(time.nanosecond / 1_000)))
        }
        // The sum of a column of integers is an exact decimal on MySQL, which travels as text.
        ValueRef::Text(text) => text.parse().ok().map(Interval::from_microseconds),
        _ => None,
    }
}

/// The microseconds of a length of time that is read into a type without months.
///
/// # Errors
/// Where it is none, or has months, whose length nobody knows.
pub(super) fn microseconds(value: ValueRef<'_>, wanted: &str) -> Result<i64, ValueError> {
    let interval = interval(value).ok_or_else(|| ValueError::mismatch("a length of time", value))?;
    interval.to_microseconds().ok_or_else(|| no_fixed_length(interval, wanted))
}

#[cold]
fn no_fixed_length(interval: Interval, wanted: &str) -> ValueError {
    ValueError::new(format!(
        "the interval {interval} does not fit `{wanted}`, which counts a fixed number of seconds"
    ))
}

/// What stands for a length of time that no database can hold.
#[cold]
pub(super) fn too_long() -> Value {
    ValueError::new("a length of time of more than 292,000 years does not fit any database's column").into()
}

impl SqlType for Duration {
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
        let microseconds = microseconds(value, "Duration")?;
        u64::try_from(microseconds).map(Duration::from_micros).map_err(|_| {
            ValueError::new(
                "a negative length of time does not fit `Duration`: read it as a type with a sign, such as chrono's \
                 `TimeDelta`",
            )
        })
    }
}

impl MakeValue for Duration {
    fn make_value(&self) -> Value {
        match self.to_value() {
            ValueRef::Lazy(_) => too_long(),
            value => value.to_owned(),
        }
    }
}

impl Element for Duration {}
