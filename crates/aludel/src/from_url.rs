//! From a URL to an engine, with the drivers that this build has.

use std::sync::Arc;

use aludel_engine::engine::registered_driver;
use aludel_engine::{DatabaseUrl, Driver, Engine, EngineOptions, Result};

/// Opens an engine by URL. The trait is in the prelude, so `Engine::new("sqlite:///shop.db")` just works; it is a trait
/// because the engine itself knows no database.
pub trait FromUrl: Sized {
    /// An engine for the database of a URL. Nothing is opened yet.
    ///
    /// # Errors
    /// Where the URL is malformed, its options are wrong, or its scheme is none that this build knows.
    fn new(url: &str) -> Result<Self> {
        Self::new_with(url, EngineOptions::new())
    }

    /// The same with options. Those that the [URL names](EngineOptions), too, are taken from there. Mirrors SQLAlchemy's
    /// `create_engine` with arguments.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    fn new_with(url: &str, options: EngineOptions) -> Result<Self>;
}

impl FromUrl for Engine {
    fn new_with(url: &str, options: EngineOptions) -> Result<Engine> {
        let (url, options) = options.take_from(DatabaseUrl::parse(url)?)?;
        Ok(Engine::with_options(driver(&url)?, options))
    }
}

/// The driver for a URL: a built-in one by the scheme `sqlite`, `postgres`/`postgresql`, `mysql` or `mariadb`, or one
/// that was registered with [`register_driver`](aludel_engine::engine::register_driver).
///
/// # Errors
/// Where the scheme is none that this build knows, or the URL's options are wrong.
pub fn driver(url: &DatabaseUrl) -> Result<Arc<dyn Driver>> {
    match url.scheme() {
        #[cfg(feature = "sqlite-system")]
        "sqlite" => aludel_sqlite::SqliteDriver::from_url(url),
        #[cfg(feature = "mysql")]
        "mysql" | "mariadb" => aludel_mysql::MysqlDriver::from_url(url),
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => aludel_postgres::PostgresDriver::from_url(url),
        _ => registered_driver(url, BUILT_IN),
    }
}

const BUILT_IN: &[&str] = &[
    #[cfg(feature = "sqlite-system")]
    "sqlite",
    #[cfg(feature = "mysql")]
    "mysql",
    #[cfg(feature = "mysql")]
    "mariadb",
    #[cfg(feature = "postgres")]
    "postgres",
    #[cfg(feature = "postgres")]
    "postgresql",
];
