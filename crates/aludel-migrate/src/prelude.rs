//! Everything that a revision file needs: `use aludel::migrate::prelude::*;`.
//!
//! `text()` is the column type here; SQL in the database's own words is `sql("…")`, as a statement and as a server
//! default.

pub use aludel_engine::Connection;
pub use aludel_sql::expression::now;
pub use aludel_sql::schema::ReferentialAction::{self, Cascade, NoAction, Restrict, SetDefault, SetNull};
pub use aludel_sql::schema::{
    CheckedType, Computed, ConstraintKind, DdlEvent, DdlText, Identity, IndexElement, Initially, Match,
    OptionValue, Sql, TableName, check, column, exclude, foreign_key, index, primary_key, table, unique,
};
pub use aludel_sql::statement::{delete, insert, sql, update};
pub use aludel_sql::types::{
    Type, big_integer, binary, binary_of, boolean, date, date_time, date_time_tz, decimal, double,
    enumeration, float, integer, json, numeric, numeric_of, raw, small_integer, string, text, time,
    unbounded_string, uuid,
};

pub use crate::operation::Operations;
pub use crate::revision::Revision;
