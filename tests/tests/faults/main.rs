//! What goes wrong in production, done on purpose: futures that are dropped, connections that are cut, servers that are
//! killed, processes that are killed, and more tasks than connections.

mod drops;
#[cfg(all(feature = "servers", unix))]
mod killed;
#[cfg(feature = "servers")]
mod limits;
mod panics;
#[cfg(all(feature = "servers", unix))]
mod restarts;
mod soak;
mod writers;
