//! The driver for PostgreSQL on a real server. Every test makes a database of its own and drops it.
//!
//! The server is the one that `ALUDEL_TEST_POSTGRES` names, by default the one at the usual port of this machine.

mod connecting;
mod copy_out;
mod database;
mod errors;
mod many;
mod notifications;
mod schema;
mod statements;
mod stopping;
mod transactions;
mod typed;
mod types;
mod values;
