//! What `FromRow` cannot be derived for, and what it cannot be told.

use aludel::prelude::*;

#[derive(FromRow)]
enum Choice {
    This,
}

#[derive(FromRow)]
struct Row {
    #[from_row(renamed = "user_name")]
    name: String,
    #[from_row(flatten, default)]
    home: (i64, i64),
}

#[derive(FromRow)]
struct Pair(#[from_row(rename = "id")] i64);

fn main() {}
