//! The same on the servers.

use aludel::prelude::*;
use aludel::sql::expression::value;
use aludel::{DatabaseUrl, Engine, Value, driver};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::ddl::run_each;
use crate::literals::{is_itself, texts, values, written};
use crate::run_all;

/// An engine on a database of its own, which is dropped at the end.
fn with_database(variable: &str, otherwise: &str, test: impl FnOnce(&Engine)) {
    with_database_named("golden", variable, otherwise, test);
}

fn with_database_named(name: &str, variable: &str, otherwise: &str, test: impl FnOnce(&Engine)) {
    let url =
        std::env::var(variable).ok().filter(|url| !url.is_empty()).unwrap_or_else(|| otherwise.to_owned());
    let url = DatabaseUrl::parse(&url).expect("the variable holds a URL");
    let name = format!("aludel_{name}_{}", std::process::id());
    let server = Engine::with_driver(driver(&url).expect("the driver is built in"));
    let run = |statement: String| server.connect().wait()?.execute_script(&statement).wait();
    run(format!("DROP DATABASE IF EXISTS {name}")).expect("a server answers");
    run(format!("CREATE DATABASE {name}")).expect("a database can be made");
    let engine =
        Engine::with_driver(driver(&url.with_database(name.as_str())).expect("the driver is built in"));
    test(&engine);
    engine.close().wait();
    drop(engine);
    run(format!("DROP DATABASE {name}")).expect("a database can be dropped");
}

#[test]
fn postgres_takes_every_text() {
    with_database("ALUDEL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres", |engine| {
        run_all(engine, |case| &case.postgres);
        texts_come_back(engine, |text| !text.contains('\0'));
        values_are_themselves(engine, true, |text| !text.contains("\\u0000") && !text.contains('\0'));
        names_come_back(engine, |name| !name.contains('\0') && (1..64).contains(&name.len()));
    });
}

#[test]
fn mysql_takes_every_text() {
    with_database("ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/", |engine| {
        run_all(engine, |case| &case.mysql);
        texts_come_back(engine, |_| true);
        values_are_themselves(engine, false, |_| true);
        // Names hold no NUL, no space at their ends, and no character beyond the basic ones.
        names_come_back(engine, |name| {
            let basic = name.chars().all(|character| character != '\0' && u32::from(character) < 0x1_0000);
            basic && name.trim() == name && (1..64).contains(&name.chars().count())
        });
    });
}

#[test]
fn postgres_takes_every_schema_statement() {
    let otherwise = "postgres://postgres@127.0.0.1:5432/postgres";
    with_database_named("golden_ddl", "ALUDEL_TEST_POSTGRES", otherwise, |engine| {
        run_each(1, |number| {
            let mut connection = engine.connect().wait().unwrap();
            let own = format!("DISCARD TEMP; CREATE SCHEMA case_{number}; SET search_path TO case_{number}");
            connection.execute_script(&own).wait().unwrap();
            connection
        });
    });
}

#[test]
fn mariadb_takes_every_schema_statement() {
    with_database_named("golden_ddl", "ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/", |engine| {
        run_each(2, |_| {
            let mut connection = engine.connect().wait().unwrap();
            let name = format!("aludel_golden_ddl_{}", std::process::id());
            let spare = "DROP DATABASE IF EXISTS aludel_golden_schema";
            let anew = format!("{spare}; DROP DATABASE {name}; CREATE DATABASE {name}; USE {name}");
            connection.execute_script(&anew).wait().unwrap();
            connection
        });
    });
}

/// Texts written into a statement come back, whatever quotes and backslashes they hold.
fn texts_come_back(engine: &Engine, can_be_kept: fn(&str) -> bool) {
    let connection = std::cell::RefCell::new(engine.connect().wait().unwrap());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() });
    let back = runner.run(&texts(), |text| {
        prop_assume!(can_be_kept(&text));
        let query = select(value::<String>(text.clone())).into();
        prop_assert_eq!(written(&mut connection.borrow_mut(), query).0, Value::Text(text));
        Ok(())
    });
    back.unwrap();
}

/// A value of any kind that is written into a statement is the one that is bound.
fn values_are_themselves(engine: &Engine, typed: bool, can_be_kept: fn(&str) -> bool) {
    let connection = std::cell::RefCell::new(engine.connect().wait().unwrap());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() });
    let same = runner.run(&values(), |(value, ty)| {
        if let Value::Text(text) | Value::Json(text) = &value {
            prop_assume!(can_be_kept(text));
        }
        let same = is_itself(&mut connection.borrow_mut(), value.clone(), ty, typed);
        prop_assert!(same, "{:?}", value);
        Ok(())
    });
    same.unwrap();
}

/// A name of any characters that the database takes is that name.
fn names_come_back(engine: &Engine, can_be_kept: fn(&str) -> bool) {
    let connection = std::cell::RefCell::new(engine.connect().wait().unwrap());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() });
    let back = runner.run(&texts(), |name| {
        prop_assume!(can_be_kept(&name));
        let query = select(value::<i64>(1).label(name.clone())).into();
        prop_assert_eq!(written(&mut connection.borrow_mut(), query).1, name);
        Ok(())
    });
    back.unwrap();
}
