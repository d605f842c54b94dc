//! More than one server: URLs that name several, readers that follow a writer, and writers that are replaced. The servers
//! are started by the tests.
#![cfg(unix)]

mod failover;
mod hosts;
mod lag;
mod pair;
