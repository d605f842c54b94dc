//! Golden SQL of queries and writes for three dialects, and the laws of the structural key.

mod cases;
mod conditions;
mod grow;
mod keys;
mod language;
mod names;
mod operands;
mod postgres;
mod selects;
mod spellings;
mod tables;
mod walk;
mod whole;
mod writes;

pub(crate) use ::aludel_sql;

use aludel_sql::Dialect;
use aludel_sql::dialect::{mysql::Mysql, postgres::Postgres, sqlite::Sqlite};
use aludel_sql::expression::Expression;
use aludel_sql::statement::select;
use cases::{Wanted, cases};
use tables::ID;

/// The list is filled up to few lengths, but never beyond what a database takes.
#[test]
fn a_list_may_be_as_long_as_the_database_allows() {
    let longest = |dialect: &dyn Dialect| i64::try_from(dialect.capabilities().max_parameters).unwrap();
    for dialect in [&Sqlite::default() as &dyn Dialect, &Postgres::default(), &Mysql::mysql()] {
        for length in [9, 1000, 1025, 16_385, longest(dialect)] {
            let statement = select(ID).filter(ID.is_in(0..length)).into();
            let compiled = aludel_sql::compile(&statement, dialect).unwrap();
            assert!(compiled.binds.len() >= length as usize, "{length} on {}", dialect.name());
        }
        let statement = select(ID).filter(ID.is_in(0..=longest(dialect))).into();
        let error = aludel_sql::compile(&statement, dialect).unwrap_err().to_string();
        let wanted = format!("has {} parameters, and {} takes at most", longest(dialect) + 1, dialect.name());
        assert!(error.contains(&wanted), "{error}");
    }
}

#[test]
fn statements_have_the_text_that_each_database_wants() {
    let dialects: [&dyn Dialect; 3] = [&Sqlite::default(), &Postgres::default(), &Mysql::mysql()];
    let mut wrong = String::new();
    for case in cases() {
        let wanted = [&case.sqlite, &case.postgres, &case.mysql];
        for (dialect, wanted) in dialects.into_iter().zip(wanted) {
            let found = aludel_sql::compile(&case.statement, dialect);
            let right = match (&found, wanted) {
                (Ok(compiled), Wanted::Text(text) | Wanted::Mysql(text)) => compiled.sql == *text,
                (Err(error), Wanted::Refused(message)) => error.to_string().contains(message),
                (_, Wanted::Unasked) => true,
                _ => false,
            };
            if !right {
                let found = found.map(|compiled| compiled.sql).map_err(|error| error.to_string());
                wrong += &format!(
                    "{} on {}:\n  wanted {wanted:?}\n  found  {found:?}\n",
                    case.name,
                    dialect.name()
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
