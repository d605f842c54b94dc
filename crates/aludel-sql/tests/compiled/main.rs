//! Golden SQL for the databases that no driver here runs.

mod mssql;
mod oracle;
#[path = "../query/tables.rs"]
#[allow(dead_code, reason = "not all of them are read here")]
mod tables;

pub(crate) use ::aludel_sql;

use aludel_sql::Dialect;
use aludel_sql::ast::Statement;

/// A statement and its text; `!` in front is an error that has the rest in it.
type Case = (Statement, &'static str);

fn check(dialect: &dyn Dialect, cases: Vec<Case>) {
    let mut wrong = String::new();
    for (statement, wanted) in cases {
        let found = aludel_sql::compile(&statement, dialect);
        let right = match (&found, wanted.strip_prefix('!')) {
            (Ok(compiled), None) => compiled.sql == wanted,
            (Err(error), Some(message)) => error.to_string().contains(message),
            _ => false,
        };
        if !right {
            let found = found.map(|compiled| compiled.sql).map_err(|error| error.to_string());
            wrong += &format!("wanted {wanted:?}\nfound  {found:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What goes to the placeholders, in their order.
fn bound(statement: &Statement, dialect: &dyn Dialect) -> Vec<i64> {
    let key = aludel_sql::ast::key::StatementKey::of(statement);
    let compiled = aludel_sql::compiler::compile_keyed(statement, &key, dialect).unwrap();
    let value = |index: &usize| match key.binds()[*index] {
        aludel_sql::Value::I64(number) => *number,
        other => panic!("{other:?}"),
    };
    compiled.binds.iter().map(value).collect()
}
