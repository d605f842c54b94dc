//! What is rendered as Rust compiles to the plan that it came from.
//!
//! `tests/rendered/revision.rs` is rendered from [`plan`] and compiled as a module of this test. After a change of the
//! renderer, `BLESS=1 cargo test -p aludel-migrate --test render_rust` writes it anew.

use std::path::Path;
use std::process::Command;

use aludel_migrate::operation::{ConstraintRef, Operation};
use aludel_migrate::prelude::*;
use aludel_migrate::render_rust::{RevisionFile, render_revision};
use aludel_sql::ast::Expr;
use aludel_sql::dialect::sqlite::Sqlite;
use aludel_sql::schema::{Column, Table};

// The rendered file names the facade; here its one path stands for it.
extern crate self as aludel;
mod migrate {
    pub(crate) use aludel_migrate::prelude;
}

// It is formatted by default settings, and its items are public as in an application's own revision.
#[rustfmt::skip]
#[allow(unreachable_pub)]
#[path = "rendered/revision.rs"]
mod rendered;

fn file<'a>(upgrade: &'a [Operation], downgrade: &'a [Operation]) -> RevisionFile<'a> {
    RevisionFile {
        message: "every step there is",
        id: "1975ea83b712",
        create_date: "2026-11-22 12:50:16 UTC",
        upgrade,
        downgrade,
        ..RevisionFile::default()
    }
}

#[test]
fn compiles_to_the_plan_it_came_from() {
    let (up, down) = plan();
    let text =
        render_revision(&file(&up, &down), &Sqlite::default()).expect("everything in the plan has a text");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rendered/revision.rs");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("the golden file can be written");
        return;
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(golden, text, "out of date: run this test with BLESS=1");

    for (build, expected) in [(rendered::upgrade as fn(&mut Operations), &up), (rendered::downgrade, &down)] {
        let mut op = Operations::new();
        build(&mut op);
        for (compiled, source) in op.steps().iter().zip(expected) {
            assert_eq!(compiled, source);
        }
        assert_eq!(op.steps().len(), expected.len());
    }
    assert_eq!(rendered::REVISION.id(), "1975ea83b712");
    assert!(rendered::REVISION.down().is_empty());
}

#[test]
fn rustfmt_leaves_it_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rendered/revision.rs");
    let defaults = "max_width=100,use_small_heuristics=Default";
    let checked = Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "--config", defaults])
        .arg(path)
        .output();
    let Ok(output) = checked else {
        println!("skipped: rustfmt is not installed");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_look() {
    let mut op = Operations::new();
    op.create_table(
        table("users")
            .column(column("id", big_integer()).primary_key())
            .column(column("username", string(50)).not_null())
            .column(column("email", string(100))),
    );
    op.create_index(index("ix_users_username").on("users", ["username"]).unique());
    let up = op.into_steps();
    let mut op = Operations::new();
    op.drop_index("ix_users_username", "users");
    op.drop_table("users");
    let down = op.into_steps();
    let text =
        render_revision(&RevisionFile { message: "create users", ..file(&up, &down) }, &Sqlite::default());
    assert_eq!(
        text.expect("a plain plan"),
        r#"//! create users
//!
//! Revision ID: 1975ea83b712
//! Revises:
//! Create Date: 2026-11-22 12:50:16 UTC

use aludel::migrate::prelude::*;

pub const REVISION: Revision = Revision::new("1975ea83b712");

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        table("users")
            .column(column("id", big_integer()).primary_key())
            .column(column("username", string(50)).not_null())
            .column(column("email", string(100))),
    );
    op.create_index(
        index("ix_users_username")
            .on("users", ["username"])
            .unique(),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_index("ix_users_username", "users");
    op.drop_table("users");
}
"#
    );
}

#[test]
fn a_merge_with_nothing_to_do() {
    let parents = ["1975ea83b712".to_owned(), "ae1027a6acf0".to_owned()];
    let labels = ["billing".to_owned()];
    let depends_on = ["c0ffee".to_owned()];
    let merge = RevisionFile {
        message: "",
        id: "b0b",
        parents: &parents,
        branch_labels: &labels,
        depends_on: &depends_on,
        ..file(&[], &[])
    };
    assert_eq!(
        render_revision(&merge, &Sqlite::default()).expect("nothing to refuse"),
        r#"//! empty message
//!
//! Revision ID: b0b
//! Revises: 1975ea83b712, ae1027a6acf0
//! Create Date: 2026-11-22 12:50:16 UTC

use aludel::migrate::prelude::*;

pub const REVISION: Revision = Revision::new("b0b")
    .merges(&["1975ea83b712", "ae1027a6acf0"])
    .branch_labels(&["billing"])
    .depends_on(&["c0ffee"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
"#
    );
}

#[test]
fn what_has_no_text_is_refused() {
    let mut op = Operations::new();
    op.run("fill the new column", async |_conn| Ok(()));
    op.execute(delete(&table("users")));
    for (step, part) in op.steps().iter().zip(["`fill the new column`", "expression language"]) {
        let steps = std::slice::from_ref(step);
        let error = render_revision(&file(steps, &[]), &Sqlite::default()).expect_err("no text");
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn a_default_that_rust_cannot_say_is_written_in_the_dialects_words() {
    let default = Expr::Cast(Box::new(Expr::Literal(aludel_sql::Value::I64(1))), text());
    let mut op = Operations::new();
    op.add_column(
        "t",
        Column { server_default: Some(aludel_sql::schema::ServerDefault(default)), ..column("a", text()) },
    );
    let text = render_revision(&file(op.steps(), &[]), &Sqlite::default()).expect("SQLite can say it");
    assert!(text.contains(r#".server_default(sql("CAST(1 AS TEXT)"))"#), "{text}");
}

/// At least one of everything.
fn plan() -> (Vec<Operation>, Vec<Operation>) {
    let mut op = Operations::new();
    op.create_table(everything());
    op.create_table(plain());
    op.create_table(
        table(TableName::new("dotted.name"))
            .primary_key(primary_key(["code"]))
            .column(column("code", string(2)))
            .column(column("a", integer()).unique())
            .column(column("b", integer()).unique())
            .index(index("ix_b").on("x", ["b"])),
    );
    op.create_table(with_options());
    op.rename_table("old", "new");
    op.add_column("users", column("age", integer()).not_null().server_default(0).index());
    op.add_column(
        "users",
        column("boss", big_integer())
            .references("shop.users.id")
            .on_delete(SetNull)
            .on_update(Cascade)
            .unique(),
    );
    op.add_column("users", column("key", big_integer()).primary_key().nullable().index_named("by_key"));
    op.add_column(
        "users",
        column("named", big_integer()).foreign_key(
            foreign_key(["named"]).references("users", ["id"]).named("fk_named").initially_deferred(),
        ),
    );
    op.drop_column("users", "age");
    op.alter_column("users", "email");
    op.alter_column("users", "email").type_(string(200)).not_null();
    op.alter_column("users", "email")
        .type_(numeric(10, 2))
        .nullable()
        .server_default(1.5)
        .comment("an \"amount\"\n\tin\\euro\u{7}")
        .using("email::numeric")
        .existing(column("email", string(100)).not_null().server_default("none").comment("mail"));
    op.alter_column("users", "email").drop_server_default().drop_comment();
    op.rename_column("users", "email", "mail");
    op.create_index(index("ix_users_mail").on("users", ["mail", "username"]).unique().filter("mail > ''"));
    op.create_index(index("ix_elements").on(
        TableName::in_schema("a.b", "users"),
        [
            IndexElement::column("mail").desc().collate("NOCASE"),
            IndexElement::expression("lower(username)"),
            IndexElement::expression("coalesce(username, mail, 'a rather long text')").desc(),
        ],
    ));
    op.add_constraint("users", unique(["mail"]));
    op.add_constraint("users", primary_key(["id"]));
    op.add_constraint("users", check("id > 0"));
    op.add_constraint("users", foreign_key(["a", "b"]).references("other", ["x", "y"]).deferrable(false));
    op.create_primary_key("pk_users", "users", ["id", "mail"]);
    op.create_unique_constraint("uq_users", "users", ["mail"]);
    op.create_foreign_key(
        "fk_users_boss",
        "users",
        foreign_key(["boss"]).references("users", ["id"]).on_delete(Restrict).on_update(NoAction),
    );
    op.add_constraint("users", unique(["mail"]).named("uq_mail").option("postgres_include", ["age"]));
    op.add_constraint("users", exclude().column("mail", "=").expression("lower(name)", "=").named("ex"));
    op.create_check_constraint("ck_users", "users", "length(mail) > 3 AND mail LIKE '%@%'");
    for (name, kind) in [
        ("pk_users", ConstraintKind::PrimaryKey),
        ("uq_users", ConstraintKind::Unique),
        ("fk_users_boss", ConstraintKind::ForeignKey),
        ("ck_users", ConstraintKind::Check),
    ] {
        op.drop_constraint(name, "users", kind);
    }
    op.drop_unnamed_constraint("users", unique(["mail"]));
    op.drop_unnamed_constraint(
        "users",
        foreign_key(["boss"]).references("users", ["id"]).on_delete(SetDefault),
    );
    op.execute("UPDATE users SET mail = 'x';\nDELETE FROM users WHERE mail IS NULL AND username IS NULL AND id > 100");
    op.execute(
        sql("DELETE FROM users WHERE a = ? AND b = ? AND c = ? AND d = ? AND e = ?")
            .bind(1_i64)
            .bind("it's".to_owned())
            .bind(true)
            .bind(2.5_f64)
            .bind(None::<String>),
    );
    let up = op.into_steps();

    let mut op = Operations::new();
    op.drop_index("ix_users_mail", "shop.users");
    op.drop_table("users");
    (up, op.into_steps())
}

fn plain() -> Table {
    table("addresses")
        .column(column("id", big_integer()).primary_key())
        .column(column("user_id", big_integer()).not_null().references("users.id").on_delete(Cascade))
        .column(column("email", string(100)).not_null().unique().index())
        .column(column("created_at", date_time_tz()).not_null().server_default(now()))
}

fn everything() -> Table {
    let types = [
        small_integer(),
        integer(),
        big_integer(),
        float(),
        double(),
        numeric(5, 2),
        numeric_of(7),
        decimal(),
        boolean(),
        string(9),
        unbounded_string(),
        text(),
        binary(),
        binary_of(16),
        date(),
        time(),
        date_time(),
        date_time_tz(),
        uuid(),
        json(),
        raw("GEOMETRY(\"x\")"),
        enumeration("mood", ["sad", "happy", "so so", "elated", "content", "angry", "calm", "bored"]),
        enumeration(
            "long",
            ["a rather long value", "another rather long value", "and the longest of all values"],
        ),
    ];
    let mut all = table("shop.everything")
        .comment("all of it")
        .option("sqlite_strict", "")
        .option("mysql_engine", "InnoDB");
    for (number, ty) in types.into_iter().enumerate() {
        all.add_column(column(format!("c{number}"), ty));
    }
    all.column(column("a", integer()).not_null().server_default(-5).autoincrement(false))
        .column(column("b", string(5)).server_default(sql("lower('X')")).collation("NOCASE").comment("b"))
        .column(column("c", boolean()).not_null().server_default(true))
        .column(column("d", integer()).computed("a * 2"))
        .column(column("e", integer()).computed_stored("a * 3"))
        .primary_key(primary_key(["c1", "a"]).named("pk_everything"))
        .unique(unique(["a", "b"]))
        .unique(unique(["b"]).named("uq_b"))
        .unique(unique(["c"]))
        .foreign_key(foreign_key(["a", "b"]).references("shop.other", ["x", "y"]).named("fk_ab"))
        .foreign_key(foreign_key(["d"]).references(TableName::in_schema("s.t", "u"), ["id"]))
        .check(check("a > 0"))
        .check(check("b <> ''").named("ck_b"))
        .index(index("ix_everything").on("any", ["a", "b"]).unique())
}

/// Whatever a table can say besides.
fn with_options() -> Table {
    let counted = Identity::always().start(5).increment(-1).min(-9).no_max().cache(3).cycle(true);
    let key = foreign_key(["a"])
        .references("other", ["x"])
        .on_delete(SetNull)
        .on_delete_columns(["a"])
        .match_(Match::Full)
        .use_alter()
        .deferrable(true)
        .initially(Initially::Immediate)
        .comment("to the other")
        .option("postgres_not_valid", true);
    table("with_options")
        .prefix("TEMPORARY")
        .column(column("id", integer()).primary_key().identity(counted.option("oracle_order", true)))
        .column(column("a", integer()).not_null().option("sqlite_on_conflict_not_null", "FAIL"))
        .column(column("b", integer()).check(check("b > 0").named("ck_b")).generated(Computed::new("a + 1")))
        .column(column("c", boolean()))
        .check(check("c IN (0, 1)").named("ck_c").stands_for(CheckedType::Boolean))
        .unique(unique(["a"]).initially_deferred().only_on(["postgres", "oracle"]))
        .foreign_key(key)
        .exclude(exclude().column("a", "=").operator_class("int4_ops").using("btree").filter("a > 0"))
        .index(
            index("ix_with_options")
                .on("any", [IndexElement::column("a").nulls_last(), IndexElement::column("b").nulls_first()])
                .only_on(["postgres"])
                .option("postgres_with", OptionValue::settings([("fillfactor", 50)]))
                .option("postgres_where", Sql::words("a > 0"))
                .option("mysql_length", 10),
        )
        .option("postgres_inherits", ["x", "y"])
        .on(DdlEvent::AfterCreate, "ANALYZE %(table)s")
        .on(DdlEvent::BeforeDrop, DdlText::new("%(what)s").set("what", "SELECT 1").only_on(["sqlite"]))
}

/// What a dropped object was stands in the other half of the file, so it is not written here.
#[test]
fn a_drop_that_knows_what_it_drops_is_written_shortly() {
    let mut op = Operations::new();
    op.drop_constraint("uq", "users", ConstraintKind::Unique);
    let mut known = op.clone().into_steps();
    if let Some(Operation::DropConstraint(drop)) = known.first_mut()
        && let ConstraintRef::Named { existing, .. } = &mut drop.constraint
    {
        *existing = Some(unique(["mail"]).named("uq").into());
    }
    assert_ne!(known, op.steps());
    let render =
        |steps: &[Operation]| render_revision(&file(steps, &[]), &Sqlite::default()).expect("a plain plan");
    assert_eq!(render(&known), render(op.steps()));
}
