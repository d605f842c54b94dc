//! Golden text of schema statements: each case with its text per dialect.

mod changes;
mod columns;
mod constructs;
mod tables;

pub(crate) use ::aludel_sql;

use aludel_sql::ddl::{self, AlterColumn};
use aludel_sql::dialect::{mssql::Mssql, mysql::Mysql, oracle::Oracle, postgres::Postgres, sqlite::Sqlite};
use aludel_sql::expression::{now, text as words};
use aludel_sql::schema::*;
use aludel_sql::types::*;
use aludel_sql::{CompileError, Dialect, MetaData};

type Render = fn(&dyn Dialect) -> Result<Vec<String>, CompileError>;

/// What a case is about, what it renders, and the text for SQLite, PostgreSQL and MySQL. Statements end in `;`, and
/// a refusal stands behind `error: `.
#[derive(Clone, Copy)]
struct Case(&'static str, Render, [&'static str; 3]);

#[test]
fn golden() {
    let dialects: [(&str, &dyn Dialect); 3] =
        [("sqlite", &Sqlite::default()), ("postgres", &Postgres::default()), ("mysql", &Mysql::mysql())];
    let mut wrong = Vec::new();
    for Case(name, render, expected) in [tables::CASES, columns::CASES, changes::CASES].concat() {
        for ((dialect_name, dialect), expected) in dialects.iter().zip(expected) {
            let actual = match render(*dialect) {
                Ok(statements) => statements.iter().map(|sql| format!("{sql};\n")).collect(),
                Err(error) => format!("error: {error}\n"),
            };
            assert!(!actual.contains(" \n"), "a space at the end of a line: {actual}");
            if actual.trim_end() != expected.trim() {
                wrong.push(format!("== {name} [{dialect_name}]\n{actual}-- expected\n{expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn constructs() {
    let dialects: [&dyn Dialect; 5] = [
        &Sqlite::default(),
        &Postgres::of_version(15),
        &Mysql::mariadb(),
        &Mssql::default(),
        &Oracle::default(),
    ];
    let mut wrong = Vec::new();
    for constructs::Construct(name, render, expected) in constructs::constructs() {
        for (dialect, expected) in dialects.iter().zip(expected) {
            let actual = match render(*dialect) {
                Ok(statements) => statements.iter().map(|sql| format!("{sql};\n")).collect(),
                Err(error) => format!("error: {error}\n"),
            };
            if actual.trim_end() != expected.trim() {
                wrong.push(format!("== {name} [{}]\n{actual}-- expected\n{expected}", dialect.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn users() -> Table {
    table("users")
        .column(column("id", big_integer()).primary_key())
        .column(column("username", string(50)).not_null().unique())
        .column(column("email", string(100)).index())
        .column(column("created_at", date_time_tz()).not_null().server_default(now()))
}

fn addresses() -> Table {
    table("addresses")
        .column(column("id", big_integer()).primary_key())
        .column(column("email", string(100)).not_null())
        .column(
            column("user_id", big_integer())
                .not_null()
                .references("users.id")
                .on_delete(ReferentialAction::Cascade),
        )
}

fn one(column: Column) -> Table {
    table("t").column(column)
}

fn circle(name: Option<&str>) -> MetaData {
    let mut key = foreign_key(["b"]).references("b", ["id"]);
    key.name = name.map(Into::into);
    MetaData::new()
        .add(
            table("a")
                .column(column("id", integer()).primary_key())
                .column(column("b", integer()))
                .foreign_key(key),
        )
        .add(
            table("b")
                .column(column("id", integer()).primary_key())
                .column(column("a", integer()).references("a.id")),
        )
}
