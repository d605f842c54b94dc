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
/// For a generated name, and for one that is quoted always or never.
pub(crate) fn given<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Name, Unsayable> {
    match label(json, ctx)? {
        Label::Named(name) => Ok(name),
        _ => Err(Unsayable::new("a generated name where one has to be given")),
    }
}

/// A name that was given or generated.
///
/// # Errors
/// For one that is quoted always or never, and for a chain of names.
pub(crate) fn label<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Label, Unsayable> {
    if let Some(name) = json.as_text() {
        return Ok(Label::Named(Name::Owned(name.to_owned())));
    }
    let node = Node::named(json, "a name")?;
    if let Some(name) = node.text_or_none("name")? {
        // Both only say what happens where a name is too long.
        node.passes_over(&["truncatable", "convention"]);
        if node.get("quote").is_some() {
            return Err(Unsayable::new("a name that is quoted always or never"));
        }
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
