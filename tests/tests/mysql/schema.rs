//! Reading the schema back: what is made is what is found.

use aludel::MetaData;
use aludel::engine::inspect::ObjectKind;
use aludel::prelude::*;
use aludel::schema::ReferentialAction::{Cascade, SetNull};
use aludel::schema::{TableName, check, column, foreign_key, index, table, unique};
use aludel::sql::ddl;
use aludel::sql::schema::IndexElement;
use aludel::types::*;

use crate::scratch::{Scratch, rows};

/// A schema in the form in which the servers hold it: every constraint named, expressions in the servers' own words.
fn metadata() -> MetaData {
    let users = table("users")
        .column(column("id", big_integer()).primary_key().autoincrement(true))
        .column(column("username", string(50)).not_null().comment("it's unique"))
        .column(column("email", string(100)).collation("utf8mb4_bin"))
        .column(column("active", boolean()).not_null().server_default(true))
        .column(column("visits", integer()).not_null().server_default(0_i64))
        .column(column("motto", string(80)).server_default("it's \\ \"here\""))
        .column(column("about", text()).server_default("none"))
        .column(column("balance", numeric(12, 2)).server_default(1.5))
        .column(column("created_at", date_time()).not_null().server_default(now()))
        .unique(unique(["username"]).named("uq_users_username"))
        .index(index("ix_users_email").on("users", ["email", "username"]))
        .index(index("ix_users_visits").on("users", [IndexElement::column("visits").desc(), "id".into()]))
        .comment("people");
    let kinds = table("kinds")
        .column(column("id", integer()).primary_key().autoincrement(false))
        .column(column("a", small_integer()))
        .column(column("b", float()))
        .column(column("c", double()))
        .column(column("d", binary_of(20)))
        .column(column("e", binary()))
        .column(column("f", date()))
        .column(column("g", time()))
        .column(column("h", uuid()))
        .column(column("i", json()))
        .column(column("j", raw("enum('a','b')")).server_default("b"))
        .column(column("k", raw("timestamp(3)")).server_default(now()))
        .column(column("l", raw("timestamp")))
        .column(column("m", raw("longtext")))
        .column(column("n", integer()).computed("`a` + 1"))
        .column(column("o", integer()).computed_stored("`a` + 2"))
        .column(column("p", uuid()).server_default(sql("uuid()")))
        .check(check("`a` > 0").named("ck_kinds_a"))
        .option("mysql_engine", "MyISAM")
        .option("mysql_collate", "utf8mb4_unicode_ci");
    let numbered =
        table("numbered").column(column("id", raw("int(10) unsigned")).primary_key().autoincrement(true));
    let addresses = table("addresses")
        .column(column("user_id", big_integer()).not_null())
        .column(column("kind", string(10)).not_null())
        .column(column("parent", big_integer()))
        .primary_key(aludel::schema::primary_key(["kind", "user_id"]))
        .foreign_key(
            foreign_key(["parent"])
                .references("users", ["id"])
                .named("fk_addresses_parent")
                .on_delete(SetNull),
        )
        .foreign_key(
            foreign_key(["user_id"])
                .references("users", ["id"])
                .named("fk_addresses_user")
                .on_delete(Cascade)
                .on_update(Cascade),
        );
    [addresses, kinds, numbered, users].into_iter().collect()
}

fn create(scratch: &Scratch, metadata: &MetaData) -> Connection {
    let mut connection = scratch.connect();
    let dialect = std::sync::Arc::clone(connection.dialect());
    for statement in ddl::create_all(metadata, dialect.as_ref()).unwrap() {
        connection.raw().unwrap().execute(&statement, &[]).wait().unwrap();
    }
    connection
}

#[test]
fn what_is_made_is_what_is_found() {
    let scratch = Scratch::new();
    let made = metadata();
    let mut connection = create(&scratch, &made);
    let found = connection.inspector().unwrap().metadata(None).wait().unwrap();
    for table in made.tables() {
        assert_eq!(found.get(&table.name), Some(table), "{}", table.name);
        let alone = connection.inspector().unwrap().table(&table.name).wait().unwrap();
        assert_eq!(alone.as_ref(), Some(table), "{}", table.name);
    }
    assert_eq!(found, made);
    // And made again from what was found, it is the same once more.
    let other = Scratch::new();
    let again = create(&other, &found).inspector().unwrap().metadata(None).wait().unwrap();
    assert_eq!(again, found);
}

#[test]
fn names_and_other_schemas() {
    let scratch = Scratch::new();
    let other = Scratch::new();
    let mut connection = create(&scratch, &metadata());
    let mut inspector = connection.inspector().unwrap();
    let names = inspector.table_names(None).wait().unwrap();
    assert_eq!(names, ["addresses", "kinds", "numbered", "users"].map(TableName::new));
    assert_eq!(inspector.table(&TableName::new("missing")).wait().unwrap(), None);
    assert_eq!(inspector.table_names(Some("aludel_no_such_database")).wait().unwrap(), []);
    // From elsewhere, the schema is part of each name.
    let mut connection = other.connect();
    let far = TableName::in_schema(&scratch.name, "addresses");
    let table = connection.inspector().unwrap().table(&far).wait().unwrap().unwrap();
    assert_eq!(table.name, far);
    assert_eq!(table.foreign_keys[0].target, TableName::in_schema(&scratch.name, "users"));
    let mut without = crate::scratch::engine(&crate::scratch::server()).connect().wait().unwrap();
    let error = without.inspector().unwrap().table_names(None).wait().unwrap_err();
    assert!(error.message().contains("no database is chosen"), "{error}");
}

/// What no model would say, but a database that exists may.
#[test]
fn a_schema_that_was_made_by_hand() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(
        "CREATE TABLE parent (id INT PRIMARY KEY, CHECK (id > 1));
         CREATE TABLE child (
             id MEDIUMINT UNSIGNED NOT NULL AUTO_INCREMENT,
             parent_id INT,
             title VARCHAR(200) CHARACTER SET latin1,
             body TEXT,
             price DOUBLE DEFAULT 1e3,
             born DATE DEFAULT '2020-01-01',
             flags BIT(3) DEFAULT b'101',
             seen TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
             touched DATETIME NOT NULL ON UPDATE CURRENT_TIMESTAMP,
             noted TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP,
             PRIMARY KEY (id),
             KEY ix_body (body(10)),
             FULLTEXT KEY ft (body),
             UNIQUE KEY uq_title (title(20)),
             FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE NO ACTION
         )",
    );
    let mut inspector = connection.inspector().unwrap();
    let child = inspector.table(&TableName::new("child")).wait().unwrap().unwrap();
    let words = |name: &str| match &child.get_column(name).unwrap().ty {
        Type::Raw(words) => words.replace("()", ""),
        other => format!("{other:?}"),
    };
    assert!(words("id").starts_with("mediumint"));
    assert_eq!(words("touched"), "datetime on update current_timestamp");
    assert_eq!(child.get_column("id").unwrap().autoincrement, Some(true));
    assert_eq!(child.get_column("price").unwrap().server_default, Some(1000.0.into()));
    assert_eq!(child.get_column("born").unwrap().server_default, Some("2020-01-01".into()));
    assert!(child.get_column("title").unwrap().collation.as_deref().unwrap().starts_with("latin1_"));
    // The index that serves the foreign key is the server's own; full-text ones are left alone.
    let names: Vec<_> = child.indexes.iter().map(|index| (index.name.as_str(), index.unique)).collect();
    assert_eq!(names, [("ix_body", false), ("uq_title", true)]);
    assert_eq!(child.foreign_keys[0].name.as_deref(), Some("child_ibfk_1"));
    assert_eq!(child.foreign_keys[0].on_delete, None);
    // What was found can be made again, and is the same then.
    let found = inspector.metadata(None).wait().unwrap();
    let other = Scratch::new();
    let again = create(&other, &found).inspector().unwrap().metadata(None).wait().unwrap();
    assert_eq!(again, found);
}

#[test]
fn views_and_triggers_can_be_made_again() {
    let scratch = Scratch::new();
    let script = "
        CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20));
        CREATE VIEW zulu AS SELECT id, v FROM t WHERE v <> 'it''s';
        CREATE VIEW alpha AS SELECT id FROM zulu;
        CREATE TRIGGER first BEFORE INSERT ON t FOR EACH ROW SET NEW.v = concat(NEW.v, '1');
        CREATE TRIGGER second BEFORE INSERT ON t FOR EACH ROW FOLLOWS first SET NEW.v = concat(NEW.v, '2');
        CREATE TRIGGER gone AFTER DELETE ON t FOR EACH ROW BEGIN SET @a = 1; SET @b = ';'; END";
    let mut connection = scratch.with(script);
    let objects = connection.inspector().unwrap().objects(None).wait().unwrap();
    let names: Vec<_> = objects.iter().map(|object| (object.kind, object.name.as_str())).collect();
    let (view, trigger) = (ObjectKind::View, ObjectKind::Trigger);
    assert_eq!(
        names,
        [(view, "zulu"), (view, "alpha"), (trigger, "gone"), (trigger, "first"), (trigger, "second")]
    );
    assert!(objects.iter().all(|object| !object.sql.contains("DEFINER=")), "{objects:?}");
    assert!(objects.iter().all(|object| (object.kind == trigger) == (object.table.as_deref() == Some("t"))));
    let other = Scratch::new();
    let mut connection = other.with("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))");
    for object in &objects {
        connection.raw().unwrap().execute(&object.sql, &[]).wait().unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(connection.inspector().unwrap().objects(None).wait().unwrap(), objects);
    connection.execute_script("INSERT INTO t VALUES (1, 'x')").wait().unwrap();
    assert_eq!(
        rows(&mut connection, "SELECT v FROM zulu", &[]).unwrap(),
        [["x12".into()].map(aludel::Value::Text)]
    );
}

/// Tables with keys of their own types and prefixes, views over views, triggers: all of it twice.
#[test]
fn the_sakila_schema_survives() {
    let scratch = Scratch::new();
    // The client's own word for another end of statements, which the server does not know.
    let lines = include_str!("sakila.sql").lines().filter(|line| !line.starts_with("DELIMITER"));
    let script = lines.collect::<Vec<_>>().join("\n").replace(";;", ";");
    let mut connection = scratch.with(&script);
    let found = connection.inspector().unwrap().metadata(None).wait().unwrap();
    let objects = connection.inspector().unwrap().objects(None).wait().unwrap();
    assert_eq!((found.tables().len(), objects.len()), (16, 10));
    let other = Scratch::new();
    let mut connection = create(&other, &found);
    for object in &objects {
        connection.raw().unwrap().execute(&object.sql, &[]).wait().unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(connection.inspector().unwrap().metadata(None).wait().unwrap(), found);
    assert_eq!(connection.inspector().unwrap().objects(None).wait().unwrap(), objects);
}
