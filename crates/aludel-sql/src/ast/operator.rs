//! Operators.

use super::Expr;
use crate::name::Name;

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum UnaryOperator {
    /// `NOT x`
    Not,
    /// `-x`
    Negate,
    /// `~x`
    BitNot,
    /// `DISTINCT x`, inside a call
    Distinct,
    /// `ANY (x)`
    AnyOf,
    /// `ALL (x)`
    AllOf,
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
    /// `IS`
    Is,
    /// `IS NOT`
    IsNot,
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
    /// `/`, whatever the database makes of it.
    Divide,
    /// A quotient of integers without its fraction, rounded towards zero: Rust's `/`.
    IntegerDivide,
    /// A quotient with its fraction, also of two integers. Mirrors SQLAlchemy's `/`.
    TrueDivide,
    /// A quotient of integers without its fraction, rounded down. Mirrors SQLAlchemy's `//` of integers.
    FloorDivide,
    /// The same of other numbers.
    FloorDivideReal,
    /// `%`
    Modulo,
    /// `||`
    Concat,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// Exclusive or.
    BitXor,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
}

/// An operator that this crate has no name for. Mirrors SQLAlchemy's `custom_op`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomOperator {
    /// The sign or word.
    pub text: Name,
    /// How tightly it binds, on SQLAlchemy's scale: 0 is looser than any comparison's operand, 5 a comparison, 7 a
    /// sum, 8 a product, 15 an index.
    pub precedence: i16,
    /// Whether it yields a truth value.
    pub comparison: bool,
    /// Whether an operand that binds equally tightly gets parentheses.
    pub eager_grouping: bool,
    /// Whether a chain of it needs no parentheses.
    pub associative: bool,
    /// A name by which a dialect may know it and write it its own way (see
    /// [`Dialect::custom_operator`](crate::Dialect::custom_operator)).
    pub key: Option<Name>,
}

impl CustomOperator {
    /// An operator by its sign, on the level of comparisons' operands.
    pub fn new(text: impl Into<Name>) -> Self {
        CustomOperator {
            text: text.into(),
            precedence: 0,
            comparison: false,
            eager_grouping: false,
            associative: false,
            key: None,
        }
    }
}

/// An operator of the user's own with its operands: both for an infix one, one for a prefix or postfix one.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomOperation {
    /// The operator.
    pub operator: CustomOperator,
    /// In front of it.
    pub left: Option<Expr>,
    /// Behind it.
    pub right: Option<Expr>,
}

/// What is put around the pattern of `LIKE` by the database, where it is no plain value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Affix {
    /// Nothing: the pattern is the whole pattern.
    #[default]
    None,
    /// Anything in front and behind.
    Contains,
    /// Anything behind.
    StartsWith,
    /// Anything in front.
    EndsWith,
}

/// What takes `%` and `_` literally in the pattern of `LIKE`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Escape {
    /// What the database says where nothing is stated.
    #[default]
    Unstated,
    /// Nothing does: `ESCAPE ''`, where a database has that.
    Nothing,
    /// This character.
    Character(char),
}

impl From<Option<char>> for Escape {
    fn from(character: Option<char>) -> Self {
        character.map_or(Escape::Unstated, Escape::Character)
    }
}
