//! A relation to a struct that is no model, and a table between that connects nothing.

use aludel::prelude::*;

struct Plain;

#[derive(Model)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    things: Many<Plain>,
}

#[derive(Model)]
#[model(table = "groups")]
struct Group {
    #[column(primary_key)]
    id: Auto<i64>,
    #[relation(secondary = Membership)]
    users: Many<User>,
}

#[derive(Model)]
struct Membership {
    #[column(primary_key, references = "groups.id")]
    group_id: i64,
    #[column(primary_key)]
    user_id: i64,
}

fn main() {}
