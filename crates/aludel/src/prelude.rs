//! Everything that a program with models and queries needs: `use aludel::prelude::*;`.

pub use crate::FromUrl;
pub use aludel_engine::{Connection, Engine, Fetch, Transaction, Wait};
#[cfg(feature = "orm")]
pub use aludel_macros::{Embed, Model, SqlType};
#[cfg(feature = "orm")]
pub use aludel_orm::{Auto, Embed, Handle, InsertAll, Many, Model, ModelTable, One, Session, With};
pub use aludel_sql::expression::{
    Column, Expr, Expression, avg, case, coalesce, count, count_all, exists, lower, max, min, not_exists,
    now, sum, upper,
};
pub use aludel_sql::statement::{delete, insert, select, sql, update};
pub use aludel_sql::{MetaData, SqlType};
#[cfg(feature = "chrono")]
pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// The type's default: `User { username: "alice".into(), ..default() }`.
pub fn default<T: Default>() -> T {
    T::default()
}
