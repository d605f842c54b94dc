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
