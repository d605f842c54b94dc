//! What `ALTER TABLE` can't do is done by moving and copying, and nothing gets lost on the way: the cases that other
//! tools get wrong, one test each.

use aludel_engine::Wait;
use aludel_migrate::ErrorKind;
use aludel_migrate::operation::{Operation, Operations};
use aludel_migrate::prelude::*;
use aludel_migrate::run::{Event, push};

use crate::support::{catalogue, memory, migrate, reflect, rows, script};

fn operations(build: impl FnOnce(&mut Operations)) -> Vec<Operation> {
    let mut op = Operations::new();
    build(&mut op);
    op.into_steps()
}

#[test]
fn dropping_a_parents_column_keeps_the_rows_of_its_children() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b TEXT);
         CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE);
         INSERT INTO p VALUES (1, 'x', 'y'), (2, 'z', 'w');
         INSERT INTO c VALUES (10, 1), (11, 2);",
    );
    // A unique column can't be dropped natively.
    migrate(&engine, &operations(|op| op.drop_column("p", "a"))).unwrap();
    assert_eq!(
        rows::<(i64, String)>(&engine, "SELECT id, b FROM p ORDER BY id"),
        [(1, "y".into()), (2, "w".into())]
    );
    assert_eq!(rows::<(i64, i64)>(&engine, "SELECT * FROM c ORDER BY id"), [(10, 1), (11, 2)]);
    assert_eq!(rows::<i64>(&engine, "PRAGMA foreign_keys"), [1]);
    assert_eq!(rows::<i64>(&engine, "PRAGMA legacy_alter_table"), [0]);
    // The child still refers to the table by its name.
    script(&engine, "DELETE FROM p WHERE id = 1");
    assert_eq!(rows::<i64>(&engine, "SELECT id FROM c"), [11]);
}

#[test]
fn an_unnamed_check_stays() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (a INTEGER CHECK (a > 0), b INTEGER UNIQUE); INSERT INTO t VALUES (1, 2);",
    );
    migrate(&engine, &operations(|op| op.drop_column("t", "b"))).unwrap();
    assert_eq!(reflect(&engine).tables()[0].checks.len(), 1);
    let error = migrate(&engine, &operations(|op| op.execute("INSERT INTO t VALUES (-1)"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Database);
}

#[test]
fn triggers_and_views_stay_and_work() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE);
         CREATE TABLE log (entry TEXT);
         CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('t ' || new.a); END;
         CREATE TRIGGER on_log AFTER INSERT ON log WHEN (SELECT count(*) FROM t) > 100 BEGIN DELETE FROM t; END;
         CREATE VIEW v AS SELECT id, a FROM t;
         INSERT INTO t VALUES (1, 'one', 'x');",
    );
    let before = catalogue(&engine);
    migrate(&engine, &operations(|op| op.drop_column("t", "b"))).unwrap();
    let after = catalogue(&engine);
    let objects = |all: &[(String, String, Option<String>)]| {
        let mut all = all.to_vec();
        all.retain(|(kind, ..)| kind == "trigger" || kind == "view");
        all
    };
    assert_eq!(objects(&before), objects(&after));
    script(&engine, "INSERT INTO t VALUES (2, 'two')");
    assert_eq!(rows::<String>(&engine, "SELECT entry FROM log"), ["t one", "t two"]);
    assert_eq!(
        rows::<(i64, String)>(&engine, "SELECT * FROM v ORDER BY 1"),
        [(1, "one".into()), (2, "two".into())]
    );
}

#[test]
fn a_view_or_trigger_of_what_goes_is_refused_and_nothing_changes() {
    for object in [
        "CREATE VIEW v AS SELECT b FROM t",
        "CREATE TRIGGER v AFTER INSERT ON t BEGIN UPDATE t SET a = new.b WHERE id = new.id; END",
        "CREATE TRIGGER v AFTER UPDATE OF b ON t BEGIN DELETE FROM t; END",
    ] {
        let engine = memory();
        script(&engine, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE)");
        script(&engine, object);
        let before = catalogue(&engine);
        let error = migrate(&engine, &operations(|op| op.drop_column("t", "b"))).expect_err(object);
        assert!(error.to_string().contains('v') && error.to_string().contains("drop it first"), "{error}");
        assert_eq!(catalogue(&engine), before);
        assert_eq!(rows::<i64>(&engine, "PRAGMA legacy_alter_table"), [0]);
        assert_eq!(rows::<i64>(&engine, "PRAGMA foreign_keys"), [1]);
    }
}

#[test]
fn given_out_numbers_are_not_given_out_again() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT UNIQUE);
         INSERT INTO t VALUES (1, 'x'), (41, 'y'); DELETE FROM t WHERE id = 41;",
    );
    migrate(&engine, &operations(|op| op.add_column("t", column("c", string(5)).unique()))).unwrap();
    script(&engine, "INSERT INTO t (b) VALUES ('z')");
    assert_eq!(rows::<i64>(&engine, "SELECT max(id) FROM t"), [42]);
    // Also where no row is left.
    script(&engine, "DELETE FROM t");
    migrate(&engine, &operations(|op| op.drop_column("t", "c"))).unwrap();
    script(&engine, "INSERT INTO t (b) VALUES ('z')");
    assert_eq!(rows::<i64>(&engine, "SELECT max(id) FROM t"), [43]);
    assert_eq!(rows::<String>(&engine, "SELECT name FROM sqlite_sequence"), ["t"]);
}

#[test]
fn indexes_of_every_kind_stay() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b TEXT UNIQUE);
         CREATE INDEX ix_expr ON t (lower(a));
         CREATE UNIQUE INDEX ix_part ON t (a DESC) WHERE a IS NOT NULL;
         CREATE INDEX ix_coll ON t (a COLLATE BINARY);",
    );
    let before = reflect(&engine).tables()[0].clone();
    migrate(&engine, &operations(|op| op.drop_column("t", "b"))).unwrap();
    let after = reflect(&engine).tables()[0].clone();
    assert_eq!(before.indexes, after.indexes);
    assert_eq!(after.get_column("a").unwrap().collation.as_deref(), Some("NOCASE"));
}

#[test]
fn generated_columns_are_generated_anew() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (a INTEGER, g INTEGER GENERATED ALWAYS AS (a * 2) STORED, h INTEGER AS (g + 1), b TEXT UNIQUE);
         INSERT INTO t (a, b) VALUES (3, 'x');",
    );
    migrate(&engine, &operations(|op| op.drop_column("t", "b"))).unwrap();
    assert_eq!(rows::<(i64, i64, i64)>(&engine, "SELECT a, g, h FROM t"), [(3, 6, 7)]);
}

#[test]
fn an_unnamed_unique_constraint_can_go() {
    let engine = memory();
    script(&engine, "CREATE TABLE t (a TEXT UNIQUE); INSERT INTO t VALUES ('x');");
    migrate(&engine, &operations(|op| op.drop_unnamed_constraint("t", unique(["a"])))).unwrap();
    script(&engine, "INSERT INTO t VALUES ('x')");
    assert_eq!(rows::<i64>(&engine, "SELECT count(*) FROM t"), [2]);
}

#[test]
fn rows_that_a_change_forbids_are_counted_and_nothing_changes() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER); INSERT INTO t VALUES (1, NULL, 5), (2, NULL, 5);",
    );
    let before = catalogue(&engine);
    let cases: [(Vec<Operation>, &str); 5] = [
        (
            operations(|op| {
                op.alter_column("t", "a").not_null();
            }),
            "`t.a` shall take no NULL, but 2 of its rows",
        ),
        (operations(|op| op.add_column("t", column("c", string(5)).not_null())), "table has 2 rows"),
        (
            operations(|op| op.create_unique_constraint("uq", "t", ["b"])),
            "`t` (b) shall be unique, but 1 values would be there",
        ),
        (operations(|op| op.create_check_constraint("ck", "t", "b > 5")), "refuses 2 rows"),
        (
            operations(|op| {
                op.add_column("t", column("p_id", integer()).references("t.id").server_default(9));
            }),
            "rows would refer to rows that are not there: 2 of `t` to `t`",
        ),
    ];
    for (operations, message) in cases {
        let error = migrate(&engine, &operations).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(catalogue(&engine), before);
        assert_eq!(rows::<i64>(&engine, "PRAGMA foreign_keys"), [1]);
    }
    // Filled first, it works.
    let filled = operations(|op| {
        op.execute("UPDATE t SET a = 'was null' WHERE a IS NULL");
        op.alter_column("t", "a").not_null();
    });
    migrate(&engine, &filled).unwrap();
    assert_eq!(rows::<String>(&engine, "SELECT a FROM t WHERE id = 1"), ["was null"]);
}

#[test]
fn tables_that_refer_to_themselves_and_to_each_other_survive() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE a (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES a (id) ON DELETE CASCADE, b_id INTEGER REFERENCES b (id), x TEXT UNIQUE);
         CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id) ON DELETE CASCADE, x TEXT UNIQUE);
         INSERT INTO a VALUES (1, NULL, NULL, 'r'), (2, 1, NULL, 's');
         INSERT INTO b VALUES (5, 2, 't');
         UPDATE a SET b_id = 5;",
    );
    let both = operations(|op| {
        op.drop_column("a", "x");
        op.drop_column("b", "x");
        op.add_column("a", column("y", integer()).not_null().server_default(7));
    });
    migrate(&engine, &both).unwrap();
    assert_eq!(
        rows::<(i64, Option<i64>, i64, i64)>(&engine, "SELECT id, parent, b_id, y FROM a ORDER BY id"),
        [(1, None, 5, 7), (2, Some(1), 5, 7)]
    );
    assert_eq!(rows::<(i64, i64)>(&engine, "SELECT id, a_id FROM b"), [(5, 2)]);
    let metadata = reflect(&engine);
    let targets: Vec<String> = metadata
        .tables()
        .iter()
        .flat_map(|table| table.foreign_keys.iter().map(|key| format!("{} -> {}", table.name, key.target)))
        .collect();
    assert_eq!(targets, ["a -> a", "a -> b", "b -> a"]);
    assert_eq!(rows::<i64>(&engine, "SELECT count(*) FROM pragma_foreign_key_check"), [0]);
}

#[test]
fn changes_of_one_table_are_one_copy() {
    let engine = memory();
    script(&engine, "CREATE TABLE t (a TEXT, b TEXT UNIQUE, c TEXT); CREATE TABLE u (a TEXT);");
    let mut copies = 0;
    let many = operations(|op| {
        op.drop_column("t", "b");
        op.add_column("u", column("x", string(3)));
        op.alter_column("t", "a").not_null();
        op.create_table(table("w").column(column("id", integer()).primary_key()));
        op.add_column("t", column("w_id", integer()));
        op.create_foreign_key("fk", "t", foreign_key(["w_id"]).references("w", ["id"]));
        op.create_index(index("ix").on("t", ["c"]));
    });
    let mut connection = engine.connect().wait().unwrap();
    let mut count = |event: Event<'_>| {
        if let Event::Step(step) = event {
            copies += usize::from(step.to_string().starts_with("INSERT INTO"));
        }
    };
    push(&many, &mut connection, &mut count).wait().unwrap();
    assert_eq!(copies, 1);
}

#[test]
fn hidden_row_numbers_stay() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE t (a TEXT, b TEXT UNIQUE); INSERT INTO t (rowid, a) VALUES (7, 'x'), (9, 'y');",
    );
    migrate(&engine, &operations(|op| op.drop_column("t", "b"))).unwrap();
    assert_eq!(rows::<(i64, String)>(&engine, "SELECT rowid, a FROM t"), [(7, "x".into()), (9, "y".into())]);
}

#[test]
fn strict_and_without_rowid_stay() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE s (a INTEGER, b TEXT UNIQUE) STRICT;
         CREATE TABLE w (a TEXT PRIMARY KEY, b TEXT UNIQUE) WITHOUT ROWID;
         INSERT INTO w VALUES ('k', 'l');",
    );
    let both = operations(|op| {
        op.drop_column("s", "b");
        op.drop_column("w", "b");
    });
    migrate(&engine, &both).unwrap();
    let options = rows::<(String, i64, i64)>(
        &engine,
        "SELECT name, wr, strict FROM pragma_table_list WHERE name IN ('s', 'w') ORDER BY name",
    );
    assert_eq!(options, [("s".into(), 0, 1), ("w".into(), 1, 0)]);
    assert_eq!(rows::<String>(&engine, "SELECT a FROM w"), ["k"]);
}

#[test]
fn what_the_model_does_not_hold_is_refused_by_name() {
    let engine = memory();
    script(&engine, "CREATE TABLE t (a TEXT UNIQUE ON CONFLICT REPLACE, b TEXT UNIQUE)");
    let before = catalogue(&engine);
    let error = migrate(&engine, &operations(|op| op.drop_column("t", "b"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("ON CONFLICT REPLACE"), "{error}");
    assert_eq!(catalogue(&engine), before);
}

#[test]
fn rows_that_referred_to_nothing_before_do_not_matter() {
    let engine = memory();
    script(
        &engine,
        "PRAGMA foreign_keys = OFF;
         CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE c (p_id INTEGER REFERENCES p (id), x TEXT UNIQUE);
         INSERT INTO c VALUES (99, 'a');
         PRAGMA foreign_keys = ON;",
    );
    migrate(&engine, &operations(|op| op.drop_column("c", "x"))).unwrap();
    assert_eq!(rows::<i64>(&engine, "SELECT p_id FROM c"), [99]);
}

#[test]
fn names_in_any_spelling_survive() {
    let engine = memory();
    script(
        &engine,
        "CREATE TABLE \"Order Details\" (\"Unit Price\" REAL, \"it's\" TEXT, [select] TEXT UNIQUE);
         CREATE INDEX \"by price\" ON \"Order Details\" (\"Unit Price\");
         INSERT INTO \"Order Details\" VALUES (1.5, 'x', 'y');",
    );
    migrate(&engine, &operations(|op| op.drop_column("Order Details", "select"))).unwrap();
    assert_eq!(
        rows::<(f64, String)>(&engine, "SELECT \"Unit Price\", \"it's\" FROM \"Order Details\""),
        [(1.5, "x".into())]
    );
}

#[test]
fn native_statements_are_used_where_they_suffice() {
    let engine = memory();
    script(&engine, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT /* kept */)");
    let simple = operations(|op| {
        op.add_column("t", column("c", string(3)).not_null().server_default("x"));
        op.drop_column("t", "a");
        op.rename_column("t", "c", "d");
        op.rename_table("t", "u");
    });
    migrate(&engine, &simple).unwrap();
    let text = catalogue(&engine)[0].2.clone().unwrap_or_default();
    assert!(text.contains("/* kept */") && text.contains("d VARCHAR(3)"), "{text}");
}
