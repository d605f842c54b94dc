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
mod cursor;
mod driver;
mod elsewhere;
mod error;
mod exchange;
mod execute;
mod inserts;
mod inspect;
mod many;
mod movable;
mod options;
mod script;
mod stop;
mod task;
mod together;
mod tokens;
mod transaction;

pub use driver::SqliteDriver;
pub use inspect::UNMODELLED;
