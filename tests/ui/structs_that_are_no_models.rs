//! What `Model`, `Embed` and `SqlType` cannot be derived for.

use aludel::prelude::*;

#[derive(Model)]
struct Pair(i64, String);

#[derive(Model)]
enum Choice {
    This,
}

#[derive(Model)]
struct Generic<T> {
    #[column(primary_key)]
    id: T,
}

#[derive(Embed)]
struct Home {
    street: String,
    #[relation]
    inhabitants: Many<Home>,
}

#[derive(SqlType)]
enum Shape {
    Circle(f64),
}

#[derive(SqlType)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Model)]
struct Doubled {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
    #[column(name = "name")]
    other: String,
}

#[derive(Model)]
#[model(unique("id", "nmae"))]
struct Misspelt {
    #[column(primary_key)]
    id: Auto<i64>,
    name: String,
}

fn main() {}
