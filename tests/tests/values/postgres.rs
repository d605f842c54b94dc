//! What PostgreSQL alone does with values: types that the server infers, types that users make, and what is refused.

use std::ops::ControlFlow;

use aludel::prelude::*;
use aludel::sql::interval::Interval;
use aludel::sql::network::Network;
use aludel::sql::types::{Range, raw};
use aludel::sql::{SqlType, Value};
use rust_decimal::Decimal;

use crate::homes::Home;

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
#[sql_type(rename_all = "lowercase")]
enum Mood {
    Sad,
    Happy,
}

fn one<T: SqlType>(home: &mut Home, text: &str, value: &T) -> T {
    let mut found = None;
    let mut sink = |row: &dyn aludel::sql::decode::Row| {
        found = Some(aludel::sql::decode::RowReader::new(row).read::<T>()?);
        Ok(ControlFlow::Continue(()))
    };
    let given = [SqlType::to_value(value)];
    home.connection.raw().expect("open").fetch(text, &given, &mut sink).wait().expect(text);
    found.expect("a row")
}

#[test]
fn a_parameter_that_nothing_describes_has_the_type_of_its_value() {
    let home = &mut Home::new("postgres", &raw("text"));
    let price = Decimal::new(-1_250, 3);
    assert_eq!(one(home, "SELECT $1", &price), price);
    assert_eq!(one(home, "SELECT $1", &u64::MAX), u64::MAX);
    let wait = chrono::TimeDelta::microseconds(-5);
    assert_eq!(one(home, "SELECT $1", &wait), wait);
    let document = serde_json::json!({"a": [1, null]});
    assert_eq!(one(home, "SELECT $1", &document), document);
    let host = std::net::IpAddr::from([10, 0, 0, 1]);
    assert_eq!(one(home, "SELECT $1", &host), host);
    let lists = vec![vec![Some("a".to_owned()), None]];
    assert_eq!(one(home, "SELECT $1", &lists), lists);
    let range = Range::from(1_i64..5);
    assert_eq!(one(home, "SELECT $1", &range), range);
    let several = vec![1_i64, 3];
    let among = "SELECT array_agg(n) FROM generate_series(1::bigint, 3) n WHERE n = ANY ($1)";
    assert_eq!(one(home, among, &several), several);
}

#[test]
fn types_that_users_make() {
    let home = &mut Home::new("postgres", &raw("text"));
    let script = "CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy'); CREATE DOMAIN pg_temp.codes AS integer[];
         CREATE DOMAIN pg_temp.price AS numeric(10, 2); CREATE TYPE pg_temp.prices AS RANGE (subtype = numeric)";
    home.connection.execute_script(script).wait().expect("types");
    for mood in [Mood::Sad, Mood::Happy] {
        assert_eq!(one(home, "SELECT $1::pg_temp.mood", &mood), mood);
    }
    let moods = vec![Some(Mood::Happy), None];
    assert_eq!(one(home, "SELECT $1::pg_temp.mood[]", &moods), moods);
    let codes = vec![1_i32, 2];
    assert_eq!(one(home, "SELECT $1::pg_temp.codes", &codes), codes);
    let price = Decimal::new(1_050, 2);
    assert_eq!(one(home, "SELECT $1::pg_temp.price", &price), price);
    assert_eq!(one(home, "SELECT $1::pg_temp.price[]", &vec![price]), [price]);
    let prices = Range::from(price..=price);
    assert_eq!(one(home, "SELECT $1::pg_temp.prices", &prices), prices);
    for ty in ["varchar(9)[]", "json[]", "jsonb[]", "\"char\"[]", "numeric[]"] {
        assert_eq!(one(home, &format!("SELECT $1::{ty}"), &vec!["1".to_owned()]), ["1"], "{ty}");
    }
}

#[test]
fn values_of_another_kind_are_refused_before_they_are_sent() {
    let mut home = Home::new("postgres", &raw("text"));
    let interval = Value::Interval(Interval { months: 1, days: -1, microseconds: 1 });
    let network = Value::Network(Network::parse("10.0.0.0/8").expect("a network"));
    let number = || Value::I64(1);
    let array = |value: Value| Value::Array(vec![value]);
    let uneven = Value::Array(vec![array(number()), number()]);
    let deep = (0..7).fold(number(), |inner, _| array(inner));
    let unbounded = Value::Range(Box::new(Range::from(Value::Null..number())));
    for (ty, value, part) in [
        ("integer", interval, "an interval, but the statement takes one of type `int4`"),
        ("integer", network, "a network address, but the statement takes one of type `int4`"),
        (
            "integer",
            Value::Decimal("1.5".into()),
            "an exact decimal, but the statement takes one of type `int4`",
        ),
        ("bigint", Value::U64(u64::MAX), "18446744073709551615, which the type `int8` can't hold"),
        ("interval", number(), "an integer, but the statement takes one of type `interval`"),
        ("integer", array(number()), "an array, but the statement takes one of type `int4`"),
        ("integer[]", array(Value::I64(1 << 40)), "1099511627776, which the type `int4` can't hold"),
        ("integer[]", array(Value::Text("1".into())), "text, but the statement takes one of type `int4`"),
        ("integer[]", uneven, "not of one length"),
        ("integer[]", deep, "more than 6 dimensions"),
        ("numeric", Value::Decimal("1e5".into()), "1e5, which the type `numeric` can't hold"),
        ("int4range", unbounded, "a bound that is NULL"),
        ("text", aludel::types::ValueError::new("out of ink").into(), "parameter $1: out of ink"),
    ] {
        let mut ignore = |_: &dyn aludel::sql::decode::Row| Ok(ControlFlow::Continue(()));
        let text = format!("SELECT $1::{ty}");
        let raw = home.connection.raw().expect("open");
        let error = raw.fetch(&text, &[value.as_ref()], &mut ignore).wait().expect_err(&text);
        assert!(error.to_string().contains(part), "{error}");
    }
    // None of these has ended the transaction.
    assert_eq!(one(&mut home, "SELECT $1::integer[]", &vec![1_i32]), [1]);
}
