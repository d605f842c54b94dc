//! A database for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use aludel::prelude::*;
use aludel::{Connection, DatabaseUrl, driver};

/// A fresh database; it is dropped with this value.
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) engine: Engine,
}

/// The URL of the server's administrative database.
pub(crate) fn server() -> DatabaseUrl {
    let named = std::env::var("ALUDEL_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    let url = named.unwrap_or_else(|| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    DatabaseUrl::parse(&url).expect("ALUDEL_TEST_POSTGRES is a URL")
}

pub(crate) fn engine(url: &DatabaseUrl) -> Engine {
    Engine::with_driver(driver(url).expect("a good URL"))
}

fn on_server(statement: &str) -> Result<(), aludel::Error> {
    let server = engine(&server());
    server.connect().wait()?.execute(sql(statement.to_owned())).wait()?;
    server.close().wait();
    Ok(())
}

impl Database {
    pub(crate) fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("aludel_test_{}_{number}", std::process::id());
        on_server(&format!("CREATE DATABASE {name}")).expect("the server makes databases");
        let engine = engine(&server().with_database(name.as_str()));
        Database { name, engine }
    }

    pub(crate) fn connect(&self) -> Connection {
        self.engine.connect().wait().expect("the database is there")
    }

    /// A connection behind a script.
    pub(crate) fn after(&self, script: &str) -> Connection {
        let mut connection = self.connect();
        connection.execute_script(script).wait().expect(script);
        connection
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = on_server(&format!("DROP DATABASE {} WITH (FORCE)", self.name)) {
            eprintln!("the database {} stays: {error}", self.name);
        }
    }
}
