//! SQLite's lexical rules: enough to find statements in a script and parts in a stored definition.
//!
//! Nothing is rejected here: what is not closed runs to the end of the text, and SQLite itself has the last word.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A name in `"…"`, `` `…` `` or `[…]`.
    Quoted,
    /// A text in `'…'`.
    Text,
    /// A number without its sign.
    Number,
    /// `x'…'`.
    Blob,
    /// Any other character.
    Other(u8),
}

/// A token by its place in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    pub(crate) fn text(self, sql: &str) -> &str {
        sql.get(self.start..self.end).unwrap_or_default()
    }

    pub(crate) fn is_word(self, sql: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.text(sql).eq_ignore_ascii_case(word)
    }
}

/// The tokens of a text, without space and comments.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'s> {
    bytes: &'s [u8],
    position: usize,
}

impl<'s> Tokens<'s> {
    pub(crate) fn new(sql: &'s str) -> Self {
        Tokens { bytes: sql.as_bytes(), position: 0 }
    }

    fn at(&self, index: usize) -> u8 {
        self.bytes.get(index).copied().unwrap_or(0)
    }

    /// The end of the run of bytes from `start` on that meet the condition.
    fn run(&self, start: usize, condition: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        start + rest.iter().take_while(|byte| condition(**byte)).count()
    }

    fn skip_blanks(&mut self) {
        loop {
            let start = self.position;
            let blank = |byte: u8| byte.is_ascii_whitespace() || byte == 0x0b;
            self.position = self.run(start, blank);
            match (self.at(self.position), self.at(self.position + 1)) {
                (b'-', b'-') => self.position = self.run(self.position, |byte| byte != b'\n'),
                (b'/', b'*') => {
                    let inside = self.bytes.get(self.position + 2..).unwrap_or_default();
                    let length = inside.windows(2).position(|pair| pair == b"*/").map(|at| at + 4);
                    self.position = length.map_or(self.bytes.len(), |length| self.position + length);
                }
                _ => return,
            }
        }
    }

    /// The end of what begins with a quote at `start`; a doubled quote stands for itself.
    fn quoted(&self, start: usize, quote: u8) -> usize {
        let mut at = start + 1;
        while at < self.bytes.len() {
            if self.at(at) == quote {
                if quote == b']' || self.at(at + 1) != quote {
                    return at + 1;
                }
                at += 1;
            }
            at += 1;
        }
        self.bytes.len()
    }

    fn number(&self, start: usize) -> usize {
        let hexadecimal = self.at(start) == b'0' && matches!(self.at(start + 1), b'x' | b'X');
        let mut end = start;
        loop {
            end = self.run(end, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
            let exponent = !hexadecimal && matches!(self.at(end - 1), b'e' | b'E');
            if !(exponent && matches!(self.at(end), b'+' | b'-')) {
                return end;
            }
            end += 1;
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks();
        let start = self.position;
        let first = *self.bytes.get(start)?;
        let (kind, end) = match first {
            b'x' | b'X' if self.at(start + 1) == b'\'' => (Kind::Blob, self.quoted(start + 1, b'\'')),
            b'\'' => (Kind::Text, self.quoted(start, b'\'')),
            b'"' | b'`' => (Kind::Quoted, self.quoted(start, first)),
            b'[' => (Kind::Quoted, self.quoted(start, b']')),
            b'0'..=b'9' => (Kind::Number, self.number(start)),
            b'.' if self.at(start + 1).is_ascii_digit() => (Kind::Number, self.number(start)),
            _ if in_word(first) => (Kind::Word, self.run(start, in_word)),
            _ => (Kind::Other(first), start + 1),
        };
        self.position = end;
        Some(Token { kind, start, end })
    }
}

fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// A name without its quotes, or the content of a text.
pub(crate) fn unquote(text: &str) -> String {
    let mut characters = text.chars();
    let (first, last) = (characters.next(), characters.next_back());
    let inside = characters.as_str();
    match (first, last) {
        (Some('['), Some(']')) => inside.to_owned(),
        (Some(quote @ ('"' | '`' | '\'')), Some(end)) if quote == end => {
            inside.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => text.to_owned(),
    }
}

/// A name in double quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        Tokens::new(sql).map(|token| token.text(sql)).collect()
    }

    #[test]
    fn tokens_end_where_sqlite_ends_them() {
        let sql = "a /* ' */ \"b\"\"c\" -- \"\n [d e]`f`'g''h' x'00' 1.5e-3 .5 0x1e-1 naïve_é ||";
        let expected = [
            "a",
            "\"b\"\"c\"",
            "[d e]",
            "`f`",
            "'g''h'",
            "x'00'",
            "1.5e-3",
            ".5",
            "0x1e",
            "-",
            "1",
            "naïve_é",
            "|",
            "|",
        ];
        assert_eq!(texts(sql), expected);
    }

    #[test]
    fn what_is_not_closed_runs_to_the_end() {
        assert_eq!(texts("a 'b"), ["a", "'b"]);
        assert_eq!(texts("a [b"), ["a", "[b"]);
        assert_eq!(texts("a /* b"), ["a"]);
        assert_eq!(texts("a -- b"), ["a"]);
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn quotes_come_off() {
        for (text, name) in
            [("\"a\"\"b\"", "a\"b"), ("[a b]", "a b"), ("`a``b`", "a`b"), ("'it''s'", "it's"), ("a", "a")]
        {
            assert_eq!(unquote(text), name);
        }
        assert_eq!(unquote(&quote("a\"b")), "a\"b");
    }
}
