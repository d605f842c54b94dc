//! `SELECT`.

use std::fmt;
use std::marker::PhantomData;

use super::IntoTable;
use crate::ast::{self, FromItem, Join, JoinKind, Statement};
use crate::expression::{IntoExprs, IntoFilter, IntoOrders, Selectable};
use crate::value::Value;

/// A query whose rows are read as `R`. Mirrors SQLAlchemy's `Select`; begin one with [`select`].
pub struct Select<R> {
    ast: ast::Select,
    marker: PhantomData<fn() -> R>,
}

/// Begins a query of a model, a column, an expression, or a tuple of these.
pub fn select<S: Selectable>(what: S) -> Select<S::Row> {
    let mut ast = ast::Select::default();
    what.items(&mut ast.items);
    Select::from_ast(ast)
}

/// What can be joined: a relation (the condition is its own), or a table with a condition.
pub trait JoinTarget {
    /// The joins, in order: two where a relation goes through a secondary table.
    fn joins(self, kind: JoinKind) -> Vec<Join>;
}

impl<T: IntoTable, F: IntoFilter> JoinTarget for (T, F) {
    fn joins(self, kind: JoinKind) -> Vec<Join> {
        let on = self.1.into_filter();
        vec![Join::new(kind, self.0.into_table(), on)]
    }
}

impl<R> Select<R> {
    /// Gives a tree the row type `R`. Nothing checks that it yields one.
    pub fn from_ast(ast: ast::Select) -> Self {
        Select { ast, marker: PhantomData }
    }

    /// The tree.
    pub fn into_ast(self) -> ast::Select {
        self.ast
    }

    /// The tree, to look at.
    pub fn ast(&self) -> &ast::Select {
        &self.ast
    }

    /// The tree, to change.
    pub fn ast_mut(&mut self) -> &mut ast::Select {
        &mut self.ast
    }

    /// Adds a condition; all of them must hold. `None` adds nothing. Mirrors SQLAlchemy's `where`.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoFilter) -> Self {
        self.ast.filter.extend(condition.into_filter());
        self
    }

    /// Adds to the order.
    #[must_use]
    pub fn order_by(mut self, orders: impl IntoOrders) -> Self {
        orders.orders(&mut self.ast.order_by);
        self
    }

    /// At most so many rows.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.ast.limit = Some(row_count(rows));
        self
    }

    /// Passes over so many rows first.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.ast.offset = Some(row_count(rows));
        self
    }

    /// Removes duplicate rows.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.ast.distinct = true;
        self
    }

    /// Joins a relation (`User.addresses`), or a table with a condition (`(Address, Address.user_id.eq(User.id))`).
    #[must_use]
    pub fn join(mut self, target: impl JoinTarget) -> Self {
        self.ast.joins.extend(target.joins(JoinKind::Inner));
        self
    }

    /// The same, keeping rows that nothing matches. Select columns of the joined table through `.maybe()`.
    #[must_use]
    pub fn outer_join(mut self, target: impl JoinTarget) -> Self {
        self.ast.joins.extend(target.joins(JoinKind::Left));
        self
    }

    /// Joins every row with every row of another table.
    #[must_use]
    pub fn cross_join(mut self, table: impl IntoTable) -> Self {
        self.ast.joins.push(Join::new(JoinKind::Cross, table.into_table(), None));
        self
    }

    /// Says what is read from, where the selected columns don't. Mirrors SQLAlchemy's `select_from`.
    #[must_use]
    pub fn select_from(mut self, table: impl IntoTable) -> Self {
        self.ast.from.push(FromItem::Table(table.into_table()));
        self
    }

    /// Groups rows.
    #[must_use]
    pub fn group_by(mut self, exprs: impl IntoExprs) -> Self {
        exprs.exprs(&mut self.ast.group_by);
        self
    }

    /// Adds a condition on groups; all of them must hold.
    #[must_use]
    pub fn having(mut self, condition: impl IntoFilter) -> Self {
        self.ast.having.extend(condition.into_filter());
        self
    }
}

/// A row count, as a bound value. No table has more rows than a signed 64-bit number counts.
fn row_count(rows: u64) -> ast::Expr {
    ast::Expr::Bind(Value::I64(i64::try_from(rows).unwrap_or(i64::MAX)))
}

impl<R> Clone for Select<R> {
    fn clone(&self) -> Self {
        Select::from_ast(self.ast.clone())
    }
}

impl<R> fmt::Debug for Select<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}

impl<R> From<Select<R>> for Statement {
    fn from(select: Select<R>) -> Self {
        Statement::Select(select.ast)
    }
}
