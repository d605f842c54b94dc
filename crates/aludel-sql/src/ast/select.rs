//! `SELECT`.

use std::sync::Arc;

use super::{Derived, Expr, Fragment, Hint, Lock, Source, TableRef, Window};
use crate::name::Name;

/// What a query yields.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectItem {
    /// An expression, under a label where it has one.
    Expr(Expr, Option<Name>),
    /// Columns of one source, in order. The list is the model's, so nothing is copied.
    Columns(Source, &'static [Name]),
    /// The same for a table known only at run time.
    OwnedColumns(Source, Vec<Name>),
    /// All columns of a source that the statement defines.
    All(Arc<Derived>),
}

impl SelectItem {
    /// A column of a source.
    pub fn column(source: impl Into<Source>, name: Name) -> Self {
        SelectItem::Expr(Expr::column(source, name), None)
    }

    /// How many columns the item yields.
    pub fn width(&self) -> usize {
        match self {
            SelectItem::Expr(..) => 1,
            SelectItem::Columns(_, names) => names.len(),
            SelectItem::OwnedColumns(_, names) => names.len(),
            SelectItem::All(derived) => derived.width(),
        }
    }
}

/// What a query reads from.
#[derive(Clone, Debug, PartialEq)]
pub enum FromItem {
    /// A table.
    Table(TableRef),
    /// Something that the statement defines.
    Derived(Arc<Derived>),
    /// Two of these joined, taken as one.
    Join(Arc<JoinedFrom>),
    /// SQL in the user's own words.
    Text(Name),
}

impl From<TableRef> for FromItem {
    fn from(table: TableRef) -> Self {
        FromItem::Table(table)
    }
}

impl From<Source> for FromItem {
    fn from(source: Source) -> Self {
        match source {
            Source::Table(table) => FromItem::Table(table),
            Source::Derived(derived) => FromItem::Derived(derived),
        }
    }
}

/// A join as an element of `FROM`. Shared, as columns and other joins may refer to the same one.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinedFrom {
    /// The left side.
    pub left: FromItem,
    /// How rows are matched.
    pub kind: JoinKind,
    /// The right side.
    pub right: FromItem,
    /// The condition; `None` for a cross join.
    pub on: Option<Expr>,
}

/// How the rows of a join are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum JoinKind {
    /// Pairs that match.
    Inner,
    /// All of the left, with `NULL` where nothing matches.
    Left,
    /// Every pair.
    Cross,
    /// All of both, with `NULL` on either side where nothing matches.
    Full,
    /// All of the right, with `NULL` where nothing matches.
    Right,
}

/// One join onto what a query reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// How rows are matched.
    pub kind: JoinKind,
    /// What is joined.
    pub target: FromItem,
    /// The condition; `None` for a cross join.
    pub on: Option<Expr>,
    /// The element of the `FROM` list that it is joined to; `None` is the last one.
    pub left: Option<FromItem>,
}

impl Join {
    /// A join onto the last element of the `FROM` list.
    pub fn new(kind: JoinKind, target: impl Into<FromItem>, on: Option<Expr>) -> Self {
        Join { kind, target: target.into(), on, left: None }
    }
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Direction {
    /// Not stated: ascending.
    #[default]
    Unstated,
    /// `ASC`
    Ascending,
    /// `DESC`
    Descending,
}

/// One element of `ORDER BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderBy {
    /// What is ordered by.
    pub expr: Expr,
    /// The direction.
    pub direction: Direction,
    /// `NULLS FIRST` or `NULLS LAST`; `None` is the database's own way.
    pub nulls_first: Option<bool>,
}

impl From<Expr> for OrderBy {
    fn from(expr: Expr) -> Self {
        OrderBy { expr, direction: Direction::Unstated, nulls_first: None }
    }
}

/// `FETCH FIRST n ROWS`
#[derive(Clone, Debug, PartialEq)]
pub struct Fetch {
    /// How many.
    pub count: Expr,
    /// `WITH TIES`: also those that are equal to the last one in the order.
    pub with_ties: bool,
    /// Whether the count is a percentage.
    pub percent: bool,
}

/// `SELECT`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// Whether duplicates are removed.
    pub distinct: bool,
    /// What is yielded.
    pub items: Vec<SelectItem>,
    /// What is read from; where empty, the sources of [`items`](Self::items) that are not joined.
    pub from: Vec<FromItem>,
    /// Joins, each onto an element of the `FROM` list.
    pub joins: Vec<Join>,
    /// Conditions, all of which hold.
    pub filter: Vec<Expr>,
    /// Grouping.
    pub group_by: Vec<Expr>,
    /// Conditions on groups, all of which hold.
    pub having: Vec<Expr>,
    /// Order.
    pub order_by: Vec<OrderBy>,
    /// The largest number of rows.
    pub limit: Option<Expr>,
    /// Rows passed over first.
    pub offset: Option<Expr>,
    /// What most queries have none of.
    pub options: Option<Box<SelectOptions>>,
}

impl Select {
    /// The rarer parts, to change.
    pub fn options_mut(&mut self) -> &mut SelectOptions {
        self.options.get_or_insert_default()
    }
}

/// The rarer parts of a `SELECT`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SelectOptions {
    /// Whether the sources that items and conditions name are read as well (joined by comma), as SQLAlchemy has it.
    /// Otherwise a source that is nowhere read is refused.
    pub implicit_from: bool,
    /// `DISTINCT ON (…)`
    pub distinct_on: Vec<Expr>,
    /// `FETCH FIRST`
    pub fetch: Option<Fetch>,
    /// Locks.
    pub lock: Option<Lock>,
    /// Which sources of enclosing queries are left to them.
    pub correlation: Correlation,
    /// How columns are named in the result.
    pub label_style: LabelStyle,
    /// Common table expressions that are written here whether they are read or not.
    pub ctes: Vec<WithCte>,
    /// Words behind `SELECT`.
    pub prefixes: Vec<Fragment>,
    /// Words at the end.
    pub suffixes: Vec<Fragment>,
    /// Words for the planner beside sources.
    pub hints: Vec<Hint>,
    /// Words for the planner about the whole statement, each with its dialect.
    pub statement_hints: Vec<(Option<Name>, Name)>,
    /// `WINDOW`
    pub windows: Vec<(Name, Window)>,
    /// In front of the columns.
    pub before_columns: Option<Expr>,
    /// Behind the columns.
    pub after_columns: Option<Expr>,
    /// Behind the conditions.
    pub after_filter: Option<Expr>,
    /// Behind everything but the locks.
    pub after_body: Option<Expr>,
}

/// Which sources of enclosing queries a subquery leaves to them rather than reading them itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Correlation {
    /// Those of the query right around it, in conditions and columns; in `FROM`, none.
    #[default]
    Auto,
    /// These alone.
    Only(Vec<Source>),
    /// All but these.
    Except(Vec<Source>),
}

/// How columns are named in the result. Mirrors SQLAlchemy's label styles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LabelStyle {
    /// A name that occurs again gets a number.
    #[default]
    Disambiguate,
    /// `table_column`
    TableName,
    /// As they are.
    None,
}

/// A common table expression that a statement writes in its `WITH`, whether it is read or not.
#[derive(Clone, Debug, PartialEq)]
pub struct WithCte {
    /// The common table expression.
    pub cte: Arc<Derived>,
    /// Whether it stands at this very statement, rather than at the outermost one.
    pub nest_here: bool,
}
