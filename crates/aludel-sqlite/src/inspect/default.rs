//! From the words of a column's default to a [`ServerDefault`].

use aludel_sql::ast::Expr;
use aludel_sql::schema::ServerDefault;
use aludel_sql::value::Value;

use crate::tokens::{Kind, Token, Tokens, unquote};

/// The default by SQLite's words for it (without the parentheses around an expression).
///
/// A literal becomes a literal and `CURRENT_TIMESTAMP` the current time; everything else keeps its words.
/// `DEFAULT NULL` is no default: it says what happens anyway.
pub(super) fn server_default(words: &str) -> Option<ServerDefault> {
    let tokens: Vec<Token> = Tokens::new(words).collect();
    let text = |token: &Token| token.text(words);
    let expr = match tokens.as_slice() {
        [one] => match one.kind {
            Kind::Text | Kind::Quoted => Expr::Literal(Value::Text(unquote(text(one)))),
            Kind::Number => number(text(one), false),
            Kind::Blob => bytes(text(one)).map_or_else(|| own_words(words), Expr::Literal),
            Kind::Word => match text(one).to_ascii_uppercase().as_str() {
                "NULL" => return None,
                // Other words for the numbers, which is how this dialect writes booleans.
                "TRUE" => Expr::Literal(Value::I64(1)),
                "FALSE" => Expr::Literal(Value::I64(0)),
                "CURRENT_TIMESTAMP" => Expr::Now,
                "CURRENT_DATE" | "CURRENT_TIME" => own_words(words),
                // SQLite takes a bare word for a text here.
                _ => Expr::Literal(Value::Text(text(one).to_owned())),
            },
            Kind::Other(_) => own_words(words),
        },
        [sign, one] if one.kind == Kind::Number && sign.kind == Kind::Other(b'-') => number(text(one), true),
        [sign, one] if one.kind == Kind::Number && sign.kind == Kind::Other(b'+') => number(text(one), false),
        _ => own_words(words),
    };
    Some(ServerDefault(expr))
}

fn own_words(words: &str) -> Expr {
    Expr::Text(words.trim().to_owned().into())
}

fn number(digits: &str, negative: bool) -> Expr {
    let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    match (signed.parse::<i64>(), signed.parse::<f64>()) {
        (Ok(number), _) => Expr::Literal(Value::I64(number)),
        (Err(_), Ok(number)) if !whole && number.is_finite() => Expr::Literal(Value::F64(number)),
        // Hexadecimal, or too large for either.
        _ => own_words(&signed),
    }
}

fn bytes(literal: &str) -> Option<Value> {
    let digits = literal.get(2..literal.len() - 1)?;
    let pairs = digits.as_bytes().chunks(2);
    let bytes =
        pairs.map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()));
    bytes.collect::<Option<Vec<u8>>>().map(Value::Bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_recognised_and_all_else_keeps_its_words() {
        let literal = |value: Value| Some(ServerDefault(Expr::Literal(value)));
        let words = |words: &'static str| Some(ServerDefault(Expr::Text(words.into())));
        for (given, expected) in [
            ("'it''s'", literal(Value::Text("it's".into()))),
            ("\"abc\"", literal(Value::Text("abc".into()))),
            ("abc", literal(Value::Text("abc".into()))),
            ("0", literal(Value::I64(0))),
            ("-1", literal(Value::I64(-1))),
            ("+7", literal(Value::I64(7))),
            ("- 2", literal(Value::I64(-2))),
            ("1.50", literal(Value::F64(1.5))),
            ("-9223372036854775808", literal(Value::I64(i64::MIN))),
            ("9223372036854775808", words("9223372036854775808")),
            ("0x10", words("0x10")),
            ("x'00fF'", literal(Value::Bytes(vec![0, 255]))),
            ("true", literal(Value::I64(1))),
            ("NULL", None),
            ("Current_Timestamp", Some(ServerDefault(Expr::Now))),
            ("CURRENT_DATE", words("CURRENT_DATE")),
            ("datetime('now')", words("datetime('now')")),
            ("'a' || 'b'", words("'a' || 'b'")),
        ] {
            assert_eq!(server_default(given), expected, "{given}");
        }
    }
}
