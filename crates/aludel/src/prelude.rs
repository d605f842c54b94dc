//! Everything that a program with models and queries needs: `use aludel::prelude::*;`.

pub use crate::FromUrl;
pub use aludel_engine::{Connection, Engine, Fetch, Transaction, Wait};
#[cfg(feature = "orm")]
pub use aludel_macros::{Embed, FromRow, Model, SqlType};
#[cfg(feature = "orm")]
pub use aludel_orm::{Auto, Embed, Handle, InsertAll, Many, Model, ModelTable, One, Session, With};
pub use aludel_sql::decode::{DynamicRow, FromRow};
pub use aludel_sql::expression::{
    Column, Expr, Expression, Operators, all_of, any_of, avg, by_name, case, case_of, coalesce, count,
    count_all, dense_rank, exists, function, lag, lead, literal, lower, max, min, not_exists, now, null,
    nullif, rank, row_number, sum, template, tuple, upper, window,
};
pub use aludel_sql::statement::{
    IntoQuery, delete, insert, recursive, select, sql, table_function, update, values,
};
pub use aludel_sql::{MetaData, SqlType};
#[cfg(feature = "chrono")]
pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// The type's default: `User { username: "alice".into(), ..default() }`.
pub fn default<T: Default>() -> T {
    T::default()
}
