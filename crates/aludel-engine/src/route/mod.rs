//! Several engines behind one: a writer with the servers that follow it, and data that is spread over several by a key.
//!
//! Several servers that stand in for each other are something else: those stand in one URL, and one
//! [`Engine`](crate::Engine) finds the one that it wants ([`Hosts`](crate::driver::Hosts)). The two go together: the URL of
//! the writer names all servers and `target_session_attrs=read-write`, that of each reader names one.

mod closures;
mod join;
mod options;
mod reader;
mod replicated;
mod sharded;

pub use self::options::{ReaderChoice, ReaderOptions};
pub use self::reader::ReaderState;
pub use self::replicated::{ReplicatedEngine, ServerStatus};
pub use self::sharded::{Shard, ShardedEngine};
pub use crate::driver::Position;
