//! What differs is seen, and what is the same makes no noise: pairs of schemas over a real database.

use aludel_migrate::compare::{CompareOptions, ObjectKind, ObjectRef, compare};
use aludel_migrate::operation::Operation;
use aludel_migrate::prelude::*;
use aludel_sql::MetaData;
use aludel_sql::dialect::sqlite::Sqlite;
use aludel_sql::schema::Table;

use crate::support::{difference, memory, migrate, own_tables, reflect, script};

fn t() -> Table {
    table("t").column(column("id", big_integer()).primary_key())
}

/// Makes the first schema, migrates it by its difference to the second, and tells the kinds of operations.
fn kinds(before: MetaData, after: &MetaData) -> Vec<&'static str> {
    let engine = memory();
    let making = difference(&before, &MetaData::new());
    migrate(&engine, &making.operations).unwrap();
    assert_eq!(difference(&before, &reflect(&engine)).operations, [], "noise");
    let change = difference(after, &reflect(&engine));
    migrate(&engine, &change.operations).unwrap();
    assert_eq!(difference(after, &reflect(&engine)).operations, [], "not reached");
    change.operations.iter().map(kind).collect()
}

fn kind(operation: &Operation) -> &'static str {
    match operation {
        Operation::CreateTable(_) => "create table",
        Operation::DropTable(_) => "drop table",
        Operation::AddColumn(_) => "add column",
        Operation::DropColumn(_) => "drop column",
        Operation::AlterColumn(_) => "alter column",
        Operation::CreateIndex(_) => "create index",
        Operation::DropIndex(_) => "drop index",
        Operation::AddConstraint(_) => "add constraint",
        Operation::DropConstraint(_) => "drop constraint",
        _ => "other",
    }
}

#[track_caller]
fn expect(before: impl IntoIterator<Item = Table>, after: impl IntoIterator<Item = Table>, wanted: &[&str]) {
    let after = after.into_iter().collect();
    assert_eq!(kinds(before.into_iter().collect(), &after), wanted);
}

#[test]
fn tables() {
    expect([], [t()], &["create table"]);
    expect([t()], [t(), table("u").column(column("a", text()))], &["create table"]);
    expect([t(), table("u").column(column("a", text()))], [t()], &["drop table"]);
}

#[test]
fn children_go_before_their_parents_and_circles_are_cut() {
    let a = table("a")
        .column(column("id", integer()).primary_key())
        .column(column("b_id", integer()).references("b.id"))
        .column(column("a_id", integer()).references("a.id"));
    let b = table("b")
        .column(column("id", integer()).primary_key())
        .column(column("a_id", integer()).references("a.id").not_null());
    expect([], [a.clone(), b.clone()], &["create table", "create table", "add constraint"]);
    expect([a, b], [], &["drop constraint", "drop table", "drop table"]);
    let chain = |count: usize| {
        (0..count).rev().map(|number| {
            let made = table(format!("p{number}")).column(column("id", integer()).primary_key());
            match number {
                0 => made,
                _ => made.column(column("up", integer()).references(&format!("p{}.id", number - 1))),
            }
        })
    };
    expect(chain(8), [], &["drop table"; 8]);
    expect([], chain(8), &["create table"; 8]);
}

#[test]
fn columns() {
    let a = |ty| t().column(column("a", ty));
    expect([t()], [a(string(10))], &["add column"]);
    expect([a(string(10))], [t()], &["drop column"]);
    for (one, other) in [
        (string(10), string(20)),
        (string(10), unbounded_string()),
        (numeric(10, 2), decimal()),
        (integer(), big_integer()),
        (date_time(), date_time_tz()),
        (text(), binary()),
    ] {
        expect([a(one.clone())], [a(other.clone())], &["alter column"]);
        expect([a(other)], [a(one)], &["alter column"]);
    }
    expect([a(text())], [t().column(column("a", text()).not_null())], &["alter column"]);
    expect([t().column(column("a", text()).not_null())], [a(text())], &["alter column"]);
    let defaulted =
        |default: aludel_sql::schema::ServerDefault| t().column(column("a", text()).server_default(default));
    expect([a(text())], [defaulted("x".into())], &["alter column"]);
    expect([defaulted("x".into())], [defaulted("X".into())], &["alter column"]);
    expect([defaulted("x".into())], [defaulted(now().into())], &["alter column"]);
    expect([defaulted(now().into())], [a(text())], &["alter column"]);
    let computed = |expression: &str| {
        t().column(column("a", integer())).column(column("g", integer()).computed(expression))
    };
    expect([computed("a * 2")], [computed("a * 3")], &["drop column", "add column"]);
    expect([computed("a * 2")], [computed("(A*2)")], &[]);
    expect([t().column(column("a", integer()))], [computed("a * 2")], &["add column"]);
}

#[test]
fn keys_and_constraints() {
    let two =
        || table("t").column(column("a", integer()).not_null()).column(column("b", integer()).not_null());
    let drop_add = &["drop constraint", "add constraint"];
    expect([two()], [two().primary_key(primary_key(["a"]))], &["add constraint"]);
    expect([two().primary_key(primary_key(["a"]))], [two().primary_key(primary_key(["a", "b"]))], drop_add);
    expect([two().unique(unique(["a", "b"]))], [two().unique(unique(["b", "a"]))], drop_add);
    expect([two().unique(unique(["a"]))], [two()], &["drop constraint"]);
    expect([two().unique(unique(["a"]).named("x"))], [two().unique(unique(["a"]).named("y"))], drop_add);
    expect([two().unique(unique(["a"]).named("x"))], [two().unique(unique(["a"]))], &[]);
    expect([two().check(check("a > 0").named("ck"))], [two().check(check("a > 10").named("ck"))], drop_add);
    expect([two().check(check("a > 0"))], [two().check(check("( a>0 )"))], &[]);
    expect([two().check(check("a > 0"))], [two()], &["drop constraint"]);
    let key = || foreign_key(["a"]).references("t", ["b"]);
    let keyed = || two().unique(unique(["b"]));
    expect([keyed()], [keyed().foreign_key(key())], &["add constraint"]);
    expect([keyed().foreign_key(key())], [keyed().foreign_key(key().on_delete(Cascade))], drop_add);
    expect([keyed().foreign_key(key())], [keyed().foreign_key(key().on_delete(NoAction))], &[]);
    expect([keyed().foreign_key(key().named("x"))], [keyed().foreign_key(key().named("y"))], drop_add);
    expect([keyed().foreign_key(key().named("x"))], [keyed().foreign_key(key())], &[]);
}

#[test]
fn indexes() {
    let with = |made: aludel_sql::schema::Index| t().column(column("a", text())).index(made);
    let plain = || index("ix").on("t", ["a"]);
    let drop_create = &["drop index", "create index"];
    expect([t().column(column("a", text()))], [with(plain())], &["create index"]);
    expect([with(plain())], [with(plain().unique())], drop_create);
    expect([with(plain())], [with(index("iy").on("t", ["a"]))], drop_create);
    expect([with(plain())], [with(index("ix").on("t", [IndexElement::column("a").desc()]))], drop_create);
    expect([with(plain())], [with(plain().filter("a > 'x'"))], drop_create);
    expect([with(plain().filter("a > 'x'"))], [with(plain().filter("(a>'x')"))], &[]);
    expect([with(plain().filter("a > 'x'"))], [with(plain().filter("a > 'X'"))], drop_create);
    expect([with(plain())], [with(index("ix").on("t", [IndexElement::expression("lower(a)")]))], drop_create);
}

#[test]
fn spelling_makes_no_noise() {
    let engine = memory();
    script(
        &engine,
        "create table T2 (ID integer primary key, N int default (0), S nvarchar ( 20 ) default \"x\" not null,
            D decimal(10,2) default '1.5', F bool default 1, At datetime default current_timestamp, E text default null);",
    );
    let wanted = table("T2")
        .column(column("ID", big_integer()).primary_key())
        .column(column("N", integer()).server_default(0))
        .column(column("S", string(20)).not_null().server_default("x"))
        .column(column("D", numeric(10, 2)).server_default(1.5))
        .column(column("F", boolean()).server_default(true))
        .column(column("At", date_time()).server_default(now()))
        .column(column("E", text()));
    assert_eq!(difference(&MetaData::new().add(wanted), &reflect(&engine)).operations, []);
}

#[test]
fn renames_are_named_and_not_guessed() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(50)); CREATE TABLE u (a TEXT, b TEXT);",
    );
    let wanted = MetaData::new()
        .add(t().column(column("full_name", string(50))))
        .add(table("v").column(column("b", text())).column(column("a", text())));
    let found = difference(&wanted, &reflect(&engine));
    assert_eq!(
        found.operations.iter().map(kind).collect::<Vec<_>>(),
        ["drop table", "create table", "add column", "drop column"]
    );
    assert_eq!(found.warnings.len(), 2);
    assert!(found.warnings[0].contains("op.rename_table(\"u\", \"v\")"), "{:?}", found.warnings);
    assert!(
        found.warnings[1].contains("op.rename_column(\"t\", \"name\", \"full_name\")"),
        "{:?}",
        found.warnings
    );
}

#[test]
fn filters_leave_objects_alone_on_either_side() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, legacy TEXT); CREATE INDEX ix_legacy ON t (legacy);
         CREATE TABLE theirs (a TEXT); CREATE TABLE aludel_version (version_num TEXT);",
    );
    let wanted = MetaData::new().add(t().column(column("other", text())));
    let include = |object: &ObjectRef<'_>| match object.kind {
        // The usual wish: what the application doesn't know is none of its business.
        ObjectKind::Table => !object.reflected || object.counterpart,
        ObjectKind::Column => object.name != Some("legacy") && object.name != Some("other"),
        _ => !object.name.is_some_and(|name| name.ends_with("legacy")),
    };
    let own = own_tables();
    let options = CompareOptions { include: Some(&include), own_tables: &own, ..CompareOptions::default() };
    let found = compare(&wanted, &reflect(&engine), &Sqlite::default(), &options).unwrap();
    assert_eq!(found.operations, []);
}
