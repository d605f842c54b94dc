//! The same on the servers.

use aludel::prelude::*;
use aludel::{DatabaseUrl, driver};

use crate::agrees;
use crate::tree::Database;

#[test]
fn postgres_agrees() {
    let database = Database { guesses_parameters: true, unsigned_bits: false };
    on_server("ALUDEL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres", database);
}

#[test]
fn mariadb_agrees() {
    let database = Database { guesses_parameters: false, unsigned_bits: true };
    on_server("ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/", database);
}

/// Runs the law on a database of its own, which is dropped at the end.
fn on_server(variable: &str, otherwise: &str, database: Database) {
    let url =
        std::env::var(variable).ok().filter(|url| !url.is_empty()).unwrap_or_else(|| otherwise.to_owned());
    let url = DatabaseUrl::parse(&url).expect("the variable holds a URL");
    let name = format!("aludel_expression_laws_{}", std::process::id());
    let server = Engine::with_driver(driver(&url).expect("the driver is built in"));
    let run = |statement: String| server.connect().wait()?.execute_script(&statement).wait();
    run(format!("DROP DATABASE IF EXISTS {name}")).expect("a server answers");
    run(format!("CREATE DATABASE {name}")).expect("a database can be made");
    let engine =
        Engine::with_driver(driver(&url.with_database(name.as_str())).expect("the driver is built in"));
    agrees(&engine, database);
    engine.close().wait();
    drop(engine);
    run(format!("DROP DATABASE {name}")).expect("a database can be dropped");
}
