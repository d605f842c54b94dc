//! `back_populates` names a field that the other model does not have, and one that does not point back.

use aludel::prelude::*;

#[derive(Model)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    #[relation(back_populates = "usr")]
    addresses: Many<Address>,
    #[relation(back_populates = "user")]
    others: Many<Address>,
}

#[derive(Model)]
struct Address {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = "users.id")]
    user_id: i64,
    #[relation(back_populates = "addresses")]
    user: One<User>,
}

fn main() {}
