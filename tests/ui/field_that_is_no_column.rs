//! A field whose type no column can have.

use aludel::prelude::*;

struct Point {
    x: f64,
    y: f64,
}

#[derive(Model)]
struct Place {
    #[column(primary_key)]
    id: Auto<i64>,
    position: Point,
    corner: Option<Point>,
}

fn main() {}
