//! Schemas, named types, comments, statements of the user's own, everything at once.

use super::*;

pub(super) const CASES: &[Construct] = &[
    Construct(
        "schemas",
        |d| {
            let name = "aludel_golden_schema";
            let create = CreateSchema::of(name);
            let drop = DropSchema::of(name).if_exists();
            Ok(vec![create.sql(d)?, create.if_not_exists().sql(d)?, drop.sql(d)?])
        },
        [
            "error: sqlite does not support CREATE SCHEMA (`aludel_golden_schema`)",
            r"
CREATE SCHEMA aludel_golden_schema;
CREATE SCHEMA IF NOT EXISTS aludel_golden_schema;
DROP SCHEMA IF EXISTS aludel_golden_schema;
",
            r"
CREATE SCHEMA aludel_golden_schema;
CREATE SCHEMA IF NOT EXISTS aludel_golden_schema;
DROP SCHEMA IF EXISTS aludel_golden_schema;
",
            "error: mssql does not support CREATE SCHEMA IF NOT EXISTS (`aludel_golden_schema`)",
            "error: oracle does not support CREATE SCHEMA (`aludel_golden_schema`)",
        ],
    ),
    Construct(
        "a schema with what is in it",
        |d| Ok(vec![DropSchema::of("aludel_golden_schema").if_exists().cascade().sql(d)?]),
        [
            "error: sqlite does not support DROP SCHEMA (`aludel_golden_schema`)",
            "DROP SCHEMA IF EXISTS aludel_golden_schema CASCADE;",
            "error: mariadb does not support DROP SCHEMA … CASCADE (`aludel_golden_schema`)",
            "error: mssql does not support DROP SCHEMA … CASCADE (`aludel_golden_schema`)",
            "error: oracle does not support DROP SCHEMA (`aludel_golden_schema`)",
        ],
    ),
    Construct(
        "named types",
        |d| {
            let mood: NamedType = enum_type("mood", ["sad", "it's ok"]).into();
            let grade = domain("grade", integer()).server_default(1).not_null().check("VALUE < 7");
            let grade: NamedType = grade.collation("C").constraint_name("in_range").into();
            let NamedType::Domain(mut plain) = grade.clone() else { return Ok(Vec::new()) };
            plain.collation = None;
            let plain = NamedType::Domain(plain);
            let create = [ddl::create_type(&mood, d)?, ddl::create_type(&plain, d)?];
            let drop = [ddl::drop_type(&mood, d)?, ddl::drop_type(&plain, d)?];
            Ok(create.into_iter().chain(drop).collect())
        },
        [
            "error: sqlite does not support named types (`mood`)",
            r"
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE DOMAIN grade AS INTEGER DEFAULT 1 CONSTRAINT in_range NOT NULL CHECK (VALUE < 7);
DROP TYPE mood;
DROP DOMAIN grade;
",
            "error: mariadb does not support named types (`mood`)",
            "error: mssql does not support named types (`mood`)",
            "error: oracle does not support named types (`mood`)",
        ],
    ),
    Construct(
        "comments on everything",
        |d| {
            let t = table("t")
                .comment("a table")
                .column(column("a", integer()).not_null().comment("a column"))
                .unique(unique(["a"]).named("uq").comment("a constraint"));
            ddl::create_table(&t, d)
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    CONSTRAINT uq UNIQUE (a)
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    CONSTRAINT uq UNIQUE (a)
);
COMMENT ON TABLE t IS 'a table';
COMMENT ON COLUMN t.a IS 'a column';
COMMENT ON CONSTRAINT uq ON t IS 'a constraint';
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL COMMENT 'a column',
    CONSTRAINT uq UNIQUE (a)
)COMMENT='a table';
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    CONSTRAINT uq UNIQUE (a)
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    CONSTRAINT uq UNIQUE (a)
);
COMMENT ON TABLE t IS 'a table';
COMMENT ON COLUMN t.a IS 'a column';
",
        ],
    ),
    Construct(
        "statements of the user's own around a table",
        |d| {
            let t = numbers()
                .on(
                    DdlEvent::AfterCreate,
                    DdlText::new("INSERT INTO %(fullname)s VALUES (%(one)s, 2)").set("one", "1"),
                )
                .on(
                    DdlEvent::AfterCreate,
                    DdlText::new("ANALYZE %(table)s").only_on(["sqlite", "postgresql"]),
                )
                .on(DdlEvent::BeforeDrop, "DELETE FROM %(table)s");
            let metadata = MetaData::new().add(t);
            Ok([ddl::create_all(&metadata, d)?, ddl::drop_all(&metadata, d)?].concat())
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
INSERT INTO t VALUES (1, 2);
ANALYZE t;
DELETE FROM t;
DROP TABLE t;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
INSERT INTO t VALUES (1, 2);
ANALYZE t;
DELETE FROM t;
DROP TABLE t;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
INSERT INTO t VALUES (1, 2);
DELETE FROM t;
DROP TABLE t;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
INSERT INTO t VALUES (1, 2);
DELETE FROM t;
DROP TABLE t;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
INSERT INTO t VALUES (1, 2);
DELETE FROM t;
DROP TABLE t;
",
        ],
    ),
    Construct(
        "everything at once, and away again",
        |d| {
            let metadata = MetaData::new()
                .add(source())
                .view(view("names", "SELECT name FROM src"))
                .sequence(sequence("numbers"))
                .sequence(sequence("spare").optional())
                .named_type(enum_type("mood", ["sad"]));
            Ok([ddl::create_all(&metadata, d)?, ddl::drop_all(&metadata, d)?].concat())
        },
        [
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE VIEW names AS SELECT name FROM src;
DROP VIEW names;
DROP TABLE src;
",
            r"
CREATE TYPE mood AS ENUM ('sad');
CREATE SEQUENCE numbers;
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE VIEW names AS SELECT name FROM src;
DROP VIEW names;
DROP TABLE src;
DROP SEQUENCE numbers;
DROP TYPE mood;
",
            r"
CREATE SEQUENCE numbers;
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE VIEW names AS SELECT name FROM src;
DROP VIEW names;
DROP TABLE src;
DROP SEQUENCE numbers;
",
            r"
CREATE SEQUENCE numbers;
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9) NULL
);
CREATE VIEW names AS SELECT name FROM src;
DROP VIEW names;
DROP TABLE src;
DROP SEQUENCE numbers;
",
            r"
CREATE SEQUENCE numbers;
CREATE SEQUENCE spare;
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR2(9 CHAR)
);
CREATE VIEW names AS SELECT name FROM src;
DROP VIEW names;
DROP TABLE src;
DROP SEQUENCE numbers;
DROP SEQUENCE spare;
",
        ],
    ),
    Construct(
        "another schema at run time",
        |d| {
            let map = SchemaMap::new()
                .map(None, Some("aludel_golden_schema"))
                .map(Some("shared"), Some("aludel_golden_schema"));
            let t = numbers()
                .foreign_key(foreign_key(["a"]).references("shared.units", ["id"]))
                .index(index("ix").on("t", ["b"]));
            let units =
                table("shared.units").column(column("id", integer()).primary_key().autoincrement(false));
            let mapped = map.metadata(&MetaData::new().add(t).add(units));
            Ok([
                vec![CreateSchema::of("aludel_golden_schema").sql(d)?],
                ddl::create_all(&mapped, d)?,
                ddl::drop_all(&mapped, d)?,
                vec![DropSchema::of("aludel_golden_schema").sql(d)?],
            ]
            .concat())
        },
        [
            "error: sqlite does not support CREATE SCHEMA (`aludel_golden_schema`)",
            r"
CREATE SCHEMA aludel_golden_schema;
CREATE TABLE aludel_golden_schema.units (
    id INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE aludel_golden_schema.t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    FOREIGN KEY(a) REFERENCES aludel_golden_schema.units (id)
);
CREATE INDEX ix ON aludel_golden_schema.t (b);
DROP TABLE aludel_golden_schema.t;
DROP TABLE aludel_golden_schema.units;
DROP SCHEMA aludel_golden_schema;
",
            r"
CREATE SCHEMA aludel_golden_schema;
CREATE TABLE aludel_golden_schema.units (
    id INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE aludel_golden_schema.t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    FOREIGN KEY(a) REFERENCES aludel_golden_schema.units (id)
);
CREATE INDEX ix ON aludel_golden_schema.t (b);
DROP TABLE aludel_golden_schema.t;
DROP TABLE aludel_golden_schema.units;
DROP SCHEMA aludel_golden_schema;
",
            r"
CREATE SCHEMA aludel_golden_schema;
CREATE TABLE aludel_golden_schema.units (
    id INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE aludel_golden_schema.t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    FOREIGN KEY(a) REFERENCES aludel_golden_schema.units (id)
);
CREATE INDEX ix ON aludel_golden_schema.t (b);
DROP TABLE aludel_golden_schema.t;
DROP TABLE aludel_golden_schema.units;
DROP SCHEMA aludel_golden_schema;
",
            "error: oracle does not support CREATE SCHEMA (`aludel_golden_schema`)",
        ],
    ),
];
