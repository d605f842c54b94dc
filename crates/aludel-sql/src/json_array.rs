//! Arrays as JSON documents, for databases that have no arrays of their own.
//!
//! Numbers and booleans are JSON's own; everything else is its text in a string, as a column of its type would hold it.

use crate::types::ValueError;
use crate::value::{Value, ValueRef};

/// Writes an array as a JSON document.
///
/// # Errors
/// Where an element has no place in one: bytes, a number that is not finite, an interval with months.
pub fn to_text(elements: &[Value]) -> Result<String, ValueError> {
    let mut out = String::with_capacity(2 + elements.len() * 8);
    array(elements, &mut out)?;
    Ok(out)
}

fn array(elements: &[Value], out: &mut String) -> Result<(), ValueError> {
    out.push('[');
    for (index, value) in elements.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        element(value.as_ref(), out)?;
    }
    out.push(']');
    Ok(())
}

fn element(value: ValueRef<'_>, out: &mut String) -> Result<(), ValueError> {
    match value {
        ValueRef::Null => out.push_str("null"),
        ValueRef::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        ValueRef::I64(number) => out.push_str(&number.to_string()),
        ValueRef::U64(number) => out.push_str(&number.to_string()),
        ValueRef::F64(number) if number.is_finite() => out.push_str(&format!("{number:?}")),
        ValueRef::Interval(interval) => match interval.to_microseconds() {
            Some(number) => out.push_str(&number.to_string()),
            None => {
                return Err(ValueError::new(format!("the interval {interval} is no number of microseconds")));
            }
        },
        ValueRef::Text(text) => string(text, out),
        ValueRef::Array(elements) => array(elements, out)?,
        ValueRef::Decimal(_)
        | ValueRef::Date(_)
        | ValueRef::Time(_)
        | ValueRef::Timestamp(_)
        | ValueRef::Uuid(_)
        | ValueRef::Network(_) => string(&value.to_string(), out),
        ValueRef::Failed(error) => return Err(error.clone()),
        other => {
            let message = format!("an array with {} in it can only be stored by PostgreSQL", other.kind());
            return Err(ValueError::new(message));
        }
    }
    Ok(())
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control @ '\0'..'\u{20}' => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Reads a JSON document that is an array of numbers, texts, booleans, nulls and such arrays; `None` where it is anything
/// else.
pub fn parse(text: &str) -> Option<Vec<Value>> {
    let mut reader = Reader { rest: text.trim_matches(WHITE) };
    let elements = reader.array(0)?;
    reader.rest.is_empty().then_some(elements)
}

const WHITE: [char; 4] = [' ', '\t', '\n', '\r'];
/// Deeper than any database's arrays go.
const DEEPEST: usize = 16;

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches(WHITE);
    }

    fn take(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(word) else { return false };
        self.rest = rest;
        true
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Value>> {
        if depth > DEEPEST || !self.take("[") {
            return None;
        }
        let mut elements = Vec::new();
        self.skip();
        if self.take("]") {
            return Some(elements);
        }
        loop {
            self.skip();
            elements.push(self.element(depth)?);
            self.skip();
            if self.take("]") {
                return Some(elements);
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn element(&mut self, depth: usize) -> Option<Value> {
        match self.rest.as_bytes().first()? {
            b'"' => self.string().map(Value::Text),
            b'[' => self.array(depth + 1).map(Value::Array),
            b'n' => self.take("null").then_some(Value::Null),
            b't' => self.take("true").then_some(Value::Bool(true)),
            b'f' => self.take("false").then_some(Value::Bool(false)),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Value> {
        let end = self.rest.find(|next: char| !matches!(next, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        if let Ok(number) = digits.parse() {
            return Some(Value::I64(number));
        }
        if let Ok(number) = digits.parse() {
            return Some(Value::U64(number));
        }
        digits.parse().ok().map(Value::F64)
    }

    fn string(&mut self) -> Option<String> {
        self.take("\"");
        let mut text = String::new();
        loop {
            let at = self.rest.find(['"', '\\'])?;
            text.push_str(&self.rest[..at]);
            self.rest = &self.rest[at..];
            if self.take("\"") {
                return Some(text);
            }
            self.take("\\");
            let escaped = self.rest.chars().next()?;
            self.rest = &self.rest[escaped.len_utf8()..];
            text.push(match escaped {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => self.unicode()?,
                '"' | '\\' | '/' => escaped,
                _ => return None,
            });
        }
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        // Two halves of a character beyond the first 65,536.
        if !self.take("\\u") {
            return None;
        }
        let second = self.four_digits().filter(|second| (0xDC00..0xE000).contains(second))?;
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4)?;
        self.rest = &self.rest[4..];
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scalar() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::I64),
            (i64::MAX as u64 + 1..).prop_map(Value::U64),
            any::<f64>().prop_filter("JSON has no other", |number| number.is_finite()).prop_map(Value::F64),
            any::<String>().prop_map(Value::Text),
        ]
    }

    proptest! {
        #[test]
        fn arrays_come_back(elements in prop::collection::vec(scalar(), 0..6), more in prop::collection::vec(scalar(), 0..3)) {
            let mut elements = elements;
            elements.push(Value::Array(more));
            let text = to_text(&elements).expect("all of them have a place");
            prop_assert_eq!(parse(&text), Some(elements));
        }

        #[test]
        fn any_text_is_an_array_or_none(text in "[\\[\\],\"\\\\a-z0-9u.eE+-]{0,20}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn other_documents_are_none() {
        for text in ["", "{}", "1", "[", "[1", "[1,]", "[1] 2", "[{}]", "[\"a]", r#"["\ud800"]"#, r#"["\x"]"#]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(" [ ] "), Some(Vec::new()));
        assert_eq!(parse(r#"["\ud83d\ude00\n"]"#), Some(vec![Value::Text("😀\n".into())]));
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
