//! Compares our text with the expected one: byte for byte, and then without what may differ for good reasons (the
//! numbers of generated names, the way in which parameters are written).

mod fold;
mod line;
mod style;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;

use aludel_sql::Value;

use crate::case::Case;
use crate::json::Json;
use crate::load::{Compiled, load_value};
use fold::Piece;
use token::Token;

pub use line::one_line;
pub use style::ParameterStyle;

/// How two texts compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Byte for byte.
    Exact,
    /// Apart from generated names and the form of parameters.
    Lax,
    /// Not.
    Differs,
}

/// How a case and what our compiler made of it compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The texts.
    pub text: Agreement,
    /// Whether the bound values are the same; none where the texts differ or the case tells no values.
    pub values: Option<bool>,
}

/// Compares what our compiler made of a case with what the case expects.
///
/// # Errors
/// Where it is not clear how to read the expected text.
pub fn compare(case: &Case, ours: &Compiled) -> Result<Comparison, String> {
    let sql = one_line(&ours.sql, case.kind == "ddl");
    let expected = fold::expected(case)?;
    let pairs = matched(&expected, &fold::ours(&sql, ours.style, case));
    let text = match &pairs {
        _ if sql == case.expected.sql => Agreement::Exact,
        Some(_) => Agreement::Lax,
        None => Agreement::Differs,
    };
    Ok(Comparison { text, values: pairs.and_then(|pairs| same_values(&pairs, ours.values.as_deref()?)) })
}

/// Walks both texts side by side. What comes out, where they say the same, is the expected value of each parameter of
/// ours.
fn matched<'e>(expected: &'e [Piece], ours: &[Token]) -> Option<Vec<Option<&'e Json>>> {
    let mut names = Names::new(expected);
    let mut values = Vec::new();
    let mut rest = ours;
    for piece in expected {
        let (token, behind) = rest.split_first()?;
        rest = behind;
        match (piece, token) {
            (Piece::Parameter(value) | Piece::Late(value, _), Token::Parameter(_)) => {
                values.push(value.as_ref());
            }
            (Piece::Late(_, Some(literal)), _) => {
                rest = behind.strip_prefix(literal.get(1..)?)?;
                (literal.first() == Some(token)).then_some(())?;
            }
            (Piece::Generated(None, name), Token::Word(ours)) => names.pair(name, ours)?,
            (Piece::Generated(Some(quote), name), Token::Quoted(same, ours)) if quote == same => {
                names.pair(name, ours)?;
            }
            (Piece::Token(expected), token) if expected == token => {}
            _ => return None,
        }
    }
    rest.is_empty().then_some(values)
}

/// Which generated name is which of ours. No two become one, nor does one become a name that was not generated.
struct Names<'n> {
    ours: BTreeMap<&'n str, String>,
    theirs: BTreeMap<String, &'n str>,
    given: Vec<&'n str>,
}

impl<'n> Names<'n> {
    fn new(expected: &'n [Piece]) -> Self {
        let given = expected.iter().filter_map(|piece| match piece {
            Piece::Token(Token::Word(name) | Token::Quoted(_, name)) => Some(name.as_str()),
            _ => None,
        });
        Names { ours: BTreeMap::new(), theirs: BTreeMap::new(), given: given.collect() }
    }

    fn pair(&mut self, theirs: &'n str, ours: &str) -> Option<()> {
        let known = self.ours.entry(theirs).or_insert_with(|| ours.to_owned());
        let back = self.theirs.entry(ours.to_owned()).or_insert(theirs);
        (known == ours && *back == theirs && !self.given.contains(&ours)).then_some(())
    }
}

/// Whether the values that the case tells are ours; none where it tells nothing that we have a form for.
fn same_values(expected: &[Option<&Json>], ours: &[Value]) -> Option<bool> {
    let mut told = false;
    for (index, value) in expected.iter().enumerate() {
        let Some(value) = value.and_then(|value| load_value(value).ok()) else { continue };
        told = true;
        // What is handed in at execution has no value yet, which is null on both sides.
        if ours.get(index) != Some(&value) {
            return Some(false);
        }
    }
    told.then_some(true)
}
