//! SQL functions with their types, and the constructs that begin an expression.

use super::{Expr, Expression, IntoExpr};
use crate::ast::{self, Case};
use crate::name::Name;
use crate::schema::ServerDefault;
use crate::statement::Select;
use crate::types::{Field, SqlType};
use crate::value::Value;

type Plain<E> = <<E as Expression>::Type as Field>::Plain;

pub(super) fn call<T>(name: &'static str, arguments: Vec<ast::Expr>) -> Expr<T> {
    let function = ast::Function { generic: true, ..ast::Function::new(name, arguments) };
    Expr::from_ast(ast::Expr::Function(function))
}

/// A function by its name, for those that have no function here. The caller says what it yields.
///
/// ```
/// use aludel_sql::expression::{function, value, Expression};
///
/// let length = function::<Option<i64>>("length", [value::<String>("abc").into_ast()]);
/// ```
pub fn function<T: Field>(name: impl Into<Name>, arguments: impl IntoIterator<Item = ast::Expr>) -> Expr<T> {
    Expr::from_ast(ast::Expr::Function(ast::Function::new(name, arguments.into_iter().collect())))
}

/// `count(x)`: the rows in which `x` is not `NULL`. Never `NULL` itself.
pub fn count(of: impl Expression) -> Expr<i64> {
    call("count", vec![of.into_ast()])
}

/// `count(*)`: all rows.
pub fn count_all() -> Expr<i64> {
    call("count", vec![ast::Expr::Star])
}

impl Expr<i64> {
    /// Counts distinct values only; for [`count`].
    #[must_use]
    pub fn distinct(self) -> Expr<i64> {
        match self.into_ast() {
            ast::Expr::Function(function) => {
                Expr::from_ast(ast::Expr::Function(ast::Function { distinct: true, ..function }))
            }
            other => Expr::from_ast(other),
        }
    }
}

/// The type of a sum: wide enough for the sum of many values.
pub trait Summable: SqlType {
    /// What the sum yields.
    type Sum: SqlType;
}

macro_rules! summable {
    ($($rust:ty => $sum:ty),+ $(,)?) => {$(
        impl Summable for $rust {
            type Sum = $sum;
        }
    )+};
}

summable!(i8 => i64, i16 => i64, i32 => i64, i64 => i64, u8 => i64, u16 => i64, u32 => i64, f32 => f64, f64 => f64);

/// `sum(x)`; `NULL` where there are no values.
pub fn sum<E: Expression>(of: E) -> Expr<Option<<Plain<E> as Summable>::Sum>>
where
    Plain<E>: Summable,
{
    call("sum", vec![of.into_ast()])
}

/// `avg(x)`; `NULL` where there are no values.
pub fn avg<E: Expression>(of: E) -> Expr<Option<f64>>
where
    Plain<E>: Summable,
{
    call("avg", vec![of.into_ast()])
}

/// `min(x)`; `NULL` where there are no values.
pub fn min<E: Expression>(of: E) -> Expr<Option<Plain<E>>> {
    call("min", vec![of.into_ast()])
}

/// `max(x)`; `NULL` where there are no values.
pub fn max<E: Expression>(of: E) -> Expr<Option<Plain<E>>> {
    call("max", vec![of.into_ast()])
}

/// `lower(x)`
pub fn lower<E: Expression<Type: Field<Plain = String>>>(of: E) -> Expr<E::Type> {
    call("lower", vec![of.into_ast()])
}

/// `upper(x)`
pub fn upper<E: Expression<Type: Field<Plain = String>>>(of: E) -> Expr<E::Type> {
    call("upper", vec![of.into_ast()])
}

/// `coalesce(x, y)`: `x`, or `y` where `x` is `NULL`.
pub fn coalesce<E: Expression, T: Field<Plain = Plain<E>>>(first: E, otherwise: impl IntoExpr<T>) -> Expr<T> {
    call("coalesce", vec![first.into_ast(), otherwise.into_expr().into_ast()])
}

/// The point in time at which the transaction began, as the database tells it (`CURRENT_TIMESTAMP`).
///
/// It fits wherever a date or time is asked for, and as a server default.
pub fn now() -> Now {
    Now
}

/// What [`now`] gives.
#[derive(Clone, Copy, Debug)]
pub struct Now;

impl<T: SqlType> IntoExpr<T> for Now {
    fn into_expr(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::Now)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for Now {
    fn into_expr(self) -> Expr<Option<T>> {
        Expr::from_ast(ast::Expr::Now)
    }
}

impl From<Now> for ServerDefault {
    fn from(_: Now) -> Self {
        ServerDefault(ast::Expr::Now)
    }
}

/// A plain value as an expression: a bound parameter.
pub fn value<T: Field>(value: impl IntoExpr<T>) -> Expr<T> {
    value.into_expr()
}

/// SQL in the user's own words. Nothing in it is checked, quoted or bound.
pub fn text<T>(sql: impl Into<Name>) -> Expr<T> {
    Expr::from_ast(ast::Expr::Text(sql.into()))
}

/// `EXISTS (SELECT …)`
pub fn exists<R>(select: Select<R>) -> Expr<bool> {
    Expr::from_ast(ast::Expr::Exists { select: select.into_ast().into(), negated: false })
}

/// `NOT EXISTS (SELECT …)`
pub fn not_exists<R>(select: Select<R>) -> Expr<bool> {
    Expr::from_ast(ast::Expr::Exists { select: select.into_ast().into(), negated: true })
}

/// `CASE WHEN … THEN … ELSE … END`; without [`CaseBuilder::otherwise`], `NULL` where no condition holds.
pub fn case<T: SqlType>() -> CaseBuilder<T> {
    CaseBuilder {
        case: Case { operand: None, whens: Vec::new(), otherwise: None },
        marker: std::marker::PhantomData,
    }
}

/// A `CASE` under construction.
#[derive(Clone, Debug)]
pub struct CaseBuilder<T> {
    case: Case,
    marker: std::marker::PhantomData<fn() -> T>,
}

impl<T: SqlType> CaseBuilder<T> {
    /// Adds a condition with its result.
    #[must_use]
    pub fn when(mut self, condition: Expr<bool>, then: impl IntoExpr<T>) -> Self {
        self.case.whens.push((condition.into_ast(), then.into_expr().into_ast()));
        self
    }

    /// Ends with the result where no condition holds.
    pub fn otherwise(mut self, result: impl IntoExpr<T>) -> Expr<T> {
        self.case.otherwise = Some(result.into_expr().into_ast());
        self.finish().cast_type()
    }

    /// Ends without one.
    pub fn finish(self) -> Expr<Option<T>> {
        if self.case.whens.is_empty() {
            return Expr::from_ast(self.case.otherwise.unwrap_or(ast::Expr::Literal(Value::Null)));
        }
        Expr::from_ast(ast::Expr::Case(Box::new(self.case)))
    }
}

impl<T> Expr<T> {
    fn cast_type<U>(self) -> Expr<U> {
        Expr::from_ast(self.into_ast())
    }
}
