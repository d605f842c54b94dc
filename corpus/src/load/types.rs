//! Types: `{"type": "String", "length": 50}`.

use aludel_sql::Type;

use super::Context;
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// The type that stands here.
///
/// # Errors
/// Where we have no such type.
pub(crate) fn load<'c>(json: &'c Json, ctx: &Context<'c>) -> Result<Type, Unsayable> {
    let node = Node::tagged(ctx.follow(json)?, "type")?;
    Err(node.unknown("a type"))
}

/// The type that stands here, where we have it: for what is not written as SQL, a type that we lack is as good as
/// unknown.
pub(super) fn if_known<'c>(json: Option<&'c Json>, ctx: &Context<'c>) -> Option<Type> {
    json.and_then(|json| load(json, ctx).ok())
}
