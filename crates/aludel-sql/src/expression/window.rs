//! Windows, window functions, and the clauses behind an aggregate.

use super::{Expr, Expression, IntoExprs, IntoFilter, IntoOrders, functions::call};
use crate::ast::{self, Aggregate, Frame, FrameBound, FrameExclusion, FrameUnit, Over};
use crate::name::Name;
use crate::types::{Field, SqlType};
use crate::value::Value;

type Plain<E> = <<E as Expression>::Type as Field>::Plain;

/// A window: which rows a function looks at, and in which order. Begin one with [`window`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window(ast::Window);

/// Begins a [`Window`]: all rows of the result.
pub fn window() -> Window {
    Window::default()
}

impl Window {
    /// Only rows that are equal in these.
    #[must_use]
    pub fn partition_by(mut self, exprs: impl IntoExprs) -> Self {
        exprs.exprs(&mut self.0.partition_by);
        self
    }

    /// In this order.
    #[must_use]
    pub fn order_by(mut self, orders: impl IntoOrders) -> Self {
        orders.orders(&mut self.0.order_by);
        self
    }

    /// Adds to a window that the query names.
    #[must_use]
    pub fn based_on(mut self, name: impl Into<Name>) -> Self {
        self.0.base = Some(name.into());
        self
    }

    /// From one row to another, counted in rows.
    #[must_use]
    pub fn rows(self, start: Bound, end: Bound) -> Self {
        self.frame(FrameUnit::Rows, start, end)
    }

    /// From one value to another, by their distance in the order.
    #[must_use]
    pub fn range(self, start: Bound, end: Bound) -> Self {
        self.frame(FrameUnit::Range, start, end)
    }

    /// From one group of equal rows to another.
    #[must_use]
    pub fn groups(self, start: Bound, end: Bound) -> Self {
        self.frame(FrameUnit::Groups, start, end)
    }

    /// Leaves rows of the frame out.
    #[must_use]
    pub fn exclude(mut self, rows: FrameExclusion) -> Self {
        if let Some(frame) = &mut self.0.frame {
            frame.exclude = Some(rows);
        }
        self
    }

    fn frame(mut self, unit: FrameUnit, start: Bound, end: Bound) -> Self {
        self.0.frame = Some(Frame { unit, start: start.0, end: end.0, exclude: None });
        self
    }

    /// The tree.
    pub fn into_ast(self) -> ast::Window {
        self.0
    }
}

/// A bound of a window's frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound(FrameBound);

impl Bound {
    /// The first row as a start, the last one as an end.
    pub fn unbounded() -> Self {
        Bound(FrameBound::Unbounded)
    }

    /// The current row.
    pub fn current_row() -> Self {
        Bound(FrameBound::CurrentRow)
    }

    /// So far in front of the current row. The distance is written into the text: MariaDB takes no parameter here.
    pub fn preceding(distance: u32) -> Self {
        Bound(FrameBound::Preceding(ast::Expr::Literal(Value::I64(distance.into()))))
    }

    /// So far behind the current row.
    pub fn following(distance: u32) -> Self {
        Bound(FrameBound::Following(ast::Expr::Literal(Value::I64(distance.into()))))
    }
}

impl<T> Expr<T> {
    fn with_clause(self, change: impl FnOnce(&mut Aggregate)) -> Expr<T> {
        let mut aggregate = match self.into_ast() {
            ast::Expr::Aggregate(aggregate) => *aggregate,
            call => Aggregate::new(call),
        };
        change(&mut aggregate);
        Expr::from_ast(ast::Expr::Aggregate(Box::new(aggregate)))
    }

    /// `OVER (…)`: the function's value for each row's window. Mirrors SQLAlchemy's `over`.
    #[must_use]
    pub fn over(self, window: Window) -> Expr<T> {
        self.with_clause(|aggregate| aggregate.over = Some(Over::Window(window.into_ast())))
    }

    /// The same for a window that the query names with `Select::window`.
    #[must_use]
    pub fn over_named(self, name: impl Into<Name>) -> Expr<T> {
        let name = name.into();
        self.with_clause(|aggregate| aggregate.over = Some(Over::Named(name)))
    }

    /// `FILTER (WHERE …)`: an aggregate of the rows that meet a condition. Mirrors SQLAlchemy's `filter`.
    #[must_use]
    pub fn filter(self, condition: impl IntoFilter) -> Expr<T> {
        self.with_clause(|aggregate| aggregate.filter.extend(condition.into_filter()))
    }

    /// The order inside of an aggregate's parentheses. Mirrors SQLAlchemy's `aggregate_order_by`.
    #[must_use]
    pub fn aggregate_order_by(self, orders: impl IntoOrders) -> Expr<T> {
        self.with_clause(|aggregate| orders.orders(&mut aggregate.order_by))
    }

    /// `WITHIN GROUP (ORDER BY …)`, for functions such as `percentile_cont`.
    #[must_use]
    pub fn within_group(self, orders: impl IntoOrders) -> Expr<T> {
        self.with_clause(|aggregate| orders.orders(&mut aggregate.within_group))
    }
}

/// `row_number()`: the row's number in its window, from 1.
pub fn row_number() -> Expr<i64> {
    call("row_number", Vec::new())
}

/// `rank()`: the row's place, the same for equal rows, with gaps behind them.
pub fn rank() -> Expr<i64> {
    call("rank", Vec::new())
}

/// `dense_rank()`: the same without gaps.
pub fn dense_rank() -> Expr<i64> {
    call("dense_rank", Vec::new())
}

/// `percent_rank()`: the row's place between 0 and 1.
pub fn percent_rank() -> Expr<f64> {
    call("percent_rank", Vec::new())
}

/// `cume_dist()`: the share of rows that are not behind this one.
pub fn cume_dist() -> Expr<f64> {
    call("cume_dist", Vec::new())
}

/// `ntile(n)`: which of `n` buckets of about equal size the row is in, from 1.
pub fn ntile(buckets: u32) -> Expr<i64> {
    call("ntile", vec![ast::Expr::Bind(Value::I64(buckets.into()))])
}

/// `lag(x, n)`: the value `rows` rows before; `NULL` where there is none.
pub fn lag<E: Expression>(of: E, rows: u32) -> Expr<Option<Plain<E>>> {
    call("lag", vec![of.into_ast(), ast::Expr::Bind(Value::I64(rows.into()))])
}

/// `lead(x, n)`: the value `rows` rows behind; `NULL` where there is none.
pub fn lead<E: Expression>(of: E, rows: u32) -> Expr<Option<Plain<E>>> {
    call("lead", vec![of.into_ast(), ast::Expr::Bind(Value::I64(rows.into()))])
}

/// `first_value(x)`: that of the frame's first row.
pub fn first_value<E: Expression>(of: E) -> Expr<Option<Plain<E>>> {
    call("first_value", vec![of.into_ast()])
}

/// `last_value(x)`: that of the frame's last row.
pub fn last_value<E: Expression>(of: E) -> Expr<Option<Plain<E>>> {
    call("last_value", vec![of.into_ast()])
}

/// `nth_value(x, n)`: that of the frame's n-th row, from 1.
pub fn nth_value<E: Expression>(of: E, row: u32) -> Expr<Option<Plain<E>>> {
    call("nth_value", vec![of.into_ast(), ast::Expr::Bind(Value::I64(row.into()))])
}

/// `percentile_cont(share)`, to be told [`within_group`](Expr::within_group) of which values.
pub fn percentile_cont(share: f64) -> Expr<Option<f64>> {
    call("percentile_cont", vec![ast::Expr::Bind(Value::F64(share))])
}

/// `mode()`, to be told [`within_group`](Expr::within_group) of which values.
pub fn mode<T: SqlType>() -> Expr<Option<T>> {
    call("mode", Vec::new())
}
