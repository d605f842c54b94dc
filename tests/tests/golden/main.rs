//! Golden SQL on real databases: whatever `aludel-sql` asserts as text is run, so that no text is blessed that a
//! database refuses. And values that are written into a statement come back as they were.

#[path = "../../../crates/aludel-sql/tests/query/cases.rs"]
mod cases;
#[path = "../../../crates/aludel-sql/tests/query/conditions.rs"]
mod conditions;
#[path = "../../../crates/aludel-sql/tests/ddl/constructs/mod.rs"]
mod constructs;
mod ddl;
#[path = "../../../crates/aludel-sql/tests/query/language.rs"]
mod language;
mod literals;
#[path = "../../../crates/aludel-sql/tests/query/postgres.rs"]
mod postgres;
#[path = "../../../crates/aludel-sql/tests/query/selects.rs"]
mod selects;
#[cfg(feature = "servers")]
mod servers;
#[path = "../../../crates/aludel-sql/tests/query/spellings.rs"]
mod spellings;
#[path = "../../../crates/aludel-sql/tests/query/tables.rs"]
mod tables;
#[path = "../../../crates/aludel-sql/tests/query/writes.rs"]
mod writes;

pub(crate) use ::aludel::sql as aludel_sql;

use std::ops::ControlFlow;

use aludel::ast::key::StatementKey;
use aludel::prelude::*;
use aludel::{Connection, TransactionOptions, Value, compile};
use cases::{Case, Wanted};

#[test]
fn sqlite_takes_every_text() {
    let engine = Engine::new("sqlite://").unwrap();
    run_all(&engine, |case| &case.sqlite);
}

/// Makes the tables, and runs every statement in a transaction that is taken back.
fn run_all(engine: &Engine, wanted: fn(&Case) -> &Wanted) {
    let metadata = tables::tables().into_iter().fold(MetaData::new(), |metadata, table| metadata.add(table));
    engine.create_all(&metadata).wait().unwrap();
    let mut connection = engine.connect().wait().unwrap();
    let mut wrong = String::new();
    let mut run = 0;
    for case in cases::cases() {
        let Wanted::Text(text) = wanted(&case) else { continue };
        run += 1;
        connection.begin_unguarded(TransactionOptions::default()).wait().unwrap();
        if let Err(error) = run_one(&mut connection, &case, text) {
            wrong += &format!("{}: {error}\n", case.name);
        }
        connection.rollback_unguarded().wait().unwrap();
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(run > 80, "only {run} statements were run");
    drop(connection);
    engine.drop_all(&metadata).wait().unwrap();
}

fn run_one(connection: &mut Connection, case: &Case, text: &str) -> Result<(), String> {
    let compiled =
        compile(&case.statement, connection.dialect().as_ref()).map_err(|error| error.to_string())?;
    if compiled.sql != text {
        return Err(format!("this server's dialect writes {}", compiled.sql));
    }
    let key = StatementKey::of(&case.statement);
    // What a statement with placeholders for a row is given: a name and an age.
    let row = [Value::Text("golden".into()), Value::I64(1)];
    let row: Vec<&Value> = row.iter().collect();
    let values = if key.binds().is_empty() { row.as_slice() } else { key.binds() };
    let parameters: Vec<_> = compiled.binds.iter().map(|index| values[*index].as_ref()).collect();
    let raw = connection.raw().map_err(|error| error.to_string())?;
    let done = if compiled.returns_rows {
        let mut sink = |_: &dyn aludel::sql::decode::Row| Ok(ControlFlow::Continue(()));
        raw.fetch(&compiled.sql, &parameters, &mut sink).wait()
    } else {
        raw.execute(&compiled.sql, &parameters).wait().map(|_| ())
    };
    done.map_err(|error| error.to_string())
}
