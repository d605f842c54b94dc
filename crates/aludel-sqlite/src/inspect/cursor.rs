//! A place in the tokens of a stored definition, and the steps that parsers take from there.

use crate::tokens::{Kind, Token, Tokens, unquote};

/// What could not be read, in words.
pub(super) type Parsed<T> = Result<T, String>;

/// Walks over the tokens of a text, or of a part of it.
#[derive(Clone)]
pub(super) struct Cursor<'s> {
    sql: &'s str,
    tokens: Vec<Token>,
    position: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(sql: &'s str) -> Self {
        Cursor { sql, tokens: Tokens::new(sql).collect(), position: 0 }
    }

    fn part(&self, tokens: &[Token]) -> Cursor<'s> {
        Cursor { sql: self.sql, tokens: tokens.to_vec(), position: 0 }
    }

    fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.position + ahead).copied()
    }

    pub(super) fn at_end(&self) -> bool {
        self.position >= self.tokens.len()
    }

    /// Whether these words come next.
    pub(super) fn sees(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.token(ahead).is_some_and(|token| token.is_word(self.sql, word)))
    }

    /// Steps over these words if they come next.
    pub(super) fn take(&mut self, words: &[&str]) -> bool {
        let found = self.sees(words);
        if found {
            self.position += words.len();
        }
        found
    }

    pub(super) fn sees_mark(&self, mark: u8) -> bool {
        self.token(0).is_some_and(|token| token.kind == Kind::Other(mark))
    }

    pub(super) fn take_mark(&mut self, mark: u8) -> bool {
        let found = self.sees_mark(mark);
        self.position += usize::from(found);
        found
    }

    /// The next token, whatever it is.
    pub(super) fn any(&mut self) -> Parsed<Token> {
        let token = self.token(0).ok_or_else(|| "it ends too early".to_owned())?;
        self.position += 1;
        Ok(token)
    }

    /// A name, in quotes or not.
    pub(super) fn name(&mut self) -> Parsed<String> {
        let token = self.any()?;
        match token.kind {
            Kind::Word | Kind::Quoted | Kind::Text => Ok(unquote(token.text(self.sql))),
            _ => Err(format!("there should be a name at `{}`", token.text(self.sql))),
        }
    }

    /// Everything inside of the parentheses that open here.
    pub(super) fn group(&mut self) -> Parsed<Cursor<'s>> {
        let open = self.any()?;
        if open.kind != Kind::Other(b'(') {
            return Err(format!("there should be a `(` at `{}`", open.text(self.sql)));
        }
        let start = self.position;
        let mut depth = 1;
        while depth > 0 {
            match self.any()?.kind {
                Kind::Other(b'(') => depth += 1,
                Kind::Other(b')') => depth -= 1,
                _ => {}
            }
        }
        Ok(self.part(&self.tokens[start..self.position - 1]))
    }

    /// The parts between the commas that are not inside of parentheses.
    pub(super) fn split(&self) -> Vec<Cursor<'s>> {
        let rest = self.tokens.get(self.position..).unwrap_or_default();
        let mut parts = vec![Vec::new()];
        let mut depth = 0u32;
        for token in rest {
            match token.kind {
                Kind::Other(b'(') => depth += 1,
                Kind::Other(b')') => depth = depth.saturating_sub(1),
                Kind::Other(b',') if depth == 0 => {
                    parts.push(Vec::new());
                    continue;
                }
                _ => {}
            }
            if let Some(part) = parts.last_mut() {
                part.push(*token);
            }
        }
        parts.iter().filter(|part| !part.is_empty()).map(|part| self.part(part)).collect()
    }

    /// Takes words off the end.
    pub(super) fn take_last(&mut self, word: &str) -> bool {
        let found = self.tokens.len() > self.position
            && self.tokens.last().is_some_and(|token| token.is_word(self.sql, word));
        if found {
            self.tokens.pop();
        }
        found
    }

    /// Takes `COLLATE name` off the end.
    pub(super) fn take_last_collation(&mut self) -> Option<String> {
        let before = self.tokens.len().checked_sub(2).filter(|before| *before >= self.position)?;
        let (word, name) = (self.tokens[before], self.tokens[before + 1]);
        let named = matches!(name.kind, Kind::Word | Kind::Quoted | Kind::Text);
        if !(word.is_word(self.sql, "COLLATE") && named) {
            return None;
        }
        self.tokens.truncate(before);
        Some(unquote(name.text(self.sql)))
    }

    /// How many tokens are left.
    pub(super) fn left(&self) -> usize {
        self.tokens.len().saturating_sub(self.position)
    }

    /// The text from here to the end, as it stands: comments inside are kept, those around it are not.
    pub(super) fn text(&self) -> String {
        let first = self.token(0);
        let last = self.tokens.last();
        match (first, last) {
            (Some(first), Some(last)) => self.sql.get(first.start..last.end).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// The text from here to where `later` stands in the same tokens.
    pub(super) fn text_until(&self, later: &Cursor<'s>) -> String {
        let end = later.position.clamp(self.position, self.tokens.len());
        self.part(&self.tokens[self.position..end]).text()
    }
}
