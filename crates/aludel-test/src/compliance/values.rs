//! Every type's values come back as they went: through a column, as a bound value, written into the statement, and among
//! many rows. What a database can't hold it refuses; it never changes a value without saying so.

use std::cell::RefCell;
use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use aludel::prelude::*;
use aludel::schema::{column, primary_key, table};
use aludel::sql::encode::ParameterRows;
use aludel::sql::types::{Json, Range, integer};
use aludel::sql::{SqlType, ValueRef};
use aludel::{Connection, Error, TransactionOptions};
use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use ipnet::IpNet;
use jiff::{SignedDuration, civil};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::{Bench, Outcome, Skipped, connect, placeholder};

/// How many random values go each way.
const CASES: u32 = 40;

/// A table `kept` of numbered values of one type.
struct Home<'b> {
    bench: &'b Bench,
    connection: Connection,
}

impl<'b> Home<'b> {
    fn new<T: SqlType>(bench: &'b Bench) -> Result<Self, Skipped> {
        let ty = T::sql_type();
        let engine = bench.engine();
        let mut connection = connect(&engine);
        if let Err(error) = connection.dialect().type_name(&ty) {
            return Err(Skipped(format!("the dialect has no type for {ty:?}: {error}")));
        }
        let made = table("kept")
            .column(column("id", integer()).autoincrement(false).not_null())
            .column(column("v", ty))
            .primary_key(primary_key(["id"]));
        let made: MetaData = [made].into_iter().collect();
        drop(connection);
        engine.drop_all(&made).wait().expect("no more of the type before");
        engine.create_all(&made).wait().expect("a table");
        connection = connect(&engine);
        Ok(Home { bench, connection })
    }

    fn bound<T: SqlType>(&mut self, value: &T) -> Result<T, Error> {
        let words = placeholder(self.connection.dialect().capabilities(), 1);
        self.back(&format!("INSERT INTO kept (id, v) VALUES (1, {words})"), &[SqlType::to_value(value)])
    }

    fn written<T: SqlType>(&mut self, value: &T) -> Result<T, Error> {
        let mut text = "INSERT INTO kept (id, v) VALUES (1, ".to_owned();
        self.connection.dialect().literal(&SqlType::to_value(value).to_owned(), &mut text)?;
        text.push(')');
        self.back(&text, &[])
    }

    fn back<T: SqlType>(&mut self, insert: &str, values: &[ValueRef<'_>]) -> Result<T, Error> {
        self.connection.execute(sql("DELETE FROM kept")).wait()?;
        self.connection.raw()?.execute(insert, values).wait()?;
        self.connection.one(sql("SELECT v FROM kept").rows()).wait()
    }

    fn many<T: SqlType + PartialEq + Debug>(&mut self, values: Vec<T>) {
        self.connection.execute(sql("DELETE FROM kept")).wait().expect("an empty table");
        let capabilities = self.bench.capabilities();
        let words = [placeholder(&capabilities, 1), placeholder(&capabilities, 2)].join(", ");
        let insert = format!("INSERT INTO kept (id, v) VALUES ({words})");
        let rows = Numbered(values);
        let raw = self.connection.raw().expect("open");
        raw.execute_many(&insert, &rows, &mut ()).wait().expect("many rows");
        let found: Vec<T> =
            self.connection.all(sql("SELECT v FROM kept ORDER BY id").rows()).wait().expect("the rows");
        assert_eq!(found, rows.0, "among many rows");
    }
}

struct Numbered<T>(Vec<T>);

impl<T: SqlType> ParameterRows for Numbered<T> {
    fn rows(&self) -> usize {
        self.0.len()
    }

    fn width(&self) -> usize {
        2
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        match parameter {
            0 => ValueRef::I64(i64::try_from(row).unwrap_or(i64::MAX)),
            _ => SqlType::to_value(&self.0[row]),
        }
    }
}

/// Plain values come back, always; at the edges, a value comes back or is refused.
fn survive<T>(bench: &Bench, edges: impl IntoIterator<Item = T>, plain: impl Strategy<Value = T>) -> Outcome
where
    T: SqlType + PartialEq + Debug,
{
    let mut home = Home::new::<T>(bench)?;
    for edge in edges {
        for (way, back) in [("bound", home.bound(&edge)), ("written", home.written(&edge))] {
            match back {
                Ok(back) => assert_eq!(back, edge, "{way}"),
                Err(error) => assert!(!error.is_disconnect(), "{way}, {edge:?}: {error}"),
            }
        }
    }
    let home = RefCell::new(home);
    let check = |value: &T| {
        let home = &mut *home.borrow_mut();
        if home.connection.in_transaction() {
            // Of a value that failed before.
            home.connection.rollback_unguarded().wait().expect("the end of a transaction");
        }
        // One that is taken back costs less than two that last.
        home.connection.begin_unguarded(TransactionOptions::immediate()).wait().expect("a transaction");
        let back = home.bound(value);
        assert_eq!(back.as_ref().ok(), Some(value), "bound: {back:?}");
        let back = home.written(value);
        assert_eq!(back.as_ref().ok(), Some(value), "written: {back:?}");
        home.connection.rollback_unguarded().wait().expect("the end of a transaction");
    };
    let config = Config { failure_persistence: None, ..Config::with_cases(CASES) };
    let mut runner = TestRunner::new(config);
    let checked = runner.run(&plain, |value| {
        check(&value);
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
    let random = (0..CASES).map(|_| plain.new_tree(&mut runner).expect("a value").current());
    let several: Vec<T> = random.collect();
    home.into_inner().many(several);
    Ok(())
}

macro_rules! whole_numbers {
    ($bench:ident: $($ty:ident)+) => {$(
        survive::<$ty>($bench, [$ty::MIN, 0, 1, $ty::MAX], any::<$ty>())?;
    )+};
}

/// Whole numbers of every width that a column has.
pub fn integers(bench: &Bench) -> Outcome {
    whole_numbers!(bench: i8 i16 i32 i64 u8 u16 u32);
    Ok(())
}

/// Those of 64 bits without a sign; not every database has all of them.
pub fn unsigned_integers(bench: &Bench) -> Outcome {
    let largest = i64::MAX as u64;
    survive::<u64>(bench, [largest + 1, u64::MAX], 0..=largest)
}

/// Truth values.
pub fn booleans(bench: &Bench) -> Outcome {
    survive(bench, [false, true], any::<bool>())
}

/// Floating-point numbers of both widths.
pub fn floats(bench: &Bench) -> Outcome {
    let finite = prop::num::f64::NORMAL | prop::num::f64::ZERO;
    let edges = [0.0, 0.1, -1.5, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY];
    survive(bench, edges, finite)?;
    // What six digits tell; some databases print no more of a number of single precision.
    survive(bench, [0.0, 0.5], (-7_999..8_000_i16).prop_map(|eighths| f32::from(eighths) / 8.0))
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a number")
}

/// Exact decimals: fifteen digits everywhere, more where they are kept.
pub fn decimals(bench: &Bench) -> Outcome {
    let edges = ["0.00", "-0.01", "1.50", "0.0000000000000000000000000001", "1234567890.0123456"];
    let edges = edges.map(decimal).into_iter().chain([Decimal::MAX, Decimal::MIN]);
    let plain = (-999_999_999_999_999_i64..=999_999_999_999_999, 0_u32..15);
    survive(bench, edges, plain.prop_map(|(digits, scale)| Decimal::new(digits, scale)))?;
    let big = |text: &str| text.parse::<BigDecimal>().expect("a number");
    let long = ["-12345678901234567890.0000000001", "1e60", "1e-20"].map(big);
    survive(bench, long, any::<i32>().prop_map(BigDecimal::from))
}

/// Texts with everything that has a meaning somewhere.
pub fn texts(bench: &Bench) -> Outcome {
    let edges = [
        "", " ", "it's", "\\", "\\'", "\"", "%_", "ü🜍", "a\nb\r\n", "''", "--", "?", "$1", ":x", "\0", "a\0b",
    ];
    survive(bench, edges.map(String::from), any::<String>().prop_map(|text| text.replace('\0', "")))
}

/// Bytes of all kinds.
pub fn bytes(bench: &Bench) -> Outcome {
    let edges = [&[][..], &[0], &[0, 255, b'\'', b'\\'], b"text"];
    survive(bench, edges.map(<[u8]>::to_vec), any::<Vec<u8>>())?;
    survive(bench, edges.map(Bytes::from_static), any::<Vec<u8>>().prop_map(Bytes::from))
}

/// Universally unique identifiers.
pub fn identifiers(bench: &Bench) -> Outcome {
    let random = any::<[u8; 16]>().prop_map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid());
    survive(bench, [Uuid::nil(), Uuid::max(), Uuid::from_bytes([7; 16])], random)
}

/// Addresses of hosts and networks.
pub fn networks(bench: &Bench) -> Outcome {
    let v6 = [Ipv6Addr::UNSPECIFIED, Ipv6Addr::LOCALHOST, Ipv4Addr::LOCALHOST.to_ipv6_mapped()];
    let edges = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST].map(IpAddr::from);
    survive(bench, edges.into_iter().chain(v6.map(IpAddr::from)), any::<IpAddr>())?;
    let net = |text: &str| text.parse::<IpNet>().expect("a network");
    let plain = (any::<Ipv4Addr>(), 0_u8..=32)
        .prop_map(|(address, prefix)| IpNet::new(address.into(), prefix).expect("a network"));
    survive(bench, ["10.0.0.0/8", "10.1.2.3/8", "fe80::/10", "::/0"].map(net), plain)
}

fn document() -> impl Strategy<Value = serde_json::Value> + Clone {
    let text = any::<String>().prop_map(|text| text.replace('\0', ""));
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e15..1e15_f64).prop_map(Into::into),
        text.clone().prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 20, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(text.clone(), inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// JSON documents: a tree, and a type of one's own.
pub fn documents(bench: &Bench) -> Outcome {
    let edges = ["null", "\"\"", "{}", "[]", r#""it's \\ \"x\" ü🜍""#, r#"{"": {"a": [1.5, -0.5]}}"#]
        .map(|text| serde_json::from_str(text).expect("a document"));
    survive(bench, edges, document().prop_map(|document| serde_json::Value::Array(vec![document])))?;
    let lists = any::<Vec<(i32, Option<String>)>>().prop_map(|list| {
        Json(list.into_iter().map(|(n, text)| (n, text.map(|text| text.replace('\0', "")))).collect())
    });
    survive::<Json<Vec<(i32, Option<String>)>>>(bench, [], lists)
}

/// Arrays of one and of two dimensions.
pub fn arrays(bench: &Bench) -> Outcome {
    let text = any::<String>().prop_map(|text| text.replace('\0', ""));
    let texts = ["", "NULL", "null", "{}", "a,b", "\"", "\\", " ", "it's"].map(String::from).to_vec();
    survive(bench, [Vec::new(), texts], prop::collection::vec(text.clone(), 0..6))?;
    let gaps = [vec![None], vec![None, Some("NULL".to_owned())]];
    survive(bench, gaps, prop::collection::vec(prop::option::of(text), 0..6))?;
    survive(bench, [vec![i32::MIN, 0]], any::<Vec<i32>>())?;
    survive(bench, [vec![i64::MIN, i64::MAX]], any::<Vec<i64>>())?;
    survive(bench, [vec![0.0, 0.1, f64::MAX]], prop::collection::vec(-1e300..1e300_f64, 0..6))?;
    let ids = any::<Vec<[u8; 16]>>();
    survive(bench, [vec![Uuid::nil()]], ids.prop_map(|ids| ids.into_iter().map(Uuid::from_bytes).collect()))?;
    let square = (1..4_usize).prop_flat_map(|width| {
        prop::collection::vec(prop::collection::vec(any::<i32>(), width..=width), 0..4)
    });
    survive::<Vec<Vec<i32>>>(bench, [vec![vec![1], vec![2, 3]]], square)
}

/// Ranges in the form in which all databases that have them give them back.
fn ranges_of<T: Clone + PartialOrd + Debug + 'static>(
    value: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Range<T>> {
    let bound = (prop::option::of(value.clone()), prop::option::of(value));
    bound.prop_map(|bounds| match bounds {
        (Some(a), Some(b)) if a == b => Range::Empty,
        (Some(a), Some(b)) if a > b => Range::from(b..a),
        (Some(a), Some(b)) => Range::from(a..b),
        (Some(a), None) => Range::from(a..),
        (None, Some(b)) => Range::from(..b),
        (None, None) => Range::unbounded(),
    })
}

/// Ranges of numbers, days and moments.
pub fn ranges(bench: &Bench) -> Outcome {
    survive(bench, [Range::Empty, Range::unbounded()], ranges_of(any::<i32>()))?;
    survive(bench, [Range::from(i64::MIN..i64::MAX)], ranges_of(any::<i64>()))?;
    survive(bench, [], ranges_of(points().prop_map(|at| moment(at).date_naive())))?;
    survive(bench, [], ranges_of(points().prop_map(moment)))
}

/// Microseconds since 1970, in years that every database has.
fn points() -> impl Strategy<Value = i64> + Clone {
    (-30_000_000_000..253_402_300_799_i64, 0..1_000_000_i64)
        .prop_map(|(seconds, micros)| seconds * 1_000_000 + micros)
}

fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("in range")
}

/// Dates, times and moments of chrono.
pub fn chrono_types(bench: &Bench) -> Outcome {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let days = [day(1, 1, 1), day(1970, 1, 1), day(2000, 2, 29), day(9999, 12, 31)];
    let far = [day(-4712, 1, 1), day(100_000, 12, 31)];
    survive(bench, days.into_iter().chain(far), points().prop_map(|at| moment(at).date_naive()))?;
    let last = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
    survive(bench, [NaiveTime::MIN, last], points().prop_map(|at| moment(at).time()))?;
    let walls = days.map(|day| day.and_time(last));
    survive::<NaiveDateTime>(bench, walls, points().prop_map(|at| moment(at).naive_utc()))?;
    survive(bench, walls.map(|wall| wall.and_utc()), points().prop_map(moment))
}

/// Those of time.
pub fn time_types(bench: &Bench) -> Outcome {
    let point = |micros: i64| {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).expect("in range")
    };
    let wall = move |micros| PrimitiveDateTime::new(point(micros).date(), point(micros).time());
    survive(bench, [], points().prop_map(move |at| point(at).date()))?;
    survive(bench, [time::Time::MIDNIGHT], points().prop_map(move |at| point(at).time()))?;
    survive(bench, [], points().prop_map(wall))?;
    let offset = time::UtcOffset::from_hms(-9, -30, 0).expect("an offset");
    survive(bench, [], points().prop_map(move |at| point(at / 2).to_offset(offset)))
}

/// Those of jiff.
pub fn jiff_types(bench: &Bench) -> Outcome {
    let point = |micros: i64| jiff::Timestamp::from_microsecond(micros).expect("in range");
    let wall = move |micros| jiff::tz::Offset::UTC.to_datetime(point(micros));
    survive(bench, [civil::date(1, 1, 1)], points().prop_map(move |at| wall(at / 2).date()))?;
    survive(bench, [civil::Time::midnight()], points().prop_map(move |at| wall(at / 2).time()))?;
    survive(bench, [], points().prop_map(move |at| wall(at / 2)))?;
    survive(bench, [jiff::Timestamp::UNIX_EPOCH], points().prop_map(move |at| point(at / 2)))
}

/// Lengths of time, with and without a sign.
pub fn lengths_of_time(bench: &Bench) -> Outcome {
    let day = 86_400_000_000_i64;
    let signed = [0, 1, -1, day, -day, 400 * day, i64::MAX, i64::MIN + 1];
    let lengths = any::<i64>();
    survive(bench, signed.map(TimeDelta::microseconds), lengths.prop_map(TimeDelta::microseconds))?;
    survive(bench, signed.map(time::Duration::microseconds), lengths.prop_map(time::Duration::microseconds))?;
    survive(bench, signed.map(SignedDuration::from_micros), lengths.prop_map(SignedDuration::from_micros))?;
    let plain = (0..i64::MAX as u64).prop_map(Duration::from_micros);
    survive(bench, [Duration::ZERO, Duration::MAX], plain)
}

/// NULL comes back as none, whatever the type is, and reading it as a value is an error.
pub fn nulls(bench: &Bench) -> Outcome {
    fn null<T: SqlType + PartialEq + Debug>(bench: &Bench) -> Outcome {
        let mut home = Home::new::<T>(bench)?;
        let words = placeholder(home.connection.dialect().capabilities(), 1);
        let insert = format!("INSERT INTO kept (id, v) VALUES (1, {words})");
        home.connection.raw().expect("open").execute(&insert, &[ValueRef::Null]).wait().expect("a NULL");
        let read = home.connection.one(sql("SELECT v FROM kept").rows::<Option<T>>()).wait();
        assert_eq!(read.expect("none"), None);
        let error = home.connection.one(sql("SELECT v FROM kept").rows::<T>()).wait().expect_err("no value");
        assert_eq!(error.kind(), aludel::ErrorKind::Decode);
        assert!(error.to_string().contains("NULL"), "{error}");
        Ok(())
    }
    null::<i64>(bench)?;
    null::<bool>(bench)?;
    null::<f64>(bench)?;
    null::<String>(bench)?;
    null::<Vec<u8>>(bench)?;
    null::<Decimal>(bench)?;
    null::<NaiveDate>(bench)?;
    null::<DateTime<Utc>>(bench)?;
    null::<Uuid>(bench)?;
    null::<serde_json::Value>(bench)
}
