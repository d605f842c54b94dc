//! More than one server: URLs that name several, readers that follow a writer, and writers that are replaced. The servers
//! are started by the tests.
#![cfg(unix)]

mod demotion;
mod failover;
mod galera;
mod hosts;
mod lag;
mod mariadb;
mod pair;
mod sessions;
