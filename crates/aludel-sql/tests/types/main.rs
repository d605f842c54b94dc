//! Types: their names and casts per dialect, and how dialects that are only written quote and spell values.

mod names;
mod written;

use aludel_sql::Dialect;
use aludel_sql::dialect::{
    mssql::Mssql, mysql::Mysql, oracle::Oracle, postgres::Postgres, sqlite::Sqlite, standard::Standard,
};

/// In the order of the tables' columns.
fn dialects() -> [Box<dyn Dialect>; 6] {
    [
        Box::new(Standard::default()),
        Box::new(Postgres::default()),
        Box::new(Mysql::mysql()),
        Box::new(Sqlite::default()),
        Box::new(Mssql::default()),
        Box::new(Oracle::default()),
    ]
}
