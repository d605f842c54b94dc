//! A foreign key to a column that is not there, as text and as a path.

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
    #[column(references = "users.idd")]
    user_id: i64,
    #[relation]
    user: One<User>,
}

#[derive(Model)]
struct Email {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = User.idd)]
    user_id: i64,
}

#[derive(Model)]
struct Phone {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = "users")]
    user_id: i64,
}

fn main() {}
