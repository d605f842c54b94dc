//! The models of a shop. A struct is the table, the row, the words of queries and the source of migrations.

use aludel::prelude::*;

#[derive(Model, Clone, Debug, Default)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: Auto<i64>,
    #[column(length = 50, unique)]
    pub username: String,
}

/// The tables of this application, which its migrations follow.
pub fn metadata() -> MetaData {
    MetaData::new().add(User)
}
