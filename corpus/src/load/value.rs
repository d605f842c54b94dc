//! Values: JSON, or `{"py": kind, "value": …}` for what JSON has no form for.

use std::ops::Bound;

use aludel_sql::Value;
use aludel_sql::interval::Interval;
use aludel_sql::temporal::{Date, Time, Timestamp};
use aludel_sql::types::Range;

use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// The value that stands here.
///
/// # Errors
/// Where we have no such value.
pub fn load(json: &Json) -> Result<Value, Unsayable> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(flag) => Ok(Value::Bool(*flag)),
        Json::Int(number) => Ok(Value::I64(*number)),
        Json::Float(number) => Ok(Value::F64(*number)),
        Json::Text(text) => Ok(Value::Text(text.clone())),
        Json::List(elements) => list(elements),
        Json::Object(_) if json.get("py").is_some() => object(json),
        // What Python has as a dictionary: a document.
        Json::Object(_) => Ok(Value::Json(json.to_string())),
    }
}

fn object(json: &Json) -> Result<Value, Unsayable> {
    let node = Node::tagged(json, "py")?;
    let text = || node.text("value");
    let value = match node.kind {
        "date" => Date::parse(text()?).map(Value::Date),
        "time" => Time::parse(text()?).map(Value::Time),
        "datetime" => Timestamp::parse(text()?).map(Value::Timestamp),
        "bytes" => bytes(text()?).map(Value::Bytes),
        "float" => text()?.parse().ok().map(Value::F64),
        "decimal" => Some(Value::Decimal(text()?.to_owned())),
        // Beyond what a signed integer of 64 bits holds.
        "int" => match text()?.parse() {
            Ok(number) => Some(Value::U64(number)),
            Err(_) => Some(Value::Decimal(text()?.to_owned())),
        },
        "timedelta" => interval(node.list("value")?).map(Value::Interval),
        "tuple" | "set" | "multirange" => Some(list(node.list("value")?)?),
        "range" => Some(range(&node)?),
        "enum" => Some(Value::Text(text()?.to_owned())),
        "uuid" => bytes(&text()?.replace('-', "")).and_then(|bytes| bytes.try_into().ok()).map(Value::Uuid),
        _ => return Err(node.unknown("a value")),
    };
    node.done()?;
    value.ok_or_else(|| node.wrong("value", "is not of its form"))
}

fn list(elements: &[Json]) -> Result<Value, Unsayable> {
    Ok(Value::Array(elements.iter().map(load).collect::<Result<_, _>>()?))
}

/// Days, seconds and microseconds.
fn interval(parts: &[Json]) -> Option<Interval> {
    let [days, seconds, microseconds] = parts else { return None };
    let seconds = seconds.as_int()?.checked_mul(1_000_000)?;
    let microseconds = seconds.checked_add(microseconds.as_int()?)?;
    Some(Interval { months: 0, days: i32::try_from(days.as_int()?).ok()?, microseconds })
}

/// Two values, null for no bound, and which of them belong to it: `[)`.
fn range(node: &Node<'_>) -> Result<Value, Unsayable> {
    let empty = node.flag("empty")?;
    let [lower, upper] = node.list("value")? else { return Err(node.wrong("value", "should be two bounds")) };
    let bounds = node.text_or_none("bounds")?.unwrap_or("[)");
    let bound = |json: &Json, included: bool| match json {
        Json::Null => Ok(Bound::Unbounded),
        json => load(json).map(if included { Bound::Included } else { Bound::Excluded }),
    };
    let (lower, upper) = (bound(lower, bounds.starts_with('['))?, bound(upper, bounds.ends_with(']'))?);
    Ok(Value::Range(Box::new(if empty { Range::Empty } else { Range::Bounds(lower, upper) })))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = hex.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    let whole = pairs.remainder().is_empty();
    let bytes = pairs.map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok());
    whole.then(|| bytes.collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_value() {
        let value = |text: &str| load(&Json::parse(text).expect("JSON")).map_err(|error| error.message);
        assert_eq!(value("null"), Ok(Value::Null));
        assert_eq!(value("1.0"), Ok(Value::F64(1.0)));
        assert_eq!(value(r#"{"py": "bytes", "value": "790a"}"#), Ok(Value::Bytes(vec![0x79, 10])));
        assert!(matches!(
            value(r#"{"py": "datetime", "value": "2009-05-09T12:30:00"}"#),
            Ok(Value::Timestamp(_))
        ));
        assert!(value(r#"{"py": "bytes", "value": "790"}"#).is_err());
        let between = |lower, upper| Ok(Value::Range(Box::new(Range::Bounds(lower, upper))));
        let (one, two) = (Value::I64(1), Value::I64(2));
        let range = r#"{"py": "range", "value": [1, 2], "bounds": "(]", "empty": false}"#;
        assert_eq!(value(range), between(Bound::Excluded(one), Bound::Included(two)));
        let interval = Interval { months: 0, days: 1, microseconds: 184_000_005 };
        assert_eq!(value(r#"{"py": "timedelta", "value": [1, 184, 5]}"#), Ok(Value::Interval(interval)));
        assert_eq!(value(r#"{"k": [1]}"#), Ok(Value::Json(r#"{"k": [1]}"#.to_owned())));
        assert_eq!(value(r#"{"py": "ellipsis"}"#), Err("ellipsis as a value".to_owned()));
    }
}
