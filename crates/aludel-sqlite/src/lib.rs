//! Aludel on SQLite, through rusqlite: the driver, the value codec, the error classes and the inspector.
//!
//! A statement is a function call on the calling thread. Only waiting for another connection's lock is asynchronous;
//! it needs no particular runtime.
//!
//! The feature `bundled`, on by default, compiles SQLite in. Without it, the system's library is linked, which has to be
//! 3.38 or later (from rusqlite 0.41 on, 3.45.3).

mod batch;
mod busy;
mod codec;
mod connection;
mod driver;
mod error;
mod exchange;
mod inspect;
mod movable;
mod options;
mod script;
mod stop;
mod task;
mod tokens;

pub use driver::SqliteDriver;
pub use inspect::UNMODELLED;
