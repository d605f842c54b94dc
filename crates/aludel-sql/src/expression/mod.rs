//! The typed shell: columns and expressions that know the Rust type they yield.

mod column;
mod constructs;
mod functions;
mod into_expr;
mod operators;
pub mod postgres;
mod scalars;
mod selectable;
mod window;

pub use column::{Assignment, Column, Expr, Source, new_alias};
pub use constructs::{
    CaseOf, TextExpr, Tuple, all_of, any_of, any_row, by_name, case_of, construct, every_row, literal,
    literal_column, null, operation, parameter, template, tuple,
};
pub use functions::{
    CaseBuilder, Now, Summable, avg, case, coalesce, count, count_all, exists, function, lower, max, min,
    not_exists, now, sum, text, upper, value,
};
pub use into_expr::{IntoExpr, IntoFilter};
pub use operators::{Expression, Order};
pub use scalars::{
    Operators, abs, aggregate_strings, char_length, cube, grouping_sets, nullif, replace, rollup, round,
    substr, trim,
};
pub use selectable::{IntoExprs, IntoOrders, Labelled, Selectable};
pub use window::{
    Bound, Window, cume_dist, dense_rank, first_value, lag, last_value, lead, mode, nth_value, ntile,
    percent_rank, percentile_cont, rank, row_number, window,
};
