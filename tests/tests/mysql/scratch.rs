//! A database for one test, gone when the test is over.

use std::sync::atomic::{AtomicU32, Ordering};

use aludel::prelude::*;
use aludel::{DatabaseUrl, EngineOptions, Value};

/// The server under test.
pub(crate) fn server() -> DatabaseUrl {
    let url = std::env::var("ALUDEL_TEST_MYSQL").unwrap_or_else(|_| "mysql://root@127.0.0.1:3306/".into());
    DatabaseUrl::parse(&url).expect("ALUDEL_TEST_MYSQL is a URL")
}

pub(crate) fn engine(url: &DatabaseUrl) -> Engine {
    Engine::with_driver(aludel::driver(url).expect("the URL is one of MySQL's"))
}

pub(crate) struct Scratch {
    pub(crate) name: String,
    pub(crate) engine: Engine,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("aludel_test_{}_{number}", std::process::id());
        let create = format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4");
        let mut connection = engine(&server()).connect().wait().expect("a server answers");
        connection.execute_script(&create).wait().expect("a database can be made");
        let url = server().with_database(name.as_str());
        Scratch { engine: engine(&url), name }
    }

    /// Another engine on the same database.
    pub(crate) fn engine_with(&self, options: EngineOptions) -> Engine {
        let url = server().with_database(self.name.as_str());
        Engine::with_options(aludel::driver(&url).expect("the URL is one of MySQL's"), options)
    }

    pub(crate) fn connect(&self) -> Connection {
        self.engine.connect().wait().expect("a server answers")
    }

    /// A connection on which a script has run.
    pub(crate) fn with(&self, script: &str) -> Connection {
        let mut connection = self.connect();
        connection.execute_script(script).wait().expect("the script is right");
        connection
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Ok(mut connection) = engine(&server()).connect().wait() else { return };
        // Not to hang where a failed test has left a transaction open.
        let drop = format!("SET lock_wait_timeout = 5; DROP DATABASE IF EXISTS {}", self.name);
        let _ = connection.execute_script(&drop).wait();
    }
}

/// The rows of a query as plain values.
pub(crate) fn rows(
    connection: &mut Connection,
    sql: &str,
    parameters: &[Value],
) -> aludel::Result<Vec<Vec<Value>>> {
    let borrowed: Vec<_> = parameters.iter().map(Value::as_ref).collect();
    let mut rows = Vec::new();
    let mut sink = |row: &dyn aludel::sql::decode::Row| {
        let values = (0..row.width()).map(|index| {
            let read = row.value(index).map(aludel::sql::ValueRef::to_owned);
            read.map_err(|error| aludel::sql::decode::DecodeError::at(row, index, error))
        });
        rows.push(values.collect::<Result<Vec<_>, _>>()?);
        Ok(std::ops::ControlFlow::Continue(()))
    };
    connection.raw()?.fetch(sql, &borrowed, &mut sink).wait()?;
    Ok(rows)
}
