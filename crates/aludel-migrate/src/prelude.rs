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
    Enum, Type, array, big_integer, binary, binary_of, boolean, date, date_time, date_time_tz, decimal,
    double, enumeration, exact, float, float_of, inet, integer, interval, json, mssql, mysql, named, numeric,
    numeric_of, oracle, postgres, range, raw, small_integer, sqlite, string, text, text_of, time, time_tz,
    unbounded_string, unicode, unicode_text, uuid, uuid_text,
};

pub use crate::operation::Operations;
pub use crate::revision::Revision;
