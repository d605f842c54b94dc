//! Aludel on MySQL and MariaDB, through mysql_async: the driver, the value codec, the error classes and the inspector.
//!
//! No runtime is needed around it: the connections' sockets and timers belong to one background thread that is
//! started with the first connection, and a statement's future can be polled by any executor, or by `.wait()`. Connections
//! that are opened inside of a tokio runtime on several threads belong to that, and are found unusable once it is gone.

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
