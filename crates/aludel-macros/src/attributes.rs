//! Reading attributes: `#[column(primary_key, length = 50, unique("a", "b"))]` as a list of settings.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Path, Token, Type, parenthesized, token};

use crate::errors::Errors;

/// One setting of an attribute.
pub(crate) struct Setting {
    /// Its name.
    pub(crate) key: Ident,
    /// What is said about it.
    pub(crate) value: Value,
}

/// What is said about a setting.
pub(crate) enum Value {
    /// Nothing: the name alone.
    Flag,
    /// `= expression`
    Expr(Expr),
    /// `(…)`
    List(Vec<Item>),
}

/// An element of a setting's list: an expression, or `name = expression`.
pub(crate) struct Item {
    pub(crate) name: Option<Ident>,
    pub(crate) value: Expr,
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expr(input.parse()?)
        } else if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            Value::List(Punctuated::<Item, Token![,]>::parse_terminated(&content)?.into_iter().collect())
        } else {
            Value::Flag
        };
        Ok(Setting { key, value })
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let named = input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        let name = if named {
            let name = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            Some(name)
        } else {
            None
        };
        Ok(Item { name, value: input.parse()? })
    }
}

/// The settings of all attributes of one name. A name that stands twice is an error, but for those that may.
pub(crate) fn settings(
    attributes: &[Attribute],
    name: &str,
    repeatable: &[&str],
    errors: &mut Errors,
) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        if matches!(attribute.meta, Meta::Path(_)) {
            continue;
        }
        let parsed = attribute.parse_args_with(Punctuated::<Setting, Token![,]>::parse_terminated);
        for setting in errors.keep(parsed).into_iter().flatten() {
            let key = setting.key.to_string();
            if !repeatable.contains(&key.as_str()) && settings.iter().any(|known| known.key == setting.key) {
                errors.at(&setting.key, format!("`{key}` is said twice"));
            }
            settings.push(setting);
        }
    }
    settings
}

/// Whether there is an attribute of that name.
pub(crate) fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident(name))
}

impl Setting {
    /// The place of the setting's name.
    pub(crate) fn span(&self) -> Span {
        self.key.span()
    }

    /// An error that names the settings that there are.
    pub(crate) fn unknown(&self, attribute: &str, known: &[&str]) -> syn::Error {
        let key = &self.key;
        let near = nearest(&key.to_string(), known)
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let known = known.join("`, `");
        syn::Error::new(
            key.span(),
            format!("`{attribute}` has no setting `{key}`{near}\nthere are: `{known}`"),
        )
    }

    /// The setting as a switch.
    pub(crate) fn flag(&self) -> syn::Result<bool> {
        match &self.value {
            Value::Flag => Ok(true),
            Value::Expr(Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. })) => Ok(flag.value),
            _ => Err(self.wants("`true`, `false` or nothing")),
        }
    }

    /// The setting as a text.
    pub(crate) fn string(&self) -> syn::Result<LitStr> {
        match &self.value {
            Value::Expr(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Ok(text.clone()),
            _ => Err(self.wants("a text: `= \"…\"`")),
        }
    }

    /// The setting as a switch (`None`) or a text.
    pub(crate) fn flag_or_string(&self) -> syn::Result<Option<LitStr>> {
        match &self.value {
            Value::Flag => Ok(None),
            _ => self.string().map(Some).map_err(|_| self.wants("nothing or a text: `= \"…\"`")),
        }
    }

    /// The setting as a number that is not negative.
    pub(crate) fn number(&self) -> syn::Result<u32> {
        match &self.value {
            Value::Expr(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) => number.base10_parse(),
            _ => Err(self.wants("a number: `= 50`")),
        }
    }

    /// The setting as an expression.
    pub(crate) fn expr(&self) -> syn::Result<&Expr> {
        match &self.value {
            Value::Expr(expr) => Ok(expr),
            _ => Err(self.wants("an expression: `= …`")),
        }
    }

    /// The setting as the name of a type.
    pub(crate) fn ty(&self) -> syn::Result<Type> {
        match &self.value {
            Value::Expr(Expr::Path(path)) if path.attrs.is_empty() => {
                Ok(Type::Path(syn::TypePath { qself: path.qself.clone(), path: path.path.clone() }))
            }
            _ => Err(self.wants("the name of a type: `= UserGroup`")),
        }
    }

    /// The setting as a path in quotes.
    pub(crate) fn path(&self) -> syn::Result<Path> {
        self.string()?.parse()
    }

    /// The setting as texts: one behind `=`, or several in brackets. One text may name several with commas.
    pub(crate) fn strings(&self) -> syn::Result<Vec<LitStr>> {
        match &self.value {
            Value::List(items) => items.iter().map(Item::plain_string).collect(),
            Value::Expr(Expr::Array(array)) => array.elems.iter().map(string_of).collect(),
            _ => {
                let text = self.string().map_err(|_| self.wants("a text, or several: `(\"…\", \"…\")`"))?;
                let parts = text.value();
                let parts = parts.split(',').map(str::trim).filter(|part| !part.is_empty());
                Ok(parts.map(|part| LitStr::new(part, text.span())).collect())
            }
        }
    }

    /// The setting's list.
    pub(crate) fn list(&self) -> syn::Result<&[Item]> {
        match &self.value {
            Value::List(items) if !items.is_empty() => Ok(items),
            _ => Err(self.wants("a list: `(…)`")),
        }
    }

    pub(crate) fn wants(&self, what: &str) -> syn::Error {
        let place = match &self.value {
            Value::Expr(expr) => expr.span(),
            _ => self.span(),
        };
        syn::Error::new(place, format!("`{}` wants {what}", self.key))
    }
}

impl Item {
    /// The element as a text without a name.
    pub(crate) fn plain_string(&self) -> syn::Result<LitStr> {
        match &self.name {
            None => string_of(&self.value),
            Some(name) => Err(syn::Error::new(name.span(), format!("`{name}` has no place here"))),
        }
    }

    /// Whether the element is this bare word.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.name.is_none() && matches!(&self.value, Expr::Path(path) if path.path.is_ident(word))
    }
}

/// A text.
pub(crate) fn string_of(expr: &Expr) -> syn::Result<LitStr> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
        other => Err(syn::Error::new(other.span(), "a text is wanted here: `\"…\"`")),
    }
}

/// The word that was probably meant: at most two letters away.
pub(crate) fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let (distance, near) = known.iter().map(|known| (distance(word, known), *known)).min()?;
    (distance <= 2 && distance < word.chars().count()).then_some(near)
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_proposed_and_a_far_one_is_not() {
        let known = ["primary_key", "unique", "index"];
        assert_eq!(nearest("primary_kye", &known), Some("primary_key"));
        assert_eq!(nearest("indx", &known), Some("index"));
        assert_eq!(nearest("autoload", &known), None);
        assert_eq!(nearest("i", &known), None);
    }
}
