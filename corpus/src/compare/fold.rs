//! Brings both texts to one form in which only what is meant to count can differ.

use super::style::ParameterStyle;
use super::token::{Reading, Token, tokens};
use crate::case::Case;
use crate::json::Json;

/// A piece of the expected text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// The same piece in ours.
    Token(Token),
    /// A name that was generated, in these quotes or none: any name in the same quotes, but always the same one.
    Generated(Option<char>, String),
    /// A parameter, with its value where the case tells it.
    Parameter(Option<Json>),
    /// A parameter, or its value as a literal, where there is a form for it.
    Late(Option<Json>, Option<Vec<Token>>),
}

/// The expected text in pieces.
///
/// # Errors
/// Where it is not clear how to read it.
pub(super) fn expected(case: &Case) -> Result<Vec<Piece>, String> {
    let mut style = ParameterStyle::expected(&case.dialect, &case.dialect_options)?;
    // Told not to double percent signs, but it writes parameters in the same way: there is nothing to make single.
    let single = option(&case.dialect_options, "double_percents") == Some(&Json::Bool(false));
    if single && case.expected.sql.contains("%%") {
        style = ParameterStyle::Question;
    }
    let all = without_casts(tokens(&case.expected.sql, reading(case, style)), case);
    let mut values = Values::new(case, &all);
    let mut pieces = Vec::new();
    let mut rest = all.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            Token::Parameter(name) => pieces.push(Piece::Parameter(values.next(name.as_deref()))),
            Token::Late(name) => late(&name, &mut values, &mut pieces),
            Token::Schema(name) => match translated(case, &name) {
                Some(name) => pieces.push(Piece::Token(Token::Word(name))),
                // In the connection's own schema a name stands alone.
                None => drop(rest.next_if(|next| *next == Token::Other(".".to_owned()))),
            },
            Token::Word(name) if is_generated(case, &name) => pieces.push(Piece::Generated(None, name)),
            Token::Quoted(quote, name) if is_generated(case, &name) => {
                pieces.push(Piece::Generated(Some(quote), name));
            }
            other => pieces.push(Piece::Token(other)),
        }
    }
    Ok(pieces)
}

/// Our text in pieces.
pub(super) fn ours(sql: &str, style: ParameterStyle, case: &Case) -> Vec<Token> {
    without_casts(tokens(sql, reading(case, style)), case)
}

fn reading(case: &Case, style: ParameterStyle) -> Reading {
    let mysql = matches!(case.dialect.as_str(), "mysql" | "mariadb");
    let plain = option(&case.dialect_options, "backslash_escapes") == Some(&Json::Bool(false));
    Reading { style, brackets: case.dialect == "mssql", backslashes: mysql && !plain }
}

fn option<'j>(options: &'j [(String, Json)], name: &str) -> Option<&'j Json> {
    options.iter().find(|(option, _)| option == name).map(|(_, value)| value)
}

fn is_generated(case: &Case, name: &str) -> bool {
    case.expected.anonymous_names.iter().any(|generated| generated == name)
}

/// What a schema is called in the end; none is the connection's own.
fn translated(case: &Case, name: &str) -> Option<String> {
    let map = option(&case.flags, "schema_translate_map").and_then(Json::as_list).unwrap_or_default();
    let wanted = Some(name).filter(|name| *name != "_none");
    let pair = map.iter().filter_map(Json::as_list).find(|pair| {
        let from = pair.first().and_then(Json::as_text);
        from == wanted || from == Some(name)
    });
    match pair {
        Some(pair) => pair.get(1).and_then(Json::as_text).map(str::to_owned),
        None => wanted.map(str::to_owned),
    }
}

/// The values that the case tells, by name or in order.
struct Values<'c> {
    case: &'c Case,
    /// The values in order of appearance, where the text tells no names.
    in_order: std::vec::IntoIter<Json>,
}

impl<'c> Values<'c> {
    fn new(case: &'c Case, all: &[Token]) -> Self {
        let nameless = all.iter().filter(|token| **token == Token::Parameter(None)).count();
        let in_order = match (&case.expected.positional, &case.expected.values) {
            (Some(values), _) => values.clone(),
            // By name in the order of their making: that is the order of appearance if each appears once.
            (None, Some(values)) if values.len() == nameless => {
                values.iter().map(|(_, value)| value.clone()).collect()
            }
            _ => Vec::new(),
        };
        Values { case, in_order: in_order.into_iter() }
    }

    fn next(&mut self, name: Option<&str>) -> Option<Json> {
        let Some(name) = name else { return self.in_order.next() };
        let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match (number, &self.case.expected.positional, &self.case.expected.values) {
            (Some(number), Some(values), _) => values.get(number).cloned(),
            (Some(number), None, Some(values)) => values.get(number).map(|(_, value)| value.clone()),
            _ => self.named(name).cloned(),
        }
    }

    fn named(&self, name: &str) -> Option<&'c Json> {
        let values = self.case.expected.values.as_deref()?;
        // A name that has to be quoted is told with its quotes.
        option(values, name).or_else(|| option(values, &format!("\"{name}\"")))
    }
}

/// What the execution makes of a name that is only known then.
fn late(name: &str, values: &mut Values<'_>, pieces: &mut Vec<Piece>) {
    let separator = || tokens(", ", PLAIN).into_iter().map(Piece::Token);
    let Some(Json::List(elements)) = values.named(name) else {
        let value = values.named(name).cloned();
        let literal = value.as_ref().and_then(literal);
        pieces.push(Piece::Late(value, literal));
        return;
    };
    if elements.is_empty() {
        let text = no_elements(pieces);
        pieces.extend(tokens(&text, PLAIN).into_iter().map(Piece::Token));
    }
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            pieces.extend(separator());
        }
        let row = element.get("py").and_then(Json::as_text) == Some("tuple");
        let Some(row) = element.get("value").and_then(Json::as_list).filter(|_| row) else {
            pieces.push(Piece::Late(Some(element.clone()), literal(element)));
            continue;
        };
        pieces.push(Piece::Token(Token::Other("(".to_owned())));
        for (index, value) in row.iter().enumerate() {
            if index > 0 {
                pieces.extend(separator());
            }
            pieces.push(Piece::Late(Some(value.clone()), literal(value)));
        }
        pieces.push(Piece::Token(Token::Other(")".to_owned())));
    }
}

const PLAIN: Reading = Reading { style: ParameterStyle::Question, brackets: false, backslashes: false };

/// A list without elements: a condition that is never true behind IN, and always behind NOT IN.
fn no_elements(before: &[Piece]) -> String {
    let is = |piece: &Piece, text: &str| match piece {
        Piece::Token(Token::Word(word) | Token::Other(word)) => word == text,
        _ => false,
    };
    let written: Vec<&Piece> = before.iter().filter(|piece| !is(piece, " ")).collect();
    // What stands before: `x NOT IN (`
    let (left, negated) = match written.as_slice() {
        [left @ .., not, within, _] if is(not, "NOT") && is(within, "IN") => (left, true),
        [left @ .., _, _] => (left, false),
        left => (left, false),
    };
    let mut depth = 0;
    let mut width = 1;
    for piece in left.iter().rev() {
        depth += i32::from(is(piece, ")")) - i32::from(is(piece, "("));
        width += usize::from(depth == 1 && is(piece, ","));
        if depth <= 0 {
            break;
        }
    }
    let row = match width {
        1 => "NULL".to_owned(),
        _ => format!("({})", vec!["NULL"; width].join(", ")),
    };
    format!("{row}) {} (1 {}= 1", if negated { "OR" } else { "AND" }, if negated { "" } else { "!" })
}

/// The pieces of a value that is written into the text.
fn literal(value: &Json) -> Option<Vec<Token>> {
    let text = match value {
        Json::Null => "NULL".to_owned(),
        Json::Int(number) => number.to_string(),
        Json::Text(text) => format!("'{}'", text.replace('\'', "''")),
        _ => return None,
    };
    Some(tokens(&text, PLAIN))
}

/// Takes away the casts that a PostgreSQL driver puts on parameters: `%(x)s::INTEGER`.
fn without_casts(all: Vec<Token>, case: &Case) -> Vec<Token> {
    if case.dialect != "postgresql" {
        return all;
    }
    let mut kept = Vec::with_capacity(all.len());
    let mut rest = all.as_slice();
    while let Some((token, behind)) = rest.split_first() {
        kept.push(token.clone());
        rest = match token {
            Token::Parameter(_) => after_cast(behind),
            _ => behind,
        };
    }
    kept
}

/// What follows behind `::type`, if that stands here.
fn after_cast(all: &[Token]) -> &[Token] {
    let is =
        |token: &Token, text: &str| matches!(token, Token::Word(word) | Token::Other(word) if word == text);
    let [colons, Token::Word(_) | Token::Quoted(..), rest @ ..] = all else { return all };
    if !is(colons, "::") {
        return all;
    }
    let mut rest = rest;
    while let [dot, Token::Word(_) | Token::Quoted(..), behind @ ..] = rest {
        if !is(dot, ".") {
            break;
        }
        rest = behind;
    }
    if let [open, ..] = rest
        && is(open, "(")
        && let Some(end) = rest.iter().position(|token| is(token, ")"))
    {
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    for words in [&["PRECISION"][..], &["VARYING"], &["WITH", "TIME", "ZONE"], &["WITHOUT", "TIME", "ZONE"]] {
        let pieces = words.iter().flat_map(|word| [" ", *word]);
        if rest.len() >= 2 * words.len() && rest.iter().zip(pieces).all(|(token, word)| is(token, word)) {
            rest = rest.get(2 * words.len()..).unwrap_or_default();
        }
    }
    while let [open, close, behind @ ..] = rest {
        if !is(open, "[") || !is(close, "]") {
            break;
        }
        rest = behind;
    }
    rest
}
