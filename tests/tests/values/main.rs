//! Every Rust type that stands for a column survives the way to each database and back: as a bound value and as a
//! literal, with the values at its edges and with random ones.
//!
//! SQLite always; PostgreSQL and MariaDB with the feature `servers`.

mod adapters;
mod dates;
mod documents;
mod homes;
mod keys;
mod many;
mod numbers;
#[cfg(feature = "servers")]
mod postgres;
mod ranges;
mod refusals;
mod texts;
