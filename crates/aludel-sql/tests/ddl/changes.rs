//! Changes of what is there: dropped, renamed, added and altered.

use super::*;

pub(crate) const CASES: &[Case] = &[
    Case(
        "drop a table",
        |d| Ok(vec![ddl::drop_table(&"shop.users".into(), d), ddl::drop_table(&"users".into(), d)]),
        [
            r"
DROP TABLE shop.users;
DROP TABLE users;
",
            r"
DROP TABLE shop.users;
DROP TABLE users;
",
            r"
DROP TABLE shop.users;
DROP TABLE users;
",
        ],
    ),
    Case(
        "rename a table",
        |d| {
            Ok(vec![
                ddl::rename_table(&"shop.users".into(), "people", d),
                ddl::rename_table(&"users".into(), "people", d),
            ])
        },
        [
            r"
ALTER TABLE shop.users RENAME TO people;
ALTER TABLE users RENAME TO people;
",
            r"
ALTER TABLE shop.users RENAME TO people;
ALTER TABLE users RENAME TO people;
",
            r"
ALTER TABLE shop.users RENAME TO shop.people;
ALTER TABLE users RENAME TO people;
",
        ],
    ),
    Case(
        "a unique index",
        |d| {
            Ok(vec![ddl::create_index(
                &index("ix_users_username").on("users", ["username", "email"]).unique(),
                d,
            )?])
        },
        [
            r"CREATE UNIQUE INDEX ix_users_username ON users (username, email);",
            r"CREATE UNIQUE INDEX ix_users_username ON users (username, email);",
            r"CREATE UNIQUE INDEX ix_users_username ON users (username, email);",
        ],
    ),
    Case(
        "an index with orders",
        |d| {
            Ok(vec![ddl::create_index(
                &index("ix").on("t", [IndexElement::column("a").desc(), "b".into()]),
                d,
            )?])
        },
        [
            r"CREATE INDEX ix ON t (a DESC, b);",
            r"CREATE INDEX ix ON t (a DESC, b);",
            r"CREATE INDEX ix ON t (a DESC, b);",
        ],
    ),
    Case(
        "a partial index",
        |d| Ok(vec![ddl::create_index(&index("ix").on("t", ["a"]).filter("a > 0"), d)?]),
        [
            r"CREATE INDEX ix ON t (a) WHERE a > 0;",
            r"CREATE INDEX ix ON t (a) WHERE a > 0;",
            r"error: mysql does not support an index with a condition (`ix`)",
        ],
    ),
    Case(
        "an index over an expression",
        |d| {
            Ok(vec![ddl::create_index(
                &index("ix").on("t", [IndexElement::expression("lower(a)").desc()]),
                d,
            )?])
        },
        [
            r"CREATE INDEX ix ON t (lower(a) DESC);",
            r"
CREATE INDEX ix ON t (lower(a) DESC);
",
            r"CREATE INDEX ix ON t ((lower(a)) DESC);",
        ],
    ),
    Case(
        "an index with a collation",
        |d| {
            Ok(vec![ddl::create_index(
                &index("ix").on("t", [IndexElement::column("a").collate("NOCASE")]),
                d,
            )?])
        },
        [
            r"CREATE INDEX ix ON t (a COLLATE NOCASE);",
            r#"CREATE INDEX ix ON t (a COLLATE "NOCASE");"#,
            r"error: mysql does not support an index with a collation of its own (`ix`)",
        ],
    ),
    Case(
        "an index of nothing",
        |d| Ok(vec![ddl::create_index(&index("ix"), d)?]),
        [
            r#"error: the index `ix` says not what it indexes: `index("ix").on(table, columns)`"#,
            r#"error: the index `ix` says not what it indexes: `index("ix").on(table, columns)`"#,
            r#"error: the index `ix` says not what it indexes: `index("ix").on(table, columns)`"#,
        ],
    ),
    Case(
        "drop an index",
        |d| Ok(vec![ddl::drop_index("ix", &"t".into(), d), ddl::drop_index("ix", &"s.t".into(), d)]),
        [
            r"
DROP INDEX ix;
DROP INDEX s.ix;
",
            r"
DROP INDEX ix;
DROP INDEX s.ix;
",
            r"
DROP INDEX ix ON t;
DROP INDEX ix ON s.t;
",
        ],
    ),
    Case(
        "add a column",
        |d| ddl::add_column(&"users".into(), &column("age", integer()).not_null().server_default(0), d),
        [
            r"ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 0 NOT NULL;",
            r"ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 0 NOT NULL;",
            r"
ALTER TABLE users ADD COLUMN age INTEGER NOT NULL DEFAULT 0;
",
        ],
    ),
    Case(
        "add a column with a comment and an index",
        |d| ddl::add_column(&"users".into(), &column("age", integer()).index().comment("in years"), d),
        [
            r"
ALTER TABLE users ADD COLUMN age INTEGER;
CREATE INDEX ix_users_age ON users (age);
",
            r"
ALTER TABLE users ADD COLUMN age INTEGER;
CREATE INDEX ix_users_age ON users (age);
COMMENT ON COLUMN users.age IS 'in years';
",
            r"
ALTER TABLE users ADD COLUMN age INTEGER COMMENT 'in years';
CREATE INDEX ix_users_age ON users (age);
",
        ],
    ),
    Case(
        "add a column with a foreign key",
        |d| {
            ddl::add_column(
                &"users".into(),
                &column("boss", big_integer()).references("users.id").on_delete(ReferentialAction::SetNull),
                d,
            )
        },
        [
            r"ALTER TABLE users ADD COLUMN boss BIGINT REFERENCES users (id) ON DELETE SET NULL;",
            r"
ALTER TABLE users ADD COLUMN boss BIGINT;
ALTER TABLE users ADD FOREIGN KEY(boss) REFERENCES users (id) ON DELETE SET NULL;
",
            r"
ALTER TABLE users ADD COLUMN boss BIGINT;
ALTER TABLE users ADD FOREIGN KEY(boss) REFERENCES users (id) ON DELETE SET NULL;
",
        ],
    ),
    Case(
        "add a unique column",
        |d| ddl::add_column(&"users".into(), &column("code", string(5)).unique(), d),
        [
            r"error: sqlite does not support adding a column that is unique (`users.code`) without rebuilding the table",
            r"
ALTER TABLE users ADD COLUMN code VARCHAR(5);
ALTER TABLE users ADD UNIQUE (code);
",
            r"
ALTER TABLE users ADD COLUMN code VARCHAR(5);
ALTER TABLE users ADD UNIQUE (code);
",
        ],
    ),
    Case(
        "add a key column",
        |d| ddl::add_column(&"t".into(), &column("id", big_integer()).primary_key(), d),
        [
            r"error: sqlite does not support adding a column that is a primary key (`t.id`) without rebuilding the table",
            r"ALTER TABLE t ADD COLUMN id BIGINT GENERATED BY DEFAULT AS IDENTITY NOT NULL PRIMARY KEY;",
            r"ALTER TABLE t ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY;",
        ],
    ),
    Case(
        "drop a column",
        |d| Ok(vec![ddl::drop_column(&"users".into(), "age", d)?]),
        [
            r"ALTER TABLE users DROP COLUMN age;",
            r"ALTER TABLE users DROP COLUMN age;",
            r"ALTER TABLE users DROP COLUMN age;",
        ],
    ),
    Case(
        "rename a column",
        |d| Ok(vec![ddl::rename_column(&"users".into(), "age", "order", d)?]),
        [
            r#"ALTER TABLE users RENAME COLUMN age TO "order";"#,
            r#"ALTER TABLE users RENAME COLUMN age TO "order";"#,
            r"ALTER TABLE users RENAME COLUMN age TO `order`;",
        ],
    ),
    Case(
        "alter everything",
        |d| {
            ddl::alter_column(
                &AlterColumn {
                    ty: Some(integer()),
                    nullable: Some(false),
                    server_default: Some(Some(3.into())),
                    comment: Some(Some("c".into())),
                    using: Some("a::integer".into()),
                    existing: Some(column("a", text())),
                    ..AlterColumn::new("t", "a")
                },
                d,
            )
        },
        [
            r"error: sqlite does not support altering a column (`t.a`) without rebuilding the table",
            r"
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING a::integer;
ALTER TABLE t ALTER COLUMN a SET DEFAULT 3;
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
COMMENT ON COLUMN t.a IS 'c';
",
            r"
ALTER TABLE t MODIFY a INTEGER NOT NULL COMMENT 'c' DEFAULT 3;
",
        ],
    ),
    Case(
        "alter the type of a numbered column",
        |d| {
            ddl::alter_column(
                &AlterColumn {
                    ty: Some(big_integer()),
                    existing: Some(column("id", integer()).not_null().autoincrement(true)),
                    ..AlterColumn::new("t", "id")
                },
                d,
            )
        },
        [
            r"error: sqlite does not support altering a column (`t.id`) without rebuilding the table",
            r"ALTER TABLE t ALTER COLUMN id TYPE BIGINT;",
            r"ALTER TABLE t MODIFY id BIGINT NOT NULL AUTO_INCREMENT;",
        ],
    ),
    Case(
        "alter without knowing what was",
        |d| ddl::alter_column(&AlterColumn { nullable: Some(true), ..AlterColumn::new("t", "a") }, d),
        [
            r"error: sqlite does not support altering a column (`t.a`) without rebuilding the table",
            r"ALTER TABLE t ALTER COLUMN a DROP NOT NULL;",
            r"error: mysql changes a column by repeating its whole definition, and that of `t.a` is not known: say what it is with `.existing(column(..))`",
        ],
    ),
    Case(
        "drop a default",
        |d| ddl::alter_column(&AlterColumn { server_default: Some(None), ..AlterColumn::new("t", "a") }, d),
        [
            r"error: sqlite does not support altering a column (`t.a`) without rebuilding the table",
            r"ALTER TABLE t ALTER COLUMN a DROP DEFAULT;",
            r"ALTER TABLE t ALTER COLUMN a DROP DEFAULT;",
        ],
    ),
    Case(
        "set a default",
        |d| {
            ddl::alter_column(
                &AlterColumn { server_default: Some(Some("x".into())), ..AlterColumn::new("t", "a") },
                d,
            )
        },
        [
            r"error: sqlite does not support altering a column (`t.a`) without rebuilding the table",
            r"ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x';",
            r"ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x';",
        ],
    ),
    Case(
        "take a comment away",
        |d| {
            ddl::alter_column(
                &AlterColumn {
                    comment: Some(None),
                    existing: Some(column("a", text()).comment("old")),
                    ..AlterColumn::new("t", "a")
                },
                d,
            )
        },
        [r"", r"COMMENT ON COLUMN t.a IS NULL;", r"ALTER TABLE t MODIFY a TEXT;"],
    ),
    Case("alter nothing", |d| ddl::alter_column(&AlterColumn::new("t", "a"), d), [r"", r"", r""]),
    Case(
        "add a primary key",
        |d| Ok(vec![ddl::add_constraint(&"t".into(), &primary_key(["a", "b"]).named("pk").into(), d)?]),
        [
            r"error: sqlite does not support adding a primary key to `t` without rebuilding the table",
            r"ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a, b);",
            r"ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a, b);",
        ],
    ),
    Case(
        "add a unique constraint",
        |d| Ok(vec![ddl::add_constraint(&"t".into(), &unique(["a"]).into(), d)?]),
        [
            r"error: sqlite does not support adding a unique constraint to `t` without rebuilding the table",
            r"ALTER TABLE t ADD UNIQUE (a);",
            r"ALTER TABLE t ADD UNIQUE (a);",
        ],
    ),
    Case(
        "add a foreign key",
        |d| {
            Ok(vec![ddl::add_constraint(
                &"s.t".into(),
                &foreign_key(["a"]).references("s.o", ["id"]).named("fk").into(),
                d,
            )?])
        },
        [
            r"error: sqlite does not support adding a foreign key to `s.t` without rebuilding the table",
            r"ALTER TABLE s.t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES s.o (id);",
            r"ALTER TABLE s.t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES s.o (id);",
        ],
    ),
    Case(
        "add a check",
        |d| Ok(vec![ddl::add_constraint(&"t".into(), &check("a > 0").named("ck").into(), d)?]),
        [
            r"error: sqlite does not support adding a check constraint to `t` without rebuilding the table",
            r"ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0);",
            r"ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0);",
        ],
    ),
    Case(
        "drop a primary key",
        |d| Ok(vec![ddl::drop_constraint(&"t".into(), "pk", ConstraintKind::PrimaryKey, d)?]),
        [
            r"error: sqlite does not support dropping the primary key `pk` of `t` without rebuilding the table",
            r"ALTER TABLE t DROP CONSTRAINT pk;",
            r"ALTER TABLE t DROP PRIMARY KEY;",
        ],
    ),
    Case(
        "drop a unique constraint",
        |d| Ok(vec![ddl::drop_constraint(&"t".into(), "uq", ConstraintKind::Unique, d)?]),
        [
            r"error: sqlite does not support dropping the unique constraint `uq` of `t` without rebuilding the table",
            r"ALTER TABLE t DROP CONSTRAINT uq;",
            r"ALTER TABLE t DROP INDEX uq;",
        ],
    ),
    Case(
        "drop a foreign key",
        |d| Ok(vec![ddl::drop_constraint(&"t".into(), "fk", ConstraintKind::ForeignKey, d)?]),
        [
            r"error: sqlite does not support dropping the foreign key `fk` of `t` without rebuilding the table",
            r"ALTER TABLE t DROP CONSTRAINT fk;",
            r"ALTER TABLE t DROP FOREIGN KEY fk;",
        ],
    ),
    Case(
        "drop a check",
        |d| Ok(vec![ddl::drop_constraint(&"t".into(), "ck", ConstraintKind::Check, d)?]),
        [
            r"error: sqlite does not support dropping the check constraint `ck` of `t` without rebuilding the table",
            r"ALTER TABLE t DROP CONSTRAINT ck;",
            r"ALTER TABLE t DROP CONSTRAINT ck;",
        ],
    ),
];
