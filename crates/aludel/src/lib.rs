//! Aludel: a SQL toolkit, an ORM with a real unit of work, and migrations written from your models.
//!
//! ```
//! use aludel::prelude::*;
//! use aludel::statement::sql;
//!
//! let engine = Engine::new("sqlite://")?;
//! let mut connection = engine.connect().wait()?;
//! let answer: i64 = connection.one(sql("SELECT 6 * ?").bind(7_i64).rows()).wait()?;
//! assert_eq!(answer, 42);
//! # Ok::<(), aludel::Error>(())
//! ```
//!
//! # Cargo features
//!
//! | feature | on by default | what it adds |
//! |---|---|---|
//! | `sqlite` | yes | SQLite, built in |
//! | `sqlite-system` | no | SQLite with the system's library (3.38 or later) instead; `sqlite`, where it is on as well, wins |
//! | `postgres`, `mysql` | no | PostgreSQL; MySQL and MariaDB |
//! | `orm`, `migrate` | yes | models and sessions; migrations |
//! | `chrono` | yes | chrono's dates, times and lengths of time in columns |
//! | `time`, `jiff` | no | those of time and of jiff |
//! | `rust_decimal`, `bigdecimal` | no | exact decimals |
//! | `json` | no | `serde_json::Value` and [`Json<T>`](types) |
//! | `uuid`, `ipnet`, `bytes` | no | identifiers, networks, shared bytes |
//! | `serde` | no | objects and trees in serialised form |
//! | `tls` | no | encrypted connections to the servers |
//! | `ed25519` | no | logins by MariaDB's plugin of that name (adds a crate for elliptic curves) |
//! | `tokio` | no, but with `postgres` and `mysql` | `.wait()` in tasks of tokio's runtimes [gives way to others](engine::wait) |
//! | `tracing` | no | spans around statements |
//!
//! What each Rust type is on each database stands at [`SqlType`](trait@SqlType).

mod from_url;
pub mod prelude;

pub use aludel_engine as engine;
pub use aludel_engine::route;
pub use aludel_engine::{
    CancelHandle, Connection, DatabaseUrl, Driver, Engine, EngineOptions, Error, ErrorKind, Execution,
    ExecutionOptions, Fetch, Inspector, IsolationLevel, Listener, PoolOptions, PoolStatus, ReplicatedEngine,
    Result, RetryPolicy, RowStream, Savepoint, ShardedEngine, Transaction, TransactionOptions,
    TwoPhaseTransaction, Wait,
};
#[cfg(feature = "orm")]
pub use aludel_macros::{Embed, FromRow, Model, SqlType};
#[cfg(feature = "migrate")]
pub use aludel_migrate as migrate;
#[cfg(feature = "mysql")]
pub use aludel_mysql as mysql;
#[cfg(feature = "orm")]
pub use aludel_orm as orm;
#[cfg(feature = "orm")]
pub use aludel_orm::{Embed, Model};
#[cfg(feature = "postgres")]
pub use aludel_postgres as postgres;
pub use aludel_sql as sql;
pub use aludel_sql::decode::{DynamicRow, FromRow};
pub use aludel_sql::{
    Column, Dialect, Expr, MetaData, SqlType, Table, Type, Value, ast, compile, dialect, expression, schema,
    statement, types,
};
#[cfg(feature = "sqlite-system")]
pub use aludel_sqlite as sqlite;
pub use from_url::{FromUrl, driver};

/// What generated code refers to. Not part of the API.
#[doc(hidden)]
pub mod generated {
    pub use aludel_engine;
    #[cfg(feature = "orm")]
    pub use aludel_orm;
    pub use aludel_sql;
}

/// The README's code is a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// So is the code of the guide's chapter on SQL.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/src/saying-it-in-sql.md")]
struct SayingItInSql;

/// And of the one on connections.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/src/connections.md")]
struct Connections;

/// And that of the chapter on several servers.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/src/growing-past-one-server.md")]
struct GrowingPastOneServer;
