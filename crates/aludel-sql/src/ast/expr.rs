//! Expressions.

use std::sync::Arc;

use super::*;
use crate::name::Name;
use crate::types::Type;
use crate::value::Value;

/// The right side of `IN`.
#[derive(Clone, Debug, PartialEq)]
pub enum InList {
    /// Values; an empty list is never true.
    Values(Vec<Expr>),
    /// The rows of a query.
    Select(Query),
    /// An expression that stands for a list: a user's own construct, an array, a text in parentheses.
    Expr(Box<Expr>),
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
    /// Names in front: `package.function`.
    pub package: Vec<Name>,
    /// Whether this is a function that every database has in some spelling, so that a dialect may write its own.
    pub generic: bool,
    /// The type of its result, where that is known.
    pub ty: Option<Type>,
}

impl Function {
    /// A call by name.
    pub fn new(name: impl Into<Name>, arguments: Vec<Expr>) -> Self {
        Function {
            name: name.into(),
            arguments,
            distinct: false,
            package: Vec::new(),
            generic: false,
            ty: None,
        }
    }
}

/// `CASE WHEN … THEN … ELSE … END`.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What is compared with each condition, where it is the short form.
    pub operand: Option<Expr>,
    /// Conditions with their results.
    pub whens: Vec<(Expr, Expr)>,
    /// The result where no condition holds.
    pub otherwise: Option<Expr>,
}

/// A parameter with a name, a type or particular ways. Plain values need none of it: they are [`Expr::Bind`].
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name, which databases with named parameters see.
    pub name: Label,
    /// Its value; `None` where it has to be handed in later.
    pub value: Option<Value>,
    /// Its type, where that is known.
    pub ty: Option<Type>,
    /// Whether the value is always written into the text.
    pub literal: bool,
}

/// A value under a name, for itself and for the order and grouping of the same query. Mirrors SQLAlchemy's `Label`.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// What tells it apart; equal ids are the same label.
    pub id: u32,
    /// The name.
    pub name: Label,
    /// The value.
    pub expr: Expr,
}

/// Two of them are the same where their ids are.
impl PartialEq for Labelled {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// A regular expression's match or replacement.
#[derive(Clone, Debug, PartialEq)]
pub struct Regexp {
    /// What is looked at.
    pub operand: Expr,
    /// The pattern.
    pub pattern: Expr,
    /// What takes the place of a match; `None` asks whether there is one.
    pub replacement: Option<Expr>,
    /// Flags such as `i`.
    pub flags: Option<Name>,
    /// Whether no match is asked for.
    pub negated: bool,
}

/// A full-text search. Mirrors SQLAlchemy's `match` operator and its MySQL `match` construct.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// What is searched.
    pub columns: Vec<Expr>,
    /// What is looked for.
    pub against: Expr,
    /// MySQL: `IN BOOLEAN MODE`.
    pub boolean_mode: bool,
    /// MySQL: `IN NATURAL LANGUAGE MODE`.
    pub natural_language: bool,
    /// MySQL: `WITH QUERY EXPANSION`.
    pub query_expansion: bool,
    /// PostgreSQL: the configuration by whose rules words are compared.
    pub configuration: Option<Name>,
    /// Whether nothing must be found.
    pub negated: bool,
}

/// The part of an array that `x[2:4]` names.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The first element.
    pub start: Option<Expr>,
    /// The last element, included.
    pub stop: Option<Expr>,
    /// The step.
    pub step: Option<Expr>,
}

/// What stands between the brackets of `x[…]`.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it stands behind a box")]
pub enum Subscript {
    /// One element.
    Element(Expr),
    /// Several of them.
    Slice(Slice),
}

/// An element of a JSON document.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonAccess {
    /// The document.
    pub operand: Expr,
    /// The key, index or path.
    pub key: Expr,
    /// Whether the key is a path.
    pub path: bool,
    /// Whether the key is a number.
    pub integer_key: bool,
    /// Whether the document is a PostgreSQL `jsonb`.
    pub binary: bool,
    /// What the element is read as; `None` is a document.
    pub result: Option<Type>,
}

impl JsonAccess {
    /// What the element is read as, where that is anything else than a document.
    pub fn read_as(&self) -> Option<&Type> {
        self.result.as_ref().filter(|ty| !matches!(ty, Type::Json))
    }
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A column.
    Column(ColumnRef),
    /// The n-th column, from 0, of a source that the statement defines: for columns whose names are made up.
    Position(Arc<Derived>, usize),
    /// A value that is sent beside the text.
    Bind(Value),
    /// The same with a name or a type.
    Param(Box<Param>),
    /// The n-th value of a row of parameters that is given when the statement runs (many times).
    Parameter(usize),
    /// A value that is written into the text.
    Literal(Value),
    /// SQL in the user's own words.
    Text(Name),
    /// The same with parameters in it.
    Template(Box<Template>),
    /// SQL in the user's own words that stands for a column: it binds as tightly as one, and its text is its name.
    LiteralColumn(Name),
    /// A label of the same query, or else a column of what it reads, by its name: for orders and groupings. Mirrors a
    /// string that SQLAlchemy's `order_by` takes.
    Named(Name),
    /// `*`, as in `count(*)`.
    Star,
    /// The point in time at which the transaction began, as the database tells it.
    Now,
    /// The proposed value of a column, inside `ON CONFLICT DO UPDATE`.
    Excluded(Name),
    /// Whatever the same statement gives another column of its row.
    Assigned(Name),
    /// One operand.
    Unary(UnaryOperator, Box<Expr>),
    /// Two operands.
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// An operator of the user's own.
    Operation(Box<CustomOperation>),
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
        /// Whether the bounds may come in either order.
        symmetric: bool,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `LIKE`.
    Like {
        /// What is tested.
        operand: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// What the database puts around the pattern.
        affix: Affix,
        /// The character that takes `%` and `_` literally.
        escape: Escape,
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
    /// A truth value used as a condition: written as a comparison where a database has no truth values.
    Truth {
        /// The value.
        operand: Box<Expr>,
        /// Whether it has to be false.
        negated: bool,
    },
    /// A regular expression.
    Regexp(Box<Regexp>),
    /// A full-text search.
    Match(Box<Match>),
    /// `COLLATE`
    Collate {
        /// What is compared by it.
        operand: Box<Expr>,
        /// The collation.
        collation: Name,
        /// Its schema.
        schema: Option<Name>,
    },
    /// `EXTRACT(field FROM x)`
    Extract(Name, Box<Expr>),
    /// A function.
    Function(Function),
    /// An aggregate or window function with the clauses behind its call.
    Aggregate(Box<Aggregate>),
    /// A column of a function's result: `(f(x)).name`.
    FunctionColumn(Box<Expr>, Name),
    /// A source as a value: the whole row of a table, a function or a query.
    Row(Source),
    /// `CASE`.
    Case(Box<Case>),
    /// `CAST`.
    Cast(Box<Expr>, Type),
    /// A cast that yields `NULL` where it fails.
    TryCast(Box<Expr>, Type),
    /// The same value, known to be of a type; nothing is written. Mirrors SQLAlchemy's `type_coerce`.
    Typed(Box<Expr>, Type),
    /// An element or part of an array.
    Subscript(Box<Expr>, Box<Subscript>),
    /// An element of a JSON document.
    Json(Box<JsonAccess>),
    /// `ARRAY[…]`, with the type of the elements where it is known.
    Array(Vec<Expr>, Option<Type>),
    /// A query used as a value.
    Select(Query),
    /// `EXISTS`.
    Exists {
        /// The query.
        select: Query,
        /// `NOT EXISTS`.
        negated: bool,
    },
    /// Several values taken as one.
    Tuple(Vec<Expr>),
    /// Several values behind each other, without parentheses.
    List(Vec<Expr>, Separator),
    /// An element of an order, where one stands inside of an expression.
    Ordered(Box<OrderBy>),
    /// A value under a name.
    Labelled(Arc<Labelled>),
    /// Parentheses that precedence does not ask for.
    Group(Box<Expr>),
    /// The next number of a sequence.
    NextValue {
        /// The sequence's schema.
        schema: Option<Name>,
        /// The sequence.
        name: Name,
    },
    /// A construct of the user's own.
    Custom(CustomExpr),
    /// Something that could not be turned into SQL; compiling it is an error with this message.
    Invalid(String),
}

/// What stands between the values of [`Expr::List`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Separator {
    /// `, `
    Comma,
    /// A space.
    Space,
}

impl Expr {
    /// A column of a source.
    pub fn column(source: impl Into<Source>, name: impl Into<Name>) -> Self {
        Expr::Column(ColumnRef::new(source, name))
    }

    /// Two operands.
    pub fn binary(operator: BinaryOperator, left: Expr, right: Expr) -> Self {
        Expr::Binary(operator, Box::new(left), Box::new(right))
    }
}
