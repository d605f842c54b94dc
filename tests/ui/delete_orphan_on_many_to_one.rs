//! `delete-orphan` on the side that has the foreign key.

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
    #[column(references = "users.id")]
    user_id: i64,
    #[relation(cascade = "all, delete-orphan")]
    user: One<User>,
}

fn main() {}
