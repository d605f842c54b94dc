//! Databases in memory, and what tests ask of them.

use aludel_engine::{DatabaseUrl, Engine, Wait};
use aludel_migrate::compare::{CompareOptions, Difference, compare};
use aludel_migrate::operation::Operation;
use aludel_migrate::{Environment, Script, run};
use aludel_sql::MetaData;
use aludel_sql::decode::FromRow;
use aludel_sql::dialect::sqlite::Sqlite;
use aludel_sql::statement::sql;
use aludel_sqlite::SqliteDriver;

/// An engine on a new database in memory.
pub(crate) fn memory() -> Engine {
    open("sqlite://").expect("a database in memory can be opened")
}

pub(crate) fn open(url: &str) -> aludel_engine::Result<Engine> {
    Ok(Engine::with_driver(SqliteDriver::from_url(&DatabaseUrl::parse(url)?)?))
}

pub(crate) fn script(engine: &Engine, sql: &str) {
    let mut connection = engine.connect().wait().expect("a connection");
    connection.execute_script(sql).wait().expect("the script runs");
}

pub(crate) fn rows<R: FromRow + Send>(engine: &Engine, query: &str) -> Vec<R> {
    let mut connection = engine.connect().wait().expect("a connection");
    connection.all(sql(query.to_owned()).rows::<R>()).wait().expect("the query runs")
}

pub(crate) fn reflect(engine: &Engine) -> MetaData {
    let mut connection = engine.connect().wait().expect("a connection");
    run::reflect(&mut connection, &Default::default()).wait().expect("the schema can be read")
}

pub(crate) fn own_tables() -> [aludel_sql::schema::TableName; 2] {
    ["aludel_version".into(), "aludel_ledger".into()]
}

pub(crate) fn difference(wanted: &MetaData, current: &MetaData) -> Difference {
    let own = own_tables();
    let options = CompareOptions { own_tables: &own, allow_drop_all: true, ..CompareOptions::default() };
    compare(wanted, current, &Sqlite::default(), &options).expect("the schemas can be compared")
}

/// Everything that SQLite keeps of the schema, as text.
pub(crate) fn catalogue(engine: &Engine) -> Vec<(String, String, Option<String>)> {
    rows(
        engine,
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'aludel_%' ORDER BY type, name",
    )
}

/// Runs operations as a revision of their own would.
pub(crate) fn migrate(engine: &Engine, operations: &[Operation]) -> aludel_migrate::Result<()> {
    let mut connection = engine.connect().wait()?;
    run::push(operations, &mut connection, &mut |_| {}).wait()
}

pub(crate) fn environment(metadata: MetaData, scripts: Vec<Script>) -> Environment {
    Environment::new(metadata).versions(scripts).connect(open)
}
