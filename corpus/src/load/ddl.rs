//! Schema statements: `create_table`, `create_index`, … The schema objects in them become ours, and our own functions
//! write the text.

use aludel_sql::Dialect;

use super::Context;
use crate::json::Json;
use crate::unsayable::Unsayable;

/// The text of a schema statement.
///
/// # Errors
/// Where our schema model has no place for it, or the dialect cannot say it.
pub(crate) fn compile<'c>(
    statement: &'c Json,
    ctx: &Context<'c>,
    dialect: &dyn Dialect,
) -> Result<String, Unsayable> {
    let _ = dialect;
    let node = ctx.node(statement)?;
    Err(node.unknown("a schema statement"))
}
