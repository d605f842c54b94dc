//! From a URL to a connection, and what is said where there is none.

use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{DatabaseUrl, Error, ErrorKind};

use crate::database::{Database, engine, server};

fn refused(url: &str) -> Error {
    Engine::new(url).and_then(|engine| engine.connect().wait()).expect_err(url)
}

#[test]
fn an_unknown_database_is_named() {
    let url = server().with_database("aludel_nowhere");
    let error = engine(&url).connect().wait().expect_err("there is none");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, Some("3D000")), "{error}");
    assert!(error.to_string().contains("\"aludel_nowhere\" does not exist"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_named_without_the_password() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port")
        .port();
    let error = refused(&format!("postgres://me:hidden@127.0.0.1:{port}/shop"));
    assert_eq!(error.kind(), ErrorKind::Disconnect);
    let shown = format!("{error}\n{error:?}");
    assert!(shown.contains(&format!("cannot connect to postgres://me:***@127.0.0.1:{port}/shop")), "{shown}");
    assert!(shown.contains("refused"), "{shown}");
    assert!(!shown.contains("hidden"), "{shown}");

    let error = refused("postgres://me:hidden@host.invalid/shop");
    assert!(error.to_string().contains("host.invalid") && !error.to_string().contains("hidden"), "{error}");
}

/// Whether or not the server asks for passwords, it lets in nobody whom it does not know.
#[test]
fn an_unknown_user_is_named_without_the_password() {
    let host = server().host().unwrap_or("127.0.0.1").to_owned();
    let port = server().port().unwrap_or(5432);
    let error = refused(&format!("postgres://aludel_nobody:hidden@{host}:{port}/postgres"));
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    let shown = format!("{error}\n{error:?}");
    assert!(shown.contains("\"aludel_nobody\"") && !shown.contains("hidden"), "{shown}");
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let begun = Instant::now();
    let error = refused(&format!("postgres://me@127.0.0.1:{port}/shop?connect_timeout=1"));
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn options_reach_the_server() {
    let database = Database::new();
    drop(database.after("CREATE SCHEMA shop; CREATE TABLE shop.t (a integer)"));
    let (host, port) = (server().host().unwrap_or("127.0.0.1").to_owned(), server().port().unwrap_or(5432));
    let user = server().user().unwrap_or("postgres").to_owned();
    let url = format!(
        "postgresql://{user}@{host}:{port}/{}?application_name=till&options=-c%20search_path%3Dshop&sslmode=prefer",
        database.name
    );
    let mut url = DatabaseUrl::parse(&url).expect("a good URL");
    if server().password().is_some() {
        // The options are tested where no password is needed in the URL; take the server's own then.
        url = server().with_database(database.name.as_str());
    }
    let mut connection = engine(&url).connect().wait().expect("a connection");
    if server().password().is_none() {
        let name: String = connection.one(sql("SHOW application_name").rows()).wait().expect("a name");
        assert_eq!(name, "till");
        let tables = connection.inspector().expect("open").table_names(None).wait().expect("names");
        assert_eq!(tables, ["t".into()]);
    }
}

#[test]
fn connections_outlive_the_runtime_that_they_were_opened_in() {
    let database = Database::new();
    let runtime =
        || tokio::runtime::Builder::new_current_thread().build().expect("a runtime without a reactor");
    let one = || sql("SELECT 1").rows::<i32>();
    let first = runtime();
    let mut connection = first.block_on(database.engine.connect()).expect("a connection");
    assert_eq!(first.block_on(connection.one(one())).expect("a row"), 1);
    drop(first);
    assert_eq!(runtime().block_on(connection.one(one())).expect("a row"), 1);
    assert_eq!(connection.one(one()).wait().expect("a row"), 1);
    drop(connection);
    database.engine.close().wait();
}

#[test]
fn a_closed_engine_leaves_no_connection_on_the_server() {
    let database = Database::new();
    drop((database.connect(), database.connect()));
    database.engine.close().wait();
    let mut admin = engine(&server()).connect().wait().expect("a connection");
    let count = || {
        sql("SELECT count(*) FROM pg_stat_activity WHERE datname = ?")
            .bind(database.name.clone())
            .rows::<i64>()
    };
    let begun = Instant::now();
    while admin.one(count()).wait().expect("a count") > 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "they are still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}
