//! The databases, and the way there and back.

use std::cell::RefCell;
use std::fmt::Debug;

use aludel::prelude::*;
use aludel::sql::{SqlType, Type, Value, ValueRef};
use aludel::{Connection, Error};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// The databases that are tested.
pub(crate) const ALL: &[&str] =
    if cfg!(feature = "servers") { &["sqlite", "postgres", "mysql"] } else { &["sqlite"] };

/// PostgreSQL alone, for what no other has.
pub(crate) const POSTGRES: &[&str] = if cfg!(feature = "servers") { &["postgres"] } else { &[] };

/// A place for values: a table `t` with one column `v`, which is gone when this is.
pub(crate) struct Home {
    pub(crate) name: &'static str,
    pub(crate) connection: Connection,
    scratch: Option<String>,
}

impl Home {
    /// A home for values in a column of the type.
    pub(crate) fn new(name: &'static str, ty: &Type) -> Home {
        let (mut connection, scratch) = connect(name);
        let words = connection.dialect().type_name(ty).expect("a type");
        connection.execute_script(&format!("CREATE TEMPORARY TABLE t (v {words})")).wait().expect(&words);
        connection.execute_script("BEGIN").wait().expect("a transaction");
        Home { name, connection, scratch }
    }

    /// What comes back of a value that is bound.
    pub(crate) fn bound<T: SqlType>(&mut self, value: &T) -> Result<T, Error> {
        let placeholder = if self.name == "postgres" { "$1" } else { "?" };
        self.there_and_back(&format!("INSERT INTO t VALUES ({placeholder})"), &[SqlType::to_value(value)])
    }

    /// What comes back of a value that is written into the statement.
    pub(crate) fn written<T: SqlType>(&mut self, value: &T) -> Result<T, Error> {
        let mut text = "INSERT INTO t VALUES (".to_owned();
        self.connection.dialect().literal(&SqlType::to_value(value).to_owned(), &mut text)?;
        text.push(')');
        self.there_and_back(&text, &[])
    }

    fn there_and_back<T: SqlType>(&mut self, insert: &str, values: &[ValueRef<'_>]) -> Result<T, Error> {
        self.connection.execute_script("DELETE FROM t").wait()?;
        self.connection.raw()?.execute(insert, values).wait()?;
        self.connection.one(sql("SELECT v FROM t").rows()).wait()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.connection.execute_script("ROLLBACK").wait();
        if let Some(scratch) = &self.scratch {
            let _ = self.connection.execute_script(&format!("DROP DATABASE {scratch}")).wait();
        }
    }
}

fn connect(name: &str) -> (Connection, Option<String>) {
    let server = |variable: &str, url: &str| std::env::var(variable).unwrap_or_else(|_| url.to_owned());
    let url = match name {
        "postgres" => server("ALUDEL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres"),
        "mysql" => server("ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/"),
        _ => "sqlite://".to_owned(),
    };
    let engine = Engine::new(&url).expect("a URL");
    let mut connection = engine.connect().wait().expect("a database");
    let scratch = (name == "mysql").then(|| {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let scratch = format!("aludel_values_{}_{number}", std::process::id());
        let make = format!("CREATE DATABASE {scratch} CHARACTER SET utf8mb4; USE {scratch}");
        connection.execute_script(&make).wait().expect("a database of one's own");
        scratch
    });
    (connection, scratch)
}

/// Both ways into the table give the value back, on each of the databases.
pub(crate) fn survive<T>(names: &[&'static str], column: &Type, edges: &[T], random: impl Strategy<Value = T>)
where
    T: SqlType + PartialEq + Debug,
{
    for name in names {
        let home = RefCell::new(Home::new(name, column));
        let check = |value: &T| {
            let mut home = home.borrow_mut();
            let bound = home.bound(value);
            assert_eq!(bound.as_ref().ok(), Some(value), "bound, on {name}: {bound:?}");
            let written = home.written(value);
            assert_eq!(written.as_ref().ok(), Some(value), "written, on {name}: {written:?}");
        };
        edges.iter().for_each(check);
        let mut runner =
            TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) });
        runner
            .run(&random, |value| {
                check(&value);
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// The error of binding a value on a database.
pub(crate) fn refused<T: SqlType + Debug>(name: &'static str, column: &Type, value: &T) -> String {
    Home::new(name, column).bound(value).expect_err("a value that can't be stored").to_string()
}

/// The error of writing a value into a statement for a database.
pub(crate) fn not_written(name: &str, value: &Value) -> String {
    let (connection, scratch) = connect(name);
    let error = connection.dialect().literal(value, &mut String::new()).expect_err("no literal").to_string();
    drop(Home { name: "", connection, scratch });
    error
}
