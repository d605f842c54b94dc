//! Arrays and ranges as the text that PostgreSQL's own input functions read.
//!
//! Such a text adapts to the type of the column that it is for, as `ARRAY[…]` does not.

use std::ops::Bound;

use crate::compiler::CompileError;
use crate::decimal;
use crate::types::Range;
use crate::value::{Value, ValueRef};

/// `{1,2,NULL}`
///
/// # Errors
/// Where an element has no text form.
pub(super) fn array(elements: &[Value]) -> Result<String, CompileError> {
    let mut out = String::from("{");
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match element {
            Value::Null => out.push_str("NULL"),
            Value::Array(inner) => out.push_str(&array(inner)?),
            other => quoted(&text_of(other.as_ref())?, &mut out),
        }
    }
    out.push('}');
    Ok(out)
}

/// `[1,5)`
///
/// # Errors
/// Where a bound has no text form.
pub(super) fn range(range: &Range<Value>) -> Result<String, CompileError> {
    let Range::Bounds(lower, upper) = range else { return Ok("empty".into()) };
    let mut out = String::new();
    match lower {
        Bound::Included(value) => bound('[', value, &mut out)?,
        Bound::Excluded(value) => bound('(', value, &mut out)?,
        Bound::Unbounded => out.push('('),
    }
    out.push(',');
    match upper {
        Bound::Included(value) | Bound::Excluded(value) => quoted(&text_of(value.as_ref())?, &mut out),
        Bound::Unbounded => {}
    }
    out.push(if matches!(upper, Bound::Included(_)) { ']' } else { ')' });
    Ok(out)
}

/// `{[1,5),[7,9)}`
///
/// # Errors
/// Where something else than a range is in it, or a bound has no text form.
pub(super) fn multirange(ranges: &[Value]) -> Result<String, CompileError> {
    let mut out = String::from("{");
    for (index, value) in ranges.iter().enumerate() {
        let Value::Range(one) = value else {
            return Err(CompileError::invalid(format!("a multirange holds ranges alone, and not {value:?}")));
        };
        out.push_str(if index > 0 { "," } else { "" });
        out.push_str(&range(one)?);
    }
    out.push('}');
    Ok(out)
}

fn bound(open: char, value: &Value, out: &mut String) -> Result<(), CompileError> {
    out.push(open);
    quoted(&text_of(value.as_ref())?, out);
    Ok(())
}

/// In double quotes, inside of which only they and backslashes mean anything.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

fn text_of(value: ValueRef<'_>) -> Result<String, CompileError> {
    Ok(match value {
        ValueRef::F64(number) => decimal::shortest(number),
        ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Decimal(text) => text.to_owned(),
        ValueRef::Bytes(bytes) => {
            let mut hex = String::new();
            crate::dialect::hex_literal(bytes, &mut hex);
            format!("\\x{}", hex.trim_start_matches("X'").trim_end_matches('\''))
        }
        ValueRef::Interval(interval) => interval.to_sql_words(),
        ValueRef::Range(inner) => range(inner)?,
        ValueRef::Failed(error) => return Err(CompileError::invalid(error.to_string())),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use crate::dialect::{Dialect, postgres::Postgres};
    use crate::types::{Range, postgres};
    use crate::value::Value;

    #[test]
    fn a_multirange_is_a_list_of_ranges() {
        let range = |from, to| {
            let bounds = Range::Bounds(Bound::Included(Value::I64(from)), Bound::Excluded(Value::I64(to)));
            Value::Range(Box::new(bounds))
        };
        let literal = |values: Vec<Value>| {
            let mut out = String::new();
            let value = Value::Array(values);
            let written = Postgres::default().typed_literal(&value, &postgres::int4_multirange(), &mut out);
            written.map(|()| out).map_err(|error| error.to_string())
        };
        let wanted = r#"'{["1","5"),["7","9")}'"#;
        assert_eq!(literal(vec![range(1, 5), range(7, 9)]).as_deref(), Ok(wanted));
        assert_eq!(literal(Vec::new()).as_deref(), Ok("'{}'"));
        assert!(literal(vec![Value::I64(1)]).is_err_and(|error| error.contains("ranges alone")));
    }
}
