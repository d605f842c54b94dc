//! every step there is
//!
//! Revision ID: 1975ea83b712
//! Revises:
//! Create Date: 2026-11-22 12:50:16 UTC

use aludel::migrate::prelude::*;

pub const REVISION: Revision = Revision::new("1975ea83b712");

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        table("shop.everything")
            .column(column("c0", small_integer()))
            .column(column("c1", integer()).not_null())
            .column(column("c2", big_integer()))
            .column(column("c3", float()))
            .column(column("c4", double()))
            .column(column("c5", numeric(5, 2)))
            .column(column("c6", numeric_of(7)))
            .column(column("c7", decimal()))
            .column(column("c8", boolean()))
            .column(column("c9", string(9)))
            .column(column("c10", unbounded_string()))
            .column(column("c11", text()))
            .column(column("c12", binary()))
            .column(column("c13", binary_of(16)))
            .column(column("c14", date()))
            .column(column("c15", time()))
            .column(column("c16", date_time()))
            .column(column("c17", date_time_tz()))
            .column(column("c18", uuid()))
            .column(column("c19", json()))
            .column(column("c20", raw("GEOMETRY(\"x\")")))
            .column(column(
                "c21",
                enumeration(
                    "mood",
                    [
                        "sad", "happy", "so so", "elated", "content", "angry", "calm", "bored",
                    ],
                ),
            ))
            .column(column(
                "c22",
                enumeration(
                    "long",
                    [
                        "a rather long value",
                        "another rather long value",
                        "and the longest of all values",
                    ],
                ),
            ))
            .column(
                column("a", integer())
                    .not_null()
                    .server_default(-5)
                    .autoincrement(false),
            )
            .column(
                column("b", string(5))
                    .server_default(sql("lower('X')"))
                    .collation("NOCASE")
                    .comment("b"),
            )
            .column(column("c", boolean()).not_null().server_default(true))
            .column(column("d", integer()).computed("a * 2"))
            .column(column("e", integer()).computed_stored("a * 3"))
            .primary_key(primary_key(["c1", "a"]).named("pk_everything"))
            .unique(unique(["a", "b"]))
            .unique(unique(["b"]).named("uq_b"))
            .unique(unique(["c"]))
            .foreign_key(
                foreign_key(["a", "b"])
                    .references("shop.other", ["x", "y"])
                    .named("fk_ab"),
            )
            .foreign_key(foreign_key(["d"]).references(TableName::in_schema("s.t", "u"), ["id"]))
            .check(check("a > 0"))
            .check(check("b <> ''").named("ck_b"))
            .index(
                index("ix_everything")
                    .on("shop.everything", ["a", "b"])
                    .unique(),
            )
            .comment("all of it")
            .option("sqlite_strict", "")
            .option("mysql_engine", "InnoDB"),
    );
    op.create_table(
        table("addresses")
            .column(column("id", big_integer()).primary_key())
            .column(
                column("user_id", big_integer())
                    .not_null()
                    .references("users.id")
                    .on_delete(Cascade),
            )
            .column(column("email", string(100)).not_null().unique().index())
            .column(
                column("created_at", date_time_tz())
                    .not_null()
                    .server_default(now()),
            ),
    );
    op.create_table(
        table(TableName::new("dotted.name"))
            .primary_key(primary_key(["code"]))
            .column(column("code", string(2)))
            .column(column("a", integer()).unique())
            .column(column("b", integer()).unique())
            .index(index("ix_b").on(TableName::new("dotted.name"), ["b"])),
    );
    op.create_table(
        table("with_options")
            .column(
                column("id", integer()).primary_key().identity(
                    Identity::always()
                        .start(5)
                        .increment(-1)
                        .cache(3)
                        .min(-9)
                        .no_max()
                        .cycle(true)
                        .option("oracle_order", true),
                ),
            )
            .column(
                column("a", integer())
                    .not_null()
                    .option("sqlite_on_conflict_not_null", "FAIL"),
            )
            .column(
                column("b", integer())
                    .generated(Computed::new("a + 1"))
                    .check(check("b > 0").named("ck_b")),
            )
            .column(column("c", boolean()))
            .unique(
                unique(["a"])
                    .initially_deferred()
                    .only_on(["postgres", "oracle"]),
            )
            .foreign_key(
                foreign_key(["a"])
                    .references("other", ["x"])
                    .on_delete(SetNull)
                    .on_delete_columns(["a"])
                    .match_(Match::Full)
                    .use_alter()
                    .deferrable(true)
                    .initially(Initially::Immediate)
                    .comment("to the other")
                    .option("postgres_not_valid", true),
            )
            .check(
                check("c IN (0, 1)")
                    .named("ck_c")
                    .stands_for(CheckedType::Boolean),
            )
            .exclude(
                exclude()
                    .column("a", "=")
                    .operator_class("int4_ops")
                    .using("btree")
                    .filter("a > 0"),
            )
            .index(
                index("ix_with_options")
                    .on(
                        "with_options",
                        [
                            IndexElement::column("a").nulls_last(),
                            IndexElement::column("b").nulls_first(),
                        ],
                    )
                    .only_on(["postgres"])
                    .option(
                        "postgres_with",
                        OptionValue::settings([("fillfactor", OptionValue::from(50))]),
                    )
                    .option("postgres_where", Sql::words("a > 0"))
                    .option("mysql_length", 10),
            )
            .prefix("TEMPORARY")
            .option("postgres_inherits", ["x", "y"])
            .on(DdlEvent::AfterCreate, "ANALYZE %(table)s")
            .on(
                DdlEvent::BeforeDrop,
                DdlText::new("%(what)s")
                    .set("what", "SELECT 1")
                    .only_on(["sqlite"]),
            ),
    );
    op.rename_table("old", "new");
    op.add_column(
        "users",
        column("age", integer())
            .not_null()
            .index()
            .server_default(0),
    );
    op.add_column(
        "users",
        column("boss", big_integer())
            .unique()
            .references("shop.users.id")
            .on_delete(SetNull)
            .on_update(Cascade),
    );
    op.add_column(
        "users",
        column("key", big_integer())
            .primary_key()
            .nullable()
            .index_named("by_key"),
    );
    op.add_column(
        "users",
        column("named", big_integer()).foreign_key(
            foreign_key(["named"])
                .references("users", ["id"])
                .named("fk_named")
                .initially_deferred(),
        ),
    );
    op.drop_column("users", "age");
    op.alter_column("users", "email");
    op.alter_column("users", "email")
        .type_(string(200))
        .not_null();
    op.alter_column("users", "email")
        .type_(numeric(10, 2))
        .nullable()
        .server_default(1.5)
        .comment("an \"amount\"\n\tin\\euro\u{7}")
        .using("email::numeric")
        .existing(
            column("email", string(100))
                .not_null()
                .server_default("none")
                .comment("mail"),
        );
    op.alter_column("users", "email")
        .drop_server_default()
        .drop_comment();
    op.rename_column("users", "email", "mail");
    op.create_index(
        index("ix_users_mail")
            .on("users", ["mail", "username"])
            .unique()
            .filter("mail > ''"),
    );
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
    op.add_constraint(
        "users",
        foreign_key(["a", "b"])
            .references("other", ["x", "y"])
            .deferrable(false),
    );
    op.create_primary_key("pk_users", "users", ["id", "mail"]);
    op.create_unique_constraint("uq_users", "users", ["mail"]);
    op.create_foreign_key(
        "fk_users_boss",
        "users",
        foreign_key(["boss"])
            .references("users", ["id"])
            .on_delete(Restrict)
            .on_update(NoAction),
    );
    op.add_constraint(
        "users",
        unique(["mail"])
            .named("uq_mail")
            .option("postgres_include", ["age"]),
    );
    op.add_constraint(
        "users",
        exclude()
            .column("mail", "=")
            .expression("lower(name)", "=")
            .named("ex"),
    );
    op.create_check_constraint("ck_users", "users", "length(mail) > 3 AND mail LIKE '%@%'");
    op.drop_constraint("pk_users", "users", ConstraintKind::PrimaryKey);
    op.drop_constraint("uq_users", "users", ConstraintKind::Unique);
    op.drop_constraint("fk_users_boss", "users", ConstraintKind::ForeignKey);
    op.drop_constraint("ck_users", "users", ConstraintKind::Check);
    op.drop_unnamed_constraint("users", unique(["mail"]));
    op.drop_unnamed_constraint(
        "users",
        foreign_key(["boss"])
            .references("users", ["id"])
            .on_delete(SetDefault),
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
}

pub fn downgrade(op: &mut Operations) {
    op.drop_index("ix_users_mail", "shop.users");
    op.drop_table("users");
}
