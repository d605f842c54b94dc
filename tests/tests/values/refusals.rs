//! What a database can't hold is refused in words that say so, before anything is sent.

use std::time::Duration;

use aludel::sql::types::{As, AsText, text};
use aludel::sql::{SqlType, Value};
use jiff::Span;
use rust_decimal::Decimal;

use crate::homes::{ALL, Home, not_written, refused};

#[test]
fn sqlite_does_not_round_in_silence() {
    let long = Decimal::from_str_exact("1234567890.0123456").expect("a number");
    let error = refused("sqlite", &Decimal::sql_type(), &long);
    assert!(error.contains("1234567890.0123456, which SQLite would round"), "{error}");
    assert!(error.contains("As<AsText<…>>"), "{error}");
    let error = refused("sqlite", &u64::sql_type(), &u64::MAX);
    assert!(error.contains("18446744073709551615, which SQLite would round"), "{error}");
    // The way out.
    let kept = Home::new("sqlite", &text()).bound(&As::<AsText<Decimal>>(long)).expect("a value");
    assert_eq!(kept.0, long);
    for value in [Value::Decimal("1234567890.0123456".into()), Value::U64(u64::MAX)] {
        assert!(not_written("sqlite", &value).contains("sqlite does not support"), "{value:?}");
    }
}

#[test]
fn months_have_no_length() {
    for name in ALL.iter().filter(|name| **name != "postgres") {
        let error = refused(name, &Span::sql_type(), &Span::new().years(1).days(1));
        assert!(error.contains("P12M1D") && error.contains("months have no fixed number"), "{error}");
    }
}

#[test]
fn lengths_of_time_that_no_column_holds() {
    for name in ALL {
        let error = refused(name, &Duration::sql_type(), &Duration::MAX);
        assert!(error.contains("292,000 years"), "{error}");
    }
}

#[test]
fn decimals_that_are_no_numbers_are_no_literals() {
    for name in ALL {
        for text in ["1; DROP TABLE t", "1e5", "", "0x1"] {
            let error = not_written(name, &Value::Decimal(text.into()));
            assert!(error.contains("does not support"), "{error}");
        }
    }
    let failed = Value::from(aludel::sql::types::ValueError::new("out of ink"));
    assert!(not_written("sqlite", &failed).contains("out of ink"));
}

#[cfg(feature = "servers")]
#[test]
fn what_mysql_has_no_value_for() {
    let error = refused("mysql", &f64::sql_type(), &f64::INFINITY);
    assert!(error.contains("which MySQL can't hold"), "{error}");
    let error = refused("mysql", &text(), &aludel::sql::types::Range::from(1..5));
    assert!(error.contains("is a range, which MySQL can't hold"), "{error}");
}
