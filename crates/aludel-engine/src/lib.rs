//! Aludel's run-time contract: drivers, the engine with its pool, connections, transactions, rows and errors.
//!
//! This crate knows no database and no models. A database comes in as a [`Driver`]; statements come from
//! [`aludel_sql`]; what rows become is the business of [`FromRow`](aludel_sql::decode::FromRow).

pub mod driver;
pub mod error;
pub mod inspect;
pub mod url;

pub use driver::{BoxFuture, Driver, Execution, RawConnection, TransactionOptions};
pub use error::{Error, ErrorKind, Result};
pub use inspect::Inspector;
pub use url::DatabaseUrl;
