//! What a service trusts its connections with, on SQLite, PostgreSQL and MySQL or MariaDB alike.

mod blocked;
mod cancel;
mod endless;
mod events;
mod many;
mod pool;
mod runtimes;
mod spans;
mod stopping;
mod streams;
mod tenants;
mod transactions;
