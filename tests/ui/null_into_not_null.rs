//! NULL for a column that takes none.

use aludel::prelude::*;

#[derive(Model)]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
    email: Option<String>,
}

fn main() {
    let _ = update(User).set(User.email, None);
    let _ = update(User).set(User.name, None);
}
