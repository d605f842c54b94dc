//! `One<T>` over a foreign key that may be NULL, `One<Option<T>>` over one that may not, and two keys to choose from.

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
    user_id: Option<i64>,
    user: One<User>,
}

#[derive(Model)]
struct Email {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = User.id)]
    user_id: Auto<i64>,
    user: One<Option<User>>,
}

#[derive(Model)]
struct Message {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = User.id)]
    from_id: i64,
    #[column(references = User.id)]
    to_id: i64,
    from: One<User>,
    #[relation(foreign_key = "too_id")]
    to: One<User>,
}

fn main() {}
