//! Names: strings, or `{"anon": n, "base": "x"}` for generated ones, or names with rules of their own.

use aludel_sql::Name;
use aludel_sql::ast::Label;

use super::Context;
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// A name that was given.
///
/// # Errors
/// For a generated name.
pub(crate) fn given<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Name, Unsayable> {
    match label(json, ctx)? {
        Label::Named(name) => Ok(name),
        _ => Err(Unsayable::new("a generated name where one has to be given")),
    }
}

/// A name that was given or generated.
///
/// # Errors
/// For a chain of names.
pub(crate) fn label<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Label, Unsayable> {
    if let Some(name) = json.as_text() {
        return Ok(Label::Named(Name::Owned(name.to_owned())));
    }
    let node = Node::named(json, "a name")?;
    if let Some(name) = node.text_or_none("name")? {
        // Both only say what happens where a name is too long.
        node.passes_over(&["truncatable", "convention"]);
        // Which names are quoted always or never is an option of the compiler.
        node.passes_over(&["quote"]);
        node.done()?;
        return Ok(Label::Named(Name::Owned(name.to_owned())));
    }
    let (number, base) = (node.int_or_none("anon")?, node.text_or_none("base")?);
    node.done()?;
    match (number, base) {
        (Some(number), Some(base)) => {
            Ok(Label::Anonymous { id: ctx.generated(number, base), stem: Name::Owned(base.to_owned()) })
        }
        _ => Err(node.wrong("anon", "and its `base` are missing")),
    }
}

/// A list of names that were given.
///
/// # Errors
/// As for [`given`].
pub(crate) fn list<'c>(names: &'c [Json], ctx: &Context<'c>) -> Result<Vec<Name>, Unsayable> {
    names.iter().map(|name| given(name, ctx)).collect()
}

/// What we call the dialect for which something is meant; none is every one.
pub(crate) fn dialect(name: &str) -> Option<Name> {
    match name {
        "*" => None,
        "default" => Some(Name::Borrowed("standard")),
        "postgresql" => Some(Name::Borrowed("postgres")),
        name => Some(Name::Owned(name.to_owned())),
    }
}

/// The names that are quoted always or never, anywhere in a tree.
pub(crate) fn quoting(json: &Json, found: &mut Vec<(String, bool)>) {
    match json {
        Json::List(elements) => elements.iter().for_each(|element| quoting(element, found)),
        Json::Object(members) => {
            if let (Some(Json::Text(name)), Some(Json::Bool(flag))) = (json.get("name"), json.get("quote")) {
                found.push((name.clone(), *flag));
            }
            members.iter().for_each(|(_, value)| quoting(value, found));
        }
        _ => {}
    }
}
