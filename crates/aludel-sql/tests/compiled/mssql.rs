//! SQL Server.

use super::aludel_sql::Value;
use super::aludel_sql::ast::{self, Alias, Lock, Source, TableRef};
use super::aludel_sql::compiler::{CompileOptions, compile_with};
use super::aludel_sql::dialect::mssql::Mssql;
use super::aludel_sql::expression::{Expression, count_all, lower};
use super::aludel_sql::statement::{IntoQuery, delete, insert, select, update};
use super::tables::*;
use super::{Case, bound, check};

/// 2005, before there was a clause for offsets.
fn old() -> Mssql {
    Mssql::of_version(9)
}

#[test]
fn limits() {
    let cases: Vec<Case> = vec![
        (select(ID).limit(3).into(), "SELECT TOP (:param_1) users.id FROM users"),
        (select(ID).distinct().limit(3).into(), "SELECT DISTINCT TOP (:param_1) users.id FROM users"),
        (
            select(ID).order_by(AGE).limit(3).offset(1).into(),
            "SELECT users.id FROM users ORDER BY users.age OFFSET :param_1 ROWS FETCH FIRST :param_2 ROWS ONLY",
        ),
        (
            select(ID).order_by(AGE).fetch_first(3, true).into(),
            "SELECT TOP (:param_1) WITH TIES users.id FROM users ORDER BY users.age",
        ),
        (
            select(ID).order_by(AGE).fetch_first(3, false).into(),
            "SELECT users.id FROM users ORDER BY users.age OFFSET 0 ROWS FETCH FIRST :param_1 ROWS ONLY",
        ),
        (select(ID).offset(1).into(), "!without an order"),
        (select(ID).order_by(AGE).fetch_first(3, true).offset(1).into(), "!WITH TIES behind an offset"),
    ];
    check(&Mssql::default(), cases);
}

/// A condition is no value there, so that it can't be ordered by.
#[test]
fn nothing_in_front() {
    let cases: Vec<Case> = vec![
        (
            select(ID).order_by(AGE.asc().nulls_last()).into(),
            "SELECT users.id FROM users ORDER BY CASE WHEN (users.age IS NULL) THEN 1 ELSE 0 END, users.age ASC",
        ),
        (
            select(ID).order_by(AGE.desc().nulls_first()).into(),
            "SELECT users.id FROM users ORDER BY CASE WHEN (users.age IS NULL) THEN 0 ELSE 1 END, users.age DESC",
        ),
    ];
    check(&Mssql::default(), cases);
}

/// Nor is a value a condition.
#[test]
fn a_column_as_a_condition() {
    let cases: Vec<Case> = vec![
        (select(ID).filter(ACTIVE).into(), "SELECT users.id FROM users WHERE users.active = 1"),
        (
            select(ID).filter(!ACTIVE.expr() | ID.eq(1)).into(),
            "SELECT users.id FROM users WHERE users.active = 0 OR users.id = :param_1",
        ),
    ];
    check(&Mssql::default(), cases);
}

#[test]
fn old_versions_number_the_rows() {
    let cases: Vec<Case> = vec![
        (
            select(ID).order_by(AGE.desc()).limit(3).offset(1).into(),
            "SELECT anon_1.id FROM (SELECT users.id AS id, ROW_NUMBER() OVER (ORDER BY users.age DESC) AS mssql_rn \
             FROM users) AS anon_1 WHERE mssql_rn > :param_1 AND mssql_rn <= :param_2 + :param_3",
        ),
        (
            select((AGE, count_all())).group_by(AGE).order_by(count_all()).offset(1).into(),
            "SELECT anon_1.age, anon_1.count_1 FROM (SELECT users.age AS age, count(*) AS count_1, ROW_NUMBER() OVER \
             (ORDER BY count(*)) AS mssql_rn FROM users GROUP BY users.age) AS anon_1 WHERE mssql_rn > :param_1",
        ),
    ];
    check(&old(), cases);
    let page = select(ID).filter(AGE.gt(7)).order_by(AGE).limit(3).offset(1).into();
    assert_eq!(bound(&page, &old()), [7, 1, 3, 1]);
}

#[test]
fn orders_that_decide_nothing_are_left_out() {
    let all = select(ID).order_by(AGE).subquery("q");
    let some = select(ID).order_by(AGE).limit(3).subquery("q");
    let cases: Vec<Case> = vec![
        (select(all.column(ID)).into(), "SELECT q.id FROM (SELECT users.id AS id FROM users) AS q"),
        (
            select(some.column(ID)).into(),
            "SELECT q.id FROM (SELECT TOP (:param_1) users.id AS id FROM users ORDER BY users.age) AS q",
        ),
        (select(ID).order_by(AGE).into(), "SELECT users.id FROM users ORDER BY users.age"),
    ];
    check(&Mssql::default(), cases);
}

#[test]
fn written_rows_come_from_tables_of_the_server() {
    let cases: Vec<Case> = vec![
        (
            insert(USERS).values([NAME.set("a")]).returning((ID, lower(NAME))).into(),
            "INSERT INTO users (name) OUTPUT inserted.id, lower(inserted.name) AS lower_1 VALUES (:param_1)",
        ),
        (
            update(USERS).set(AGE, 1).filter(ID.eq(2)).returning(AGE).into(),
            "UPDATE users SET age=:param_1 OUTPUT inserted.age WHERE users.id = :param_2",
        ),
        (
            delete(USERS).filter(ID.eq(2)).returning(ID).into(),
            "DELETE FROM users OUTPUT deleted.id WHERE users.id = :param_1",
        ),
    ];
    check(&Mssql::default(), cases);
}

/// `SELECT … FROM schema.t`
fn of_schema(schema: &str) -> ast::Statement {
    let table = TableRef { schema: Some(schema.to_owned().into()), name: "t".into(), alias: Alias::None };
    let items = vec![ast::SelectItem::column(table, "id".into())];
    ast::Statement::Select(ast::Select { items, ..ast::Select::default() })
}

#[test]
fn schemas_have_several_parts() {
    let cases: Vec<Case> = vec![
        (of_schema("dbo"), "SELECT dbo.t.id FROM dbo.t"),
        (of_schema("shop.dbo"), "SELECT shop.dbo.t.id FROM shop.dbo.t"),
        (of_schema("My Shop.dbo"), "SELECT [My Shop].dbo.t.id FROM [My Shop].dbo.t"),
        (of_schema("[shop.dbo]"), "SELECT [shop.dbo].t.id FROM [shop.dbo].t"),
        (of_schema("[a].[b].[c]"), "SELECT [a].[b].c.t.id FROM [a].[b].c.t"),
    ];
    check(&Mssql::default(), cases);
}

#[test]
fn a_schema_that_is_always_in_quotes_is_one_name() {
    let statement = of_schema("shop.dbo");
    let key = ast::key::StatementKey::of(&statement);
    let options =
        CompileOptions { quoting: vec![("shop.dbo".to_owned(), true)], ..CompileOptions::default() };
    let compiled = compile_with(&statement, &key, &Mssql::default(), &options).unwrap();
    assert_eq!(compiled.sql, "SELECT [shop.dbo].t.id FROM [shop.dbo].t");
}

#[test]
fn old_programs_want_another_name_for_tables_in_schemas() {
    let dialect = Mssql::default().with_capabilities(|facts| facts.schema_aliases = true);
    let written = TableRef { schema: Some("dbo".into()), name: "t".into(), alias: Alias::None };
    let removal = ast::Delete {
        table: written.clone(),
        filter: vec![ast::Expr::column(Source::Table(written), "id")],
        returning: Vec::new(),
        options: None,
    };
    let cases: Vec<Case> = vec![
        (of_schema("dbo"), "SELECT t_1.id FROM dbo.t AS t_1"),
        (ast::Statement::Delete(removal), "DELETE FROM dbo.t WHERE dbo.t.id = 1"),
    ];
    check(&dialect, cases);
}

#[test]
fn texts_beyond_ascii_are_national() {
    let text = |text: &str| {
        let statement = select(ID).filter(NAME.eq(text)).into();
        super::aludel_sql::compiler::render_literal(&statement, &Mssql::default()).unwrap()
    };
    assert_eq!(text("plain"), "SELECT users.id FROM users WHERE users.name = 'plain'");
    assert_eq!(text("né'e"), "SELECT users.id FROM users WHERE users.name = N'né''e'");
    let mut out = String::new();
    let bytes = Value::Bytes(vec![0, 255]);
    super::aludel_sql::Dialect::literal(&Mssql::default(), &bytes, &mut out).unwrap();
    assert_eq!(out, "0x00FF");
}

#[test]
fn locks_are_words_beside_tables() {
    let users = TableRef { schema: None, name: "users".into(), alias: Alias::None };
    let cases: Vec<Case> = vec![
        (select(ID).lock(Lock::update().no_wait()).into(), "SELECT users.id FROM users"),
        (
            select(ID).with_hint(users, "WITH (UPDLOCK)", Some("mssql")).into(),
            "SELECT users.id FROM users WITH (UPDLOCK)",
        ),
    ];
    check(&Mssql::default(), cases);
}
