//! Types of the user's own: a known type with SQL around its values and columns.

use aludel_sql::types::{Custom, CustomType, Wrapping};
use aludel_sql::{Dialect, Type};

use crate::json::Json;
use crate::node::Node;
use crate::unsayable::Unsayable;

/// A type that puts calls around what goes in and out.
#[derive(Debug)]
struct Wrapped {
    name: String,
    base: Type,
    bind: Option<Wrapping>,
    column: Option<Wrapping>,
}

impl CustomType for Wrapped {
    fn name(&self) -> &str {
        &self.name
    }

    fn base(&self) -> Option<&Type> {
        Some(&self.base)
    }

    fn bind_expression(&self, _: &dyn Dialect) -> Option<Wrapping> {
        self.bind.clone()
    }

    fn column_expression(&self, _: &dyn Dialect) -> Option<Wrapping> {
        self.column.clone()
    }
}

/// The type with what its `bind_expression` and `column_expression` say.
pub(super) fn wrap(node: &Node<'_>, base: Type) -> Result<Type, Unsayable> {
    let read = |key: &str, hole: &str| node.get(key).map(|json| calls(json, hole)).transpose();
    let bind = read("bind_expression", "bind_value")?;
    let column = read("column_expression", "column_value")?;
    if bind.is_none() && column.is_none() {
        return Ok(base);
    }
    let name = format!("{base:?} {bind:?} {column:?}");
    Ok(Custom::new(Wrapped { name, base, bind, column }).into())
}

/// Calls of one argument each, around the hole.
fn calls(json: &Json, hole: &str) -> Result<Wrapping, Unsayable> {
    let node = Node::new(json)?;
    if node.kind == hole {
        return Ok(Wrapping::new("", ""));
    }
    let ("function", [argument]) = (node.kind, node.list("args")?) else {
        return Err(node.unknown("SQL around a value"));
    };
    let inner = calls(argument, hole)?;
    let name = node.text("name")?;
    node.passes_over(&["type", "generic"]);
    node.done()?;
    Ok(Wrapping::new(format!("{name}({}", inner.before), format!("{})", inner.after)))
}
