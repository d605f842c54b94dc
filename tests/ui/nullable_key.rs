//! A primary key that may be NULL, seen by the derive or only by the compiler; and no key at all.

use aludel::prelude::*;

#[derive(Model)]
struct User {
    #[column(primary_key)]
    id: Option<i64>,
}

type Maybe = Option<i64>;

#[derive(Model)]
struct Group {
    #[column(primary_key)]
    id: Maybe,
}

#[derive(Model)]
struct Log {
    text: String,
}

fn main() {}
