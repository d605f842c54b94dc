//! `select(User).with(…)`: a query of a model with relations to load along.

use std::fmt;

use aludel_engine::{Connection, Fetch};
use aludel_sql::expression::{IntoFilter, IntoOrders};
use aludel_sql::statement::JoinTarget;
use aludel_sql::{Select, ast};

use super::{LoadPath, LoadPlan, Sharing};
use crate::model::Model;

/// A query of a model with relations that are loaded along. A connection returns trees of owned values for it, a
/// session handles.
pub struct Query<M> {
    select: Select<M>,
    plans: Vec<LoadPlan>,
}

/// Begins a [`Query`]: `select(User).with(User.addresses.selectin())`. Mirrors SQLAlchemy's `Select.options`.
pub trait With<M: Model>: Sized {
    /// Loads a relation along. Several calls load several; the same relation twice is loaded once.
    #[must_use]
    fn with<T>(self, path: LoadPath<M, T>) -> Query<M>;
}

impl<M: Model> With<M> for Select<M> {
    fn with<T>(self, path: LoadPath<M, T>) -> Query<M> {
        Query::from(self).with(path)
    }
}

impl<M: Model> Query<M> {
    /// Loads another relation along.
    #[must_use]
    pub fn with<T>(mut self, path: LoadPath<M, T>) -> Self {
        path.into_plan().add_to(&mut self.plans);
        self
    }

    /// Adds a condition; all of them must hold. `None` adds nothing. It does not see what is loaded along.
    #[must_use]
    pub fn filter(self, condition: impl IntoFilter) -> Self {
        self.change(|select| select.filter(condition))
    }

    /// Adds to the order.
    #[must_use]
    pub fn order_by(self, orders: impl IntoOrders) -> Self {
        self.change(|select| select.order_by(orders))
    }

    /// At most so many objects; what is loaded along does not count.
    #[must_use]
    pub fn limit(self, objects: u64) -> Self {
        self.change(|select| select.limit(objects))
    }

    /// Passes over so many objects first.
    #[must_use]
    pub fn offset(self, objects: u64) -> Self {
        self.change(|select| select.offset(objects))
    }

    /// Removes duplicate rows.
    #[must_use]
    pub fn distinct(self) -> Self {
        self.change(Select::distinct)
    }

    /// Joins a relation or a table with a condition, for conditions and order to speak of.
    #[must_use]
    pub fn join(self, target: impl JoinTarget) -> Self {
        self.change(|select| select.join(target))
    }

    /// The same, keeping rows that nothing matches.
    #[must_use]
    pub fn outer_join(self, target: impl JoinTarget) -> Self {
        self.change(|select| select.outer_join(target))
    }

    /// The query's own statement as it is sent, with what is loaded along by joins: to be looked at.
    ///
    /// # Errors
    /// Where the query yields something else than the model, or a relation cannot be resolved.
    pub fn to_statement(&self) -> crate::Result<ast::Statement> {
        let select = self.select.ast().clone();
        let (select, _) = super::joined::plan(select, M::definition(), &self.plans, usize::MAX)?;
        Ok(ast::Statement::Select(select))
    }

    /// The query itself and what is loaded along.
    pub fn into_parts(self) -> (ast::Select, Vec<LoadPlan>) {
        (self.select.into_ast(), self.plans)
    }

    fn change(mut self, change: impl FnOnce(Select<M>) -> Select<M>) -> Self {
        self.select = change(self.select);
        self
    }
}

impl<M: Model> From<Select<M>> for Query<M> {
    fn from(select: Select<M>) -> Self {
        Query { select, plans: Vec::new() }
    }
}

impl<M: Model> Fetch for Query<M> {
    type Row = M;

    async fn fetch(self, connection: &mut Connection, most: usize) -> aludel_engine::Result<Vec<M>> {
        if self.plans.is_empty() {
            return self.select.fetch(connection, most).await;
        }
        let (select, plans) = self.into_parts();
        let tree = super::fetch(connection, M::definition(), select, &plans, most, Sharing::Copies).await?;
        let mut objects = tree.assemble();
        let objects = objects.as_any_mut().downcast_mut::<Vec<Option<M>>>().map(std::mem::take);
        Ok(objects.unwrap_or_default().into_iter().flatten().collect())
    }
}

impl<M> Clone for Query<M> {
    fn clone(&self) -> Self {
        Query { select: self.select.clone(), plans: self.plans.clone() }
    }
}

impl<M> fmt::Debug for Query<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("select", &self.select).field("with", &self.plans).finish()
    }
}
