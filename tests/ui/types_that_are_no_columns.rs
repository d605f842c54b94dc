//! A type that no database has, an array of what has no arrays, and an adapter that is not there.

use aludel::prelude::*;
use aludel::types::As;

struct Colour(u8, u8, u8);

#[derive(SqlType)]
#[sql_type(stored_as)]
struct Celsius {
    degrees: f32,
}

#[derive(SqlType)]
#[sql_type(stored_as, integer)]
enum Level {
    Low,
}

struct Nothing;

fn adapted(_: As<Nothing>) {}

fn main() {
    let colours = <Vec<Colour> as SqlType>::sql_type();
}
