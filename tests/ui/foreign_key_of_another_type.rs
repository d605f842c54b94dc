//! A foreign key whose type is not that of the column it refers to.

use aludel::prelude::*;

#[derive(Model)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
}

#[derive(Model)]
struct Address {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = User.id)]
    user_id: Option<String>,
}

fn main() {}
