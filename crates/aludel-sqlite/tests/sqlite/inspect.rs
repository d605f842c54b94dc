//! The inspector: tables as the schema model has them.

use aludel_engine::driver::RawConnection;
use aludel_engine::inspect::{ObjectKind, SchemaObject};
use aludel_engine::{ErrorKind, Wait};
use aludel_sql::ast::Expr;
use aludel_sql::schema::{
    Column, IndexElement, ReferentialAction, ServerDefault, Table, TableName, check, column, foreign_key,
    index, primary_key, table, unique,
};
use aludel_sql::types::{
    big_integer, boolean, date_time, date_time_tz, integer, json, numeric, raw, string, text, uuid,
};
use aludel_sqlite::UNMODELLED;

use crate::scratch::memory;

fn database(script: &str) -> Box<dyn RawConnection> {
    let mut connection = memory();
    connection.execute_script(script).wait().expect(script);
    connection
}

fn reflect(script: &str, name: &str) -> Table {
    let mut connection = database(script);
    let table = connection.inspector().table(&TableName::from(name)).wait();
    table.expect("a definition that can be read").expect("a table")
}

fn words(sql: &'static str) -> ServerDefault {
    ServerDefault(Expr::Text(sql.into()))
}

#[test]
fn columns_come_back_with_everything_on_them() {
    let script = "CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        code VARCHAR(20) NOT NULL DEFAULT 'it''s' COLLATE NOCASE,
        total NUMERIC(10, 2) DEFAULT 0,
        rate DOUBLE PRECISION DEFAULT -1.5,
        paid BOOLEAN NOT NULL DEFAULT 0,
        made DATETIME DEFAULT CURRENT_TIMESTAMP,
        seen TIMESTAMP DEFAULT (datetime('now', '+1 day')),
        remark TEXT DEFAULT NULL,
        reference CHAR(32),
        details JSON,
        anything,
        doubled INTEGER GENERATED ALWAYS AS (total * 2) VIRTUAL,
        label VARCHAR(40) AS (code || ':' || id) STORED NOT NULL
    )";
    let expected = table("orders")
        .column(column("id", integer()).primary_key())
        .column(column("code", string(20)).not_null().server_default("it's").collation("NOCASE"))
        .column(column("total", numeric(10, 2)).server_default(0))
        .column(column("rate", raw("DOUBLE PRECISION")).server_default(-1.5))
        .column(column("paid", boolean()).not_null().server_default(0))
        .column(column("made", date_time()).server_default(ServerDefault(Expr::Now)))
        .column(column("seen", date_time_tz()).server_default(words("datetime('now', '+1 day')")))
        .column(column("remark", text()))
        .column(column("reference", uuid()))
        .column(column("details", json()))
        .column(column("anything", raw("")))
        .column(column("doubled", integer()).computed("total * 2"))
        .column(column("label", string(40)).computed_stored("code || ':' || id").not_null());
    assert_eq!(reflect(script, "orders"), expected);
}

#[test]
fn keys_keep_their_names_orders_and_rules() {
    let script = "
        CREATE TABLE Countries (code VARCHAR(2) NOT NULL, Region BIGINT NOT NULL, CONSTRAINT pk_c PRIMARY KEY (Region, code));
        CREATE TABLE people (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            email VARCHAR(50) UNIQUE,
            country VARCHAR(2), region BIGINT,
            boss INTEGER CONSTRAINT fk_boss REFERENCES people ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
            age INTEGER CHECK (age > 0), -- for grown-ups, (mostly
            CONSTRAINT one UNIQUE (Region, COUNTRY),
            CONSTRAINT sane CHECK (age < 200 AND email LIKE '%)%'),
            FOREIGN KEY (region, country) REFERENCES countries ON UPDATE CASCADE,
            FOREIGN KEY (country) REFERENCES nowhere
        )";
    let expected = table("people")
        .column(column("id", integer()).primary_key().autoincrement(true))
        .column(column("email", string(50)).unique())
        .column(column("country", string(2)))
        .column(column("region", big_integer()))
        .column(column("boss", integer()))
        .column(column("age", integer()))
        .unique(unique(["region", "country"]).named("one"))
        .check(check("age > 0"))
        .check(check("age < 200 AND email LIKE '%)%'").named("sane"))
        .foreign_key(
            foreign_key(["boss"])
                .references("people", ["id"])
                .named("fk_boss")
                .on_delete(ReferentialAction::SetNull)
                .initially_deferred(),
        )
        .foreign_key(
            foreign_key(["region", "country"])
                .references("Countries", ["Region", "code"])
                .on_update(ReferentialAction::Cascade),
        )
        .foreign_key(foreign_key(["country"]).references("nowhere", [] as [&str; 0]));
    assert_eq!(reflect(script, "people"), expected);
    let expected = table("Countries")
        .column(column("code", string(2)).not_null())
        .column(column("Region", big_integer()).not_null())
        .primary_key(primary_key(["Region", "code"]).named("pk_c"));
    assert_eq!(reflect(script, "countries"), expected);
}

#[test]
fn only_a_key_that_is_the_row_number_is_never_null_by_itself() {
    let nullable = |definition: &str| {
        let table = reflect(&format!("CREATE TABLE t ({definition}"), "t");
        table.get_column("id").map(|column: &Column| column.nullable)
    };
    assert_eq!(nullable("id integer PRIMARY KEY)"), Some(false));
    assert_eq!(nullable("id INTEGER, PRIMARY KEY (ID))"), Some(false));
    assert_eq!(nullable("id INTEGER PRIMARY KEY DESC)"), Some(true));
    assert_eq!(nullable("id INT PRIMARY KEY)"), Some(true));
    assert_eq!(nullable("id TEXT PRIMARY KEY)"), Some(true));
    assert_eq!(nullable("id TEXT PRIMARY KEY) WITHOUT ROWID"), Some(false));
    assert_eq!(nullable("id TEXT PRIMARY KEY) STRICT"), Some(false));
    assert_eq!(nullable("id INTEGER, b, PRIMARY KEY (id, b))"), Some(true));
}

#[test]
fn a_lone_integer_key_that_is_not_the_row_number_says_that_nobody_numbers_it() {
    let numbered = |definition: &str| {
        let table = reflect(&format!("CREATE TABLE t ({definition}"), "t");
        table.get_column("id").and_then(|column| column.autoincrement)
    };
    assert_eq!(numbered("id INTEGER PRIMARY KEY)"), None);
    assert_eq!(numbered("id INTEGER PRIMARY KEY AUTOINCREMENT)"), Some(true));
    assert_eq!(numbered("id BIGINT PRIMARY KEY)"), Some(false));
    assert_eq!(numbered("id INTEGER PRIMARY KEY DESC)"), Some(false));
    assert_eq!(numbered("id BIGINT REFERENCES u PRIMARY KEY)"), None);
    assert_eq!(numbered("id BIGINT, b INTEGER, PRIMARY KEY (id, b))"), None);
    assert_eq!(numbered("id BIGINT PRIMARY KEY) WITHOUT ROWID"), None);
}

#[test]
fn indexes_keep_expressions_orders_collations_and_conditions() {
    let script = "
        CREATE TABLE t (a TEXT COLLATE NOCASE, b INTEGER, \"c d\" TEXT, UNIQUE (b));
        CREATE INDEX z_first ON t (b DESC, a);
        CREATE UNIQUE INDEX a_second ON t (a COLLATE BINARY, [c d] COLLATE nocase) WHERE b > 0 AND a <> ')';
        CREATE INDEX expressions ON t (lower(\"c d\") COLLATE NOCASE DESC, b + 1, (a));";
    let element = IndexElement::column;
    let expected = [
        index("z_first").on("t", [element("b").desc(), element("a")]),
        index("a_second")
            .on("t", [element("a").collate("BINARY"), element("c d").collate("nocase")])
            .unique()
            .filter("b > 0 AND a <> ')'"),
        index("expressions").on(
            "t",
            [
                IndexElement::expression("lower(\"c d\")").collate("NOCASE").desc(),
                IndexElement::expression("b + 1"),
                element("a"),
            ],
        ),
    ];
    assert_eq!(reflect(script, "t").indexes, expected);
}

#[test]
fn options_say_what_kind_of_table_it_is_and_what_the_model_cannot_hold() {
    let script = "CREATE TABLE t (
        k TEXT PRIMARY KEY, v REAL, n INT NOT NULL ON CONFLICT IGNORE, UNIQUE (v) ON CONFLICT REPLACE
    ) WITHOUT ROWID, STRICT";
    let expected = table("t")
        .column(column("k", text()).primary_key())
        .column(column("v", raw("REAL")))
        .column(column("n", raw("INT")).not_null())
        .unique(unique(["v"]))
        .option("sqlite_without_rowid", "")
        .option("sqlite_strict", "")
        .option(UNMODELLED, "n NOT NULL ON CONFLICT IGNORE\nUNIQUE (v) ON CONFLICT REPLACE");
    assert_eq!(reflect(script, "t"), expected);
}

#[test]
fn columns_that_were_added_renamed_and_dropped_are_seen_as_they_are() {
    let script = "
        CREATE TABLE old (id INTEGER PRIMARY KEY, a TEXT, gone TEXT, CHECK (a <> ''), UNIQUE (a));
        CREATE INDEX by_a ON old (a) WHERE a IS NOT NULL;
        ALTER TABLE old ADD COLUMN d INTEGER NOT NULL DEFAULT 5 REFERENCES old (id);
        ALTER TABLE old RENAME COLUMN a TO \"b c\";
        ALTER TABLE old DROP COLUMN gone;
        ALTER TABLE old RENAME TO \"new one\";";
    let expected = table("new one")
        .column(column("id", integer()).primary_key())
        .column(column("b c", text()).unique())
        .column(column("d", integer()).not_null().server_default(5).references("new one.id"))
        .check(check("\"b c\" <> ''"))
        .index(index("by_a").on("new one", ["b c"]).filter("\"b c\" IS NOT NULL"));
    assert_eq!(reflect(script, "new one"), expected);
}

#[test]
fn names_leave_out_what_is_not_ours() {
    let mut connection = database(
        "CREATE TABLE zebra (id INTEGER PRIMARY KEY AUTOINCREMENT);
         CREATE TABLE Apple (a); CREATE TABLE sqliteish (a);
         CREATE VIEW v AS SELECT 1;
         CREATE VIRTUAL TABLE search USING fts5(content);
         CREATE TABLE copied AS SELECT 1 AS n, 'x' AS t;
         ANALYZE;",
    );
    let mut inspector = connection.inspector();
    let names = inspector.table_names(None).wait().expect("names");
    let names: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
    assert_eq!(names, ["Apple", "copied", "sqliteish", "zebra"]);
    for name in ["v", "search", "sqlite_sequence", "nothing"] {
        assert_eq!(inspector.table(&name.into()).wait().expect("an answer"), None, "{name}");
    }
    let metadata = inspector.metadata(None).wait().expect("all tables");
    assert_eq!(metadata.tables().len(), 4);
    assert_eq!(metadata.get(&"copied".into()).map(|table| table.columns.len()), Some(2));
}

#[test]
fn schemas_are_attached_databases() {
    let mut connection = database(
        "ATTACH ':memory:' AS \"Other One\";
         CREATE TABLE \"Other One\".a (id INTEGER PRIMARY KEY);
         CREATE TABLE \"Other One\".b (a REFERENCES a);
         CREATE INDEX \"Other One\".i ON b (a);
         CREATE TABLE a (different);
         CREATE TEMP TABLE passing (n);",
    );
    let mut inspector = connection.inspector();
    let in_other = |name: &str| TableName { schema: Some("other one".into()), name: name.into() };
    let names = inspector.table_names(Some("other one")).wait().expect("names");
    assert_eq!(names, [in_other("a"), in_other("b")]);
    let b = inspector.table(&in_other("b")).wait().expect("an answer").expect("a table");
    assert_eq!(b.foreign_keys, [foreign_key(["a"]).references(in_other("a"), ["id"])]);
    assert_eq!(b.indexes, [index("i").on(in_other("b"), ["a"])]);
    let temporary = inspector.table_names(Some("temp")).wait().expect("names");
    assert_eq!(temporary, [TableName { schema: Some("temp".into()), name: "passing".into() }]);
    assert_eq!(inspector.table_names(None).wait().expect("names"), [TableName::new("a")]);
    let error = inspector.table_names(Some("nowhere")).wait().expect_err("no such schema");
    assert_eq!(error.kind(), ErrorKind::Programming);
    assert!(error.message().contains("no schema `nowhere`: the connection has main"), "{error}");
}

#[test]
fn views_and_triggers_come_in_an_order_in_which_they_can_be_made() {
    let script = "CREATE TABLE t (n);
         CREATE TRIGGER on_t AFTER INSERT ON t BEGIN DELETE FROM t WHERE n = 0; END;
         CREATE VIEW zebra AS SELECT n FROM t;
         CREATE VIEW apple AS SELECT n FROM zebra;
         CREATE TRIGGER on_view INSTEAD OF INSERT ON apple BEGIN INSERT INTO t VALUES (1); END;";
    let mut connection = database(script);
    let objects = connection.inspector().objects(None).wait().expect("objects");
    let object = |kind, name: &str, table: Option<&str>, sql: &str| SchemaObject {
        kind,
        name: name.into(),
        table: table.map(str::to_owned),
        sql: sql.into(),
    };
    let expected = [
        object(ObjectKind::View, "zebra", None, "CREATE VIEW zebra AS SELECT n FROM t"),
        object(ObjectKind::View, "apple", None, "CREATE VIEW apple AS SELECT n FROM zebra"),
        object(
            ObjectKind::Trigger,
            "on_t",
            Some("t"),
            "CREATE TRIGGER on_t AFTER INSERT ON t BEGIN DELETE FROM t WHERE n = 0; END",
        ),
        object(
            ObjectKind::Trigger,
            "on_view",
            Some("apple"),
            "CREATE TRIGGER on_view INSTEAD OF INSERT ON apple BEGIN INSERT INTO t VALUES (1); END",
        ),
    ];
    assert_eq!(objects, expected);
    let again: String = objects.iter().map(|object| format!("{};\n", object.sql)).collect();
    let mut copy = database(&format!("CREATE TABLE t (n); {again}"));
    assert_eq!(copy.inspector().objects(None).wait().expect("objects"), expected);
}

#[test]
fn a_table_that_the_model_cannot_hold_is_not_made_again_without_a_word() {
    let table = reflect("CREATE TABLE t (a UNIQUE ON CONFLICT REPLACE)", "t");
    let error = aludel_sql::ddl::create_table(&table, memory().dialect().as_ref()).expect_err("a loss");
    assert!(error.to_string().contains("UNIQUE (a) ON CONFLICT REPLACE"), "{error}");
}
