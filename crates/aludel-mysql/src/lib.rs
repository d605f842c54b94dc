//! Aludel on MySQL and MariaDB, through mysql_async: the driver, the value codec, the error classes and the inspector.
//!
//! No runtime is needed around it: the connections' sockets and timers belong to one background thread that is
//! started with the first connection, and a statement's future can be polled by any executor, or by `.wait()`. Connections
//! that are opened inside of a tokio runtime with several workers belong to that, and are found unusable once it is gone. As with
//! everything on tokio, a task of it that blocks its thread without `spawn_blocking`, `block_in_place` or `.wait()` may keep
//! their answers back ([more](aludel_engine::wait)).
//!
//! Build such a runtime with `enable_all`. One without a reactor or a timer does not say so, but panics where they are used. That
//! panic is caught, and the background thread opens the connection, but the program's panic hook hears of it each time, and where
//! `panic = "abort"` is set, the program ends.

mod cancel;
mod codec;
mod connection;
mod cursor;
mod driver;
mod encryption;
mod error;
mod execute;
mod hosts;
mod infile;
mod inspect;
mod link;
mod load;
mod many;
mod options;
mod panics;
mod replication;
mod runtime;
mod server;
mod tls;
mod together;
mod transaction;

pub use driver::MysqlDriver;
