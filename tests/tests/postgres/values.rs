//! Every kind of value goes to the server and comes back as it was.

use std::ops::ControlFlow;

use aludel::prelude::*;
use aludel::sql::temporal::{Date, Time, Timestamp};
use aludel::sql::{Value, ValueRef};
use aludel::{Connection, Error, ErrorKind};

use crate::database::Database;

/// The only value of the only row.
fn value(connection: &mut Connection, sql: &str, parameters: &[ValueRef<'_>]) -> Result<Value, Error> {
    let mut found = None;
    let mut sink = |row: &dyn aludel::sql::decode::Row| {
        let value = row.value(0).map_err(|error| aludel::sql::decode::DecodeError::at(row, 0, error))?;
        found = Some(value.to_owned());
        Ok(ControlFlow::Continue(()))
    };
    connection.raw()?.fetch(sql, parameters, &mut sink).wait()?;
    Ok(found.expect("a row"))
}

/// What the server gives back for a value of a type.
fn round_trip(connection: &mut Connection, ty: &str, given: ValueRef<'_>) -> Result<Value, Error> {
    value(connection, &format!("SELECT $1::{ty}"), &[given])
}

const fn date(year: i32, month: u8, day: u8) -> Date {
    Date { year, month, day }
}

const fn time(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Time {
    Time { hour, minute, second, nanosecond }
}

#[test]
fn every_kind_of_value_survives_the_way_there_and_back() {
    let database = Database::new();
    let mut connection =
        database.after("CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); CREATE DOMAIN small AS integer");
    let midnight = time(0, 0, 0, 0);
    let late = time(23, 59, 59, 999_999_000);
    let stamp = |date, time, offset| ValueRef::Timestamp(Timestamp { date, time, offset });
    let long = "ü".repeat(100_000);
    let cases: &[(&str, &[ValueRef<'_>])] = &[
        ("boolean", &[ValueRef::Bool(true), ValueRef::Bool(false)]),
        ("smallint", &[ValueRef::I64(i16::MIN.into()), ValueRef::I64(0), ValueRef::I64(i16::MAX.into())]),
        ("integer", &[ValueRef::I64(i32::MIN.into()), ValueRef::I64(-1), ValueRef::I64(i32::MAX.into())]),
        ("bigint", &[ValueRef::I64(i64::MIN), ValueRef::I64(i64::MAX)]),
        ("small", &[ValueRef::I64(7)]),
        ("oid", &[ValueRef::I64(0), ValueRef::I64(u32::MAX.into())]),
        ("real", &[ValueRef::F64(1.5), ValueRef::F64(f64::NEG_INFINITY), ValueRef::F64(f32::MAX.into())]),
        (
            "double precision",
            &[
                ValueRef::F64(0.1),
                ValueRef::F64(-0.0),
                ValueRef::F64(f64::MIN_POSITIVE),
                ValueRef::F64(f64::MAX),
                ValueRef::F64(f64::INFINITY),
            ],
        ),
        (
            "numeric",
            &[
                ValueRef::Text("0"),
                ValueRef::Text("-12345678901234567890.0001"),
                ValueRef::Text("0.00000000000000000001"),
                ValueRef::Text("100000000"),
                ValueRef::Text("NaN"),
            ],
        ),
        (
            "text",
            &[
                ValueRef::Text(""),
                ValueRef::Text("it's \\ \"x\"\n"),
                ValueRef::Text(&long),
                ValueRef::Text("🜍"),
            ],
        ),
        ("varchar(5)", &[ValueRef::Text("abcde")]),
        ("name", &[ValueRef::Text("users")]),
        ("mood", &[ValueRef::Text("it's ok")]),
        ("json", &[ValueRef::Text("{\"a\": [1, null]}")]),
        ("jsonb", &[ValueRef::Text("{\"a\": [1, null]}")]),
        ("bytea", &[ValueRef::Bytes(&[]), ValueRef::Bytes(&[0, 255, 39, 92])]),
        (
            "date",
            &[
                ValueRef::Date(date(2026, 11, 22)),
                ValueRef::Date(date(2000, 2, 29)),
                ValueRef::Date(date(1, 1, 1)),
                ValueRef::Date(date(0, 12, 31)),
                ValueRef::Date(date(-4712, 1, 1)),
                ValueRef::Date(date(9999, 12, 31)),
            ],
        ),
        ("time", &[ValueRef::Time(midnight), ValueRef::Time(late)]),
        (
            "timestamp",
            &[
                stamp(date(2026, 11, 22), late, None),
                stamp(date(1969, 12, 31), late, None),
                stamp(date(1, 1, 1), midnight, None),
            ],
        ),
        (
            "timestamptz",
            &[stamp(date(2026, 11, 22), late, Some(0)), stamp(date(1969, 12, 31), midnight, Some(0))],
        ),
        ("uuid", &[ValueRef::Uuid([0; 16]), ValueRef::Uuid(*b"0123456789abcdef")]),
    ];
    for (ty, values) in cases {
        for given in *values {
            let back = round_trip(&mut connection, ty, *given).expect(ty);
            assert_eq!(back.as_ref(), *given, "{ty}");
        }
        assert_eq!(round_trip(&mut connection, ty, ValueRef::Null).expect(ty), Value::Null, "{ty}");
    }
    match round_trip(&mut connection, "double precision", ValueRef::F64(f64::NAN)).expect("NaN is a value") {
        Value::F64(number) => assert!(number.is_nan()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_are_taken_in_every_form_that_means_the_same() {
    let database = Database::new();
    let mut connection = database.connect();
    let eight = time(8, 30, 0, 123_456_789);
    let stamp = |offset| ValueRef::Timestamp(Timestamp { date: date(2026, 1, 1), time: eight, offset });
    let stored = |date, time, offset| Value::Timestamp(Timestamp { date, time, offset });
    let micros = time(8, 30, 0, 123_456_000);
    for (ty, given, expected) in [
        ("numeric", ValueRef::I64(i64::MIN), Value::Text(i64::MIN.to_string())),
        ("numeric(6,2)", ValueRef::F64(1234.5), Value::Text("1234.50".into())),
        ("numeric", ValueRef::F64(1e20), Value::Text("100000000000000000000".into())),
        ("double precision", ValueRef::I64(1 << 53), Value::F64(9_007_199_254_740_992.0)),
        ("real", ValueRef::I64(-3), Value::F64(-3.0)),
        ("date", ValueRef::Text("2026-01-01"), Value::Date(date(2026, 1, 1))),
        (
            "uuid",
            ValueRef::Text("00000000-0000-0000-0000-000000000001"),
            Value::Uuid([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ),
        // Nanoseconds are cut off; an offset is taken into account; without one it is UTC.
        ("timestamp", stamp(None), stored(date(2026, 1, 1), micros, None)),
        ("timestamptz", stamp(None), stored(date(2026, 1, 1), micros, Some(0))),
        (
            "timestamptz",
            stamp(Some(36_000)),
            stored(date(2025, 12, 31), time(22, 30, 0, 123_456_000), Some(0)),
        ),
        ("timestamp", ValueRef::Date(date(2026, 1, 1)), stored(date(2026, 1, 1), time(0, 0, 0, 0), None)),
    ] {
        assert_eq!(round_trip(&mut connection, ty, given).expect(ty), expected, "{ty} of {given}");
    }
    // Text reaches types that have no value of their own here.
    let days = value(&mut connection, "SELECT cardinality($1::int[])", &[ValueRef::Text("{1,2,3}")]);
    assert_eq!(days.expect("an array"), Value::I64(3));
    let wait = value(&mut connection, "SELECT ($1::interval)::text", &[ValueRef::Text("90 minutes")]);
    assert_eq!(wait.expect("an interval"), Value::Text("01:30:00".into()));
}

#[test]
fn a_parameter_that_nothing_describes_has_the_type_of_its_value() {
    let database = Database::new();
    let mut connection = database.connect();
    let now = Timestamp { date: date(2026, 1, 1), time: time(1, 2, 3, 0), offset: Some(0) };
    for given in [
        ValueRef::I64(7),
        ValueRef::Text("seven"),
        ValueRef::F64(7.5),
        ValueRef::I64(8),
        ValueRef::Bool(true),
        ValueRef::Bytes(&[7]),
        ValueRef::Date(now.date),
        ValueRef::Time(now.time),
        ValueRef::Timestamp(now),
        ValueRef::Timestamp(Timestamp { offset: None, ..now }),
        ValueRef::Uuid([7; 16]),
        ValueRef::Null,
    ] {
        assert_eq!(value(&mut connection, "SELECT $1", &[given]).expect("a value").as_ref(), given);
    }
}

#[test]
fn values_that_do_not_fit_are_refused_before_they_are_sent() {
    let database = Database::new();
    let mut connection = database.connect();
    let mut transaction = connection.begin().wait().expect("a transaction");
    for (ty, given, part) in [
        ("integer", ValueRef::I64(1 << 31), "parameter $1 is 2147483648, which the type `int4` can't hold"),
        ("smallint", ValueRef::I64(-32_769), "parameter $1 is -32769, which the type `int2` can't hold"),
        ("oid", ValueRef::I64(-1), "parameter $1 is -1, which the type `oid` can't hold"),
        ("real", ValueRef::F64(1e300), "parameter $1 is 1e300, which the type `float4` can't hold"),
        ("double precision", ValueRef::I64(i64::MAX), "which the type `float8` can't hold"),
        (
            "integer",
            ValueRef::Text("secret"),
            "parameter $1 is text, but the statement takes one of type `int4`",
        ),
        (
            "boolean",
            ValueRef::I64(1),
            "parameter $1 is an integer, but the statement takes one of type `bool`",
        ),
        ("uuid", ValueRef::Bytes(&[1]), "parameter $1 is bytes, but the statement takes one of type `uuid`"),
        ("integer", ValueRef::F64(1.5), "parameter $1 is a floating-point number, but"),
        ("date", ValueRef::Date(date(2026, 2, 30)), "the date 2026-02-30, which is not in the calendar"),
        ("timestamp", ValueRef::Date(date(i32::MAX, 1, 1)), "which the type `timestamp` can't hold"),
    ] {
        let error = round_trip(&mut transaction, ty, given).expect_err(ty);
        assert_eq!(error.kind(), ErrorKind::Data, "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    // None of these has ended the transaction.
    transaction.commit().wait().expect("nothing was sent");
}

#[test]
fn values_that_cannot_be_read_say_what_they_are() {
    let database = Database::new();
    let mut connection = database.connect();
    for (sql, part) in [
        (
            "SELECT '(1,2)'::point AS place",
            "column 0 (`place`, of the type `point`): values of the type `point` can't be read yet",
        ),
        ("SELECT ARRAY['(1,2)'::point]", "values of the type `_point` can't be read yet"),
        ("SELECT ARRAY['infinity'::date]", "the date is infinite"),
        ("SELECT 'infinity'::timestamp", "the date is infinite"),
        ("SELECT '-infinity'::date", "the date is infinite"),
        ("SELECT '24:00'::time", "24:00"),
    ] {
        let error = value(&mut connection, sql, &[]).expect_err(sql);
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    // The connection goes on.
    assert_eq!(value(&mut connection, "SELECT 1", &[]).expect("one"), Value::I64(1));
}

#[test]
fn an_error_names_the_column_with_the_type_of_the_server_and_of_rust() {
    let database = Database::new();
    let mut connection = database.after("CREATE TABLE things (id bigint, label varchar(20), tags text[])");
    connection.execute(sql("INSERT INTO things VALUES (5000000000, NULL, '{a}')")).wait().expect("a row");
    let refused = |error: aludel::Result<()>, part: &str| {
        let error = error.expect_err(part);
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains(part), "{error}");
    };
    let labels = sql("SELECT id, label FROM things").rows::<(i64, String)>();
    refused(
        connection.one(labels).wait().map(|_| ()),
        "column 1 (`label`, of the type `varchar`, read as `String`): got NULL",
    );
    let small = sql("SELECT id FROM things").rows::<i32>();
    refused(
        connection.one(small).wait().map(|_| ()),
        "column 0 (`id`, of the type `int8`, read as `i32`): 5000000000 is out of range",
    );
    let tags = sql("SELECT tags FROM things").rows::<i64>();
    refused(connection.one(tags).wait().map(|_| ()), "column 0 (`tags`, of the type `_text`, read as `i64`)");
}

#[test]
fn a_nul_is_refused_by_the_parameter_that_has_it() {
    let database = Database::new();
    let mut connection = database.connect();
    let mut transaction = connection.begin().wait().expect("a transaction");
    for ty in ["text", "varchar(5)", "jsonb", "inet"] {
        let error = round_trip(&mut transaction, ty, ValueRef::Text("a\0b")).expect_err(ty);
        assert_eq!(error.kind(), ErrorKind::Data, "{error}");
        assert!(error.to_string().contains("parameter $1 has a NUL character at byte 1"), "{error}");
    }
    let bytes = round_trip(&mut transaction, "bytea", ValueRef::Bytes(b"a\0b")).expect("bytes take it");
    assert_eq!(bytes, Value::Bytes(b"a\0b".to_vec()));
    // Nothing was sent that ends the transaction.
    transaction.commit().wait().expect("it is as it was");
}
