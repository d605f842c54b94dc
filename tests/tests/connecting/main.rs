//! Getting connected: private servers with settings of their own, logins, encryption, and everything that goes wrong.
#![cfg(unix)]

mod asking;
mod certificates;
mod damaged;
mod dead_peers;
mod files;
mod mariadb_logins;
mod mariadb_tls;
mod passwords;
mod postgres_logins;
mod postgres_tls;
mod servers;
mod strangers;
