//! What goes in comes out.

use aludel_engine::driver::RawConnection;
use aludel_engine::{ErrorKind, Wait};
use aludel_sql::SqlType;
use aludel_sql::temporal::{Date, Time, Timestamp};
use aludel_sql::value::{Value, ValueRef};
use proptest::prelude::*;

use crate::scratch::{memory, rows};

fn back(connection: &mut dyn RawConnection, value: ValueRef<'_>) -> Value {
    let mut rows = rows(connection, "SELECT ?", &[value]).expect("a value");
    rows.pop().and_then(|mut row| row.pop()).expect("one row of one value")
}

#[test]
fn special_values() {
    let mut connection = memory();
    let date = Date { year: 2026, month: 11, day: 22 };
    let time = Time { hour: 1, minute: 2, second: 3, nanosecond: 250_000_000 };
    let uuid = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 1, 2, 3, 4, 5, 6, 7, 8];
    let text = |text: &str| Value::Text(text.to_owned());
    for (given, stored) in [
        (ValueRef::Null, Value::Null),
        (ValueRef::Bool(true), Value::I64(1)),
        (ValueRef::Bool(false), Value::I64(0)),
        (ValueRef::F64(f64::INFINITY), Value::F64(f64::INFINITY)),
        (ValueRef::F64(f64::NEG_INFINITY), Value::F64(f64::NEG_INFINITY)),
        (ValueRef::Text(""), text("")),
        (ValueRef::Text("a\0b"), text("a\0b")),
        (ValueRef::Bytes(&[]), Value::Bytes(Vec::new())),
        (ValueRef::Date(date), text("2026-11-22")),
        (ValueRef::Time(time), text("01:02:03.250000")),
        (ValueRef::Timestamp(Timestamp { date, time, offset: None }), text("2026-11-22 01:02:03.250000")),
        // A point in time is stored in UTC: two hours earlier, the day before.
        (
            ValueRef::Timestamp(Timestamp { date, time, offset: Some(7200) }),
            text("2026-11-21 23:02:03.250000"),
        ),
        (ValueRef::Uuid(uuid), text("123456789abcdef00102030405060708")),
    ] {
        assert_eq!(back(connection.as_mut(), given), stored);
    }
}

#[test]
fn nan_is_refused() {
    let mut connection = memory();
    let error = rows(connection.as_mut(), "SELECT ?, ?", &[ValueRef::Null, ValueRef::F64(f64::NAN)]);
    let error = error.expect_err("NaN");
    assert_eq!(error.kind(), ErrorKind::Data);
    assert!(error.message().starts_with("parameter 2 is NaN"), "{error}");
}

#[test]
fn text_that_is_not_utf8_is_an_error_of_its_column() {
    let mut connection = memory();
    let mut sink = |row: &dyn aludel_sql::decode::Row| {
        let error = row.value(0).expect_err("bytes that are no text");
        assert!(error.to_string().contains("not UTF-8"), "{error}");
        Ok(std::ops::ControlFlow::Continue(()))
    };
    connection.fetch("SELECT CAST(x'ff00' AS TEXT)", &[], &mut sink).wait().expect("a row");
}

/// Through a column that has the type's usual affinity, and back through the type's own conversion.
fn through_a_column<T: SqlType + PartialEq + std::fmt::Debug>(words: &str, value: &T) {
    let mut connection = memory();
    connection.execute(&format!("CREATE TABLE t (v {words})"), &[]).wait().expect("a table");
    connection.execute("INSERT INTO t VALUES (?)", &[value.to_value()]).wait().expect("a row");
    let rows = rows(connection.as_mut(), "SELECT v FROM t", &[]).expect("a row");
    assert_eq!(T::from_value(rows[0][0].as_ref()).as_ref(), Ok(value));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn integers(value: i64) {
        through_a_column("BIGINT", &value);
    }

    #[test]
    fn floats(value in proptest::num::f64::ANY.prop_filter("NaN is refused", |value| !value.is_nan())) {
        through_a_column("DOUBLE", &value);
    }

    #[test]
    fn texts(value in any::<String>()) {
        through_a_column("VARCHAR", &value);
    }

    #[test]
    fn bytes(value: Vec<u8>) {
        through_a_column("BLOB", &value);
    }

    #[test]
    fn booleans(value: bool) {
        through_a_column("BOOLEAN", &value);
    }

    #[test]
    fn timestamps(
        (year, month, day) in (1..=9999i32, 1..=12u8, 1..=28u8),
        (hour, minute, second) in (0..24u8, 0..60u8, 0..60u8),
        nanosecond in 0..1_000_000_000u32,
        offset in proptest::option::of(-1000..1000i32),
    ) {
        let date = Date { year, month, day };
        let time = Time { hour, minute, second, nanosecond };
        let timestamp = Timestamp { date, time, offset: offset.map(|minutes| minutes * 60) };
        // Only the year before the first and the one after the last are written in another width.
        prop_assume!((2..9999).contains(&year));
        let mut connection = memory();
        let Value::Text(stored) = back(connection.as_mut(), ValueRef::Timestamp(timestamp)) else {
            panic!("a timestamp is stored as text");
        };
        let read = Timestamp::parse(&stored).expect("a timestamp");
        prop_assert_eq!(read.offset, None);
        prop_assert_eq!(Timestamp { offset: timestamp.to_utc().offset, ..read }, timestamp.to_utc());
    }
}
