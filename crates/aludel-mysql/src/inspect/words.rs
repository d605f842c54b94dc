//! The texts in which the servers keep expressions.

/// An expression as MySQL keeps it: the whole escaped once more, with the character set in front of each text. MariaDB
/// keeps plain SQL.
pub(super) fn mysql_expression(kept: &str) -> String {
    let mut plain = String::with_capacity(kept.len());
    let mut characters = kept.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    without_introducers(&plain)
}

fn without_introducers(sql: &str) -> String {
    const INTRODUCER: &str = "_utf8mb4";
    let mut out = String::with_capacity(sql.len());
    let mut quote = None;
    let mut escaped = false;
    let mut rest = sql;
    while let Some(character) = rest.chars().next() {
        if quote.is_none() && rest.strip_prefix(INTRODUCER).is_some_and(|behind| behind.starts_with('\'')) {
            rest = rest.get(INTRODUCER.len()..).unwrap_or_default();
            continue;
        }
        match quote {
            Some(_) if escaped => escaped = false,
            Some('\'') if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            None if matches!(character, '\'' | '`') => quote = Some(character),
            _ => {}
        }
        out.push(character);
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    out
}

/// What is in one pair of single quotes around the whole text, with doubled quotes and backslashes resolved.
pub(super) fn unquoted(sql: &str) -> Option<String> {
    let inside = sql.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' if characters.next() != Some('\'') => return None,
            '\\' => text.push(match characters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'b' => '\u{8}',
                'Z' => '\u{1a}',
                other => other,
            }),
            other => text.push(other),
        }
    }
    Some(text)
}

/// The text without the one pair of parentheses around it.
pub(super) fn unenclosed(sql: &str) -> &str {
    if !aludel_sql::ddl::is_enclosed(sql) {
        return sql;
    }
    sql.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(sql)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mysql_keeps_expressions_escaped() {
        let kept = r"(`a` <> _utf8mb4\'it\\\'s _utf8mb4\\\'\')";
        assert_eq!(mysql_expression(kept), r"(`a` <> 'it\'s _utf8mb4\'')");
        assert_eq!(mysql_expression("(`_utf8mb4'` > 0)"), "(`_utf8mb4'` > 0)");
        assert_eq!(mysql_expression("\\"), "");
    }

    #[test]
    fn quotes() {
        assert_eq!(unquoted(r"'it''s \\ x'").as_deref(), Some(r"it's \ x"));
        assert_eq!(unquoted(r"'it\'s'").as_deref(), Some("it's"));
        assert_eq!(unquoted("''").as_deref(), Some(""));
        for sql in ["'", "'a' || 'b'", "a", "", "'a\\'"] {
            assert_eq!(unquoted(sql), None, "{sql}");
        }
        assert_eq!(unenclosed("(`a` > 0)"), "`a` > 0");
        assert_eq!(unenclosed("(`a`) > (0)"), "(`a`) > (0)");
    }
}
