//! Names of schema objects.

use aludel_sql::schema::{ObjectName, TableName};

use super::Target;
use crate::json::Json;
use crate::load::name;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// The name of what has a `name` and a `schema`, in the schema that takes the place of its own.
pub(super) fn load<'c>(node: &Node<'c>, target: &Target<'c, '_>) -> Result<TableName, Unsayable> {
    let own = name::given(node.part("name")?, target.ctx)?;
    let schema = match node.get("schema") {
        None | Some(Json::Null) => None,
        Some(schema) => Some(name::given(schema, target.ctx)?.to_string()).filter(|name| !name.is_empty()),
    };
    Ok(target.schemas.name(&TableName { schema, name: own.to_string() }))
}

/// The name of a table that is referred to.
pub(super) fn of_table<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<TableName, Unsayable> {
    load(&target.ctx.node(json)?, target)
}

/// The name of a constraint or an index: what a convention made, or what may be cut, is no name that somebody wrote.
pub(super) fn of_object<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<ObjectName, Unsayable> {
    let flag = |key: &str| json.get(key) == Some(&Json::Bool(true));
    let text = name::given(json, target.ctx)?.to_string();
    Ok(if flag("convention") || flag("truncatable") {
        ObjectName::generated(text)
    } else {
        ObjectName::given(text)
    })
}
