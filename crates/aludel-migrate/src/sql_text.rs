//! SQL texts taken apart as far as comparing and searching them needs: words, quoted names, literals, signs.
//!
//! Databases give back the text of checks, defaults, triggers and views more or less as it was written. Two texts are
//! the same here when they differ in spaces, comments, letter case, quotes around plain names and outer parentheses
//! only.

/// A piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A keyword, a bare name or a number, as written.
    Word(String),
    /// A quoted name, without its quotes.
    Name(String),
    /// A text literal, with its quotes.
    Literal(String),
    /// Any other character.
    Sign(char),
}

/// Takes a text apart. What is not closed reaches to the end.
pub(crate) fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            _ if character.is_whitespace() => {}
            '-' if characters.next_if_eq(&'-').is_some() => {
                while characters.next().is_some_and(|next| next != '\n') {}
            }
            '/' if characters.next_if_eq(&'*').is_some() => {
                let mut last = ' ';
                for next in characters.by_ref() {
                    if last == '*' && next == '/' {
                        break;
                    }
                    last = next;
                }
            }
            '\'' => {
                let content = quoted(&mut characters, '\'');
                tokens.push(Token::Literal(format!("'{}'", content.replace('\'', "''"))));
            }
            '"' | '`' => tokens.push(Token::Name(quoted(&mut characters, character))),
            // In front of a subscript there is a name or a number; in front of a bracketed name there is not.
            '[' if !matches!(tokens.last(), Some(Token::Word(_) | Token::Name(_) | Token::Sign(']')))
                || tokens.last().is_some_and(is_keyword_before_name) =>
            {
                tokens.push(Token::Name(characters.by_ref().take_while(|next| *next != ']').collect()));
            }
            _ if is_word(character) => {
                let mut word = String::from(character);
                let number = character.is_ascii_digit();
                while let Some(next) = characters.next_if(|next| is_word(*next) || (number && *next == '.')) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
            _ => tokens.push(Token::Sign(character)),
        }
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

fn is_keyword_before_name(token: &Token) -> bool {
    const KEYWORDS: [&str; 19] = [
        "on",
        "of",
        "table",
        "into",
        "from",
        "join",
        "update",
        "references",
        "and",
        "or",
        "not",
        "in",
        "then",
        "else",
        "when",
        "by",
        "select",
        "where",
        "constraint",
    ];
    matches!(token, Token::Word(word) if KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)))
}

fn quoted(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> String {
    let mut content = String::new();
    while let Some(next) = characters.next() {
        if next != quote {
            content.push(next);
        } else if characters.next_if_eq(&quote).is_some() {
            content.push(quote);
        } else {
            break;
        }
    }
    content
}

/// The form in which two texts are compared.
pub(crate) fn canonical(sql: &str) -> String {
    let tokens = tokens(sql);
    let mut tokens = tokens.as_slice();
    while let Some(inner) = without_parentheses(tokens) {
        tokens = inner;
    }
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => word.to_lowercase(),
            Token::Name(name) if !name.is_empty() && name.chars().all(is_word) => name.to_lowercase(),
            Token::Name(name) => format!("{name:?}"),
            Token::Literal(literal) => literal.clone(),
            Token::Sign(sign) => sign.to_string(),
        })
        .collect();
    words.join(" ")
}

/// What stands between the first and the last token, where these are one pair of parentheses.
fn without_parentheses(tokens: &[Token]) -> Option<&[Token]> {
    let [Token::Sign('('), inner @ .., Token::Sign(')')] = tokens else { return None };
    let mut depth = 0_usize;
    for token in inner {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    Some(inner)
}

/// Whether a text has this name in it, bare or quoted, in any case.
pub(crate) fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql).iter().any(|token| match token {
        Token::Word(word) | Token::Name(word) => word.eq_ignore_ascii_case(name),
        Token::Literal(_) | Token::Sign(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{canonical, mentions};

    #[test]
    fn spelling_does_not_matter() {
        assert_eq!(canonical("( \"a\" >0 )"), canonical("A > 0 -- positive"));
        assert_eq!(canonical("((a))"), "a");
        assert_eq!(canonical("(a) + (b)"), "( a ) + ( b )");
        assert_eq!(canonical("[a] IN ('x', 'y''z')"), canonical("a in('x','y''z')"));
        assert_eq!(canonical("/* no */ a"), "a");
    }

    #[test]
    fn meaning_does() {
        assert_ne!(canonical("a = 'x'"), canonical("a = 'X'"));
        assert_ne!(canonical("\"a b\""), canonical("a b"));
        assert_ne!(canonical("1.5"), canonical("15"));
    }

    #[test]
    fn names_are_found_but_not_inside_of_literals() {
        assert!(mentions("CREATE VIEW v AS SELECT * FROM [Order Details]", "order details"));
        assert!(mentions("select `x`+1", "X"));
        assert!(!mentions("select 'users' from accounts", "users"));
        assert!(!mentions("select users_2", "users"));
    }
}
