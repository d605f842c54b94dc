//! Telling literals from other expressions by their text.

/// Whether SQL text is one literal: a number with or without a sign, a text, bytes, `NULL`, `TRUE` or `FALSE`.
pub fn is_literal(sql: &str) -> bool {
    let sql = sql.trim();
    let word = sql.to_ascii_uppercase();
    if matches!(word.as_str(), "NULL" | "TRUE" | "FALSE") {
        return true;
    }
    is_number(&word) || is_quoted(sql) || word.strip_prefix('X').is_some_and(is_quoted)
}

/// Whether SQL text is one expression in parentheses: the first one is closed by the last one.
pub fn is_enclosed(sql: &str) -> bool {
    let sql = sql.trim();
    let mut depth = 0_usize;
    let mut quote = None;
    for (index, byte) in sql.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) => quote = if byte == open { None } else { Some(open) },
            (None, b'\'' | b'"' | b'`') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => match depth {
                0 => return false,
                1 => return index + 1 == sql.len(),
                _ => depth -= 1,
            },
            (None, _) if depth == 0 => return false,
            (None, _) => {}
        }
    }
    false
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    if let Some(hex) = digits.strip_prefix("0X") {
        return !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') && digits.parse::<f64>().is_ok()
}

/// Whether the text is one pair of single quotes; a doubled quote inside does not end it.
fn is_quoted(sql: &str) -> bool {
    let Some(inside) = sql.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) else { return false };
    !inside.replace("''", "").contains('\'')
}

#[cfg(test)]
mod tests {
    use super::{is_enclosed, is_literal};

    #[test]
    fn literals() {
        for sql in ["1", "-1.5", "+2e10", "0x1F", "'a'", "''", "'it''s'", "null", "TRUE", "x'00FF'"] {
            assert!(is_literal(sql), "{sql}");
        }
        for sql in
            ["now()", "1 + 1", "'a' || 'b'", "CURRENT_TIMESTAMP", "(1)", "nan", "inf", "-", "", "'", "e5"]
        {
            assert!(!is_literal(sql), "{sql}");
        }
    }

    #[test]
    fn parentheses() {
        for sql in ["(1)", "((1) + (2))", "(')')", "(\")\")"] {
            assert!(is_enclosed(sql), "{sql}");
        }
        for sql in ["(1) + (2)", "1", "", "()x", "(", ")", "f(1)"] {
            assert!(!is_enclosed(sql), "{sql}");
        }
    }
}
