//! JSON documents and arrays.

use std::collections::BTreeMap;

use aludel::sql::SqlType;
use aludel::sql::types::{Json, raw};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::homes::{ALL, POSTGRES, refused, survive};

fn document() -> impl Strategy<Value = serde_json::Value> {
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Profile {
    name: String,
    age: Option<u8>,
    tags: BTreeMap<String, Vec<i32>>,
}

#[test]
fn documents() {
    let edges = [
        json!(null),
        json!(""),
        json!({}),
        json!([]),
        json!("it's \\ \"x\" ü🜍"),
        json!({"": {"a": [1.5, -0.5]}}),
    ];
    let within = document().prop_map(|document| json!([document]));
    survive(ALL, &serde_json::Value::sql_type(), &edges, within);
    // A document that is nothing but a number is kept as a number on SQLite: `1.0` comes back as `1`.
    let others: Vec<&str> = ALL.iter().copied().filter(|name| *name != "sqlite").collect();
    survive(&others, &serde_json::Value::sql_type(), &[json!(1.0), json!(u64::MAX)], document());
    survive(POSTGRES, &raw("json"), &edges, document());
    let profile =
        ("[^\0]*", any::<Option<u8>>(), any::<BTreeMap<u8, Vec<i32>>>()).prop_map(|(name, age, tags)| {
            Json(Profile {
                name,
                age,
                tags: tags.into_iter().map(|(key, list)| (key.to_string(), list)).collect(),
            })
        });
    survive(ALL, &Json::<Profile>::sql_type(), &[], profile);
}

#[test]
fn what_has_no_form_in_json_is_refused_before_it_is_sent() {
    let keyless = Json(BTreeMap::from([((1, 2), 3)]));
    let error = refused("sqlite", &Json::<BTreeMap<(i32, i32), i32>>::sql_type(), &keyless);
    assert!(error.contains("the value has no form in JSON"), "{error}");
}

#[test]
fn arrays() {
    let text = any::<String>().prop_map(|text| text.replace('\0', ""));
    let texts = ["", "NULL", "null", "{}", "a,b", "\"", "\\", " ", "it's"].map(String::from);
    survive(
        ALL,
        &Vec::<String>::sql_type(),
        &[Vec::new(), texts.to_vec()],
        prop::collection::vec(text.clone(), 0..6),
    );
    survive(
        ALL,
        &Vec::<Option<String>>::sql_type(),
        &[vec![None], vec![None, Some("NULL".into())]],
        prop::collection::vec(prop::option::of(text), 0..6),
    );
    survive(ALL, &Vec::<i16>::sql_type(), &[vec![i16::MIN, 0]], any::<Vec<i16>>());
    survive(ALL, &Vec::<i32>::sql_type(), &[vec![i32::MIN, 0]], any::<Vec<i32>>());
    survive(ALL, &Vec::<i64>::sql_type(), &[vec![i64::MIN, i64::MAX]], any::<Vec<i64>>());
    survive(ALL, &Vec::<u64>::sql_type(), &[vec![u64::MAX]], any::<Vec<u64>>());
    survive(ALL, &Vec::<bool>::sql_type(), &[], any::<Vec<bool>>());
    let numbers = prop::collection::vec(-1e300..1e300_f64, 0..6);
    survive(ALL, &Vec::<f64>::sql_type(), &[vec![0.0, 0.1, f64::MAX]], numbers);
    let ids =
        any::<Vec<[u8; 16]>>().prop_map(|ids| ids.into_iter().map(Uuid::from_bytes).collect::<Vec<_>>());
    survive(ALL, &Vec::<Uuid>::sql_type(), &[vec![Uuid::nil()]], ids);
    let decimals = any::<Vec<(i64, u8)>>().prop_map(|list| {
        let decimal = |(digits, scale): (i64, u8)| rust_decimal::Decimal::new(digits, u32::from(scale % 28));
        list.into_iter().map(decimal).collect::<Vec<_>>()
    });
    survive(ALL, &Vec::<rust_decimal::Decimal>::sql_type(), &[], decimals);
    let moments = prop::collection::vec(-62_000_000_000..250_000_000_000_i64, 0..4).prop_map(|list| {
        list.into_iter()
            .map(|at| chrono::DateTime::from_timestamp(at, 250_000_000).unwrap())
            .collect::<Vec<_>>()
    });
    survive(ALL, &Vec::<chrono::DateTime<chrono::Utc>>::sql_type(), &[], moments);
    let hosts = any::<Vec<std::net::IpAddr>>();
    survive(ALL, &Vec::<std::net::IpAddr>::sql_type(), &[], hosts);
    let waits = any::<Vec<u32>>().prop_map(|list| {
        list.into_iter().map(|wait| std::time::Duration::from_micros(wait.into())).collect::<Vec<_>>()
    });
    survive(ALL, &Vec::<std::time::Duration>::sql_type(), &[], waits);
}

#[test]
fn arrays_of_more_dimensions() {
    let square = (0..4_usize).prop_flat_map(|width| {
        prop::collection::vec(
            prop::collection::vec(any::<Option<i32>>(), width..=width),
            if width == 0 { 0..1 } else { 0..4 },
        )
    });
    survive(ALL, &Vec::<Vec<Option<i32>>>::sql_type(), &[Vec::new(), vec![vec![Some(1), None]; 2]], square);
    for name in POSTGRES {
        for ragged in [vec![vec![1], vec![2, 3]], vec![vec![], vec![]]] {
            let error = refused(name, &Vec::<Vec<i32>>::sql_type(), &ragged);
            assert!(error.contains("not of one length"), "{error}");
        }
    }
    survive(POSTGRES, &Vec::<Vec<u8>>::sql_type(), &[vec![vec![], vec![0, 255]]], any::<Vec<Vec<u8>>>());
    let error = refused("sqlite", &Vec::<Vec<u8>>::sql_type(), &vec![vec![1_u8]]);
    assert!(error.contains("an array with bytes in it"), "{error}");
}
