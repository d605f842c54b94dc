//! Aludel on PostgreSQL, through tokio-postgres: the driver, the value codec, the error classes and the inspector.
//!
//! The futures of this crate work under any executor, and under `.wait()` without one: sockets and timers belong to
//! one background thread that the first connection starts and all connections share.

mod codec;
mod connection;
mod driver;
mod error;
mod inspect;
mod numeric;
mod options;
mod pipeline;
mod runtime;
mod statements;

pub use driver::PostgresDriver;
