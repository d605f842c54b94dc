//! Our text on one line, as the expected texts are: they were written down without line breaks and tabs.

/// The text on one line. In a schema statement, the break and the indentation of an element become what stands between
/// elements on one line: nothing inside the parentheses' edges, else a space.
pub fn one_line(sql: &str, schema_statement: bool) -> String {
    let mut line = String::with_capacity(sql.len());
    let mut quote = None;
    let mut rest = sql.chars().peekable();
    while let Some(character) = rest.next() {
        match (quote, character) {
            (None, '\'' | '"' | '`') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        match character {
            '\n' if schema_statement && quote.is_none() => {
                while rest.next_if(|next| *next == ' ').is_some() {}
                let inside = line.ends_with(['(', ' ']) || rest.peek().is_none_or(|next| *next == ')');
                if !inside {
                    line.push(' ');
                }
            }
            '\n' | '\r' | '\t' => {}
            _ => line.push(character),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn our_layout_becomes_one_line() {
        let ours = "CREATE TABLE a (\n    b INTEGER,\n    c TEXT DEFAULT 'x\n    y'\n) WITHOUT ROWID";
        let line = "CREATE TABLE a (b INTEGER, c TEXT DEFAULT 'x    y') WITHOUT ROWID";
        assert_eq!(one_line(ours, true), line);
    }

    #[test]
    fn other_statements_lose_their_breaks_only() {
        assert_eq!(one_line("SELECT\n\t a  ,\r\nb", false), "SELECT a  ,b");
    }
}
