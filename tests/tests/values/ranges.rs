//! Ranges, which PostgreSQL alone has.

use std::ops::Bound;

use aludel::sql::SqlType;
use aludel::sql::types::Range;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::homes::{POSTGRES, refused, survive};

/// Ranges in the form in which the server gives all of them back: with the lower bound and without the upper one.
fn canonical<T: Clone + PartialOrd + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Range<T>> {
    let bound = (prop::option::of(value.clone()), prop::option::of(value));
    bound.prop_map(|(a, b)| match (a, b) {
        (Some(a), Some(b)) if a == b => Range::Empty,
        (Some(a), Some(b)) if a > b => Range::from(b..a),
        (Some(a), Some(b)) => Range::from(a..b),
        (Some(a), None) => Range::from(a..),
        (None, Some(b)) => Range::from(..b),
        (None, None) => Range::unbounded(),
    })
}

#[test]
fn ranges() {
    survive(
        POSTGRES,
        &Range::<i32>::sql_type(),
        &[Range::Empty, Range::unbounded()],
        canonical(any::<i32>()),
    );
    survive(POSTGRES, &Range::<i64>::sql_type(), &[Range::from(i64::MIN..i64::MAX)], canonical(any::<i64>()));
    let days =
        (-700_000..2_900_000_i32).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day.max(1)).unwrap());
    survive(POSTGRES, &Range::<NaiveDate>::sql_type(), &[], canonical(days));
    let points =
        || (-62_000_000_000..250_000_000_000_i64).prop_map(|at| DateTime::from_timestamp(at, 0).unwrap());
    survive(POSTGRES, &Range::<DateTime<Utc>>::sql_type(), &[], canonical(points()));
    let walls = points().prop_map(|point| point.naive_utc());
    survive(POSTGRES, &Range::<NaiveDateTime>::sql_type(), &[], canonical(walls));
}

#[test]
fn bounds_are_kept_where_there_are_values_between_them() {
    let (one, two) = (Decimal::ONE, Decimal::TWO);
    let edges = [
        Range::Bounds(Bound::Excluded(one), Bound::Included(two)),
        Range::Bounds(Bound::Included(one), Bound::Included(one)),
        Range::Bounds(Bound::Unbounded, Bound::Included(-two)),
        Range::Empty,
    ];
    let decimals = any::<(i64, i64)>().prop_map(|(a, b)| {
        Range::Bounds(
            Bound::Excluded(Decimal::new(a.min(b), 3)),
            Bound::Included(Decimal::new(a.max(b), 3) + Decimal::ONE),
        )
    });
    survive(POSTGRES, &Range::<Decimal>::sql_type(), &edges, decimals);
}

#[test]
fn other_databases_have_none() {
    let error = refused("sqlite", &aludel::sql::types::text(), &Range::from(1..5));
    assert!(error.contains("is a range, which SQLite can't store"), "{error}");
}
