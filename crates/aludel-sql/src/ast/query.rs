//! What yields rows.

use super::{Delete, Expr, Fetch, Insert, Lock, OrderBy, Select, Template, Update, WithCte};
use crate::name::Name;
use crate::types::Type;

/// Something that yields rows, wherever SQL takes a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// `SELECT`
    Select(Box<Select>),
    /// Queries combined by `UNION` and the like.
    Compound(Box<Compound>),
    /// `VALUES`
    Values(Box<Values>),
    /// SQL in the user's own words.
    Text(Box<TextQuery>),
    /// `INSERT … RETURNING`, in a common table expression.
    Insert(Box<Insert>),
    /// `UPDATE … RETURNING`, in a common table expression.
    Update(Box<Update>),
    /// `DELETE … RETURNING`, in a common table expression.
    Delete(Box<Delete>),
}

impl From<Select> for Query {
    fn from(select: Select) -> Self {
        Query::Select(Box::new(select))
    }
}

impl From<Compound> for Query {
    fn from(compound: Compound) -> Self {
        Query::Compound(Box::new(compound))
    }
}

/// How queries are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SetOperator {
    /// Rows of either.
    Union,
    /// The same with duplicates.
    UnionAll,
    /// Rows of both.
    Intersect,
    /// The same with duplicates.
    IntersectAll,
    /// Rows of the first alone.
    Except,
    /// The same with duplicates.
    ExceptAll,
}

/// Queries combined. Mirrors SQLAlchemy's `CompoundSelect`.
#[derive(Clone, Debug, PartialEq)]
pub struct Compound {
    /// How.
    pub operator: SetOperator,
    /// The queries, two at least.
    pub members: Vec<Query>,
    /// Grouping of the whole.
    pub group_by: Vec<Expr>,
    /// Order of the whole.
    pub order_by: Vec<OrderBy>,
    /// The largest number of rows.
    pub limit: Option<Expr>,
    /// Rows passed over first.
    pub offset: Option<Expr>,
    /// `FETCH FIRST`
    pub fetch: Option<Fetch>,
    /// Locks.
    pub lock: Option<Lock>,
    /// Common table expressions that are written here whether they are read or not.
    pub ctes: Vec<WithCte>,
}

impl Compound {
    /// Queries combined, without order or limits.
    pub fn new(operator: SetOperator, members: Vec<Query>) -> Self {
        Compound {
            operator,
            members,
            group_by: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            fetch: None,
            lock: None,
            ctes: Vec::new(),
        }
    }
}

/// Rows of values. Mirrors SQLAlchemy's `Values`.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// The columns' names, with their types where they are known.
    pub columns: Vec<(Name, Option<Type>)>,
    /// The rows.
    pub rows: Vec<Vec<Expr>>,
    /// Whether values are written into the text.
    pub literal: bool,
    /// Common table expressions that are written here.
    pub ctes: Vec<WithCte>,
}

/// SQL in the user's own words that yields rows with these columns. Mirrors SQLAlchemy's `TextualSelect`.
#[derive(Clone, Debug, PartialEq)]
pub struct TextQuery {
    /// The words.
    pub text: Template,
    /// The columns' names.
    pub columns: Vec<Name>,
    /// Common table expressions that are written in front.
    pub ctes: Vec<WithCte>,
}
