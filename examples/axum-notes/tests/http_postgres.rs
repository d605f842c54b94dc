//! The service on PostgreSQL.

mod story;

use aludel::prelude::*;

#[test]
fn the_story_on_postgresql() {
    let server = std::env::var("ALUDEL_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    let server = aludel::DatabaseUrl::parse(&server).unwrap();
    let name = format!("aludel_notes_{}", std::process::id());
    let run = |statement: String| {
        let engine = Engine::new(&server.reveal()).unwrap();
        engine.connect().wait().unwrap().execute_script(&statement).wait().unwrap();
    };
    run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    run(format!("CREATE DATABASE {name}"));
    story::tell(&server.clone().with_database(&name).reveal());
    run(format!("DROP DATABASE {name} WITH (FORCE)"));
}
