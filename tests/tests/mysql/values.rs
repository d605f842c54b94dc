//! Every kind of value there and back, with those at the edges.

use aludel::Value;
use aludel::prelude::*;
use aludel::sql::interval::Interval;
use aludel::sql::temporal::{Date, Time, Timestamp};

use crate::scratch::{Scratch, rows};

const MIDNIGHT: Time = Time { hour: 0, minute: 0, second: 0, nanosecond: 0 };
const LATE: Time = Time { hour: 23, minute: 59, second: 59, nanosecond: 999_999_000 };

fn date(year: i32, month: u8, day: u8) -> Date {
    Date { year, month, day }
}

fn at(date: Date, time: Time) -> Value {
    Value::Timestamp(Timestamp { date, time, offset: None })
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// What is written into a column of the type comes back as it was; the server converts it to its own form in between.
#[test]
fn what_is_written_comes_back() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let cases: Vec<(&str, Vec<Value>)> = vec![
        ("BOOL", vec![Value::I64(0), Value::I64(1)]),
        ("TINYINT", vec![Value::I64(-128), Value::I64(127)]),
        ("SMALLINT", vec![Value::I64(-32_768), Value::I64(32_767)]),
        ("INTEGER", vec![Value::I64(i32::MIN.into()), Value::I64(i32::MAX.into())]),
        ("INTEGER UNSIGNED", vec![Value::I64(0), Value::I64(u32::MAX.into())]),
        ("BIGINT", vec![Value::I64(i64::MIN), Value::I64(0), Value::I64(i64::MAX)]),
        ("BIGINT UNSIGNED", vec![Value::I64(i64::MAX)]),
        ("YEAR", vec![Value::I64(1901), Value::I64(2155)]),
        ("BIT(9)", vec![Value::I64(0), Value::I64(257)]),
        ("DOUBLE", vec![f64::MIN, -0.0, 5e-300, 0.1, f64::MAX].into_iter().map(Value::F64).collect()),
        ("FLOAT", vec![Value::F64(0.5), Value::F64(f64::from(f32::MAX))]),
        ("NUMERIC(30, 10)", vec![text("-12345678901234567890.0123456789"), text("0.0000000001")]),
        ("NUMERIC(30)", vec![Value::I64(-7), text("123456789012345678901234567890")]),
        ("VARCHAR(200)", vec![text(""), text("it's \\ \"x\" ` 100% \0 \n end "), text("日本語 🦀 é")]),
        ("TEXT", vec![text(&"x".repeat(60_000))]),
        ("CHAR(36)", vec![text("6f1ed002-ab59-44a1-b1a2-7d2a7a0a4a4e")]),
        ("JSON", vec![text(r#"{"a": [1, 2.5, null, "ü"]}"#)]),
        ("ENUM('a', 'b')", vec![text("b")]),
        ("SET('a', 'b')", vec![text("a,b"), text("")]),
        ("VARBINARY(300)", vec![Value::Bytes(vec![]), Value::Bytes((0..=255).collect())]),
        ("LONGBLOB", vec![Value::Bytes(vec![0xff; 1_000_000])]),
        (
            "DATE",
            vec![Value::Date(date(1, 1, 1)), Value::Date(date(2024, 2, 29)), Value::Date(date(9999, 12, 31))],
        ),
        ("TIME(6)", vec![Value::Time(MIDNIGHT), Value::Time(LATE)]),
        (
            "DATETIME(6)",
            vec![at(date(1000, 1, 1), MIDNIGHT), at(date(2026, 11, 22), LATE), at(date(9999, 12, 31), LATE)],
        ),
    ];
    for (ty, values) in cases {
        let mut script =
            "DROP TABLE IF EXISTS t; CREATE TABLE t (n INTEGER AUTO_INCREMENT PRIMARY KEY, v ".to_owned();
        script.push_str(&format!("{ty})"));
        connection.execute_script(&script).wait().expect(ty);
        let written = [values, vec![Value::Null]].concat();
        for value in &written {
            let done =
                connection.raw().unwrap().execute("INSERT INTO t (v) VALUES (?)", &[value.as_ref()]).wait();
            done.unwrap_or_else(|error| panic!("{ty}, {value:.40}: {error}"));
        }
        let read = rows(&mut connection, "SELECT v FROM t ORDER BY n", &[]).unwrap();
        assert_eq!(read, written.iter().map(|value| vec![value.clone()]).collect::<Vec<_>>(), "{ty}");
        // The value is found by itself, too (JSON and floats compare by other rules than equality of text).
        for value in written.iter().filter(|value| !value.is_null() && !matches!(ty, "JSON" | "FLOAT")) {
            let found =
                rows(&mut connection, "SELECT count(*) FROM t WHERE v = ?", std::slice::from_ref(value))
                    .unwrap();
            assert_eq!(found, [[Value::I64(1)]], "{ty} = {value:.40}");
        }
    }
}

/// Kinds that MySQL has no type for take the nearest one.
#[test]
fn what_has_no_type_of_its_own_is_converted() {
    let scratch = Scratch::new();
    let mut connection =
        scratch.with("CREATE TABLE t (b BOOL, u CHAR(32), p DATETIME(6), s TIMESTAMP(6) NULL)");
    let offset = Timestamp {
        date: date(2026, 1, 1),
        time: Time { nanosecond: 1_999, ..MIDNIGHT },
        offset: Some(7_200),
    };
    let given =
        [Value::Bool(true), Value::Uuid([0xab; 16]), Value::Timestamp(offset), Value::Timestamp(offset)];
    let borrowed: Vec<_> = given.iter().map(Value::as_ref).collect();
    connection.raw().unwrap().execute("INSERT INTO t VALUES (?, ?, ?, ?)", &borrowed).wait().unwrap();
    let utc = Timestamp {
        date: date(2025, 12, 31),
        time: Time { hour: 22, minute: 0, second: 0, nanosecond: 1_000 },
        offset: None,
    };
    assert_eq!(
        rows(&mut connection, "SELECT * FROM t", &[]).unwrap(),
        [[
            Value::I64(1),
            text("abababababababababababababababab"),
            Value::Timestamp(utc),
            Value::Timestamp(Timestamp { offset: Some(0), ..utc }),
        ]]
    );
    let again =
        rows(&mut connection, "SELECT count(*) FROM t WHERE b = ? AND u = ? AND p = ? AND s = ?", &given)
            .unwrap();
    assert_eq!(again, [[Value::I64(1)]]);
}

/// Types that only one of the two servers has, or that have no kind of their own.
#[test]
fn other_types_of_the_servers() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let read = rows(
        &mut connection,
        "SELECT POINT(1, 2), SUM(x), AVG(x), SUM(x + 0.5) FROM (SELECT 3 AS x) AS t",
        &[],
    );
    let read = read.unwrap();
    let [Value::Bytes(point), sum, average, exact] = read[0].as_slice() else { panic!("{read:?}") };
    assert_eq!((point.len(), sum, average, exact), (25, &Value::I64(3), &text("3.0000"), &text("3.5")));
    if connection.dialect().name() == "mariadb" {
        let words = "6f1ed002-ab59-44a1-b1a2-7d2a7a0a4a4e";
        let read =
            rows(&mut connection, "SELECT CAST(? AS UUID), CAST('::1' AS INET6)", &[text(words)]).unwrap();
        assert_eq!(read, [[text(words), text("::1")]]);
    }
}

#[test]
fn rust_values_through_typed_queries() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    let point = "2026-11-22T12:50:16.25Z".parse::<DateTime<Utc>>().unwrap();
    let query = sql("SELECT ?, ?, ?, ?, ?, ?")
        .bind(true)
        .bind("ä".to_owned())
        .bind(-1_i32)
        .bind(point)
        .bind(point.date_naive())
        .bind(None::<String>);
    let row: (bool, String, i32, DateTime<Utc>, NaiveDate, Option<String>) =
        connection.one(query.rows()).wait().unwrap();
    assert_eq!(row, (true, "ä".into(), -1, point, point.date_naive(), None));
}

#[test]
fn what_mysql_cannot_hold_is_refused_before_it_is_sent() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
    for (value, problem) in [
        (Value::F64(f64::NAN), "parameter 2 is NaN"),
        (Value::F64(f64::INFINITY), "parameter 2 is inf"),
        (Value::Date(date(0, 1, 1)), "parameter 2 is in the year 0"),
        (at(date(10_000, 1, 1), MIDNIGHT), "parameter 2 is in the year 10000"),
    ] {
        let error = rows(&mut connection, "SELECT ?, ?", &[Value::I64(1), value]).unwrap_err();
        assert_eq!(error.kind(), aludel::ErrorKind::Data);
        assert!(error.message().starts_with(problem), "{error}");
    }
    assert_eq!(rows(&mut connection, "SELECT 1", &[]).unwrap(), [[Value::I64(1)]]);
}

#[test]
fn a_value_that_is_larger_than_a_packet() {
    let scratch = Scratch::new();
    let mut connection = scratch.with("CREATE TABLE t (v LONGBLOB)");
    let limit: i64 = connection.one(sql("SELECT @@max_allowed_packet").rows()).wait().unwrap();
    let limit = usize::try_from(limit).unwrap();
    for size in [limit + 10, limit] {
        let value = Value::Bytes(vec![1; size]);
        let error = rows(&mut connection, "INSERT INTO t VALUES (?)", &[value]).unwrap_err();
        assert_eq!(error.kind(), aludel::ErrorKind::Data, "{error}");
        assert!(error.message().contains("`max_allowed_packet`"), "{error}");
    }
    let script = format!("SELECT 1 /* {} */", "x".repeat(limit));
    assert_eq!(connection.execute_script(&script).wait().unwrap_err().kind(), aludel::ErrorKind::Data);
    // Just below, it goes through, and the connection has seen no harm.
    let fits = Value::Bytes(vec![1; limit - 100]);
    rows(&mut connection, "INSERT INTO t VALUES (?)", &[fits]).unwrap();
    assert_eq!(
        rows(&mut connection, "SELECT length(v) FROM t", &[]).unwrap(),
        [[Value::I64(limit as i64 - 100)]]
    );
}

#[test]
fn what_has_no_value_here_says_so_and_the_connection_goes_on() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(
        "SET sql_mode = ''; CREATE TABLE t (d DATE, t TIME, n BIGINT UNSIGNED);
         INSERT INTO t VALUES ('0000-00-00', '-838:59:59', 18446744073709551615)",
    );
    let error = rows(&mut connection, "SELECT d FROM t", &[]).unwrap_err();
    assert_eq!(error.kind(), aludel::ErrorKind::Decode);
    assert!(error.message().contains("the date 0000-00-00 is none"), "{error}");
    assert!(error.message().contains("`d`"), "{error}");
    // What is no time of day is a length of time, and large numbers are what they are.
    let length = Interval::from_microseconds(-3_020_399_000_000);
    let read = rows(&mut connection, "SELECT t, n FROM t", &[]).unwrap();
    assert_eq!(read, [[Value::Interval(length), Value::U64(u64::MAX)]]);
    let read = rows(&mut connection, "SELECT CAST(n AS CHAR), NULLIF(d, 0) FROM t", &[]).unwrap();
    assert_eq!(read, [[text("18446744073709551615"), Value::Null]]);
}

#[test]
fn an_error_names_the_column_with_the_type_of_the_server_and_of_rust() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(
        "CREATE TABLE things (id BIGINT UNSIGNED, label VARCHAR(20), raw VARBINARY(20), note TEXT, mood ENUM('a', 'b'));
         INSERT INTO things VALUES (5000000000, NULL, x'ff', 'long', 'a')",
    );
    let refused = |error: aludel::Result<()>, part: &str| {
        let error = error.expect_err(part);
        assert_eq!(error.kind(), aludel::ErrorKind::Decode);
        assert!(error.to_string().contains(part), "{error}");
    };
    let labels = sql("SELECT id, label FROM things").rows::<(i64, String)>();
    refused(
        connection.one(labels).wait().map(|_| ()),
        "column 1 (`label`, of the type `VARCHAR`, read as `String`): got NULL",
    );
    let small = sql("SELECT id FROM things").rows::<i32>();
    refused(
        connection.one(small).wait().map(|_| ()),
        "column 0 (`id`, of the type `BIGINT UNSIGNED`, read as `i32`): 5000000000 is out of range",
    );
    let raw = sql("SELECT id, raw FROM things").rows::<(i64, String)>();
    refused(
        connection.one(raw).wait().map(|_| ()),
        "column 1 (`raw`, of the type `VARBINARY`, read as `String`): expected String, got bytes",
    );
    let note = sql("SELECT note FROM things").rows::<i64>();
    refused(connection.one(note).wait().map(|_| ()), "column 0 (`note`, of the type `TEXT`, read as `i64`)");
    let mood = sql("SELECT mood FROM things").rows::<bool>();
    refused(connection.one(mood).wait().map(|_| ()), "column 0 (`mood`, of the type `ENUM`, read as `bool`)");
}
