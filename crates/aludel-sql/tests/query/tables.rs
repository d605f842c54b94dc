//! The tables that the golden statements speak of, as a derive would describe them.

use std::sync::OnceLock;

use super::aludel_sql::Column;
use super::aludel_sql::expression::Source;
use super::aludel_sql::schema::{Table, column, table};
use super::aludel_sql::types::{big_integer, boolean, double, string, text};

fn users_table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        table("users")
            .column(column("id", big_integer()).primary_key())
            .column(column("name", string(50)).not_null().unique())
            .column(column("email", string(100)))
            .column(column("age", big_integer()))
            .column(column("active", boolean()))
            .column(column("score", double()))
    })
}

fn posts_table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        table("posts")
            .column(column("id", big_integer()).primary_key())
            .column(column("user_id", big_integer()))
            .column(column("title", text()))
            .column(column("order", big_integer()))
            .column(column("Mixed Case", big_integer()))
    })
}

pub(crate) const USERS: Source = Source::new(users_table);
pub(crate) const ID: Column<i64> = Column::new(USERS, 0);
pub(crate) const NAME: Column<String> = Column::new(USERS, 1);
pub(crate) const EMAIL: Column<Option<String>> = Column::new(USERS, 2);
pub(crate) const AGE: Column<Option<i64>> = Column::new(USERS, 3);
pub(crate) const ACTIVE: Column<bool> = Column::new(USERS, 4);
pub(crate) const SCORE: Column<Option<f64>> = Column::new(USERS, 5);

pub(crate) const POSTS: Source = Source::new(posts_table);
pub(crate) const POST_ID: Column<i64> = Column::new(POSTS, 0);
pub(crate) const USER_ID: Column<Option<i64>> = Column::new(POSTS, 1);
pub(crate) const TITLE: Column<Option<String>> = Column::new(POSTS, 2);
pub(crate) const ORDER: Column<Option<i64>> = Column::new(POSTS, 3);
pub(crate) const MIXED: Column<Option<i64>> = Column::new(POSTS, 4);

/// The tables, to be made on a real database.
#[allow(dead_code, reason = "only the tests on real databases make them")]
pub(crate) fn tables() -> Vec<Table> {
    vec![users_table().clone(), posts_table().clone()]
}
