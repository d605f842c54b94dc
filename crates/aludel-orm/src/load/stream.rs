//! A query of a model with relations, a batch of objects at a time.

use std::mem::replace;

use aludel_engine::stream::{ReadRows, Streamable, Streamed};
use aludel_engine::{BoxFuture, Connection};
use aludel_sql::ast::Statement;
use aludel_sql::decode::{DecodeError, Row};

use super::rows::Rows;
use super::{Query, Sharing, joined};
use crate::error::{Error, ErrorKind};
use crate::model::Model;

/// Joined objects come with their row; what is loaded by queries of its own is loaded batch by batch, which needs a
/// transaction on a database with cursors of its own. Joined collections are refused, as by SQLAlchemy: no row says that it
/// is the last one of its object.
impl<M: Model + Send + 'static> Streamable for Query<M> {
    type Row = M;

    fn into_stream(self) -> aludel_engine::Result<Streamed<M>> {
        let (select, plans) = self.into_parts();
        if plans.is_empty() {
            return aludel_sql::Select::<M>::from_ast(select).into_stream();
        }
        let definition = M::definition();
        let (select, rows) = joined::plan(select, definition, &plans, usize::MAX)?;
        if rows.repeats() {
            let message = format!(
                "a stream of `{}` can't load a relation by `.joined()` whose rows repeat the object: load it with \
                 `.selectin()` in a transaction on a database with cursors of its own, such as PostgreSQL, or ask for `all`",
                definition.name
            );
            return Err(Error::new(ErrorKind::Usage, message).into());
        }
        Ok((Statement::Select(select), Box::new(Batches { rows, ready: Vec::new() })))
    }
}

struct Batches<M> {
    rows: Rows,
    ready: Vec<M>,
}

impl<M: Model + Send + 'static> ReadRows<M> for Batches<M> {
    fn read(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.rows.read(row, 0).map(|_| ())
    }

    fn needs_statements(&self) -> bool {
        self.rows.loads_later()
    }

    fn complete<'a>(
        &'a mut self,
        connection: &'a mut Connection,
    ) -> Option<BoxFuture<'a, aludel_engine::Result<()>>> {
        let fresh = self.rows.renewed();
        let rows = replace(&mut self.rows, fresh);
        Some(Box::pin(async move {
            let tree = rows.finish(connection, Sharing::Copies).await?;
            let mut objects = tree.assemble();
            if let Some(objects) = objects.as_any_mut().downcast_mut::<Vec<Option<M>>>() {
                self.ready.extend(objects.drain(..).flatten());
            }
            Ok(())
        }))
    }

    fn take(&mut self) -> Vec<M> {
        std::mem::take(&mut self.ready)
    }
}
