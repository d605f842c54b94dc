//! The typed shell: columns and expressions that know the Rust type they yield.

mod column;
mod functions;
mod into_expr;
mod operators;
mod selectable;

pub use column::{Assignment, Column, Expr, Source, new_alias};
pub use functions::{
    CaseBuilder, Now, Summable, avg, case, coalesce, count, count_all, exists, function, lower, max, min,
    not_exists, now, sum, text, upper, value,
};
pub use into_expr::{IntoExpr, IntoFilter};
pub use operators::{Expression, Order};
pub use selectable::{IntoExprs, IntoOrders, Labelled, Selectable};
