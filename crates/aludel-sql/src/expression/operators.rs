//! Operators on columns and expressions.

use std::ops;

use super::{Column, Expr, IntoExpr, Labelled};
use crate::ast::{self, Affix, BinaryOperator, Direction, InList};
use crate::name::Name;
use crate::statement::Select;
use crate::types::{Field, SqlType, Type};

type Plain<E> = <<E as Expression>::Type as Field>::Plain;

/// Everything that yields a typed value: columns, and expressions made of them.
///
/// Mirrors SQLAlchemy's `ColumnOperators`. The right side of an operator is a value of the same plain type, an
/// `Option` of one, or another expression; `eq(None)` is `IS NULL`.
pub trait Expression: Sized {
    /// What the expression yields.
    type Type: Field;

    /// The tree.
    fn into_ast(self) -> ast::Expr;

    /// The same as an [`Expr`].
    fn expr(self) -> Expr<Self::Type> {
        Expr::from_ast(self.into_ast())
    }

    /// `=`; with `None`, `IS NULL`.
    fn eq(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        comparison(BinaryOperator::Equal, self.into_ast(), other.into_expr().into_ast())
    }

    /// `!=`; with `None`, `IS NOT NULL`.
    fn ne(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        comparison(BinaryOperator::NotEqual, self.into_ast(), other.into_expr().into_ast())
    }

    /// `<`
    fn lt(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        comparison(BinaryOperator::Less, self.into_ast(), other.into_expr().into_ast())
    }

    /// `<=`
    fn le(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        comparison(BinaryOperator::LessOrEqual, self.into_ast(), other.into_expr().into_ast())
    }

    /// `>`
    fn gt(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        comparison(BinaryOperator::Greater, self.into_ast(), other.into_expr().into_ast())
    }

    /// `>=`
    fn ge(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        comparison(BinaryOperator::GreaterOrEqual, self.into_ast(), other.into_expr().into_ast())
    }

    /// Different, with `NULL` equal to `NULL`.
    fn is_distinct_from(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        binary(BinaryOperator::IsDistinctFrom, self.into_ast(), other.into_expr().into_ast())
    }

    /// Equal, with `NULL` equal to `NULL`.
    fn is_not_distinct_from(self, other: impl IntoExpr<Option<Plain<Self>>>) -> Expr<bool> {
        binary(BinaryOperator::IsNotDistinctFrom, self.into_ast(), other.into_expr().into_ast())
    }

    /// `IS NULL`
    fn is_null(self) -> Expr<bool> {
        Expr::from_ast(ast::Expr::IsNull { operand: Box::new(self.into_ast()), negated: false })
    }

    /// `IS NOT NULL`
    fn is_not_null(self) -> Expr<bool> {
        Expr::from_ast(ast::Expr::IsNull { operand: Box::new(self.into_ast()), negated: true })
    }

    /// `IN` a list; never true for an empty one.
    fn is_in<V: IntoExpr<Option<Plain<Self>>>>(self, values: impl IntoIterator<Item = V>) -> Expr<bool> {
        in_list(
            self.into_ast(),
            values.into_iter().map(|value| value.into_expr().into_ast()).collect(),
            false,
        )
    }

    /// `NOT IN` a list; true for an empty one.
    fn not_in<V: IntoExpr<Option<Plain<Self>>>>(self, values: impl IntoIterator<Item = V>) -> Expr<bool> {
        in_list(self.into_ast(), values.into_iter().map(|value| value.into_expr().into_ast()).collect(), true)
    }

    /// `IN` the rows of a query.
    fn in_select<T: Field<Plain = Plain<Self>>>(self, select: Select<T>) -> Expr<bool> {
        let list = InList::Select(select.into_ast().into());
        Expr::from_ast(ast::Expr::In { operand: Box::new(self.into_ast()), list, negated: false })
    }

    /// `BETWEEN`, both bounds included.
    fn between(
        self,
        low: impl IntoExpr<Option<Plain<Self>>>,
        high: impl IntoExpr<Option<Plain<Self>>>,
    ) -> Expr<bool> {
        Expr::from_ast(ast::Expr::Between {
            operand: Box::new(self.into_ast()),
            low: Box::new(low.into_expr().into_ast()),
            high: Box::new(high.into_expr().into_ast()),
            symmetric: false,
            negated: false,
        })
    }

    /// `LIKE`, with `%` and `_` in the pattern.
    fn like(self, pattern: impl IntoExpr<String>) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        like(self.into_ast(), pattern.into_expr().into_ast(), None, false)
    }

    /// `LIKE` without regard to case.
    fn ilike(self, pattern: impl IntoExpr<String>) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        like(self.into_ast(), pattern.into_expr().into_ast(), None, true)
    }

    /// Holds `text` somewhere; `%` and `_` in it are meant literally.
    fn contains(self, text: &str) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        escaped_like(self.into_ast(), "%", text, "%")
    }

    /// Begins with `text`; `%` and `_` in it are meant literally.
    fn starts_with(self, text: &str) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        escaped_like(self.into_ast(), "", text, "%")
    }

    /// Ends with `text`; `%` and `_` in it are meant literally.
    fn ends_with(self, text: &str) -> Expr<bool>
    where
        Self::Type: Field<Plain = String>,
    {
        escaped_like(self.into_ast(), "%", text, "")
    }

    /// `||`
    fn concat(self, other: impl IntoExpr<Option<String>>) -> Expr<Self::Type>
    where
        Self::Type: Field<Plain = String>,
    {
        binary(BinaryOperator::Concat, self.into_ast(), other.into_expr().into_ast())
    }

    /// `CAST(… AS …)`
    fn cast<T: SqlType>(self) -> Expr<Option<T>> {
        self.cast_to(T::sql_type())
    }

    /// `CAST(… AS …)` to a type with its own length or precision.
    fn cast_to<T: SqlType>(self, ty: Type) -> Expr<Option<T>> {
        Expr::from_ast(ast::Expr::Cast(Box::new(self.into_ast()), ty))
    }

    /// The same value, which may be `NULL`: for columns of the outer side of an outer join.
    fn maybe(self) -> Expr<Option<Plain<Self>>> {
        Expr::from_ast(self.into_ast())
    }

    /// Names the value in the result.
    fn label(self, name: impl Into<Name>) -> Labelled<Self::Type> {
        Labelled::new(self.expr(), name.into())
    }

    /// Ascending order.
    fn asc(self) -> Order {
        Order(ast::OrderBy { expr: self.into_ast(), direction: Direction::Ascending, nulls_first: None })
    }

    /// Descending order.
    fn desc(self) -> Order {
        Order(ast::OrderBy { expr: self.into_ast(), direction: Direction::Descending, nulls_first: None })
    }
}

/// One element of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order(pub(crate) ast::OrderBy);

impl Order {
    /// `NULL` before everything else.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.0.nulls_first = Some(true);
        self
    }

    /// `NULL` behind everything else.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.0.nulls_first = Some(false);
        self
    }

    /// The tree.
    pub fn into_ast(self) -> ast::OrderBy {
        self.0
    }
}

fn binary<T>(operator: BinaryOperator, left: ast::Expr, right: ast::Expr) -> Expr<T> {
    Expr::from_ast(ast::Expr::Binary(operator, Box::new(left), Box::new(right)))
}

fn comparison(operator: BinaryOperator, left: ast::Expr, right: ast::Expr) -> Expr<bool> {
    let null = matches!(&right, ast::Expr::Bind(value) | ast::Expr::Literal(value) if value.is_null());
    match operator {
        BinaryOperator::Equal | BinaryOperator::NotEqual if null => Expr::from_ast(ast::Expr::IsNull {
            operand: Box::new(left),
            negated: operator == BinaryOperator::NotEqual,
        }),
        _ => binary(operator, left, right),
    }
}

fn in_list(operand: ast::Expr, values: Vec<ast::Expr>, negated: bool) -> Expr<bool> {
    Expr::from_ast(ast::Expr::In { operand: Box::new(operand), list: InList::Values(values), negated })
}

fn like(operand: ast::Expr, pattern: ast::Expr, escape: Option<char>, insensitive: bool) -> Expr<bool> {
    Expr::from_ast(ast::Expr::Like {
        operand: Box::new(operand),
        pattern: Box::new(pattern),
        affix: Affix::None,
        escape: escape.into(),
        insensitive,
        negated: false,
    })
}

fn escaped_like(operand: ast::Expr, before: &str, text: &str, behind: &str) -> Expr<bool> {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push_str(before);
    for character in text.chars() {
        if matches!(character, '%' | '_' | '/') {
            pattern.push('/');
        }
        pattern.push(character);
    }
    pattern.push_str(behind);
    like(operand, ast::Expr::Bind(crate::Value::Text(pattern)), Some('/'), false)
}

impl Expr<bool> {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Expr<bool>) -> Expr<bool> {
        let mut conditions = match self.into_ast() {
            ast::Expr::All(conditions) => conditions,
            single => vec![single],
        };
        match other.into_ast() {
            ast::Expr::All(more) => conditions.extend(more),
            single => conditions.push(single),
        }
        Expr::from_ast(ast::Expr::All(conditions))
    }

    /// One of the two holds, or both.
    #[must_use]
    pub fn or(self, other: Expr<bool>) -> Expr<bool> {
        let mut conditions = match self.into_ast() {
            ast::Expr::Any(conditions) => conditions,
            single => vec![single],
        };
        match other.into_ast() {
            ast::Expr::Any(more) => conditions.extend(more),
            single => conditions.push(single),
        }
        Expr::from_ast(ast::Expr::Any(conditions))
    }
}

impl ops::BitAnd for Expr<bool> {
    type Output = Expr<bool>;

    fn bitand(self, other: Expr<bool>) -> Expr<bool> {
        self.and(other)
    }
}

impl ops::BitOr for Expr<bool> {
    type Output = Expr<bool>;

    fn bitor(self, other: Expr<bool>) -> Expr<bool> {
        self.or(other)
    }
}

/// Negation goes into the operators that have a negated form, as [`ast::Expr::negate`] has it.
impl ops::Not for Expr<bool> {
    type Output = Expr<bool>;

    fn not(self) -> Expr<bool> {
        Expr::from_ast(self.into_ast().negate())
    }
}

macro_rules! arithmetic {
    ($($trait:ident, $method:ident, $operator:ident);+ $(;)?) => {$(
        impl<T: Field, R: IntoExpr<Option<T::Plain>>> ops::$trait<R> for Column<T> {
            type Output = Expr<T>;

            fn $method(self, other: R) -> Expr<T> {
                binary(BinaryOperator::$operator, Expression::into_ast(self), other.into_expr().into_ast())
            }
        }

        impl<T: Field, R: IntoExpr<Option<T::Plain>>> ops::$trait<R> for Expr<T> {
            type Output = Expr<T>;

            fn $method(self, other: R) -> Expr<T> {
                binary(BinaryOperator::$operator, self.into_ast(), other.into_expr().into_ast())
            }
        }
    )+};
}

arithmetic! {
    Add, add, Add;
    Sub, sub, Subtract;
    Mul, mul, Multiply;
    Rem, rem, Modulo;
}

/// As in Rust: dividing integers drops the fraction, on every database.
fn quotient<T: Field>(left: ast::Expr, right: ast::Expr) -> Expr<T> {
    let integers = T::Plain::sql_type().is_integer();
    let operator = if integers { BinaryOperator::IntegerDivide } else { BinaryOperator::Divide };
    binary(operator, left, right)
}

impl<T: Field, R: IntoExpr<Option<T::Plain>>> ops::Div<R> for Column<T> {
    type Output = Expr<T>;

    fn div(self, other: R) -> Expr<T> {
        quotient(Expression::into_ast(self), other.into_expr().into_ast())
    }
}

impl<T: Field, R: IntoExpr<Option<T::Plain>>> ops::Div<R> for Expr<T> {
    type Output = Expr<T>;

    fn div(self, other: R) -> Expr<T> {
        quotient(self.into_ast(), other.into_expr().into_ast())
    }
}

impl<T: Field> ops::Neg for Column<T> {
    type Output = Expr<T>;

    fn neg(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::Unary(ast::UnaryOperator::Negate, Box::new(Expression::into_ast(self))))
    }
}

impl<T: Field> ops::Neg for Expr<T> {
    type Output = Expr<T>;

    fn neg(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::Unary(ast::UnaryOperator::Negate, Box::new(self.into_ast())))
    }
}
