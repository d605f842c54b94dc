//! The chores of this repository, one door: `cargo xtask <chore>`.

fn main() {}
