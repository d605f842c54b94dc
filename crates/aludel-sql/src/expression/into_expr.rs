//! What may stand where an expression is asked for.

use super::{Column, Expr, Expression};
use crate::ast;
use crate::statement::Select;
use crate::types::{Field, SqlType};
use crate::value::Value;

/// Something that can be used where an expression of type `T` is asked for: a value of that type, a value that is
/// never `NULL` where one may be, or another expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used where SQL of type `{T}` is wanted",
    label = "not a `{T}`",
    note = "compare or assign a value of the column's own type, or another expression of that type"
)]
pub trait IntoExpr<T> {
    /// Makes the expression; a plain value becomes a bound parameter.
    fn into_expr(self) -> Expr<T>;
}

fn bind<T, V: SqlType>(value: &V) -> Expr<T> {
    Expr::from_ast(ast::Expr::Bind(value.to_value().to_owned()))
}

impl<T: SqlType> IntoExpr<T> for T {
    fn into_expr(self) -> Expr<T> {
        bind(&self)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for T {
    fn into_expr(self) -> Expr<Option<T>> {
        bind(&self)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for Option<T> {
    fn into_expr(self) -> Expr<Option<T>> {
        match self {
            Some(value) => bind(&value),
            None => Expr::from_ast(ast::Expr::Bind(Value::Null)),
        }
    }
}

impl IntoExpr<String> for &str {
    fn into_expr(self) -> Expr<String> {
        Expr::from_ast(ast::Expr::Bind(Value::Text(self.to_owned())))
    }
}

impl IntoExpr<Option<String>> for &str {
    fn into_expr(self) -> Expr<Option<String>> {
        Expr::from_ast(ast::Expr::Bind(Value::Text(self.to_owned())))
    }
}

impl<T: SqlType> IntoExpr<T> for &T {
    fn into_expr(self) -> Expr<T> {
        bind(self)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for &T {
    fn into_expr(self) -> Expr<Option<T>> {
        bind(self)
    }
}

impl<T: SqlType> IntoExpr<Option<T>> for &Option<T> {
    fn into_expr(self) -> Expr<Option<T>> {
        Expr::from_ast(ast::Expr::Bind(
            self.as_ref().map_or(Value::Null, |value| value.to_value().to_owned()),
        ))
    }
}

/// An expression fits where its plain type does: `NULL` then compares as SQL has it.
impl<T: Field<Plain = P>, P: SqlType> IntoExpr<Option<P>> for Expr<T> {
    fn into_expr(self) -> Expr<Option<P>> {
        Expr::from_ast(self.into_ast())
    }
}

impl<T: SqlType> IntoExpr<T> for Expr<T> {
    fn into_expr(self) -> Expr<T> {
        self
    }
}

impl<T: Field<Plain = P>, P: SqlType> IntoExpr<Option<P>> for Column<T> {
    fn into_expr(self) -> Expr<Option<P>> {
        Expr::from_ast(Expression::into_ast(self))
    }
}

impl<T: SqlType> IntoExpr<T> for Column<T> {
    fn into_expr(self) -> Expr<T> {
        Expr::from_ast(Expression::into_ast(self))
    }
}

/// A query of one column is a value: that of its only row, `NULL` where there is none.
impl<T: Field<Plain = P>, P: SqlType> IntoExpr<Option<P>> for Select<T> {
    fn into_expr(self) -> Expr<Option<P>> {
        Expr::from_ast(ast::Expr::Select(self.into_ast().into()))
    }
}

/// A condition, or none: `Option<Expr<bool>>` makes a filter that is there only sometimes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "not a condition",
    note = "a condition is an `Expr<bool>`, such as `User.username.eq(\"alice\")`"
)]
pub trait IntoFilter {
    /// The condition's tree, where there is one.
    fn into_filter(self) -> Option<ast::Expr>;
}

impl<T: Field<Plain = bool>> IntoFilter for Expr<T> {
    fn into_filter(self) -> Option<ast::Expr> {
        Some(self.into_ast())
    }
}

impl<T: Field<Plain = bool>> IntoFilter for Column<T> {
    fn into_filter(self) -> Option<ast::Expr> {
        Some(Expression::into_ast(self))
    }
}

impl<F: IntoFilter> IntoFilter for Option<F> {
    fn into_filter(self) -> Option<ast::Expr> {
        self.and_then(IntoFilter::into_filter)
    }
}
