//! The text of statements: where each begins and ends in a script, by the rules of `sqlite3_complete`, and what its words
//! say before SQLite reads them.

use aludel_engine::error::{Error, ErrorKind, Result};

use crate::error;
use crate::tokens::{Kind, Tokens};

/// The statements of a text, without the semicolons between them. Comments alone are no statement.
#[derive(Debug)]
pub(crate) struct Statements<'s> {
    sql: &'s str,
    tokens: Tokens<'s>,
}

impl<'s> Statements<'s> {
    pub(crate) fn new(sql: &'s str) -> Self {
        Statements { sql, tokens: Tokens::new(sql) }
    }
}

/// What the first words of a statement say about it.
#[derive(Clone, Copy, PartialEq)]
enum Opening {
    /// `EXPLAIN`, or nothing yet.
    Start,
    /// `CREATE`, `CREATE TEMP`.
    Create,
    /// `CREATE TRIGGER`: semicolons inside belong to it.
    Trigger,
    Other,
}

impl<'s> Iterator for Statements<'s> {
    type Item = &'s str;

    fn next(&mut self) -> Option<&'s str> {
        let mut span: Option<(usize, usize)> = None;
        let mut opening = Opening::Start;
        // A trigger ends at a semicolon behind an `END` that itself stands behind a semicolon.
        let (mut behind_semicolon, mut behind_end) = (false, false);
        for token in self.tokens.by_ref() {
            if token.kind == Kind::Other(b';') {
                if span.is_none() {
                    continue;
                }
                if opening != Opening::Trigger || behind_end {
                    break;
                }
                (behind_semicolon, behind_end) = (true, false);
            } else {
                behind_end = behind_semicolon && token.is_word(self.sql, "END");
                behind_semicolon = false;
                let is = |words: &[&str]| words.iter().any(|word| token.is_word(self.sql, word));
                opening = match opening {
                    Opening::Start if is(&["EXPLAIN", "QUERY", "PLAN"]) => Opening::Start,
                    Opening::Start if is(&["CREATE"]) => Opening::Create,
                    Opening::Create if is(&["TEMP", "TEMPORARY"]) => Opening::Create,
                    Opening::Create if is(&["TRIGGER"]) => Opening::Trigger,
                    Opening::Trigger => Opening::Trigger,
                    _ => Opening::Other,
                };
            }
            span = Some((span.map_or(token.start, |(start, _)| start), token.end));
        }
        span.and_then(|(start, end)| self.sql.get(start..end))
    }
}

/// Refuses a text of which SQLite would silently run only the beginning.
pub(crate) fn check_single(sql: &str) -> Result<()> {
    // Without a branch per byte, and in bytes, so that many are looked at at once: every statement comes by here.
    let suspicious = sql.bytes().fold(0, |found, byte| found | u8::from(byte == b';') | u8::from(byte == 0));
    if suspicious == 0 {
        return Ok(());
    }
    check_nul(sql)?;
    match Statements::new(sql).nth(1) {
        Some(_) => Err(error::several_statements()),
        None => Ok(()),
    }
}

/// Refuses a text that SQLite would read only in part.
pub(crate) fn check_nul(sql: &str) -> Result<()> {
    match sql.find('\0') {
        Some(at) => Err(Error::new(
            ErrorKind::Programming,
            format!(
                "the statement has a NUL character at byte {at}, where SQLite would stop reading: pass it as a parameter"
            ),
        )),
        None => Ok(()),
    }
}

/// Whether the statement's new row has a key to tell: only an insert's has.
pub(crate) fn is_insert(sql: &str) -> bool {
    let starts = |word: &str| {
        sql.as_bytes().get(..word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()))
    };
    if starts("INSERT") {
        return true;
    }
    if starts("SELECT") || starts("UPDATE") || starts("DELETE") {
        return false;
    }
    // Behind comments, or behind the queries of a WITH, each of which stands in parentheses.
    let mut depth = 0u32;
    for token in Tokens::new(sql) {
        match token.kind {
            Kind::Other(b'(') => depth += 1,
            Kind::Other(b')') => depth = depth.saturating_sub(1),
            Kind::Word if depth == 0 => {
                let is = |word: &str| token.is_word(sql, word);
                if is("INSERT") || is("REPLACE") {
                    return true;
                }
                if is("SELECT") || is("UPDATE") || is("DELETE") || is("VALUES") {
                    return false;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_falls_apart_at_its_semicolons() {
        let script =
            ";; -- nothing\nSELECT ';' ; /* ; */ INSERT INTO \"a;b\" VALUES ([;]);\nSELECT 2 -- end\n;";
        let statements: Vec<&str> = Statements::new(script).collect();
        assert_eq!(statements, ["SELECT ';'", "INSERT INTO \"a;b\" VALUES ([;])", "SELECT 2"]);
    }

    #[test]
    fn a_trigger_keeps_its_semicolons() {
        let trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN \
                       SELECT CASE WHEN 1 THEN 2 END; UPDATE a SET b = 1; END";
        let script = format!("{trigger}; SELECT 1");
        let statements: Vec<&str> = Statements::new(&script).collect();
        assert_eq!(statements, [trigger, "SELECT 1"]);
    }

    #[test]
    fn no_statement_is_none() {
        assert_eq!(Statements::new(" -- only a remark\n;").count(), 0);
    }
}
