//! Functions of one row's values, and operators that few queries need, with their types.

use super::{Expr, Expression, IntoExpr, functions::call};
use crate::ast::{self, Affix, BinaryOperator, Regexp};
use crate::name::Name;
use crate::statement::IntoQuery;
use crate::types::{Field, SqlType, Type};
use crate::value::Value;

type Plain<E> = <<E as Expression>::Type as Field>::Plain;

/// Operators beyond those of [`Expression`], for whatever is one.
pub trait Operators: Expression {
    /// `&`
    fn bit_and(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<Self::Type> {
        binary(BinaryOperator::BitAnd, self, other.into_expr())
    }

    /// `|`
    fn bit_or(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<Self::Type> {
        binary(BinaryOperator::BitOr, self, other.into_expr())
    }

    /// Exclusive or.
    fn bit_xor(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<Self::Type> {
        binary(BinaryOperator::BitXor, self, other.into_expr())
    }

    /// `~`
    fn bit_not(self) -> Expr<Self::Type> {
        Expr::from_ast(ast::Expr::Unary(ast::UnaryOperator::BitNot, Box::new(self.into_ast())))
    }

    /// `<<`
    fn shift_left(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<Self::Type> {
        binary(BinaryOperator::ShiftLeft, self, other.into_expr())
    }

    /// `>>`
    fn shift_right(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<Self::Type> {
        binary(BinaryOperator::ShiftRight, self, other.into_expr())
    }

    /// A quotient with its fraction, also of two integers. Mirrors SQLAlchemy's `/`.
    fn true_divide(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<Option<f64>> {
        binary(BinaryOperator::TrueDivide, self, other.into_expr())
    }

    /// A quotient without its fraction, rounded as the database rounds it. Mirrors SQLAlchemy's `//`.
    fn floor_divide(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<Self::Type> {
        let operator = match Plain::<Self>::sql_type().is_integer() {
            true => BinaryOperator::FloorDivide,
            false => BinaryOperator::FloorDivideReal,
        };
        binary(operator, self, other.into_expr())
    }

    /// `BETWEEN SYMMETRIC`: the bounds may come in either order (PostgreSQL).
    fn between_symmetric(
        self,
        low: impl IntoExpr<Option<Plain<Self>>>,
        high: impl IntoExpr<Option<Plain<Self>>>,
    ) -> Expr<bool> {
        Expr::from_ast(ast::Expr::Between {
            operand: Box::new(self.into_ast()),
            low: Box::new(low.into_expr().into_ast()),
            high: Box::new(high.into_expr().into_ast()),
            symmetric: true,
            negated: false,
        })
    }

    /// `IN` the rows of any query: a compound, a text, values.
    fn in_query<Q: IntoQuery<Row: Field<Plain = Plain<Self>>>>(self, query: Q) -> Expr<bool> {
        let list = ast::InList::Select(query.into_query());
        Expr::from_ast(ast::Expr::In { operand: Box::new(self.into_ast()), list, negated: false })
    }

    /// `COLLATE`
    fn collate(self, collation: impl Into<Name>) -> Expr<Self::Type> {
        Expr::from_ast(ast::Expr::Collate {
            operand: Box::new(self.into_ast()),
            collation: collation.into(),
            schema: None,
        })
    }

    /// Whether a regular expression matches, in the database's own syntax of them.
    fn regexp_match(self, pattern: impl IntoExpr<String>) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        regexp(self.into_ast(), pattern.into_expr().into_ast(), None)
    }

    /// What a regular expression matches, replaced.
    fn regexp_replace(
        self,
        pattern: impl IntoExpr<String>,
        replacement: impl IntoExpr<String>,
    ) -> Expr<Self::Type>
    where
        Self::Type: Field<Plain = String>,
    {
        let replacement = replacement.into_expr().into_ast();
        regexp(self.into_ast(), pattern.into_expr().into_ast(), Some(replacement))
    }

    /// Holds the value of another expression somewhere; `%` and `_` in it are wildcards.
    fn contains_expr(self, other: impl IntoExpr<Option<String>>) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        affixed(self.into_ast(), other.into_expr().into_ast(), Affix::Contains)
    }

    /// Begins with the value of another expression; `%` and `_` in it are wildcards.
    fn starts_with_expr(self, other: impl IntoExpr<Option<String>>) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        affixed(self.into_ast(), other.into_expr().into_ast(), Affix::StartsWith)
    }

    /// Ends with the value of another expression; `%` and `_` in it are wildcards.
    fn ends_with_expr(self, other: impl IntoExpr<Option<String>>) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        affixed(self.into_ast(), other.into_expr().into_ast(), Affix::EndsWith)
    }

    /// A full-text search, as the database has it.
    fn match_text(self, query: impl IntoExpr<String>) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        Expr::from_ast(ast::Expr::Match(Box::new(ast::Match {
            columns: vec![self.into_ast()],
            against: query.into_expr().into_ast(),
            boolean_mode: true,
            natural_language: false,
            query_expansion: false,
            configuration: None,
            negated: false,
        })))
    }

    /// `EXTRACT(field FROM x)`: `year`, `month`, `day`, `hour`, … of a date or time.
    fn extract(self, field: impl Into<Name>) -> Expr<Option<i64>> {
        Expr::from_ast(ast::Expr::Extract(field.into(), Box::new(self.into_ast())))
    }

    /// A cast that yields `NULL` where it fails (SQL Server).
    fn try_cast<T: SqlType>(self) -> Expr<Option<T>> {
        Expr::from_ast(ast::Expr::TryCast(Box::new(self.into_ast()), T::sql_type()))
    }

    /// The same value, taken to be of a type; nothing is written. Mirrors SQLAlchemy's `type_coerce`.
    fn type_coerce<T: Field>(self, ty: Type) -> Expr<T> {
        Expr::from_ast(ast::Expr::Typed(Box::new(self.into_ast()), ty))
    }
}

impl<E: Expression> Operators for E {}

fn binary<T, R>(operator: BinaryOperator, left: impl Expression, right: Expr<R>) -> Expr<T> {
    Expr::from_ast(ast::Expr::binary(operator, left.into_ast(), right.into_ast()))
}

fn regexp<T>(operand: ast::Expr, pattern: ast::Expr, replacement: Option<ast::Expr>) -> Expr<T> {
    Expr::from_ast(ast::Expr::Regexp(Box::new(Regexp {
        operand,
        pattern,
        replacement,
        flags: None,
        negated: false,
    })))
}

fn affixed(operand: ast::Expr, pattern: ast::Expr, affix: Affix) -> Expr<bool> {
    Expr::from_ast(ast::Expr::Like {
        operand: Box::new(operand),
        pattern: Box::new(pattern),
        affix,
        escape: ast::Escape::Unstated,
        insensitive: false,
        negated: false,
    })
}

/// `char_length(x)`: the number of characters.
pub fn char_length<E: Expression<Type: Field<Plain = String>>>(of: E) -> Expr<Option<i64>> {
    call("char_length", vec![of.into_ast()])
}

/// `trim(x)`: without spaces at either end.
pub fn trim<E: Expression<Type: Field<Plain = String>>>(of: E) -> Expr<E::Type> {
    call("trim", vec![of.into_ast()])
}

/// `substr(x, from, length)`: a part of a text, from its `from`-th character, counted from 1.
pub fn substr<E: Expression<Type: Field<Plain = String>>>(of: E, from: i32, length: u32) -> Expr<E::Type> {
    let (from, length) = (Value::I64(from.into()), Value::I64(length.into()));
    call("substr", vec![of.into_ast(), ast::Expr::Bind(from), ast::Expr::Bind(length)])
}

/// `replace(x, from, to)`: every occurrence of a text replaced.
pub fn replace<E: Expression<Type: Field<Plain = String>>>(
    of: E,
    from: impl IntoExpr<String>,
    to: impl IntoExpr<String>,
) -> Expr<E::Type> {
    call("replace", vec![of.into_ast(), from.into_expr().into_ast(), to.into_expr().into_ast()])
}

/// `abs(x)`
pub fn abs<E: Expression>(of: E) -> Expr<E::Type> {
    call("abs", vec![of.into_ast()])
}

/// `round(x)`
pub fn round<E: Expression>(of: E) -> Expr<E::Type> {
    call("round", vec![of.into_ast()])
}

/// `nullif(x, y)`: `x`, or `NULL` where it equals `y`.
pub fn nullif<E: Expression>(of: E, other: impl IntoExpr<Option<Plain<E>>>) -> Expr<Option<Plain<E>>> {
    call("nullif", vec![of.into_ast(), other.into_expr().into_ast()])
}

/// A group's texts in one, with a separator between: `string_agg`, `group_concat`, `LISTAGG`, as the database spells
/// it. Mirrors SQLAlchemy's `aggregate_strings`.
pub fn aggregate_strings<E: Expression<Type: Field<Plain = String>>>(
    of: E,
    separator: &str,
) -> Expr<Option<String>> {
    call("aggregate_strings", vec![of.into_ast(), ast::Expr::Literal(Value::Text(separator.to_owned()))])
}

/// `GROUP BY ROLLUP (…)`: the groups, and their totals from right to left.
pub fn rollup(exprs: impl super::IntoExprs) -> Expr<Option<i64>> {
    grouping("ROLLUP", exprs)
}

/// `GROUP BY CUBE (…)`: the groups, and their totals in every combination.
pub fn cube(exprs: impl super::IntoExprs) -> Expr<Option<i64>> {
    grouping("CUBE", exprs)
}

/// `GROUP BY GROUPING SETS (…)`: each of these [`tuple`](super::tuple)s is a grouping of its own.
pub fn grouping_sets(sets: impl IntoIterator<Item = super::Tuple>) -> Expr<Option<i64>> {
    let mut parts = vec![ast::TemplatePart::Sql("GROUPING SETS (".into())];
    for (index, set) in sets.into_iter().enumerate() {
        if index > 0 {
            parts.push(ast::TemplatePart::Sql(", ".into()));
        }
        parts.push(ast::TemplatePart::Expr(set.into_ast()));
    }
    parts.push(ast::TemplatePart::Sql(")".into()));
    Expr::from_ast(ast::Expr::Template(Box::new(ast::Template { parts })))
}

fn grouping(word: &'static str, exprs: impl super::IntoExprs) -> Expr<Option<i64>> {
    let mut arguments = Vec::new();
    exprs.exprs(&mut arguments);
    call(word, arguments)
}
