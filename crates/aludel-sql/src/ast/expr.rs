//! Expressions.

use super::Select;
use crate::name::Name;
use crate::schema;
use crate::types::Type;
use crate::value::Value;

/// Which occurrence of a table is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Alias {
    /// The table under its own name.
    None,
    /// Another occurrence, told apart by a number; the compiler names it (`users_1`).
    Anonymous(u32),
    /// Another occurrence under a name that the user chose.
    Named(Name),
}

/// One occurrence of a table in a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The schema; `None` is the connection's default schema.
    pub schema: Option<Name>,
    /// The table's name.
    pub name: Name,
    /// Which occurrence.
    pub alias: Alias,
}

impl TableRef {
    /// The table under its own name.
    pub fn new(name: &schema::TableName) -> Self {
        TableRef {
            schema: name.schema.clone().map(Name::Owned),
            name: Name::Owned(name.name.clone()),
            alias: Alias::None,
        }
    }

    /// The same for a table that lives as long as the program: nothing is copied.
    pub fn from_static(name: &'static schema::TableName, alias: Alias) -> Self {
        TableRef {
            schema: name.schema.as_deref().map(Name::Borrowed),
            name: Name::Borrowed(&name.name),
            alias,
        }
    }
}

/// A column of one occurrence of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// The table; `None` names a column of whatever is in scope (a label, say).
    pub table: Option<TableRef>,
    /// The column's name.
    pub name: Name,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum UnaryOperator {
    /// `NOT x`
    Not,
    /// `-x`
    Negate,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BinaryOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// Equal, with `NULL` equal to `NULL`.
    IsNotDistinctFrom,
    /// Different, with `NULL` equal to `NULL`.
    IsDistinctFrom,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `||`
    Concat,
}

/// The right side of `IN`.
#[derive(Clone, Debug, PartialEq)]
pub enum InList {
    /// Values; an empty list is never true.
    Values(Vec<Expr>),
    /// The rows of a query.
    Select(Box<Select>),
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The name.
    pub name: Name,
    /// The arguments.
    pub arguments: Vec<Expr>,
    /// Whether an aggregate looks at distinct values only.
    pub distinct: bool,
}

/// `CASE WHEN … THEN … ELSE … END`.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Conditions with their results.
    pub whens: Vec<(Expr, Expr)>,
    /// The result where no condition holds.
    pub otherwise: Option<Expr>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A column.
    Column(ColumnRef),
    /// A value that is sent beside the text.
    Bind(Value),
    /// The n-th value of a row of parameters that is given when the statement runs (many times).
    Parameter(usize),
    /// A value that is written into the text.
    Literal(Value),
    /// SQL in the user's own words.
    Text(Name),
    /// `*`, as in `count(*)`.
    Star,
    /// The point in time at which the transaction began, as the database tells it.
    Now,
    /// The proposed value of a column, inside `ON CONFLICT DO UPDATE`.
    Excluded(Name),
    /// One operand.
    Unary(UnaryOperator, Box<Expr>),
    /// Two operands.
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// Every one of these holds; none is true.
    All(Vec<Expr>),
    /// One of these holds; none is false.
    Any(Vec<Expr>),
    /// `IN`.
    In {
        /// What is looked for.
        operand: Box<Expr>,
        /// Where.
        list: InList,
        /// `NOT IN`.
        negated: bool,
    },
    /// `BETWEEN`.
    Between {
        /// What is tested.
        operand: Box<Expr>,
        /// The lower bound, included.
        low: Box<Expr>,
        /// The upper bound, included.
        high: Box<Expr>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `LIKE`.
    Like {
        /// What is tested.
        operand: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// The character that takes `%` and `_` literally.
        escape: Option<char>,
        /// Whether case is ignored.
        insensitive: bool,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// `IS NULL`.
    IsNull {
        /// What is tested.
        operand: Box<Expr>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// A function.
    Function(Function),
    /// `CASE`.
    Case(Box<Case>),
    /// `CAST`.
    Cast(Box<Expr>, Type),
    /// A query used as a value.
    Select(Box<Select>),
    /// `EXISTS`.
    Exists {
        /// The query.
        select: Box<Select>,
        /// `NOT EXISTS`.
        negated: bool,
    },
    /// Several values taken as one.
    Tuple(Vec<Expr>),
    /// Something that could not be turned into SQL; compiling it is an error with this message.
    Invalid(String),
}
