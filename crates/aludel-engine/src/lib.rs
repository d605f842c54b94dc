//! Aludel's run-time contract: drivers, the engine with its pool, connections, transactions, rows and errors.
//!
//! This crate knows no database and no models. A database comes in as a [`Driver`]; statements come from
//! [`aludel_sql`]; what rows become is the business of [`FromRow`](aludel_sql::decode::FromRow).

mod cache;
pub mod cancel;
pub mod connection;
pub mod driver;
pub mod engine;
pub mod error;
pub mod events;
pub mod execution;
pub mod fetch;
pub mod inspect;
pub mod options;
pub mod pool;
pub mod retry;
pub mod route;
pub mod stream;
mod trace;
pub mod transaction;
pub mod twophase;
pub mod url;
pub mod wait;

pub use cancel::CancelHandle;
pub use connection::{Connection, WithOptions};
pub use driver::{BoxFuture, Driver, Execution, RawConnection};
pub use engine::{Engine, EngineOptions};
pub use error::{Error, ErrorKind, Result};
pub use events::Listener;
pub use execution::ExecutionOptions;
pub use fetch::Fetch;
pub use inspect::Inspector;
pub use options::{IsolationLevel, TransactionOptions};
pub use pool::{PoolOptions, PoolStatus};
pub use retry::RetryPolicy;
pub use route::{ReplicatedEngine, ShardedEngine};
pub use stream::{RowStream, Streamable};
pub use transaction::{Savepoint, Transaction};
pub use twophase::TwoPhaseTransaction;
pub use url::DatabaseUrl;
pub use wait::Wait;
