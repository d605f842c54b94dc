//! Aludel on PostgreSQL, through tokio-postgres: the driver, the value codec, the error classes and the inspector.
//!
//! The futures of this crate work under any executor, and under `.wait()` without one: one background thread, which the
//! first connection starts and all of them share, tells when sockets are ready; inside of a tokio runtime on several
//! threads, that runtime does. All else happens where it is waited for.

mod cancel;
mod codec;
mod columns;
mod compound;
mod connection;
mod copy;
mod copy_out;
mod cursor;
mod driver;
mod encryption;
mod error;
mod execute;
mod hosts;
mod inspect;
mod keepalive;
mod login;
mod many;
mod network;
mod notify;
mod numeric;
mod options;
mod parameter;
mod passwords;
mod pipeline;
mod place;
mod replication;
mod runtime;
mod statements;
mod tls;
mod together;
mod transaction;
mod wire;

pub use bytes::Bytes;
pub use copy::Copy;
pub use copy_out::CopyOut;
pub use driver::PostgresDriver;
pub use notify::{Heard, Notification, Notifications, listen, notify};
