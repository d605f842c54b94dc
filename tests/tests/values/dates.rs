//! Dates, times and lengths of time of chrono, time and jiff.

use std::time::Duration;

use aludel::sql::SqlType;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use jiff::{SignedDuration, Span, civil};
use proptest::prelude::*;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::homes::{ALL, Home, POSTGRES, survive};

/// Years that every database has.
const YEARS: std::ops::Range<i64> = -30_000_000_000..253_402_300_799;
const DAY: i64 = 86_400_000_000;

/// Microseconds since 1970.
fn points() -> impl Strategy<Value = i64> {
    (YEARS, 0..1_000_000_i64).prop_map(|(seconds, micros)| seconds * 1_000_000 + micros)
}

fn chrono_point(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("in range")
}

#[test]
fn chrono_types() {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let days = [day(1, 1, 1), day(1970, 1, 1), day(2000, 2, 29), day(2024, 2, 29), day(9999, 12, 31)];
    survive(ALL, &NaiveDate::sql_type(), &days, points().prop_map(|at| chrono_point(at).date_naive()));
    let midnight = NaiveTime::MIN;
    let last = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
    let times = points().prop_map(|at| chrono_point(at).time());
    survive(ALL, &NaiveTime::sql_type(), &[midnight, last], times);
    let walls = days.map(|day| day.and_time(last));
    survive(ALL, &NaiveDateTime::sql_type(), &walls, points().prop_map(|at| chrono_point(at).naive_utc()));
    let instants = walls.map(|wall| wall.and_utc());
    survive(ALL, &DateTime::<Utc>::sql_type(), &instants, points().prop_map(chrono_point));
}

#[test]
fn far_dates() {
    let far =
        [NaiveDate::from_ymd_opt(-4712, 1, 1), NaiveDate::from_ymd_opt(100_000, 12, 31)].map(Option::unwrap);
    for name in POSTGRES.iter().chain(&["sqlite"]) {
        let mut home = Home::new(name, &NaiveDate::sql_type());
        for day in far {
            assert_eq!(home.bound(&day).expect("a day"), day);
        }
    }
}

#[test]
fn time_types() {
    let point = |micros: i64| {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).expect("in range")
    };
    let day = |year, day| time::Date::from_ordinal_date(year, day).expect("a day");
    let days = [day(1, 1), day(2000, 60), day(9999, 365)];
    survive(ALL, &time::Date::sql_type(), &days, points().prop_map(move |at| point(at).date()));
    let last = time::Time::from_hms_micro(23, 59, 59, 999_999).expect("a time");
    let times = points().prop_map(move |at| point(at).time());
    survive(ALL, &time::Time::sql_type(), &[time::Time::MIDNIGHT, last], times);
    let walls = days.map(|day| PrimitiveDateTime::new(day, last));
    let random = points().prop_map(move |at| PrimitiveDateTime::new(point(at).date(), point(at).time()));
    survive(ALL, &PrimitiveDateTime::sql_type(), &walls, random);
    let instants = walls.map(PrimitiveDateTime::assume_utc);
    survive(ALL, &OffsetDateTime::sql_type(), &instants, points().prop_map(point));
    let offset = time::UtcOffset::from_hms(-9, -30, 0).expect("an offset");
    let east = points().prop_map(move |at| point(at / 2).to_offset(offset));
    survive(ALL, &OffsetDateTime::sql_type(), &[], east);
}

#[test]
fn jiff_types() {
    let point = |micros: i64| jiff::Timestamp::from_microsecond(micros).expect("in range");
    let wall = move |micros| jiff::tz::Offset::UTC.to_datetime(point(micros));
    let days = [civil::date(1, 1, 1), civil::date(2000, 2, 29), civil::date(9999, 12, 31)];
    survive(ALL, &civil::Date::sql_type(), &days, points().prop_map(move |at| wall(at).date()));
    let times = points().prop_map(move |at| wall(at).time());
    survive(
        ALL,
        &civil::Time::sql_type(),
        &[civil::Time::midnight(), civil::time(23, 59, 59, 999_999_000)],
        times,
    );
    survive(ALL, &civil::DateTime::sql_type(), &[], points().prop_map(wall));
    // A timestamp of jiff's ends 26 hours before the year 10,000.
    let instants = points().prop_map(move |at| point(at.min(253_402_207_200_000_000)));
    survive(ALL, &jiff::Timestamp::sql_type(), &[jiff::Timestamp::UNIX_EPOCH], instants);
}

#[test]
fn lengths_of_time() {
    let edges =
        [0, 1, DAY - 1, DAY, 400 * DAY, i64::MAX].map(|micros| Duration::from_micros(micros.unsigned_abs()));
    survive(ALL, &Duration::sql_type(), &edges, (0..i64::MAX as u64).prop_map(Duration::from_micros));
    let signed = [0, 1, -1, DAY, -DAY, i64::MAX, i64::MIN + 1];
    let chronos = signed.map(TimeDelta::microseconds);
    survive(ALL, &TimeDelta::sql_type(), &chronos, any::<i64>().prop_map(TimeDelta::microseconds));
    let times = signed.map(time::Duration::microseconds);
    survive(ALL, &time::Duration::sql_type(), &times, any::<i64>().prop_map(time::Duration::microseconds));
    let jiffs = signed.map(SignedDuration::from_micros);
    survive(ALL, &SignedDuration::sql_type(), &jiffs, any::<i64>().prop_map(SignedDuration::from_micros));
}

#[test]
fn spans_keep_months_and_days_apart() {
    for name in POSTGRES {
        let mut home = Home::new(name, &Span::sql_type());
        for span in [
            Span::new(),
            Span::new().years(3).months(2).days(40).seconds(100_000).microseconds(5),
            Span::new().years(-3).months(-2).days(-40).seconds(-1),
        ] {
            for back in [home.bound(&span), home.written(&span)] {
                assert_eq!(back.expect("a span").fieldwise(), span.fieldwise());
            }
        }
    }
    let span = Span::new().days(2).seconds(-1);
    assert_eq!(span.get_days(), -2, "a span has one sign");
    let mut home = Home::new("sqlite", &Span::sql_type());
    let back = home.bound(&Span::new().days(1).seconds(1)).expect("a span");
    assert_eq!(back.fieldwise(), Span::new().seconds(86_401).fieldwise());
}

#[cfg(feature = "servers")]
#[test]
fn a_time_of_mysql_may_be_a_length_of_time() {
    use aludel::prelude::*;
    let mut home = Home::new("mysql", &aludel::sql::types::raw("TIME(6)"));
    let mut read = |text: &'static str| -> TimeDelta {
        home.connection.one(sql(text).rows()).wait().expect("a length of time")
    };
    assert_eq!(
        read("SELECT CAST('-838:59:59.000001' AS TIME(6))"),
        -TimeDelta::microseconds(3_020_399_000_001)
    );
    assert_eq!(read("SELECT CAST('01:00:00' AS TIME)"), TimeDelta::hours(1));
    let error = home.connection.one(sql("SELECT CAST('25:00:00' AS TIME)").rows::<NaiveTime>()).wait();
    let error = error.expect_err("no time of day").to_string();
    assert!(error.contains("expected a time of day, got an interval"), "{error}");
}
