//! What is made is what the inspector finds.

use aludel::migrate::compare::{CompareOptions, compare};
use aludel::prelude::*;
use aludel::schema::{
    IndexElement, ReferentialAction, TableName, check, column, foreign_key, index, primary_key, table, unique,
};
use aludel::types::*;
use aludel::{Engine, ErrorKind, ExecutionOptions};

use super::{Bench, Outcome, connect, number};

/// Keys, constraints, indexes and types that every database has.
fn shop() -> MetaData {
    let users = table("users")
        .column(column("id", big_integer()).autoincrement(true).not_null())
        .column(column("username", string(50)).not_null())
        .column(column("age", small_integer()))
        .column(column("active", boolean()).not_null().server_default(true))
        .primary_key(primary_key(["id"]).named("pk_users"))
        .unique(unique(["username"]).named("uq_users_username"))
        .index(index("ix_users_age").on("users", ["age", "username"]))
        .index(index("ix_users_newest").on("users", [IndexElement::column("id").desc()]).unique());
    let items = table("items")
        .column(column("shelf", integer()).autoincrement(false).not_null())
        .column(column("place", integer()).autoincrement(false).not_null())
        .column(column("owner", big_integer()))
        .column(column("price", numeric(10, 2)).not_null().server_default(1.5))
        .column(column("weight", double()))
        .column(column("label", string(20)).server_default("it's new"))
        .column(column("note", text()))
        .column(column("image", binary()))
        .column(column("day", date()))
        .column(column("hour", time()))
        .column(column("wall", date_time()))
        .column(column("moment", date_time_tz()))
        .column(column("token", uuid()))
        .column(column("data", json()))
        .primary_key(primary_key(["shelf", "place"]).named("pk_items"))
        .check(check("shelf > 0").named("ck_items_shelf"))
        .foreign_key(
            foreign_key(["owner"])
                .references("users", ["id"])
                .named("fk_items_owner")
                .on_delete(ReferentialAction::Cascade),
        );
    let lines = table("lines")
        .column(column("id", integer()).autoincrement(false).not_null())
        .column(column("shelf", integer()))
        .column(column("place", integer()))
        .column(column("parent", integer()))
        .primary_key(primary_key(["id"]).named("pk_lines"))
        .foreign_key(
            foreign_key(["shelf", "place"])
                .references("items", ["shelf", "place"])
                .named("fk_lines_item")
                .on_delete(ReferentialAction::SetNull),
        )
        .foreign_key(foreign_key(["parent"]).references("lines", ["id"]).named("fk_lines_parent"));
    MetaData::new().add(items).add(lines).add(users)
}

fn found(engine: &Engine) -> MetaData {
    connect(engine).inspector().expect("open").metadata(None).wait().expect("a schema")
}

/// The same in the dialect's words: nothing would have to be changed from one to the other, and back.
fn assert_same(engine: &Engine, wanted: &MetaData, found: &MetaData) {
    let dialect = connect(engine).dialect().clone();
    for (one, other) in [(wanted, found), (found, wanted)] {
        let difference =
            compare(one, other, dialect.as_ref(), &CompareOptions::default()).expect("comparable");
        assert!(difference.is_empty(), "{:#?}", difference.operations);
    }
}

/// A schema with most of what there is comes back, alone and as a whole, and makes the same schema again.
pub fn what_was_made_is_found(bench: &Bench) -> Outcome {
    let engine = bench.engine();
    let wanted = shop();
    engine.create_all(&wanted).wait().expect("made");
    let whole = found(&engine);
    assert_same(&engine, &wanted, &whole);
    let mut db = connect(&engine);
    let mut inspector = db.inspector().expect("open");
    let names = inspector.table_names(None).wait().expect("names");
    assert_eq!(names, ["items", "lines", "users"].map(TableName::new));
    for name in &names {
        let alone = inspector.table(name).wait().expect("readable");
        assert_eq!(alone.as_ref(), whole.get(name), "{name}");
    }
    drop(inspector);
    drop(db);
    engine.drop_all(&whole).wait().expect("dropped");
    engine.create_all(&whole).wait().expect("made from what was found");
    assert_same(&engine, &wanted, &found(&engine));
    Ok(())
}

/// There is nothing in an empty database, and a table that is missing is none.
pub fn what_is_not_there_is_none(bench: &Bench) -> Outcome {
    let engine = bench.engine();
    let mut db = connect(&engine);
    let mut inspector = db.inspector().expect("open");
    assert_eq!(inspector.table_names(None).wait().expect("names"), []);
    assert_eq!(inspector.table(&TableName::new("missing")).wait().expect("an answer"), None);
    assert!(inspector.objects(None).wait().expect("an answer").is_empty());
    assert!(inspector.metadata(None).wait().expect("an answer").tables().is_empty());
    Ok(())
}

/// What is there stays as it is.
pub fn create_all_makes_what_is_missing(bench: &Bench) -> Outcome {
    let engine = bench.engine();
    let all = shop();
    let users = all.get(&TableName::new("users")).cloned();
    engine.create_all(&users.into_iter().collect()).wait().expect("one");
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO users (username) VALUES ('alice')")).wait().expect("a row");
    drop(db);
    engine.create_all(&all).wait().expect("the others");
    engine.create_all(&all).wait().expect("nothing");
    assert_same(&engine, &all, &found(&engine));
    assert_eq!(number(&mut connect(&engine), "SELECT count(*) FROM users"), 1);
    Ok(())
}

/// Tables that refer to each other go in an order that can go, and those that are not there are left out.
pub fn drop_all_drops_in_order(bench: &Bench) -> Outcome {
    let engine = bench.engine();
    let all = shop();
    engine.create_all(&all).wait().expect("made");
    engine.drop_all(&all).wait().expect("dropped");
    assert!(found(&engine).tables().is_empty());
    engine.drop_all(&all).wait().expect("nothing to drop");
    Ok(())
}

/// Words of the language, upper case, blanks and quotes in names.
pub fn names_that_need_quotes(bench: &Bench) -> Outcome {
    let engine = bench.engine();
    let odd = table("Select from")
        .column(column("order", integer()).autoincrement(false).not_null())
        .column(column("It's \"odd\"", string(10)))
        .column(column("Group", integer()))
        .primary_key(primary_key(["order"]).named("pk odd"))
        .index(index("ix Odd").on("Select from", ["Group"]));
    let wanted = MetaData::new().add(odd);
    engine.create_all(&wanted).wait().expect("made");
    assert_same(&engine, &wanted, &found(&engine));
    engine.drop_all(&wanted).wait().expect("dropped");
    assert!(found(&engine).tables().is_empty());
    Ok(())
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "elsewhere.kinds")]
struct Kind {
    #[column(primary_key)]
    id: i64,
    #[column(length = 40)]
    name: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "elsewhere.notes")]
struct Note {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = "elsewhere.kinds.id")]
    kind_id: i64,
}

/// Schemas take the place of others when tables are made, filled, read and dropped.
pub fn schemas_take_the_place_of_others(bench: &Bench) -> Outcome {
    let engine = bench.engine();
    let here = ExecutionOptions::new().schema(Some("elsewhere"), None);
    let translated = engine.with_execution_options(here.clone());
    let all = MetaData::new().add(Kind).add(Note);
    translated.create_all(&all).wait().expect("made");
    translated.create_all(&all).wait().expect("nothing");
    let names = connect(&engine).inspector().expect("open").table_names(None).wait().expect("names");
    assert_eq!(names, ["kinds", "notes"].map(TableName::new));
    let mut db = connect(&translated);
    let kinds = [Kind { id: 7, name: "letter".to_owned() }];
    assert_eq!(db.insert_all(&kinds).wait().expect("a row"), 1);
    let new = insert(Note).columns((Note.kind_id,));
    assert_eq!(db.execute_many(new, [[7_i64], [7]]).wait().expect("rows"), 2);
    let joined = || select((Note.id, Kind.name)).join((Kind, Kind.id.eq(Note.kind_id))).order_by(Note.id);
    let read = db.all(joined()).wait().expect("rows");
    assert_eq!(read.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["letter", "letter"]);
    let changed = db.execute(update(Kind).set(Kind.name, "card")).wait().expect("a row");
    assert_eq!(changed.rows_affected, 1);
    drop(db);
    // It is the engine's handle that translates, or a part of the work; nothing of it stays.
    let mut db = connect(&engine);
    let error = db.all(joined()).wait().expect_err("no such schema");
    assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
    let read = db.with_execution_options(here).all(select(Kind.name)).wait().expect("a row");
    assert_eq!(read, ["card"]);
    db.all(select(Kind.name)).wait().expect_err("no such schema");
    assert_eq!(number(&mut db, "SELECT count(*) FROM notes"), 2);
    drop(db);
    translated.drop_all(&all).wait().expect("dropped");
    assert!(found(&engine).tables().is_empty());
    Ok(())
}
