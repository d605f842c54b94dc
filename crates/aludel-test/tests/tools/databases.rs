//! Databases for tests, as files of SQLite. Servers: package `aludel-tests`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aludel::prelude::*;
use aludel_test::Databases;

fn databases(what: &str) -> Databases {
    Databases::at("sqlite://").unwrap().prefix(format!("aludel_{what}_{}", std::process::id()))
}

fn path(database: &aludel_test::TestDatabase) -> std::path::PathBuf {
    database.url().database().unwrap().into()
}

#[test]
fn a_database_goes_with_its_value_even_when_a_test_panics() {
    let database = databases("gone").create().wait().unwrap();
    let path = path(&database);
    database.engine().connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER)").wait().unwrap();
    assert!(path.exists());
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _database = database;
        panic!("a test fails");
    }))
    .unwrap_err();
    assert!(!path.exists());
}

#[test]
fn copies_are_like_their_template_and_independent() {
    let databases = databases("copies");
    let filled = Arc::new(AtomicU32::new(0));
    let set_up = |filled: &Arc<AtomicU32>| {
        let filled = filled.clone();
        move |engine: Engine| {
            filled.fetch_add(1, Ordering::Relaxed);
            async move {
                let script = "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)";
                engine.connect().await?.execute_script(script).await
            }
        }
    };
    let template = databases.template("v1", set_up(&filled)).wait().unwrap();
    let rows = |database: &aludel_test::TestDatabase| {
        let mut connection = database.engine().connect().wait().unwrap();
        connection.execute(sql("INSERT INTO t VALUES (2)")).wait().unwrap();
        connection.one(sql("SELECT count(*) FROM t").rows::<i64>()).wait().unwrap()
    };
    let (one, two) = (template.create().wait().unwrap(), template.create().wait().unwrap());
    assert_eq!((rows(&one), rows(&two), rows(&two)), (2, 2, 3));
    // Another process finds it by its key; another key is another template.
    let again = databases.template("v1", set_up(&filled)).wait().unwrap();
    assert_eq!(rows(&again.create().wait().unwrap()), 2);
    assert_eq!(filled.load(Ordering::Relaxed), 1);
    databases.template("v2", set_up(&filled)).wait().unwrap();
    assert_eq!(filled.load(Ordering::Relaxed), 2);
    drop((one, two));
    // Both templates are left.
    assert_eq!(databases.sweep(Duration::ZERO).wait().unwrap().len(), 2);
}

#[test]
fn what_a_killed_run_has_left_is_swept_away_by_its_age() {
    let databases = databases("swept");
    let left = databases.create().wait().unwrap();
    let (path, name) = (path(&left), left.name().to_owned());
    left.keep();
    assert!(databases.sweep(Duration::from_secs(3600)).wait().unwrap().is_empty());
    assert!(path.exists());
    assert_eq!(databases.sweep(Duration::ZERO).wait().unwrap(), [name]);
    assert!(!path.exists());
}

#[test]
fn what_cannot_be_made_is_told() {
    let error = Databases::at("oracle://somewhere/x").unwrap_err();
    assert!(error.to_string().contains("write a `Server` for `oracle`"), "{error}");
    let error = Databases::at("sqlite://").unwrap().prefix("Mine; DROP").create().wait().unwrap_err();
    assert!(error.to_string().contains("lower-case letters"), "{error}");
}
