//! `SELECT`.

use std::fmt;
use std::marker::PhantomData;

use super::{IntoFrom, IntoSource, Subquery};
use crate::ast::{self, Correlation, Fetch, Fragment, Hint, Join, JoinKind, Lock, Statement, WithCte};
use crate::expression::{IntoExprs, IntoFilter, IntoOrders, Selectable, Window};
use crate::name::Name;

/// A query whose rows are read as `R`. Mirrors SQLAlchemy's `Select`; begin one with [`select`].
pub struct Select<R> {
    // Behind a pointer, because each step of building one passes it on.
    ast: Box<ast::Select>,
    marker: PhantomData<fn() -> R>,
}

/// Begins a query of a model, a column, an expression, or a tuple of these.
pub fn select<S: Selectable>(what: S) -> Select<S::Row> {
    let mut select = Select::from_ast(ast::Select::default());
    what.items(&mut select.ast.items);
    select
}

/// What can be joined: a relation (the condition is its own), or a table with a condition.
pub trait JoinTarget {
    /// The joins, in order: two where a relation goes through a secondary table.
    fn joins(self, kind: JoinKind) -> Vec<Join>;
}

impl<T: IntoFrom, F: IntoFilter> JoinTarget for (T, F) {
    fn joins(self, kind: JoinKind) -> Vec<Join> {
        let on = self.1.into_filter();
        vec![Join::new(kind, self.0.into_from(), on)]
    }
}

impl<R> Select<R> {
    /// Gives a tree the row type `R`. Nothing checks that it yields one.
    pub fn from_ast(ast: ast::Select) -> Self {
        Select { ast: Box::new(ast), marker: PhantomData }
    }

    /// The tree.
    pub fn into_ast(self) -> ast::Select {
        *self.ast
    }

    /// The tree, as other statements hold it.
    pub(super) fn into_boxed(self) -> Box<ast::Select> {
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
        self.ast.limit = Some(super::row_count(rows));
        self
    }

    /// Passes over so many rows first.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.ast.offset = Some(super::row_count(rows));
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

    /// The same, keeping rows of either side that nothing matches. Select columns of both sides through `.maybe()`.
    #[must_use]
    pub fn full_join(mut self, target: impl JoinTarget) -> Self {
        self.ast.joins.extend(target.joins(JoinKind::Full));
        self
    }

    /// Joins every row with every row of another table.
    #[must_use]
    pub fn cross_join(mut self, source: impl IntoFrom) -> Self {
        self.ast.joins.push(Join::new(JoinKind::Cross, source.into_from(), None));
        self
    }

    /// Says what is read from, where the selected columns don't. Mirrors SQLAlchemy's `select_from`.
    #[must_use]
    pub fn select_from(mut self, source: impl IntoFrom) -> Self {
        self.ast.from.push(source.into_from());
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

/// The rarer parts.
impl<R> Select<R> {
    /// Reads what items and conditions name as well, joined by comma, as SQLAlchemy does. Without it, a table that is
    /// nowhere read is refused.
    #[must_use]
    pub fn implicit_from(mut self) -> Self {
        self.ast.options_mut().implicit_from = true;
        self
    }

    /// Keeps the first row for each value of these, in the query's order (PostgreSQL).
    #[must_use]
    pub fn distinct_on(mut self, exprs: impl IntoExprs) -> Self {
        exprs.exprs(&mut self.ast.options_mut().distinct_on);
        self
    }

    /// `FETCH FIRST n ROWS`; `with_ties` also yields rows that are equal to the last one in the order.
    #[must_use]
    pub fn fetch_first(mut self, rows: u64, with_ties: bool) -> Self {
        self.ast.limit = None;
        self.ast.options_mut().fetch =
            Some(Fetch { count: super::row_count(rows), with_ties, percent: false });
        self
    }

    /// Locks the rows that the query reads, against changes by others until the transaction ends. SQLite, which
    /// locks whole files, has nothing to say here. Mirrors SQLAlchemy's `with_for_update`.
    #[must_use]
    pub fn lock(mut self, lock: Lock) -> Self {
        self.ast.options_mut().lock = Some(lock);
        self
    }

    /// `FOR UPDATE`, waiting for rows that are locked.
    #[must_use]
    pub fn for_update(self) -> Self {
        self.lock(Lock::update())
    }

    /// Leaves these sources to an enclosing query, whichever. Mirrors SQLAlchemy's `correlate`.
    #[must_use]
    pub fn correlate(mut self, source: impl IntoSource) -> Self {
        let (options, source) = (self.ast.options_mut(), source.into_source());
        match &mut options.correlation {
            Correlation::Only(sources) => sources.push(source),
            other => *other = Correlation::Only(vec![source]),
        }
        self
    }

    /// Leaves every source to an enclosing query but these. Mirrors SQLAlchemy's `correlate_except`.
    #[must_use]
    pub fn correlate_except(mut self, source: impl IntoSource) -> Self {
        let (options, source) = (self.ast.options_mut(), source.into_source());
        match &mut options.correlation {
            Correlation::Except(sources) => sources.push(source),
            other => *other = Correlation::Except(vec![source]),
        }
        self
    }

    /// Writes a common table expression in the statement's `WITH` even where nothing reads it: a write, say. Mirrors
    /// SQLAlchemy's `add_cte`.
    #[must_use]
    pub fn add_cte<S>(mut self, cte: &Subquery<S>) -> Self {
        self.ast.options_mut().ctes.push(WithCte { cte: cte.ast().clone(), nest_here: false });
        self
    }

    /// Names a window for `over_named`.
    #[must_use]
    pub fn window(mut self, name: impl Into<Name>, window: Window) -> Self {
        self.ast.options_mut().windows.push((name.into(), window.into_ast()));
        self
    }

    /// Words behind `SELECT`, for one dialect by its name or for every one.
    #[must_use]
    pub fn prefix_with(mut self, words: impl Into<Name>, dialect: Option<&'static str>) -> Self {
        let fragment = Fragment { text: ast::Expr::Text(words.into()), dialect: dialect.map(Name::Borrowed) };
        self.ast.options_mut().prefixes.push(fragment);
        self
    }

    /// Words at the end, for one dialect by its name or for every one.
    #[must_use]
    pub fn suffix_with(mut self, words: impl Into<Name>, dialect: Option<&'static str>) -> Self {
        let fragment = Fragment { text: ast::Expr::Text(words.into()), dialect: dialect.map(Name::Borrowed) };
        self.ast.options_mut().suffixes.push(fragment);
        self
    }

    /// Words for the planner beside a source, for one dialect by its name or for every one.
    #[must_use]
    pub fn with_hint(
        mut self,
        of: impl IntoSource,
        words: impl Into<Name>,
        dialect: Option<&'static str>,
    ) -> Self {
        let hint = Hint { of: of.into_source(), text: words.into(), dialect: dialect.map(Name::Borrowed) };
        self.ast.options_mut().hints.push(hint);
        self
    }

    /// Other columns in place of these; what is read stays as it was said. Mirrors SQLAlchemy's `with_only_columns`.
    #[must_use]
    pub fn with_only_columns<S: Selectable>(mut self, what: S) -> Select<S::Row> {
        self.ast.items.clear();
        what.items(&mut self.ast.items);
        Select { ast: self.ast, marker: PhantomData }
    }
}

impl<R> Clone for Select<R> {
    fn clone(&self) -> Self {
        Select { ast: self.ast.clone(), marker: PhantomData }
    }
}

impl<R> fmt::Debug for Select<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}

impl<R> From<Select<R>> for Statement {
    fn from(select: Select<R>) -> Self {
        Statement::Select(*select.ast)
    }
}
