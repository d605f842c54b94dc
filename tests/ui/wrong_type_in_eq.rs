//! A value of another type than the column's.

use aludel::prelude::*;

#[derive(Model)]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
}

fn main() {
    let _ = select(User).filter(User.id.eq("x"));
    let _ = select(User).filter(User.name.eq(3));
}
