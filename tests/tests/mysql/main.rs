//! The MySQL driver on a real server, MySQL or MariaDB: `ALUDEL_TEST_MYSQL` names it.

mod arrays;
mod connecting;
mod errors;
mod load;
mod many;
mod schema;
mod scratch;
mod statements;
mod story;
mod transactions;
mod types;
mod values;
