//! What things are called: columns of queries inside of queries, tables of the same name, names that are quoted in
//! their own way, and words for the planner that name sources.

use aludel_sql::ast::key::StatementKey;
use aludel_sql::ast::*;
use aludel_sql::compiler::{CompileOptions, compile_with};
use aludel_sql::dialect::{mssql::Mssql, mysql::Mysql, oracle::Oracle, standard::Standard};
use aludel_sql::schema::TableName;
use aludel_sql::{Dialect, Value, compile};

fn text(select: Select, dialect: &dyn Dialect) -> String {
    compile(&Statement::Select(select), dialect).expect("a text").sql
}

fn table(name: &str) -> TableRef {
    TableRef::new(&TableName::new(name))
}

fn columns(source: &TableRef, names: &[&'static str]) -> Vec<SelectItem> {
    names.iter().map(|name| SelectItem::column(source.clone(), (*name).into())).collect()
}

fn all_of(derived: &std::sync::Arc<Derived>) -> Select {
    Select { items: vec![SelectItem::All(derived.clone())], ..Select::default() }
}

#[test]
fn a_repeated_column_is_one_column_outside() {
    let users = table("users");
    let inner = Select { items: columns(&users, &["id", "name", "id"]), ..Select::default() };
    let inner = Derived::unnamed(DerivedKind::Subquery(inner.into()));
    assert_eq!(
        text(all_of(&inner), &Standard::new()),
        "SELECT anon_1.id, anon_1.name, anon_1.id AS id_1 \
         FROM (SELECT users.id AS id, users.name AS name, users.id AS id__1 FROM users) AS anon_1"
    );
}

#[test]
fn made_up_names_are_numbered_where_they_are_read_first() {
    let users = table("users");
    let named = |items| Select {
        items,
        options: Some(Box::new(SelectOptions {
            label_style: LabelStyle::TableName,
            ..SelectOptions::default()
        })),
        ..Select::default()
    };
    let inner = Select { items: columns(&users, &["id"]), ..Select::default() };
    let inner = Derived::unnamed(DerivedKind::Subquery(inner.into()));
    let middle = Derived::unnamed(DerivedKind::Subquery(named(vec![SelectItem::All(inner)]).into()));
    assert_eq!(
        text(named(vec![SelectItem::All(middle)]), &Standard::new()),
        "SELECT anon_1.anon_2_id AS anon_1_anon_2_id \
         FROM (SELECT anon_2.id AS anon_2_id FROM (SELECT users.id AS id FROM users) AS anon_2) AS anon_1"
    );
}

#[test]
fn words_that_stand_for_a_column_are_words_outside_as_well() {
    let items = vec![SelectItem::Expr(Expr::LiteralColumn("*".into()), None)];
    let from = vec![FromItem::Table(table("users"))];
    let inner = Derived::new(DerivedKind::Subquery(Select { items, from, ..Select::default() }.into()), "u");
    assert_eq!(text(all_of(&inner), &Standard::new()), "SELECT u.* FROM (SELECT * FROM users) AS u");
}

#[test]
fn a_table_beside_one_of_its_name_in_a_schema_gets_another_name() {
    let plain = table("users");
    let other = TableRef::new(&TableName::in_schema("past", "users"));
    let condition = Expr::binary(
        BinaryOperator::Equal,
        Expr::column(plain.clone(), "id"),
        Expr::column(other.clone(), "id"),
    );
    let select = Select {
        items: columns(&plain, &["id"]).into_iter().chain(columns(&other, &["name"])).collect(),
        filter: vec![condition],
        ..Select::default()
    };
    assert_eq!(
        text(select, &Standard::new()),
        "SELECT users_1.id, past.users.name FROM users AS users_1, past.users WHERE users_1.id = past.users.id"
    );
    // Alone it is what it is.
    let select = Select { items: columns(&plain, &["id"]), ..Select::default() };
    assert_eq!(text(select, &Standard::new()), "SELECT users.id FROM users");
}

#[test]
fn a_query_cannot_name_its_own_labels_in_a_window() {
    let users = table("users");
    let sum =
        Expr::binary(BinaryOperator::Add, Expr::column(users.clone(), "age"), Expr::Literal(Value::I64(1)));
    let label = Labelled { id: new_id(), name: Label::Named("next".into()), expr: sum };
    let label = Expr::Labelled(std::sync::Arc::new(label));
    let window = Window { order_by: vec![label.clone().into()], ..Window::default() };
    let row = Aggregate {
        over: Some(Over::Window(window)),
        ..Aggregate::new(Expr::Function(Function::new("row_number", Vec::new())))
    };
    let select = Select {
        items: vec![
            SelectItem::Expr(label.clone(), None),
            SelectItem::Expr(Expr::Aggregate(Box::new(row)), Some("place".into())),
        ],
        order_by: vec![label.into()],
        ..Select::default()
    };
    assert_eq!(
        text(select, &Standard::new()),
        "SELECT users.age + 1 AS next, row_number() OVER (ORDER BY users.age + 1) AS place FROM users ORDER BY next"
    );
}

#[test]
fn names_are_quoted_always_or_never_where_that_is_said() {
    let users = table("users");
    let select = Select { items: columns(&users, &["id", "Name"]), ..Select::default() };
    let statement = Statement::Select(select);
    let quoting = vec![("users".to_owned(), true), ("Name".to_owned(), false)];
    let options = CompileOptions { quoting, ..CompileOptions::default() };
    let text = |dialect: &dyn Dialect| {
        let key = StatementKey::of(&statement);
        compile_with(&statement, &key, dialect, &options).expect("a text").sql
    };
    assert_eq!(text(&Standard::new()), "SELECT \"users\".id, \"users\".Name FROM \"users\"");
    assert_eq!(text(&Mssql::default()), "SELECT [users].id, [users].Name FROM [users]");
}

#[test]
fn words_for_the_planner_stand_where_the_database_reads_them() {
    let users = table("users");
    let hint = |dialect: &'static str| Hint {
        of: users.clone().into(),
        text: "index(%(name)s i)".into(),
        dialect: Some(dialect.into()),
    };
    let hints = vec![hint("mysql"), hint("mssql"), hint("oracle")];
    let select = || Select {
        items: columns(&users, &["id"]),
        options: Some(Box::new(SelectOptions { hints: hints.clone(), ..SelectOptions::default() })),
        ..Select::default()
    };
    assert_eq!(text(select(), &Mysql::mysql()), "SELECT users.id FROM users index(users i)");
    assert_eq!(text(select(), &Mssql::default()), "SELECT users.id FROM users index(users i)");
    assert_eq!(text(select(), &Oracle::default()), "SELECT /*+ index(users i) */ users.id FROM users");
    assert_eq!(text(select(), &Standard::new()), "SELECT users.id FROM users");
}

/// The first half of a recursive query enters the key before it is met itself, and its values have to be found.
#[test]
fn a_recursive_query_finds_the_values_of_its_first_half() {
    let numbers = |name: &'static str| Cte {
        recursive: true,
        ..Cte::new(Query::from(Select {
            items: vec![SelectItem::Expr(Expr::Bind(Value::I64(1)), Some(name.into()))],
            ..Select::default()
        }))
    };
    let first = Derived::new(DerivedKind::Cte(Box::new(numbers("n"))), "numbers");
    let next = Select {
        items: vec![SelectItem::All(first.clone())],
        filter: vec![Expr::binary(
            BinaryOperator::Less,
            Expr::Position(first.clone(), 0),
            Expr::Bind(Value::I64(9)),
        )],
        ..Select::default()
    };
    let members = vec![numbers("n").query, next.into()];
    let whole = Cte {
        recursive: true,
        restates: Some(first.id),
        ..Cte::new(Compound::new(SetOperator::UnionAll, members).into())
    };
    let whole = Derived::new(DerivedKind::Cte(Box::new(whole)), "numbers");
    let statement = Statement::Select(all_of(&whole));
    let compiled = compile(&statement, &Mysql::mysql()).expect("a text");
    assert_eq!(
        compiled.sql,
        "WITH RECURSIVE numbers(n) AS (SELECT ? AS n UNION ALL SELECT numbers.n AS n FROM numbers \
         WHERE numbers.n < ?) SELECT numbers.n FROM numbers"
    );
    let key = StatementKey::of(&statement);
    let values: Vec<_> = compiled.binds.iter().map(|index| key.binds()[*index].clone()).collect();
    assert_eq!(values, [Value::I64(1), Value::I64(9)]);
}
