//! From what the servers keep of a column's default to a [`ServerDefault`].

use aludel_sql::Type;
use aludel_sql::ast::Expr;
use aludel_sql::schema::ServerDefault;
use aludel_sql::value::Value;

use super::types;
use super::words::{mysql_expression, unenclosed, unquoted};

/// MariaDB keeps SQL: texts in quotes, `NULL` where the column's default is that.
pub(super) fn of_mariadb(kept: Option<&str>, ty: &Type, words: &str) -> Option<ServerDefault> {
    let kept = kept?;
    if kept.eq_ignore_ascii_case("NULL") {
        return None;
    }
    Some(ServerDefault(match unquoted(kept) {
        Some(text) => Expr::Literal(Value::Text(text)),
        None if types::is_number(words) => number(kept, ty),
        None => expression(kept),
    }))
}

/// MySQL keeps a literal's bare content, and says aside whether it is SQL instead.
pub(super) fn of_mysql(kept: Option<&str>, generated: bool, ty: &Type, words: &str) -> Option<ServerDefault> {
    let kept = kept?;
    Some(ServerDefault(if generated {
        let sql = mysql_expression(kept);
        match unquoted(&sql) {
            Some(text) => Expr::Literal(Value::Text(text)),
            None => expression(&sql),
        }
    } else if types::is_number(words) {
        number(kept, ty)
    } else if words.starts_with("bit") {
        own_words(kept)
    } else {
        Expr::Literal(Value::Text(kept.to_owned()))
    }))
}

/// A default that also follows every change of the row (`ON UPDATE CURRENT_TIMESTAMP`), which has no place of its own
/// in the schema model, so it stands behind the default in the server's words.
pub(super) fn following(kept: Option<&str>, update: &str) -> ServerDefault {
    ServerDefault(own_words(&format!("{} {update}", kept.unwrap_or("NULL"))))
}

fn own_words(sql: &str) -> Expr {
    Expr::Text(sql.to_owned().into())
}

fn expression(sql: &str) -> Expr {
    let plain = unenclosed(sql);
    let word = plain.to_ascii_lowercase();
    if let Some(text) = spelled_in_bytes(&word) {
        return Expr::Literal(Value::Text(text));
    }
    // The precision is always the column's own.
    let current = word.strip_prefix("current_timestamp").or_else(|| word.strip_prefix("now"));
    match current {
        Some(rest) if rest.chars().all(|c| matches!(c, '(' | ')') || c.is_ascii_digit()) => Expr::Now,
        _ => own_words(plain),
    }
}

/// A text that the dialect wrote as `CONVERT(X'…' USING utf8mb4)`, because a backslash in quotes means one thing or
/// another as the server is set.
fn spelled_in_bytes(word: &str) -> Option<String> {
    let bytes = word.strip_prefix("convert(")?.strip_suffix(" using utf8mb4)")?;
    let quoted = bytes.strip_prefix("x'").and_then(|rest| rest.strip_suffix('\''));
    let digits = quoted.or_else(|| bytes.strip_prefix("0x"))?.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes = digits.chunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes).ok()
}

fn number(digits: &str, ty: &Type) -> Expr {
    match (ty, digits.parse::<i64>(), digits.parse::<f64>()) {
        (Type::Boolean, Ok(flag @ (0 | 1)), _) => Expr::Literal(Value::Bool(flag == 1)),
        // More digits than a double holds keep their words.
        (Type::Float { .. } | Type::Double | Type::Numeric { .. }, _, Ok(number))
            if number.is_finite() && digits.bytes().filter(u8::is_ascii_digit).count() <= 15 =>
        {
            Expr::Literal(Value::F64(number))
        }
        (_, Ok(number), _) => Expr::Literal(Value::I64(number)),
        _ => own_words(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMERIC: Type = Type::Numeric { precision: Some(10), scale: Some(2) };

    fn literal(value: Value) -> Option<ServerDefault> {
        Some(ServerDefault(Expr::Literal(value)))
    }

    fn words(sql: &'static str) -> Option<ServerDefault> {
        Some(ServerDefault(Expr::Text(sql.into())))
    }

    #[test]
    fn what_mariadb_keeps() {
        let of = |kept: &str, column: &str| of_mariadb(Some(kept), &types::declared(column), column);
        assert_eq!(of("'it''s'", "varchar(20)"), literal(Value::Text("it's".into())));
        assert_eq!(of("'5'", "varchar(20)"), literal(Value::Text("5".into())));
        assert_eq!(of("NULL", "varchar(20)"), None);
        assert_eq!(of("-5", "int(11)"), literal(Value::I64(-5)));
        assert_eq!(of("5", "int(10) unsigned"), literal(Value::I64(5)));
        assert_eq!(of("1", "tinyint(1)"), literal(Value::Bool(true)));
        assert_eq!(of("2", "tinyint(1)"), literal(Value::I64(2)));
        assert_eq!(of("1.50", "decimal(10,2)"), literal(Value::F64(1.5)));
        assert_eq!(of("12345678901234567.89", "decimal(30,2)"), words("12345678901234567.89"));
        assert_eq!(of("current_timestamp(6)", "datetime(6)"), Some(ServerDefault(Expr::Now)));
        assert_eq!(of("current_timestamp()", "date"), Some(ServerDefault(Expr::Now)));
        assert_eq!(of("uuid()", "char(36)"), words("uuid()"));
        assert_eq!(of("b'101'", "bit(3)"), words("b'101'"));
        assert_eq!(of("convert(X'615C' using utf8mb4)", "varchar(9)"), literal(Value::Text("a\\".into())));
    }

    #[test]
    fn what_mysql_keeps() {
        let of = |kept: &str, column: &str| of_mysql(Some(kept), false, &types::declared(column), column);
        let generated =
            |kept: &str, column: &str| of_mysql(Some(kept), true, &types::declared(column), column);
        assert_eq!(of("it's", "varchar(20)"), literal(Value::Text("it's".into())));
        assert_eq!(of("NULL", "varchar(20)"), literal(Value::Text("NULL".into())));
        assert_eq!(of("0", "tinyint(1)"), literal(Value::Bool(false)));
        assert_eq!(of("1.50", "decimal(10,2)"), literal(Value::F64(1.5)));
        assert_eq!(of("b'101'", "bit(3)"), words("b'101'"));
        assert_eq!(generated("CURRENT_TIMESTAMP(6)", "datetime(6)"), Some(ServerDefault(Expr::Now)));
        assert_eq!(generated("uuid()", "char(36)"), words("uuid()"));
        assert_eq!(generated(r"_utf8mb4\'new\'", "text"), literal(Value::Text("new".into())));
        assert_eq!(
            generated("convert(0x615C using utf8mb4)", "varchar(9)"),
            literal(Value::Text("a\\".into()))
        );
        assert_eq!(generated(r"(1 + 1)", "int"), words("1 + 1"));
        assert_eq!(of_mysql(None, false, &NUMERIC, "decimal(10,2)"), None);
    }
}
