//! Whatever a database sends, and whatever it is read as: a value, or an error that names the column.

use std::borrow::Cow;
use std::fmt::Debug;
use std::net::IpAddr;
use std::time::Duration;

use aludel::sql::decode::{FromRow, Row, RowReader};
use aludel::sql::interval::Interval;
use aludel::sql::temporal::{Date, Time, Timestamp};
use aludel::sql::{Value, ValueRef};
use aludel::types::{Json, Range, ValueError};
use proptest::prelude::*;

/// One value, in a row as a database would send it.
struct OneColumn(Value);

impl Row for OneColumn {
    fn width(&self) -> usize {
        1
    }

    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
        if index == 0 { Ok(self.0.as_ref()) } else { Err(ValueError::new("there is one column")) }
    }

    fn name(&self, index: usize) -> Option<&str> {
        (index == 0).then_some("thing")
    }

    fn sql_type(&self, index: usize) -> Option<Cow<'_, str>> {
        (index == 0).then_some(Cow::Borrowed("SOMETHING"))
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-+]?[0-9]{0,40}([.][0-9]{0,40})?(e[-+]?[0-9]{1,5})?",
        "[-+]?[0-9]{1,6}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{0,12})?)?(Z|[-+][0-9:]{2,6})?)?",
        "[0-9a-f]{30,34}",
        "[0-9]{1,3}([.][0-9]{1,3}){3}(/[0-9]{1,3})?",
        r#"[\[\]{},":0-9a-z]{0,30}"#,
    ]
}

/// Fields may be anything that fits their types: a server may be strange.
fn date() -> impl Strategy<Value = Date> {
    any::<(i32, u8, u8)>().prop_map(|(year, month, day)| Date { year, month, day })
}

fn time() -> impl Strategy<Value = Time> {
    any::<(u8, u8, u8, u32)>().prop_map(|(hour, minute, second, nanosecond)| Time {
        hour,
        minute,
        second,
        nanosecond,
    })
}

fn value() -> impl Strategy<Value = Value> {
    let single =
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::I64),
            (-300_i64..300).prop_map(Value::I64),
            any::<u64>().prop_map(Value::U64),
            proptest::num::f64::ANY.prop_map(Value::F64),
            text().prop_map(Value::Decimal),
            text().prop_map(Value::Text),
            any::<Vec<u8>>().prop_map(Value::Bytes),
            date().prop_map(Value::Date),
            time().prop_map(Value::Time),
            (date(), time(), any::<Option<i32>>())
                .prop_map(|(date, time, offset)| Value::Timestamp(Timestamp { date, time, offset })),
            any::<(i32, i32, i64)>().prop_map(|(months, days, microseconds)| Value::Interval(Interval {
                months,
                days,
                microseconds
            })),
            any::<[u8; 16]>().prop_map(Value::Uuid),
            text().prop_map(Value::Json),
        ];
    single.prop_recursive(2, 8, 4, |inner| proptest::collection::vec(inner, 0..4).prop_map(Value::Array))
}

fn read<T: FromRow + Debug>(value: &Value) {
    let row = OneColumn(value.clone());
    if let Err(error) = T::from_row(&mut RowReader::new(&row)) {
        assert_eq!(error.position(), Some(0));
        let rust_type = error.rust_type().expect("the type that was asked for");
        let message = error.to_string();
        let start = format!("column 0 (`thing`, of the type `SOMETHING`, read as `{rust_type}`): ");
        assert!(message.starts_with(&start), "{message}");
        assert!(message.len() > start.len(), "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_value_read_as_any_type_is_a_value_or_an_error_that_names_the_column(value in value()) {
        read::<bool>(&value);
        read::<i8>(&value);
        read::<i32>(&value);
        read::<i64>(&value);
        read::<u32>(&value);
        read::<u64>(&value);
        read::<f32>(&value);
        read::<f64>(&value);
        read::<String>(&value);
        read::<Vec<u8>>(&value);
        read::<Option<i16>>(&value);
        read::<Vec<i32>>(&value);
        read::<Vec<Option<String>>>(&value);
        read::<Range<i64>>(&value);
        read::<IpAddr>(&value);
        read::<ipnet::IpNet>(&value);
        read::<Duration>(&value);
        read::<uuid::Uuid>(&value);
        read::<serde_json::Value>(&value);
        read::<Json<Vec<String>>>(&value);
        read::<rust_decimal::Decimal>(&value);
        read::<bigdecimal::BigDecimal>(&value);
        read::<bytes::Bytes>(&value);
        read::<chrono::NaiveDate>(&value);
        read::<chrono::NaiveTime>(&value);
        read::<chrono::NaiveDateTime>(&value);
        read::<chrono::DateTime<chrono::Utc>>(&value);
        read::<chrono::DateTime<chrono::FixedOffset>>(&value);
        read::<chrono::TimeDelta>(&value);
        read::<time::Date>(&value);
        read::<time::Time>(&value);
        read::<time::PrimitiveDateTime>(&value);
        read::<time::OffsetDateTime>(&value);
        read::<time::Duration>(&value);
        read::<jiff::civil::Date>(&value);
        read::<jiff::civil::Time>(&value);
        read::<jiff::civil::DateTime>(&value);
        read::<jiff::Timestamp>(&value);
        read::<jiff::SignedDuration>(&value);
        read::<jiff::Span>(&value);
    }
}
