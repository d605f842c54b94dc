//! From the server's words for a column's default to a [`ServerDefault`].

use aludel_sql::ast::Expr;
use aludel_sql::schema::ServerDefault;
use aludel_sql::value::Value;

/// The default by the server's expression for it, on a column of a type that the server calls `column_type`.
///
/// A literal becomes a literal and the time of the transaction the current time; everything else keeps its words.
/// `DEFAULT NULL` is no default: it says what happens anyway.
pub(super) fn server_default(words: &str, column_type: &str) -> Option<ServerDefault> {
    let expr = match words {
        "true" => Expr::Literal(Value::Bool(true)),
        "false" => Expr::Literal(Value::Bool(false)),
        "now()" | "CURRENT_TIMESTAMP" => Expr::Now,
        "NULL" => return None,
        _ if words.starts_with("NULL::") => return None,
        _ => literal(words, column_type).map_or_else(|| Expr::Text(words.to_owned().into()), Expr::Literal),
    };
    Some(ServerDefault(expr))
}

fn literal(words: &str, column_type: &str) -> Option<Value> {
    let Some((text, cast)) = quoted(words) else { return number(words) };
    match cast.strip_prefix("::") {
        None if cast.is_empty() => Some(Value::Text(text)),
        // The server writes negative numbers in quotes.
        Some("smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision") => number(&text),
        Some("bytea") if column_type == "bytea" => bytes(&text).map(Value::Bytes),
        Some(cast) if cast == without_arguments(column_type) => Some(Value::Text(text)),
        _ => None,
    }
}

/// The content of a text in quotes at the beginning, and what stands behind it.
fn quoted(words: &str) -> Option<(String, &str)> {
    let mut rest = words.strip_prefix('\'')?;
    let mut text = String::new();
    loop {
        let (part, behind) = rest.split_once('\'')?;
        text.push_str(part);
        match behind.strip_prefix('\'') {
            Some(more) => {
                text.push('\'');
                rest = more;
            }
            None => return Some((text, behind)),
        }
    }
}

fn number(words: &str) -> Option<Value> {
    let digits = words.strip_prefix('-').unwrap_or(words);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    match (words.parse::<i64>(), words.parse::<f64>()) {
        (Ok(number), _) => Some(Value::I64(number)),
        // Only where no digit is lost.
        (Err(_), Ok(number)) if format!("{number:?}") == words => Some(Value::F64(number)),
        _ => None,
    }
}

/// `\x00ff`
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}

/// `character varying(50)` without its length, as the server writes it in a cast.
fn without_arguments(ty: &str) -> String {
    match (ty.find('('), ty.find(')')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &ty[..open], &ty[close + 1..]),
        _ => ty.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_recognised_and_all_else_keeps_its_words() {
        let literal = |value: Value| Some(ServerDefault(Expr::Literal(value)));
        let words = |words: &'static str| Some(ServerDefault(Expr::Text(words.into())));
        for (given, column, expected) in [
            ("'it''s'::character varying", "character varying(50)", literal(Value::Text("it's".into()))),
            ("''::text", "text", literal(Value::Text(String::new()))),
            ("'{}'::jsonb", "jsonb", literal(Value::Text("{}".into()))),
            ("'a'::mood", "mood", literal(Value::Text("a".into()))),
            ("'a'::text", "character varying", words("'a'::text")),
            ("'a'::text || 'b'::text", "text", words("'a'::text || 'b'::text")),
            ("0", "integer", literal(Value::I64(0))),
            ("'-1'::integer", "bigint", literal(Value::I64(-1))),
            ("1.5", "numeric(10,2)", literal(Value::F64(1.5))),
            ("'-1.5'::numeric", "double precision", literal(Value::F64(-1.5))),
            ("0.10", "numeric(10,2)", words("0.10")),
            ("'NaN'::double precision", "double precision", words("'NaN'::double precision")),
            ("'\\x00ff'::bytea", "bytea", literal(Value::Bytes(vec![0, 255]))),
            ("true", "boolean", literal(Value::Bool(true))),
            ("NULL::character varying", "character varying(5)", None),
            ("now()", "timestamp with time zone", Some(ServerDefault(Expr::Now))),
            ("gen_random_uuid()", "uuid", words("gen_random_uuid()")),
            ("(1 + 1)", "integer", words("(1 + 1)")),
            (
                "'2026-01-01 00:00:00'::timestamp without time zone",
                "timestamp(3) without time zone",
                literal(Value::Text("2026-01-01 00:00:00".into())),
            ),
        ] {
            assert_eq!(server_default(given, column), expected, "{given}");
        }
    }
}
