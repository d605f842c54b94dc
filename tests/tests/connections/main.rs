//! What a service trusts its connections with, on SQLite, PostgreSQL and MySQL or MariaDB alike.

mod cancel;
mod places;
mod pool;
mod streams;
mod transactions;
