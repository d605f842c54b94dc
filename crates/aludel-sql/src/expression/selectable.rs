//! What may stand in a query's list of columns, in its grouping and in its order.

use super::{Column, Expr, Expression, Order};
use crate::ast::{self, SelectItem};
use crate::decode::FromRow;
use crate::name::Name;
use crate::types::Field;

/// Something that a query can yield: a column, an expression, a model's table, or a tuple of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected",
    note = "select a model (`select(User)`), a column (`select(User.id)`), an expression, or a tuple of these"
)]
pub trait Selectable {
    /// What each row becomes.
    type Row: FromRow;

    /// Adds the columns.
    fn items(self, items: &mut Vec<SelectItem>);
}

impl<T: Field + FromRow> Selectable for Column<T> {
    type Row = T;

    fn items(self, items: &mut Vec<SelectItem>) {
        items.push(SelectItem::Expr(Expression::into_ast(self), None));
    }
}

impl<T: Field + FromRow> Selectable for Expr<T> {
    type Row = T;

    fn items(self, items: &mut Vec<SelectItem>) {
        items.push(SelectItem::Expr(self.into_ast(), None));
    }
}

/// An expression under a name of the user's choice.
#[derive(Clone, Debug)]
pub struct Labelled<T> {
    expr: Expr<T>,
    name: Name,
}

impl<T> Labelled<T> {
    pub(crate) fn new(expr: Expr<T>, name: Name) -> Self {
        Labelled { expr, name }
    }
}

impl<T: Field + FromRow> Selectable for Labelled<T> {
    type Row = T;

    fn items(self, items: &mut Vec<SelectItem>) {
        items.push(SelectItem::Expr(self.expr.into_ast(), Some(self.name)));
    }
}

/// One expression or a tuple of them, of whatever types: what `group_by` takes.
pub trait IntoExprs {
    /// Adds the trees.
    fn exprs(self, out: &mut Vec<ast::Expr>);
}

impl<E: Expression> IntoExprs for E {
    fn exprs(self, out: &mut Vec<ast::Expr>) {
        out.push(self.into_ast());
    }
}

/// One element of an order or a tuple of them: what `order_by` takes. A bare expression is ascending.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to order by",
    note = "order by a column or expression, with `.asc()` or `.desc()` where wanted, or by a tuple of these"
)]
pub trait IntoOrders {
    /// Adds the elements.
    fn orders(self, out: &mut Vec<ast::OrderBy>);
}

impl IntoOrders for Order {
    fn orders(self, out: &mut Vec<ast::OrderBy>) {
        out.push(self.0);
    }
}

impl<T: Field> IntoOrders for Column<T> {
    fn orders(self, out: &mut Vec<ast::OrderBy>) {
        out.push(Expression::into_ast(self).into());
    }
}

impl<T: Field> IntoOrders for Expr<T> {
    fn orders(self, out: &mut Vec<ast::OrderBy>) {
        out.push(self.into_ast().into());
    }
}

impl<O: IntoOrders> IntoOrders for Vec<O> {
    fn orders(self, out: &mut Vec<ast::OrderBy>) {
        for order in self {
            order.orders(out);
        }
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))+) => {$(
        impl<$($name: Selectable),+> Selectable for ($($name,)+) {
            type Row = ($($name::Row,)+);

            fn items(self, items: &mut Vec<SelectItem>) {
                $(self.$index.items(items);)+
            }
        }

        impl<$($name: Expression),+> IntoExprs for ($($name,)+) {
            fn exprs(self, out: &mut Vec<ast::Expr>) {
                $(out.push(self.$index.into_ast());)+
            }
        }

        impl<$($name: IntoOrders),+> IntoOrders for ($($name,)+) {
            fn orders(self, out: &mut Vec<ast::OrderBy>) {
                $(self.$index.orders(out);)+
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}
