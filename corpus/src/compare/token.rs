//! SQL text in pieces: just enough to tell names, texts, comments and parameters apart.

use super::ParameterStyle;

/// A piece of a text. The pieces follow each other without gaps, so that they hold everything that the text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A keyword, a bare name or a number.
    Word(String),
    /// A name in quotes: its opening quote, and what stands between them.
    Quoted(char, String),
    /// A text in single quotes or a comment, as it is written.
    Opaque(String),
    /// A parameter with its name, or its number, or neither.
    Parameter(Option<String>),
    /// `__[POSTCOMPILE_x]`: what is known of this name only when the statement runs.
    Late(String),
    /// `__[SCHEMA_x]`: the schema of this name, or what it is translated to.
    Schema(String),
    /// Any other character; a run of white space is one piece.
    Other(String),
}

/// How a text is to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// How it writes its parameters.
    pub(crate) style: ParameterStyle,
    /// A name can stand in square brackets.
    pub(crate) brackets: bool,
    /// A backslash in a text takes the next character literally.
    pub(crate) backslashes: bool,
}

/// Takes a text to pieces.
pub(crate) fn tokens(text: &str, reading: Reading) -> Vec<Token> {
    let mut scanner = Scanner { rest: text, reading };
    std::iter::from_fn(|| scanner.next()).collect()
}

struct Scanner<'t> {
    rest: &'t str,
    reading: Reading,
}

impl<'t> Scanner<'t> {
    fn next(&mut self) -> Option<Token> {
        let first = self.rest.chars().next()?;
        let token = match first {
            '\'' => self.text(),
            '"' | '`' => self.quoted(first, first),
            '[' if self.reading.brackets => self.quoted('[', ']'),
            '-' if self.rest.starts_with("--") => {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.opaque(end)
            }
            '/' if self.rest.starts_with("/*") => {
                let end = self.rest.find("*/").map_or(self.rest.len(), |at| at + 2);
                self.opaque(end)
            }
            ':' if self.rest.starts_with("::") => self.plain(first),
            _ => match self.marker().or_else(|| self.parameter()) {
                Some(token) => token,
                None => self.plain(first),
            },
        };
        Some(token)
    }

    /// Cuts off so many bytes.
    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Cuts off what is of this kind.
    fn take_while(&mut self, kind: impl Fn(char) -> bool) -> &'t str {
        self.take(self.rest.find(|character| !kind(character)).unwrap_or(self.rest.len()))
    }

    /// A text in single quotes. A doubled quote in it is one text ending and the next beginning, which comes to the
    /// same for a comparison.
    fn text(&mut self) -> Token {
        let mut end = self.rest.len();
        let mut skip = false;
        for (at, character) in self.rest.char_indices().skip(1) {
            if std::mem::take(&mut skip) {
                continue;
            }
            match character {
                '\\' if self.reading.backslashes => skip = true,
                '\'' => {
                    end = at + 1;
                    break;
                }
                _ => {}
            }
        }
        self.opaque(end)
    }

    fn opaque(&mut self, bytes: usize) -> Token {
        let text = self.take(bytes);
        Token::Opaque(self.percents(text))
    }

    fn percents(&self, text: &str) -> String {
        if self.reading.style.doubles_percent() { text.replace("%%", "%") } else { text.to_owned() }
    }

    fn quoted(&mut self, open: char, close: char) -> Token {
        let mut characters = self.rest.char_indices().skip(1).peekable();
        let mut name = String::new();
        let mut end = self.rest.len();
        while let Some((at, character)) = characters.next() {
            if character == close && characters.next_if(|(_, next)| *next == close).is_none() {
                end = at + close.len_utf8();
                break;
            }
            name.push(character);
        }
        self.take(end);
        Token::Quoted(open, self.percents(&name))
    }

    fn marker(&mut self) -> Option<Token> {
        let name = self.rest.strip_prefix("__[")?;
        let end = name.find(']')?;
        let name = &name[..end];
        let token = if let Some(name) = name.strip_prefix("POSTCOMPILE_") {
            Token::Late(name.to_owned())
        } else {
            Token::Schema(name.strip_prefix("SCHEMA_")?.to_owned())
        };
        self.take("__[".len() + end + "]".len());
        Some(token)
    }

    fn parameter(&mut self) -> Option<Token> {
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (length, name) = match self.reading.style {
            ParameterStyle::Question => (self.rest.strip_prefix('?').map(|_| 1)?, None),
            ParameterStyle::Format => (self.rest.strip_prefix("%s").map(|_| 2)?, None),
            ParameterStyle::PyFormat => {
                let name = self.rest.strip_prefix("%(")?;
                let name = &name[..name.find(")s")?];
                (name.len() + "%()s".len(), Some(name))
            }
            ParameterStyle::Dollar | ParameterStyle::Numeric => {
                let sign = if self.reading.style == ParameterStyle::Dollar { '$' } else { ':' };
                let name = self.rest.strip_prefix(sign)?;
                let length = digits(name);
                (1 + length, Some(&name[..length]).filter(|name| !name.is_empty())?.into())
            }
            ParameterStyle::Named => {
                let name = self.rest.strip_prefix(':')?;
                match name.strip_prefix('"') {
                    Some(quoted) => {
                        let name = &quoted[..quoted.find('"')?];
                        (name.len() + ":\"\"".len(), Some(name))
                    }
                    None => {
                        let length = name.find(|c: char| !is_of_word(c)).unwrap_or(name.len());
                        (1 + length, Some(&name[..length]).filter(|name| !name.is_empty())?.into())
                    }
                }
            }
        };
        let name = name.map(str::to_owned);
        self.take(length);
        Some(Token::Parameter(name))
    }

    fn plain(&mut self, first: char) -> Token {
        if first.is_whitespace() {
            return Token::Other(self.take_while(char::is_whitespace).to_owned());
        }
        if is_of_word(first) {
            return Token::Word(self.take_while(is_of_word).to_owned());
        }
        if self.reading.style.doubles_percent() && self.rest.starts_with("%%") {
            self.take(2);
            return Token::Other("%".to_owned());
        }
        if self.rest.starts_with("::") {
            return Token::Other(self.take(2).to_owned());
        }
        Token::Other(self.take(first.len_utf8()).to_owned())
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, style: ParameterStyle) -> Vec<Token> {
        tokens(text, Reading { style, brackets: false, backslashes: false })
    }

    fn parameters(text: &str, style: ParameterStyle) -> Vec<String> {
        let name = |token| match token {
            Token::Parameter(name) => Some(name.unwrap_or_default()),
            _ => None,
        };
        read(text, style).into_iter().filter_map(name).collect()
    }

    #[test]
    fn parameters_of_every_style() {
        assert_eq!(parameters("x = :x_1 AND y = :\"b c\"", ParameterStyle::Named), ["x_1", "b c"]);
        assert_eq!(parameters("a[%(i)s:%(j)s] %% %(k)s", ParameterStyle::PyFormat), ["i", "j", "k"]);
        assert_eq!(parameters("a = %s", ParameterStyle::Format), [""]);
        assert_eq!(parameters("a = ? AND b = ?", ParameterStyle::Question), ["", ""]);
        assert_eq!(parameters("a = $12 AND $x", ParameterStyle::Dollar), ["12"]);
        assert_eq!(parameters("a = :2::INTEGER", ParameterStyle::Numeric), ["2"]);
    }

    #[test]
    fn no_parameter_is_in_quotes_or_comments() {
        let text = "':a' \":b\" `:c` /* :d */ x::e -- :f";
        assert_eq!(parameters(text, ParameterStyle::Named), Vec::<String>::new());
        assert_eq!(parameters("'it''s ?' \"a\"\"?\" ?", ParameterStyle::Question), [""]);
    }

    #[test]
    fn a_backslash_counts_where_the_database_says_so() {
        let reading = Reading { style: ParameterStyle::Question, brackets: false, backslashes: true };
        assert_eq!(tokens("'\\'?'", reading), [Token::Opaque("'\\'?'".to_owned())]);
        assert_eq!(read("'\\'?", ParameterStyle::Question).len(), 2);
    }

    #[test]
    fn names_in_any_quotes() {
        let quoted = |open, name: &str| Token::Quoted(open, name.to_owned());
        assert_eq!(read("\"a\"\"b\"", ParameterStyle::Named), [quoted('"', "a\"b")]);
        let reading = Reading { style: ParameterStyle::Named, brackets: true, backslashes: false };
        assert_eq!(tokens("[a b]", reading), [quoted('[', "a b")]);
        assert_eq!(read("[a", ParameterStyle::Named)[0], Token::Other("[".to_owned()));
    }

    #[test]
    fn markers_and_percent_signs() {
        let late = Token::Late("x_1".to_owned());
        assert_eq!(read("__[POSTCOMPILE_x_1]", ParameterStyle::Named), [late]);
        let schema = Token::Schema("foo % ^ #".to_owned());
        assert_eq!(read("__[SCHEMA_foo % ^ #].t", ParameterStyle::Named)[0], schema);
        assert_eq!(read("'a%%b'", ParameterStyle::Format), [Token::Opaque("'a%b'".to_owned())]);
        assert_eq!(read("'a%%b'", ParameterStyle::Question), [Token::Opaque("'a%%b'".to_owned())]);
    }

    #[test]
    fn nothing_is_lost() {
        let text = "SELECT a.b,  \u{fc}n  FROM t -- end";
        let back: String = read(text, ParameterStyle::Named)
            .into_iter()
            .map(|token| match token {
                Token::Word(text) | Token::Opaque(text) | Token::Other(text) => text,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(back, text);
    }
}
