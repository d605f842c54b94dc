//! Bulk loads by `LOAD DATA LOCAL`.

use aludel::engine::EngineOptions;
use aludel::prelude::*;
use aludel::sql::interval::Interval;
use aludel::sql::schema::{Table, column, table};
use aludel::sql::temporal::{Date, Time, Timestamp};
use aludel::sql::types::Type;
use aludel::{ErrorKind, Value};
use aludel_tests::cancel::drop_at;
use aludel_tests::places::Place;
use aludel_tests::private::MariaDb;

use crate::scratch::{Scratch, engine, rows, server};

/// An engine that was asked to load this way.
fn asked(scratch: &Scratch) -> Engine {
    engine(&server().with_database(scratch.name.as_str()).with_option("local_infile", "on"))
}

fn connect(scratch: &Scratch, script: &str) -> Connection {
    let mut connection = asked(scratch).connect().wait().expect("a server answers");
    connection.execute_script(script).wait().expect("the script is right");
    connection
}

fn of(columns: &[&'static str]) -> Table {
    columns.iter().fold(table("t"), |table, name| table.column(column(*name, Type::Text { length: None })))
}

fn load(
    connection: &mut Connection,
    columns: &[&'static str],
    given: Vec<Vec<Value>>,
) -> aludel::Result<u64> {
    let table = of(columns);
    connection.bulk_load(insert(&table).columns(columns.to_vec()), given).wait()
}

fn count(connection: &mut Connection) -> Value {
    rows(connection, "SELECT count(*) FROM t", &[]).unwrap().remove(0).remove(0)
}

fn loads(connection: &mut Connection) -> Value {
    // Stopped at its beginning, a load is counted all the same.
    rows(connection, "SHOW SESSION STATUS LIKE 'Com_load'", &[]).unwrap().remove(0).remove(1)
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn number(number: i64) -> Value {
    Value::I64(number)
}

const SCHEMA: &str = "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INTEGER NOT NULL UNIQUE)";

#[test]
fn off_unless_asked_for() {
    let scratch = Scratch::new();
    let mut plain = scratch.with(SCHEMA);
    assert!(!plain.raw().unwrap().features().bulk_load);
    assert_eq!(load(&mut plain, &["v"], vec![vec![number(1)]]).unwrap(), 1);
    assert_eq!(loads(&mut plain), text("0"));
    let mut connection = connect(&scratch, "");
    assert!(connection.raw().unwrap().features().bulk_load);
    assert_eq!(load(&mut connection, &["v"], vec![vec![number(2)]]).unwrap(), 1);
    assert_eq!(loads(&mut connection), text("1"));
    assert_eq!(count(&mut plain), number(2));
    // What the server asks for by itself is refused, also behind a load, and behind one that has not come to its rows.
    let ask = "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t (v)";
    for engine in [scratch.engine.clone(), asked(&scratch)] {
        for before in [0, 1, 2] {
            let mut connection = engine.connect().wait().unwrap();
            if before == 1 {
                load(&mut connection, &["v"], vec![]).unwrap();
            } else if before == 2 {
                connection.execute_script("CREATE OR REPLACE VIEW t2 AS SELECT 1 AS v").wait().unwrap();
                let view = table("t2").column(column("v", Type::Integer));
                let loaded = connection.bulk_load(insert(&view).columns(["v"]), [(1,)]).wait();
                assert!(loaded.is_err());
            }
            let error = connection.execute_script(ask).wait().unwrap_err().to_string();
            assert!(error.contains("Handler is not specified"), "{error}");
        }
    }
    assert_eq!(count(&mut plain), number(2));
}

/// The same values, loaded and inserted, are the same in the table.
#[test]
fn loaded_values_are_those_of_inserts() {
    let scratch = Scratch::new();
    let mut connection = connect(&scratch, "");
    let date = |year, month, day| Date { year, month, day };
    let late = Time { hour: 23, minute: 59, second: 59, nanosecond: 999_999_000 };
    let noon = Time { hour: 12, minute: 0, second: 0, nanosecond: 0 };
    let at = |date, time, offset| Value::Timestamp(Timestamp { date, time, offset });
    let strings =
        ["", " ", "\\N", "NULL", "\\", "\t\n\r\0\u{1a}\u{8}'\"`%", "日本語 🦀 é", "\\n\\", "a\\\tb"];
    let strings: Vec<_> = strings.into_iter().map(text).collect();
    let bytes: Vec<_> = [vec![], vec![0], vec![0xff; 200_000], (0..=255).collect(), b"\\N\t\n".to_vec()]
        .map(Value::Bytes)
        .into();
    let reals: Vec<_> = [f64::MIN, -0.0, 5e-300, 0.1, 1e22, f64::MAX].map(Value::F64).into();
    let mut cases = vec![
        ("BOOL", vec![Value::Bool(true), Value::Bool(false)]),
        ("TINYINT", vec![number(-128), number(127)]),
        ("BIGINT", vec![number(i64::MIN), number(0), number(i64::MAX), Value::F64(3.0), text("17")]),
        ("BIGINT UNSIGNED", vec![Value::U64(u64::MAX)]),
        ("BIGINT", vec![Value::Interval(Interval::from_microseconds(-1_500_000))]),
        ("YEAR", vec![number(1901), number(2155)]),
        ("DOUBLE", reals),
        ("FLOAT", vec![Value::F64(0.5), Value::F64(f64::from(f32::MAX))]),
        ("NUMERIC(30, 10)", vec![text("-12345678901234567890.0123456789"), Value::Decimal("0.5".into())]),
        ("NUMERIC(30)", vec![number(-7), text("123456789012345678901234567890")]),
        ("VARCHAR(200)", strings.clone()),
        ("VARCHAR(200) CHARACTER SET latin1", vec![text("é"), text("\\N")]),
        ("LONGTEXT", vec![text(&"é\t".repeat(300_000)), number(12)]),
        ("CHAR(32)", vec![Value::Uuid([0xab; 16])]),
        ("JSON", vec![text(r#"{"a": [1, 2.5, null, "ü\n\\"]}"#), Value::Json("[]".into())]),
        ("ENUM('a', '1', 'b')", vec![text("b"), number(1)]),
        ("SET('a', 'b')", vec![text("a,b"), text("")]),
        ("BIT(9)", vec![number(0), number(257)]),
        (
            "VARBINARY(300)",
            vec![Value::Bytes(vec![]), Value::Bytes((0..=255).collect()), text("ü\\"), number(5)],
        ),
        ("LONGBLOB", bytes),
        ("DATE", vec![Value::Date(date(1, 1, 1)), Value::Date(date(9999, 12, 31)), text("2024-02-29")]),
        ("TIME(6)", vec![Value::Time(late), Value::Time(noon)]),
        ("DATETIME(6)", vec![at(date(1000, 1, 1), noon, None), at(date(2026, 11, 22), late, Some(7_200))]),
        ("DATETIME", vec![at(date(2026, 1, 1), noon, None)]),
        ("TIMESTAMP(6) NULL", vec![at(date(2026, 11, 22), late, Some(0))]),
    ];
    if connection.dialect().capabilities().insert_returning {
        cases.push(("UUID", vec![text("6f1ed002-ab59-44a1-b1a2-7d2a7a0a4a4e")]));
        cases.push(("UUID", vec![Value::Uuid([0xab; 16])]));
        cases.push(("INET6", vec![text("2001:db8::1")]));
    }
    for (ty, mut given) in cases {
        let script =
            format!("DROP TABLE IF EXISTS t; CREATE TABLE t (n INTEGER AUTO_INCREMENT PRIMARY KEY, v {ty})");
        given.push(Value::Null);
        let given: Vec<_> = given.into_iter().map(|value| vec![value]).collect();
        let mut written = Vec::new();
        for loaded in [false, true] {
            connection.execute_script(&script).wait().expect(ty);
            let table = of(&["v"]);
            let insert = insert(&table).columns(["v"]);
            let done = match loaded {
                true => connection.bulk_load(insert, given.clone()).wait(),
                false => connection.execute_many(insert, &given).wait(),
            };
            assert_eq!(done.unwrap_or_else(|error| panic!("{ty}: {error}")), given.len() as u64, "{ty}");
            written.push(rows(&mut connection, "SELECT v FROM t ORDER BY n", &[]).unwrap());
        }
        assert_eq!(written[0], written[1], "{ty}");
    }
    // The way that text is written into SQL doesn't matter, and nothing of the last row stays in the session.
    let script = "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES,ANSI_QUOTES'); DROP TABLE t; \
                  CREATE TABLE t (a TEXT, b BLOB)";
    connection.execute_script(script).wait().unwrap();
    load(&mut connection, &["b", "a"], vec![vec![Value::Bytes(vec![0xfe]), text("\\N\t")]]).unwrap();
    let read = rows(&mut connection, "SELECT a, b, @aludel_load_1 FROM t", &[]).unwrap();
    assert_eq!(read, [[text("\\N\t"), Value::Bytes(vec![0xfe]), Value::Null]]);
}

#[test]
fn a_bad_row_takes_everything_back() {
    let scratch = Scratch::new();
    let schema = format!(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); {}",
        "CREATE TABLE t (v INTEGER NOT NULL, w VARCHAR(3), p INTEGER, UNIQUE uq_v (v), \
         CONSTRAINT ck_v CHECK (v < 100000), CONSTRAINT fk_p FOREIGN KEY (p) REFERENCES p (id)) ENGINE = InnoDB"
    );
    let mut connection = connect(&scratch, &schema);
    let cases = [
        (vec![number(7), Value::Null, Value::Null], ErrorKind::UniqueViolation, "uq_v"),
        (vec![Value::Null, Value::Null, Value::Null], ErrorKind::NotNullViolation, "'v'"),
        (vec![number(100_000), Value::Null, Value::Null], ErrorKind::CheckViolation, "ck_v"),
        (vec![number(50_000), Value::Null, number(2)], ErrorKind::ForeignKeyViolation, "fk_p"),
        (vec![number(50_000), text("long"), Value::Null], ErrorKind::Data, "'w'"),
        (vec![number(1 << 40), Value::Null, Value::Null], ErrorKind::Data, "'v'"),
        (vec![text("x"), Value::Null, Value::Null], ErrorKind::Data, "x"),
        (vec![Value::F64(0.5), Value::Null, Value::Null], ErrorKind::Data, "row 2001: parameter 1"),
    ];
    for (bad, kind, part) in cases {
        let mut given: Vec<_> = (0..3_000).map(|n| vec![number(n), text("ok"), number(1)]).collect();
        given[2_000] = bad;
        let error = load(&mut connection, &["v", "w", "p"], given.clone()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(count(&mut connection), number(0), "{error}");
        assert!(!connection.in_transaction() && connection.raw().unwrap().is_usable());
        // In a transaction, what is in front of the load stays.
        let mut transaction = connection.begin().wait().unwrap();
        transaction.execute_script("INSERT INTO t (v) VALUES (-1)").wait().unwrap();
        assert_eq!(load(&mut transaction, &["v", "w", "p"], given).unwrap_err().kind(), kind);
        assert_eq!(count(&mut transaction), number(1));
        assert_eq!(load(&mut transaction, &["v"], vec![vec![number(-2)]]).unwrap(), 1);
        transaction.commit().wait().unwrap();
        assert_eq!(count(&mut connection), number(2));
        connection.execute_script("DELETE FROM t").wait().unwrap();
    }
}

#[test]
fn rows_come_as_they_are_needed() {
    let scratch = Scratch::new();
    let mut connection = connect(&scratch, SCHEMA);
    let table = of(&["v"]);
    let mut heard = Vec::new();
    let given = (0..200_000_i64).map(|n| (n,));
    let load = connection.bulk_load(insert(&table).columns(["v"]), given);
    assert_eq!(load.progress(|rows| heard.push(rows)).wait().unwrap(), 200_000);
    assert_eq!(heard, (1..=200).map(|thousands| thousands * 1_000).collect::<Vec<_>>());
    assert_eq!(count(&mut connection), number(200_000));
    assert!(!connection.in_transaction());
    // A row that is not as wide as the others ends the load.
    let given = vec![vec![number(-1)], vec![]];
    let error = connection.bulk_load(insert(&table).columns(["v"]), given).wait().unwrap_err();
    assert!(error.message().contains("row 2 has 0 values"), "{error}");
    assert_eq!(count(&mut connection), number(200_000));
}

#[test]
fn dropped_in_the_middle() {
    let scratch = Scratch::new();
    let pool = Engine::with_options(
        aludel::driver(&server().with_database(scratch.name.as_str()).with_option("local_infile", "on"))
            .unwrap(),
        EngineOptions::new(),
    );
    pool.connect().wait().unwrap().execute_script(SCHEMA).wait().unwrap();
    let table = of(&["v"]);
    let mut points = 0;
    loop {
        let mut connection = pool.connect().wait().unwrap();
        let given = (0..100_000_i64).map(|n| (n,));
        let done = drop_at(points, async {
            connection.bulk_load(insert(&table).columns(["v"]), given).await.unwrap();
        });
        drop(connection);
        assert_eq!(pool.status().checked_out, 0);
        let mut next = pool.connect().wait().unwrap();
        assert!(!next.in_transaction());
        // It waits for the locks of what is still being taken back.
        let there = rows(&mut next, "SELECT v FROM t ORDER BY v LIMIT 1 FOR UPDATE", &[]).unwrap().len();
        assert!(done.is_none() || there == 1);
        let whole = count(&mut next);
        assert!(whole == number(0) || whole == number(100_000), "{whole:?} at {points}");
        next.execute_script("DELETE FROM t").wait().unwrap();
        if done.is_some() {
            break;
        }
        points += if points < 8 { 1 } else { 5 };
    }
    assert!(points >= 1, "{points}");
}

/// Of the two switches, the server's is off.
#[test]
fn a_server_that_allows_no_loads_is_told_apart() {
    let server = MariaDb::setup().line("local-infile=0").start();
    let place = Place::on(&server.url());
    let asked = engine(&place.url().clone().with_option("local_infile", "on"));
    let mut connection = asked.connect().wait().unwrap();
    connection.execute_script(SCHEMA).wait().unwrap();
    let session = connection.one(sql("SELECT CONNECTION_ID()").rows::<i64>()).wait().unwrap();
    let refused = |connection: &mut Connection| {
        let rows = (0..5_000).map(|n| vec![number(n)]).collect();
        let error = load(connection, &["v"], rows).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSupported, "{error}");
        // Both switches, and how to do without.
        for part in [
            "`local_infile`, which is off",
            "SET GLOBAL local_infile = ON",
            "`local_infile=on`",
            "by inserts",
        ] {
            assert!(error.to_string().contains(part), "{part}: {error}");
        }
    };
    refused(&mut connection);
    assert!(!connection.in_transaction());
    assert_eq!(count(&mut connection), number(0));
    // What a transaction did before stays, and it goes on.
    let mut transaction = connection.begin().wait().unwrap();
    transaction.execute_script("INSERT INTO t (v) VALUES (-1)").wait().unwrap();
    refused(&mut transaction);
    transaction.execute_script("INSERT INTO t (v) VALUES (-2)").wait().unwrap();
    transaction.commit().wait().unwrap();
    assert_eq!(count(&mut connection), number(2));
    assert_eq!(connection.one(sql("SELECT CONNECTION_ID()").rows::<i64>()).wait().unwrap(), session);
    // The way out.
    let mut plain = engine(place.url()).connect().wait().unwrap();
    assert_eq!(load(&mut plain, &["v"], (0..5_000).map(|n| vec![number(n)]).collect()).unwrap(), 5_000);
    assert_eq!(count(&mut plain), number(5_002));
}
