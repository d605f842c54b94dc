//! Sequences and identity columns.

use aludel_sql::schema::{Counting, Identity, Sequence, sequence};

use super::{Target, names, options, types};
use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

pub(super) fn load<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Sequence, Unsayable> {
    let node = Node::named(target.ctx.follow(json)?, "sequence")?;
    node.passes_over(&["node", "metadata"]);
    let mut made = sequence(names::load(&node, target)?);
    made.counting = counting(&node)?;
    made.ty = node.get("data_type").map(|ty| types::load(ty, target)).transpose()?;
    made.optional = node.flag("optional")?;
    made.options = options::load(node.members("options")?, target)?;
    node.done()?;
    Ok(made)
}

pub(super) fn identity<'c>(json: &'c Json, target: &Target<'c, '_>) -> Result<Identity, Unsayable> {
    let node = Node::named(json, "identity")?;
    node.passes_over(&["node"]);
    let silent = node.get("always") == Some(&Json::Null) && target.dialect.name() == "oracle";
    let mut made = Identity {
        always: if silent { None } else { Some(node.flag("always")?) },
        counting: counting(&node)?,
        options: options::load(node.members("options")?, target)?,
    };
    for option in ["order", "on_null"] {
        if let Some(flag) = node.flag_or_none(option)? {
            made.options.insert(format!("oracle_{option}"), flag);
        }
    }
    node.done()?;
    Ok(made)
}

fn counting(node: &Node<'_>) -> Result<Counting, Unsayable> {
    let bound = |value: &str, none: &str| -> Result<Option<Option<i64>>, Unsayable> {
        let is_none = node.flag_or_none(none)?.is_some();
        Ok(match node.int_or_none(value)? {
            Some(number) => Some(Some(number)),
            None => is_none.then_some(None),
        })
    };
    Ok(Counting {
        start: node.int_or_none("start")?,
        increment: node.int_or_none("increment")?,
        min: bound("minvalue", "nominvalue")?,
        max: bound("maxvalue", "nomaxvalue")?,
        cache: node.int_or_none("cache")?,
        cycle: node.flag_or_none("cycle")?,
    })
}
