//! Values: JSON, or `{"py": kind, "value": …}` for what JSON has no form for.

use aludel_sql::Value;
use aludel_sql::temporal::{Date, Time, Timestamp};

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
        Json::List(_) => Err(Unsayable::new("a list as a value")),
        Json::Object(_) => object(json),
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
        "uuid" => bytes(&text()?.replace('-', "")).and_then(|bytes| bytes.try_into().ok()).map(Value::Uuid),
        _ => return Err(node.unknown("a value")),
    };
    node.done()?;
    value.ok_or_else(|| node.wrong("value", "is not of its form"))
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
        assert_eq!(value(r#"{"py": "range", "value": [1, 2]}"#), Err("range as a value".to_owned()));
    }
}
