//! SQL Server, Oracle and standard SQL: what is only written, never run.

use aludel_sql::dialect::mssql::Mssql;
use aludel_sql::dialect::oracle::Oracle;
use aludel_sql::dialect::standard::Standard;
use aludel_sql::schema::{column, table};
use aludel_sql::temporal::{Date, Time, Timestamp};
use aludel_sql::types::{integer, string};
use aludel_sql::{Dialect, Value, ddl};

fn quoted(dialect: &dyn Dialect, name: &str) -> String {
    let mut out = String::new();
    dialect.quote(name, &mut out);
    out
}

fn literal(dialect: &dyn Dialect, value: Value) -> String {
    let mut out = String::new();
    match dialect.literal(&value, &mut out) {
        Ok(()) => out,
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn names_are_quoted() {
    for (name, mssql, oracle, standard) in [
        ("users", "users", "users", "users"),
        ("Users", "[Users]", "\"Users\"", "\"Users\""),
        ("a]b", "[a]]b]", "\"a]b\"", "\"a]b\""),
        ("a\"b", "[a\"b]", "\"a\"\"b\"", "\"a\"\"b\""),
        ("_x", "_x", "\"_x\"", "_x"),
        ("select", "[select]", "\"select\"", "\"select\""),
        ("percent", "[percent]", "percent", "percent"),
        ("pctfree", "pctfree", "\"pctfree\"", "pctfree"),
        ("new", "new", "new", "\"new\""),
    ] {
        assert_eq!(quoted(&Mssql::default(), name), mssql);
        assert_eq!(quoted(&Oracle::default(), name), oracle);
        assert_eq!(quoted(&Standard::default(), name), standard);
    }
}

#[test]
fn values_are_spelled() {
    let date = Date { year: 2026, month: 11, day: 22 };
    let time = Time { hour: 1, minute: 2, second: 3, nanosecond: 0 };
    let at = |offset| Value::Timestamp(Timestamp { date, time, offset });
    for (value, mssql, oracle, standard) in [
        (Value::Bool(true), "1", "true", "1"),
        (Value::Bytes(vec![0, 0xab]), "0x00AB", "HEXTORAW('00AB')", "X'00AB'"),
        (Value::Text("it's".into()), "'it''s'", "'it''s'", "'it''s'"),
        (Value::Date(date), "'2026-11-22'", "TO_DATE('2026-11-22', 'YYYY-MM-DD')", "'2026-11-22'"),
        (
            at(None),
            "'2026-11-22 01:02:03'",
            "TO_DATE('2026-11-22 01:02:03', 'YYYY-MM-DD HH24:MI:SS')",
            "'2026-11-22 01:02:03'",
        ),
        (
            at(Some(0)),
            "'2026-11-22 01:02:03+00:00'",
            "TO_TIMESTAMP_TZ('2026-11-22 01:02:03+00:00', 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM')",
            "'2026-11-22 01:02:03+00:00'",
        ),
        (
            Value::Time(time),
            "'01:02:03'",
            "error: oracle does not support the time of day 01:02:03",
            "'01:02:03'",
        ),
    ] {
        assert_eq!(literal(&Mssql::default(), value.clone()), mssql);
        assert_eq!(literal(&Oracle::default(), value.clone()), oracle);
        assert_eq!(literal(&Standard::default(), value), standard);
    }
    assert_eq!(literal(&Oracle::of_version(19), Value::Bool(true)), "1");
    assert_eq!(literal(&Standard::for_printing(), Value::Bool(true)), "true");
}

#[test]
fn rows_are_numbered_where_the_word_belongs_to_the_column() {
    let users =
        table("users").column(column("id", integer()).primary_key()).column(column("name", string(5)));
    let text = |dialect: &dyn Dialect| ddl::table_definition(&users, dialect).unwrap().replace("\n    ", " ");
    assert_eq!(
        text(&Mssql::default()),
        "CREATE TABLE users ( id INTEGER NOT NULL IDENTITY, name VARCHAR(5) NULL, PRIMARY KEY (id)\n)"
    );
    assert_eq!(
        text(&Oracle::default()),
        "CREATE TABLE users ( id INTEGER NOT NULL, name VARCHAR2(5 CHAR), PRIMARY KEY (id)\n)"
    );
    assert_eq!(
        text(&Standard::default()),
        "CREATE TABLE users ( id INTEGER NOT NULL, name VARCHAR(5), PRIMARY KEY (id)\n)"
    );
    let tuned = users.option("oracle_compress", "OLTP").option("oracle_tablespace", "fast");
    assert!(
        ddl::table_definition(&tuned, &Oracle::default())
            .unwrap()
            .ends_with(") COMPRESS FOR OLTP TABLESPACE fast")
    );
    let unknown = tuned.option("mssql_x", "1");
    let error = ddl::table_definition(&unknown, &Mssql::default()).unwrap_err().to_string();
    assert_eq!(error, "mssql knows no option `mssql_x` of table `users`: it has none there");
}
