//! Windows, and the clauses behind the call of an aggregate.

use super::{Expr, OrderBy};
use crate::name::Name;

/// An aggregate or window function with the clauses behind its call, in the order in which SQL has them:
/// `f(x ORDER BY y) WITHIN GROUP (ORDER BY z) FILTER (WHERE c) OVER (…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The call.
    pub call: Expr,
    /// The order inside the call.
    pub order_by: Vec<OrderBy>,
    /// `WITHIN GROUP (ORDER BY …)`
    pub within_group: Vec<OrderBy>,
    /// `FILTER (WHERE …)`: conditions, all of which hold.
    pub filter: Vec<Expr>,
    /// `OVER`
    pub over: Option<Over>,
}

impl Aggregate {
    /// A call without any clause.
    pub fn new(call: Expr) -> Self {
        Aggregate { call, order_by: Vec::new(), within_group: Vec::new(), filter: Vec::new(), over: None }
    }
}

/// What `OVER` names.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it stands behind a box")]
pub enum Over {
    /// A window of the query's `WINDOW` clause.
    Named(Name),
    /// A window of its own.
    Window(Window),
}

/// A window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window {
    /// The named window that this one adds to.
    pub base: Option<Name>,
    /// `PARTITION BY`
    pub partition_by: Vec<Expr>,
    /// `ORDER BY`
    pub order_by: Vec<OrderBy>,
    /// The frame.
    pub frame: Option<Frame>,
}

/// The part of a window's partition that a function looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// What its bounds count.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: FrameBound,
    /// Where it ends, included.
    pub end: FrameBound,
    /// Which rows are left out.
    pub exclude: Option<FrameExclusion>,
}

/// What a frame's bounds count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FrameUnit {
    /// Distances between values.
    Range,
    /// Rows.
    Rows,
    /// Groups of equal rows.
    Groups,
}

/// A bound of a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum FrameBound {
    /// The partition's first row as a start, its last row as an end.
    Unbounded,
    /// The current row.
    CurrentRow,
    /// So far in front of the current row.
    Preceding(Expr),
    /// So far behind it.
    Following(Expr),
}

/// Which rows a frame leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FrameExclusion {
    /// The current row.
    CurrentRow,
    /// The current row and its equals.
    Group,
    /// The current row's equals.
    Ties,
    /// None.
    NoOthers,
}
