//! Settings that there are not, on every kind of attribute.

use aludel::prelude::*;

#[derive(Model)]
#[model(tabel = "users")]
struct User {
    #[column(primary_kye)]
    id: Auto<i64>,
    #[column(nullable = true)]
    name: String,
    #[column(length = "50")]
    email: String,
    #[column(length = 5)]
    age: i32,
    #[column(references = "users.id", on_delete = "explode")]
    parent_id: Option<i64>,
    #[relation(cascade = "all, delete-orphans")]
    children: Many<User>,
}

#[derive(SqlType)]
#[sql_type(rename_all = "snake")]
enum Status {
    New,
}

fn main() {}
