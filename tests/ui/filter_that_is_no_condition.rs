//! A filter that is not a condition.

use aludel::prelude::*;

#[derive(Model)]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
}

fn main() {
    let _ = select(User).filter(User.name);
    let _ = select(User).filter(true);
}
