//! Selecting something that is nothing to select.

use aludel::prelude::*;

#[derive(Model)]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
}

fn main() {
    let _ = select("id");
    let _ = select((User.id, 3));
}
