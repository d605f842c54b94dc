//! The SQLite driver through the public contract.

mod busy;
mod errors;
mod inspect;
mod many;
mod open;
mod schemas;
mod scratch;
mod statements;
mod together;
mod transactions;
mod values;
