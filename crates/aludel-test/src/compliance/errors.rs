//! What the database refuses becomes an error of a kind, which names what it knows.

use aludel::prelude::*;
use aludel::schema::{check, column, foreign_key, primary_key, table, unique};
use aludel::types::{integer, small_integer, string};
use aludel::{Connection, Engine, EngineOptions, Error, ErrorKind, Table};

use super::{Bench, Outcome, connect, number};

fn tables() -> [Table; 2] {
    let users = table("users")
        .column(column("id", integer()).autoincrement(false).not_null())
        .column(column("email", string(40)).not_null())
        .column(column("age", small_integer()))
        .primary_key(primary_key(["id"]).named("pk_users"))
        .unique(unique(["email"]).named("uq_users_email"))
        .check(check("age >= 18").named("ck_users_age"));
    let posts = table("posts")
        .column(column("a", integer()).autoincrement(false).not_null())
        .column(column("b", integer()).autoincrement(false).not_null())
        .column(column("author", integer()))
        .primary_key(primary_key(["a", "b"]).named("pk_posts"))
        .foreign_key(foreign_key(["author"]).references("users", ["id"]).named("fk_posts_author"));
    [users, posts]
}

fn filled(bench: &Bench) -> (Engine, Connection) {
    let engine = bench.with_tables(tables());
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO users (id, email, age) VALUES (1, 'a@x', 30)")).wait().expect("a row");
    db.execute(sql("INSERT INTO posts (a, b, author) VALUES (1, 2, 1)")).wait().expect("a row");
    (engine, db)
}

/// The statement is refused with this kind, and what the error knows of the place is right.
fn refused(
    db: &mut Connection,
    statement: &'static str,
    kind: ErrorKind,
    constraint: &str,
    table: &str,
    columns: &[&str],
) -> Error {
    let error = db.execute(sql(statement)).wait().expect_err(statement);
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.is_integrity(), "{error}");
    assert!(error.code().is_some(), "the database's own code is missing: {error}");
    assert_eq!(error.statement(), Some(statement));
    if let Some(known) = error.table() {
        assert_eq!(known, table, "{error}");
    }
    if !error.columns().is_empty() {
        assert_eq!(error.columns(), columns, "{error}");
    }
    if let Some(known) = error.constraint() {
        // MySQL and MariaDB call every primary key so.
        assert!(known == constraint || known == "PRIMARY", "{known} in {error}");
    }
    assert_eq!(number(db, "SELECT count(*) FROM users"), 1);
    error
}

/// Something has to be known besides the kind.
fn names_something(error: &Error) {
    let known = error.constraint().is_some() || error.table().is_some() || !error.columns().is_empty();
    assert!(known, "neither constraint nor table nor column is named: {error}");
}

/// A unique constraint's.
pub fn unique_keys(bench: &Bench) -> Outcome {
    let (_engine, mut db) = filled(bench);
    let twice = "INSERT INTO users (id, email) VALUES (2, 'a@x')";
    let kind = ErrorKind::UniqueViolation;
    names_something(&refused(&mut db, twice, kind, "uq_users_email", "users", &["email"]));
    Ok(())
}

/// A primary key's, of one column and of two.
pub fn primary_keys(bench: &Bench) -> Outcome {
    let (_engine, mut db) = filled(bench);
    let kind = ErrorKind::UniqueViolation;
    let twice = "INSERT INTO users (id, email) VALUES (1, 'b@x')";
    names_something(&refused(&mut db, twice, kind, "pk_users", "users", &["id"]));
    let twice = "INSERT INTO posts (a, b) VALUES (1, 2)";
    names_something(&refused(&mut db, twice, kind, "pk_posts", "posts", &["a", "b"]));
    Ok(())
}

/// A foreign key's, from both of its sides.
pub fn foreign_keys(bench: &Bench) -> Outcome {
    let (_engine, mut db) = filled(bench);
    let kind = ErrorKind::ForeignKeyViolation;
    let orphan = "INSERT INTO posts (a, b, author) VALUES (3, 4, 99)";
    refused(&mut db, orphan, kind, "fk_posts_author", "posts", &["author"]);
    let error = db.execute(sql("DELETE FROM users WHERE id = 1")).wait().expect_err("somebody refers to it");
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(number(&mut db, "SELECT count(*) FROM posts"), 1);
    Ok(())
}

/// A column's that takes no NULL.
pub fn not_null(bench: &Bench) -> Outcome {
    let (_engine, mut db) = filled(bench);
    let nothing = "INSERT INTO users (id, email) VALUES (2, NULL)";
    let error = refused(&mut db, nothing, ErrorKind::NotNullViolation, "", "users", &["email"]);
    assert_eq!(error.columns(), ["email"], "{error}");
    Ok(())
}

/// A check's.
pub fn checks(bench: &Bench) -> Outcome {
    let (_engine, mut db) = filled(bench);
    let young = "INSERT INTO users (id, email, age) VALUES (2, 'b@x', 3)";
    let error = refused(&mut db, young, ErrorKind::CheckViolation, "ck_users_age", "users", &["age"]);
    assert_eq!(error.constraint(), Some("ck_users_age"), "{error}");
    Ok(())
}

/// A value that does not fit is refused as such, or kept as it is; it is not cut.
pub fn data(bench: &Bench) -> Outcome {
    let (_engine, mut db) = filled(bench);
    let large = db.execute(sql("INSERT INTO users (id, email, age) VALUES (2, 'b@x', 70000)")).wait();
    match large {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Data, "{error}"),
        Ok(_) => assert_eq!(number(&mut db, "SELECT age FROM users WHERE id = 2"), 70_000),
    }
    let long = "x".repeat(200);
    let written =
        db.execute(sql("INSERT INTO users (id, email) VALUES (?, ?)").bind(3_i64).bind(long.clone())).wait();
    match written {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Data, "{error}"),
        Ok(_) => {
            let kept: String = db.one(sql("SELECT email FROM users WHERE id = 3").rows()).wait().expect("it");
            assert_eq!(kept, long);
        }
    }
    Ok(())
}

/// A wrong statement is the program's fault, and the error shows it.
pub fn wrong_statements(bench: &Bench) -> Outcome {
    let (_engine, mut db) = filled(bench);
    for statement in [
        "SELEC 1",
        "SELECT nothing FROM users",
        "SELECT 1 FROM nowhere",
        "INSERT INTO users (nothing) VALUES (1)",
    ] {
        let error = db.execute(sql(statement)).wait().expect_err(statement);
        assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
        assert_eq!(error.statement(), Some(statement));
        let error = db.all(sql(statement).rows::<i64>()).wait().expect_err(statement);
        assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
    }
    // Too few and too many values.
    let raw = db.raw().expect("open");
    let words = super::placeholder(raw.dialect().capabilities(), 1);
    let query = format!("SELECT id FROM users WHERE id = {words}");
    raw.execute(&query, &[]).wait().expect_err("no value");
    let two = [aludel::sql::ValueRef::I64(1), aludel::sql::ValueRef::I64(2)];
    raw.execute(&query, &two).wait().expect_err("a value too many");
    assert_eq!(number(&mut db, "SELECT count(*) FROM users"), 1);
    Ok(())
}

/// After each of many errors, the connection does what it is asked, and no other one was opened.
pub fn the_connection_goes_on(bench: &Bench) -> Outcome {
    let (engine, db) = filled(bench);
    drop(db);
    for _ in 0..20 {
        let mut db = connect(&engine);
        db.execute(sql("INSERT INTO users (id, email) VALUES (1, 'x')")).wait().expect_err("twice");
        db.execute(sql("SELEC")).wait().expect_err("no statement");
        assert_eq!(number(&mut db, "SELECT count(*) FROM users"), 1);
    }
    assert_eq!(engine.status().opened, 1, "{}", engine.status());
    Ok(())
}

/// The message has the statement and its parameters, unless these are to be hidden.
pub fn messages_show_the_statement_and_hide_what_is_secret(bench: &Bench) -> Outcome {
    let (engine, db) = filled(bench);
    drop(db);
    let insert = || sql("INSERT INTO users (id, email) VALUES (?, ?)").bind(1_i64).bind("hidden@x");
    let shown = connect(&engine).execute(insert()).wait().expect_err("twice");
    assert!(shown.to_string().contains("INSERT INTO users"), "{shown}");
    assert!(shown.parameters().is_some_and(|parameters| parameters.contains("hidden@x")), "{shown}");
    // A database in one connection is not there for another engine; so its tables are made again.
    drop(engine);
    let secret = bench.engine_with(EngineOptions::new().hide_parameters());
    secret.create_all(&tables().into_iter().collect()).wait().expect("tables");
    let mut db = connect(&secret);
    let _ = db.execute(sql("INSERT INTO users (id, email) VALUES (1, 'other')")).wait();
    let hidden = db.execute(insert()).wait().expect_err("twice");
    let text = format!("{hidden}\n{hidden:?}");
    assert!(text.contains("INSERT INTO users") && !text.contains("hidden@x"), "{text}");
    Ok(())
}
