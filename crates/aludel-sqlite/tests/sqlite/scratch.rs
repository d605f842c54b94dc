//! Folders that are gone after the test, and short ways to a connection and its rows.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aludel_engine::driver::RawConnection;
use aludel_engine::{DatabaseUrl, Driver, Result, Wait};
use aludel_sql::value::{Value, ValueRef};
use aludel_sqlite::SqliteDriver;

/// A folder of its own for one test.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("aludel-sqlite-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for temporary files");
        Scratch(path)
    }

    /// The URL of a file in the folder, with options.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("sqlite:///{}", self.0.join(name).display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn driver(url: &str) -> Result<Arc<dyn Driver>> {
    SqliteDriver::from_url(&DatabaseUrl::parse(url)?)
}

pub(crate) fn open(url: &str) -> Result<Box<dyn RawConnection>> {
    driver(url)?.connect().wait()
}

pub(crate) fn memory() -> Box<dyn RawConnection> {
    open("sqlite://").expect("a database in memory")
}

/// All rows of a query.
pub(crate) fn rows(
    connection: &mut dyn RawConnection,
    sql: &str,
    parameters: &[ValueRef<'_>],
) -> Result<Vec<Vec<Value>>> {
    let mut rows = Vec::new();
    let mut sink = |row: &dyn aludel_sql::decode::Row| {
        let values = (0..row.width()).map(|index| row.value(index).map(ValueRef::to_owned));
        rows.push(values.collect::<std::result::Result<Vec<_>, _>>().expect("values that can be read"));
        Ok(ControlFlow::Continue(()))
    };
    fetch(connection, sql, parameters, &mut sink)?;
    Ok(rows)
}

/// A function of its own, so that the sink's borrow is as long as this call.
fn fetch<'a>(
    connection: &'a mut dyn RawConnection,
    sql: &'a str,
    parameters: &'a [ValueRef<'a>],
    sink: &'a mut aludel_engine::driver::RowSink<'a>,
) -> Result<()> {
    connection.fetch(sql, parameters, sink).wait()
}

/// The one number that a query yields.
pub(crate) fn number(connection: &mut dyn RawConnection, sql: &str) -> i64 {
    let rows = rows(connection, sql, &[]).expect(sql);
    match rows.first().and_then(|row| row.first()) {
        Some(Value::I64(number)) => *number,
        other => panic!("{sql} gave {other:?}"),
    }
}
