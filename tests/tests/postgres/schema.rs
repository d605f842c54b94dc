//! The inspector reads back what `create_all` made, and says what it can of the rest.

use aludel::engine::inspect::ObjectKind;
use aludel::expression::now;
use aludel::prelude::*;
use aludel::schema::{
    IndexElement, ReferentialAction, TableName, check, column, foreign_key, index, primary_key, table, unique,
};
use aludel::types::*;
use aludel::{Connection, Table, Type};

use crate::database::Database;

fn reflect(connection: &mut Connection) -> MetaData {
    connection.inspector().expect("open").metadata(None).wait().expect("a schema")
}

fn read(connection: &mut Connection, name: &str) -> Table {
    let name = TableName::from(name);
    connection.inspector().expect("open").table(&name).wait().expect("readable").expect("there")
}

/// Everything that the schema model can say, with names for all constraints.
fn shop() -> MetaData {
    let users = table("users")
        .column(column("id", big_integer()).autoincrement(true).not_null())
        .column(column("username", string(50)).not_null().comment("what they're called"))
        .column(column("Order", text()).collation("C"))
        .column(column("created_at", date_time_tz()).not_null().server_default(now()))
        .primary_key(primary_key(["id"]).named("pk_users"))
        .unique(unique(["username"]).named("uq_users_username"))
        .index(index("ix_users_newest").on("users", [IndexElement::column("created_at").desc()]))
        .index(
            index("ix_users_lower").on("users", [IndexElement::expression("lower(username::text)")]).unique(),
        )
        .index(
            index("ix_users_recent").on("users", ["username", "created_at"]).filter("\"Order\" IS NOT NULL"),
        )
        .index(index("ix_users_order").on("users", [IndexElement::column("username").collate("C")]))
        .comment("people");
    let items = table("items")
        .column(column("shelf", integer()).not_null())
        .column(column("place", small_integer()).not_null())
        .column(column("owner", big_integer()))
        .column(column("price", numeric(10, 2)).not_null().server_default(1.5))
        .column(column("any_number", decimal()).server_default(0))
        .column(column("weight", double()).server_default(-0.5))
        .column(column("ratio", float_of(24)))
        .column(column("sold", boolean()).not_null().server_default(false))
        .column(column("count", integer()).server_default(-1))
        .column(column("label", string(20)).server_default("it's new"))
        .column(column("words", unbounded_string()).server_default(""))
        .column(column("note", text()).server_default("x"))
        .column(column("image", binary()))
        .column(column("day", date()).server_default("2026-01-01"))
        .column(column("hour", time()))
        .column(column("wall", date_time()).server_default("2026-01-01 08:00:00"))
        .column(column("token", uuid()).server_default(sql("gen_random_uuid()")))
        .column(column("data", json()).server_default("{}"))
        .column(column("total", numeric(12, 2)).computed_stored("price * 2::numeric"))
        .column(column("codes", array(integer())))
        .primary_key(primary_key(["shelf", "place"]).named("pk_items"))
        .unique(unique(["token", "day"]).named("uq_items_token_day"))
        .check(check("price > 0::numeric").named("ck_items_price"))
        .foreign_key(
            foreign_key(["owner"])
                .references("users", ["id"])
                .named("fk_items_owner")
                .on_delete(ReferentialAction::Cascade)
                .on_update(ReferentialAction::Restrict)
                .initially_deferred(),
        );
    let lines = table("lines")
        .column(column("id", integer()).autoincrement(false).not_null())
        .column(column("shelf", integer()))
        .column(column("place", small_integer()))
        .column(column("parent", integer()))
        .primary_key(primary_key(["id"]).named("pk_lines"))
        .foreign_key(
            foreign_key(["shelf", "place"])
                .references("items", ["shelf", "place"])
                .named("fk_lines_item")
                .on_delete(ReferentialAction::SetNull),
        )
        .foreign_key(foreign_key(["parent"]).references("lines", ["id"]).named("fk_lines_parent"));
    let plain = table("plain").column(column("a", integer()));
    // In alphabetical order, as they are read.
    MetaData::new().add(items).add(lines).add(plain).add(users)
}

#[test]
fn what_was_made_is_read_back() {
    let database = Database::new();
    let wanted = shop();
    database.engine.create_all(&wanted).wait().expect("made");
    let mut connection = database.connect();
    let found = reflect(&mut connection);
    for (found, wanted) in found.tables().iter().zip(wanted.tables()) {
        for (found, wanted) in found.columns.iter().zip(&wanted.columns) {
            assert_eq!(found, wanted);
        }
        assert_eq!(found, wanted);
    }
    assert_eq!(found, wanted);
    // Again from what was read.
    database.engine.drop_all(&found).wait().expect("dropped");
    assert!(reflect(&mut connection).is_empty());
    database.engine.create_all(&found).wait().expect("made again");
    assert_eq!(reflect(&mut connection), wanted);
}

#[test]
fn every_type_is_read_back() {
    let database = Database::new();
    let types = [
        Type::SmallInteger,
        Type::Integer,
        Type::BigInteger,
        Type::Float { precision: Some(24) },
        Type::Double,
        Type::Numeric { precision: None, scale: None },
        Type::Numeric { precision: Some(10), scale: Some(2) },
        Type::Boolean,
        Type::String { length: None },
        Type::String { length: Some(50) },
        Type::Text { length: None },
        Type::Binary { length: None },
        Type::Date,
        Type::Time { timezone: false },
        Type::DateTime { timezone: false },
        Type::DateTime { timezone: true },
        Type::Uuid,
        Type::Json,
        Type::Raw("json".into()),
        Type::Raw("character(5)".into()),
        Type::Interval,
        Type::Inet,
        Type::Array(Box::new(Type::Text { length: None })),
        Type::Range(Box::new(Type::Date)),
        Type::Raw("interval(3)".into()),
        Type::Raw("timestamp(3) without time zone".into()),
    ];
    let mut all = table("t");
    for (number, ty) in types.iter().enumerate() {
        all.add_column(column(format!("c{number}"), ty.clone()));
    }
    database.engine.create_all(&MetaData::new().add(all.clone())).wait().expect("made");
    assert_eq!(read(&mut database.connect(), "t"), all);
}

#[test]
fn names_that_the_server_gives_are_those_that_the_dialect_expects() {
    let database = Database::new();
    let users = table("users").column(column("id", big_integer()).primary_key());
    let things = table("things")
        .column(column("id", big_integer()).primary_key())
        .column(column("name", string(5)).unique())
        .column(column("user_id", big_integer()).references("users.id"));
    let metadata = MetaData::new().add(things.clone()).add(users);
    database.engine.create_all(&metadata).wait().expect("made");
    let mut connection = database.connect();
    let dialect = connection.dialect().clone();
    let found = read(&mut connection, "things");
    let expected = |constraint: aludel::schema::Constraint| dialect.implicit_name(&things.name, &constraint);
    let key = things.primary_key.clone().expect("a key");
    assert_eq!(found.primary_key.and_then(|key| key.name), expected(key.into()).map(Into::into));
    assert_eq!(
        found.unique_constraints[0].name,
        expected(things.unique_constraints[0].clone().into()).map(Into::into)
    );
    assert_eq!(found.foreign_keys[0].name, expected(things.foreign_keys[0].clone().into()).map(Into::into));
    assert_eq!(found.columns[0].autoincrement, Some(true));
}

#[test]
fn what_others_made_is_understood() {
    let database = Database::new();
    let mut connection = database.after(
        "CREATE TABLE old (id serial PRIMARY KEY, big bigserial, label varchar(5) DEFAULT NULL, flag bit(3), \
             \"a\"\"b\" integer, ip inet DEFAULT '127.0.0.1', tags text[] DEFAULT '{}', at timestamptz DEFAULT now() + '1 day');
         CREATE UNIQUE INDEX weird ON old (lower(label) DESC, (big + 1)) WHERE big > 0 AND label <> 'x';
         CREATE TABLE parts (id integer, at date NOT NULL) PARTITION BY RANGE (at);
         CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
         CREATE TABLE full_up (a integer) WITH (fillfactor = 50);
         ALTER TABLE old DROP COLUMN flag",
    );
    let old = read(&mut connection, "old");
    let names: Vec<&str> = old.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "big", "label", "a\"b", "ip", "tags", "at"]);
    let get = |name: &str| old.get_column(name).expect(name).clone();
    assert_eq!((get("id").autoincrement, get("id").server_default), (Some(true), None));
    assert_eq!((get("big").autoincrement, get("big").server_default), (Some(true), None));
    assert_eq!(get("label").server_default, None);
    assert_eq!(get("ip"), column("ip", inet()).server_default("127.0.0.1"));
    assert_eq!(get("tags"), column("tags", array(text())).server_default("{}"));
    assert_eq!(get("at"), column("at", date_time_tz()).server_default(sql("(now() + '1 day'::interval)")));
    let weird = index("weird")
        .on(
            "old",
            [IndexElement::expression("lower(label::text)").desc(), IndexElement::expression("big + 1")],
        )
        .filter("big > 0 AND label::text <> 'x'::text")
        .unique();
    assert_eq!(old.indexes, [weird]);

    let names = connection.inspector().expect("open").table_names(None).wait().expect("names");
    assert_eq!(names, ["full_up".into(), "old".into(), "parts".into()]);
    let option = |table: &Table, name: &str| table.options.text(name).map(str::to_owned);
    assert_eq!(
        option(&read(&mut connection, "parts"), "postgres_partition_by").as_deref(),
        Some("RANGE (at)")
    );
    assert_eq!(option(&read(&mut connection, "full_up"), "postgres_with").as_deref(), Some("fillfactor=50"));
    read(&mut connection, "parts_2026");
    let nowhere = TableName::new("nowhere");
    assert_eq!(connection.inspector().expect("open").table(&nowhere).wait().expect("readable"), None);
}

#[test]
fn schemas_are_told_apart() {
    let database = Database::new();
    let mut connection = database.after(
        "CREATE SCHEMA shop;
         CREATE TABLE users (id integer PRIMARY KEY);
         CREATE TABLE shop.users (id bigint PRIMARY KEY);
         CREATE TABLE shop.items (mine bigint REFERENCES shop.users, theirs integer REFERENCES users);
         CREATE TABLE local (other bigint REFERENCES shop.users)",
    );
    let targets =
        |table: Table| table.foreign_keys.into_iter().map(|key| key.target.to_string()).collect::<Vec<_>>();
    assert_eq!(read(&mut connection, "users").columns[0].ty, Type::Integer);
    assert_eq!(read(&mut connection, "shop.users").columns[0].ty, Type::BigInteger);
    assert_eq!(targets(read(&mut connection, "shop.items")), ["shop.users", "users"]);
    assert_eq!(targets(read(&mut connection, "local")), ["shop.users"]);
    let names = connection.inspector().expect("open").table_names(Some("shop")).wait().expect("names");
    assert_eq!(names, ["shop.items".into(), "shop.users".into()]);
    let empty = connection.inspector().expect("open").table_names(Some("nowhere")).wait().expect("none");
    assert!(empty.is_empty());
}

#[test]
fn views_and_triggers_can_be_made_again() {
    let database = Database::new();
    let mut connection = database.after(
        "CREATE TABLE t (a integer, b text);
         CREATE VIEW \"Second\" AS SELECT a FROM t WHERE b <> ';';
         CREATE VIEW a_first WITH (security_barrier = true) AS SELECT a + 1 AS next FROM \"Second\";
         CREATE OR REPLACE VIEW \"Second\" AS SELECT a, b FROM t;
         CREATE MATERIALIZED VIEW kept AS SELECT next FROM a_first;
         CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
         CREATE TRIGGER stopper BEFORE DELETE ON t FOR EACH ROW WHEN (OLD.a > 1) EXECUTE FUNCTION stop()",
    );
    let objects = connection.inspector().expect("open").objects(None).wait().expect("readable");
    let listed: Vec<_> =
        objects.iter().map(|object| (object.kind, object.name.as_str(), object.table.as_deref())).collect();
    assert_eq!(
        listed,
        [
            (ObjectKind::View, "Second", None),
            (ObjectKind::View, "a_first", None),
            (ObjectKind::View, "kept", None),
            (ObjectKind::Trigger, "stopper", Some("t")),
        ]
    );
    connection
        .execute_script(
            "DROP MATERIALIZED VIEW kept; DROP VIEW a_first, \"Second\"; DROP TRIGGER stopper ON t",
        )
        .wait()
        .expect("dropped");
    for object in &objects {
        connection.execute_script(&object.sql).wait().expect(&object.sql);
    }
    let again = connection.inspector().expect("open").objects(None).wait().expect("readable");
    assert_eq!(again, objects);
}
