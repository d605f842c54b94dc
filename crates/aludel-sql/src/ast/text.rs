//! SQL in the user's own words, with parameters.

use super::{Expr, Label, Param};
use crate::name::Name;
use crate::value::Value;

/// SQL in the user's own words, with `?` for each parameter in order (`??` is a literal question mark).
#[derive(Clone, Debug, PartialEq)]
pub struct TextStatement {
    /// The text.
    pub sql: Name,
    /// The parameters.
    pub binds: Vec<Value>,
}

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// Taken as it is.
    Sql(Name),
    /// An expression in between, a parameter mostly.
    Expr(Expr),
}

/// SQL in the user's own words, with expressions in between. Mirrors SQLAlchemy's `text()`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The pieces.
    pub parts: Vec<TemplatePart>,
}

impl Template {
    /// Reads a text with `:name` for each parameter, as SQLAlchemy's `text()` does: `\:` is a colon, and `::` is left
    /// alone. A parameter that occurs twice is the same one.
    pub fn parse(sql: &str) -> Self {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = sql;
        let mut before = None;
        while let Some(character) = rest.chars().next() {
            let behind = &rest[character.len_utf8()..];
            let word = behind.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(behind.len());
            if character == '\\' && behind.starts_with(':') {
                plain.push(':');
                rest = &behind[1..];
                before = Some(':');
                continue;
            }
            let begins = character == ':'
                && word > 0
                && before != Some(':')
                && !before.is_some_and(|c: char| c.is_alphanumeric() || c == '_')
                && !behind[word..].starts_with(':');
            if begins {
                if !plain.is_empty() {
                    parts.push(TemplatePart::Sql(std::mem::take(&mut plain).into()));
                }
                let name = Label::Named(behind[..word].to_owned().into());
                let param = Param { name, value: None, ty: None, literal: false };
                parts.push(TemplatePart::Expr(Expr::Param(Box::new(param))));
                rest = &behind[word..];
                before = Some('x');
                continue;
            }
            plain.push(character);
            before = Some(character);
            rest = behind;
        }
        if !plain.is_empty() {
            parts.push(TemplatePart::Sql(plain.into()));
        }
        Template { parts }
    }

    /// The first named parameter that has no value.
    pub fn missing(&self) -> Option<&Name> {
        self.parts.iter().find_map(|part| match part {
            TemplatePart::Expr(Expr::Param(param)) if param.value.is_none() => match &param.name {
                Label::Named(name) => Some(name),
                Label::Anonymous { .. } => None,
            },
            _ => None,
        })
    }

    /// Puts an expression in the place of every parameter of a name. Tells whether there was one.
    pub fn set(&mut self, name: &str, expr: &Expr) -> bool {
        let mut found = false;
        for part in &mut self.parts {
            let TemplatePart::Expr(old) = part else { continue };
            if matches!(old, Expr::Param(param) if matches!(&param.name, Label::Named(known) if known == name))
            {
                *old = expr.clone();
                found = true;
            }
        }
        found
    }
}
