//! Loading relations along with a query, or of objects that are there already.
//!
//! The loaders know nothing of where objects live. They read rows into lists ([`Objects`](crate::model::Objects)) and
//! say which child belongs to which parent ([`Tree`], [`Branch`], [`Groups`]); a connection then builds owned trees
//! ([`Tree::assemble`]), a session puts the lists into its arena.

mod joined;
mod key;
mod order;
mod plan;
mod query;
mod rows;
mod selectin;
mod stream;
mod tree;

use std::ops::ControlFlow;

pub use plan::{LoadPath, LoadPlan, Strategy};
pub use query::{Query, With};
pub use selectin::SelectIn;
pub use tree::{Branch, Groups, Sharing, Tree};

use aludel_engine::Connection;
use aludel_sql::ast::{Select, Statement};
use aludel_sql::decode::Row;

use crate::error::{Error, Result};
use crate::model::ModelDef;
use crate::relation::RelationDef;

/// Fetches at most `most` objects of a model with what is to be loaded along. The query's only item are the model's
/// columns, as in `select(User)`.
///
/// # Errors
/// Where the query yields something else, a relation cannot be resolved, the database refuses, or a row cannot be read.
pub async fn fetch(
    connection: &mut Connection,
    definition: &'static ModelDef,
    select: Select,
    plans: &[LoadPlan],
    most: usize,
    sharing: Sharing,
) -> Result<Tree> {
    let (select, mut rows) = joined::plan(select, definition, plans, most)?;
    let statement = Statement::Select(select);
    let mut sink = |row: &dyn Row| {
        rows.read(row, 0)?;
        Ok(if rows.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    connection.fetch_statement(&statement, &mut sink).await?;
    rows.finish(connection, sharing).await
}

/// A relation of a model by its place.
fn relation(owner: &'static ModelDef, index: usize) -> Result<&'static RelationDef> {
    owner
        .relations
        .get(index)
        .ok_or_else(|| Error::mapping(format!("the model `{}` has no relation number {index}", owner.name)))
}
