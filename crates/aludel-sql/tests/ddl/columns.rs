//! Columns: types, defaults, generated values, collations, comments.

use super::*;

pub(crate) const CASES: &[Case] = &[
    Case(
        "every type",
        |d| {
            ddl::create_table(
                &table("t")
                    .column(column("a", small_integer()))
                    .column(column("b", integer()))
                    .column(column("c", big_integer()))
                    .column(column("d", float()))
                    .column(column("e", double()))
                    .column(column("f", numeric(10, 2)))
                    .column(column("g", decimal()))
                    .column(column("h", boolean()))
                    .column(column("i", string(5)))
                    .column(column("j", text()))
                    .column(column("k", binary()))
                    .column(column("l", binary_of(16)))
                    .column(column("m", date()))
                    .column(column("n", time()))
                    .column(column("o", date_time()))
                    .column(column("p", date_time_tz()))
                    .column(column("q", uuid()))
                    .column(column("r", json()))
                    .column(column("s", enumeration("mood", ["sad", "happy"])))
                    .column(column("t", raw("INT"))),
                d,
            )
        },
        [
            r"
CREATE TABLE t (
    a SMALLINT,
    b INTEGER,
    c BIGINT,
    d FLOAT,
    e DOUBLE,
    f NUMERIC(10, 2),
    g NUMERIC,
    h BOOLEAN,
    i VARCHAR(5),
    j TEXT,
    k BLOB,
    l BLOB(16),
    m DATE,
    n TIME,
    o DATETIME,
    p TIMESTAMP,
    q CHAR(32),
    r JSON,
    s VARCHAR(5),
    t INT
);
",
            r"
CREATE TABLE t (
    a SMALLINT,
    b INTEGER,
    c BIGINT,
    d FLOAT,
    e DOUBLE PRECISION,
    f NUMERIC(10, 2),
    g NUMERIC,
    h BOOLEAN,
    i VARCHAR(5),
    j TEXT,
    k BYTEA,
    l BYTEA,
    m DATE,
    n TIME WITHOUT TIME ZONE,
    o TIMESTAMP WITHOUT TIME ZONE,
    p TIMESTAMP WITH TIME ZONE,
    q UUID,
    r JSONB,
    s VARCHAR(5),
    t INT
);
",
            r"
CREATE TABLE t (
    a SMALLINT,
    b INTEGER,
    c BIGINT,
    d FLOAT,
    e DOUBLE,
    f NUMERIC(10, 2),
    g NUMERIC,
    h BOOL,
    i VARCHAR(5),
    j TEXT,
    k LONGBLOB,
    l VARBINARY(16),
    m DATE,
    n TIME(6),
    o DATETIME(6),
    p DATETIME(6),
    q CHAR(32),
    r JSON,
    s VARCHAR(5),
    t INT
);
",
        ],
    ),
    Case(
        "a text without a length",
        |d| ddl::create_table(&one(column("a", unbounded_string())), d),
        [
            r"
CREATE TABLE t (
    a VARCHAR
);
",
            r"
CREATE TABLE t (
    a VARCHAR
);
",
            r"error: mysql does not support VARCHAR without a length (give the column a length, or make it text)",
        ],
    ),
    Case(
        "defaults that are literals",
        |d| {
            ddl::create_table(
                &table("t")
                    .column(column("a", string(20)).server_default("it's"))
                    .column(column("b", integer()).server_default(-5))
                    .column(column("c", boolean()).not_null().server_default(true))
                    .column(column("d", double()).server_default(1.5))
                    .column(column("e", integer()).server_default(words::<i64>("NULL"))),
                d,
            )
        },
        [
            r"
CREATE TABLE t (
    a VARCHAR(20) DEFAULT 'it''s',
    b INTEGER DEFAULT -5,
    c BOOLEAN DEFAULT 1 NOT NULL,
    d DOUBLE DEFAULT 1.5,
    e INTEGER DEFAULT NULL
);
",
            r"
CREATE TABLE t (
    a VARCHAR(20) DEFAULT 'it''s',
    b INTEGER DEFAULT -5,
    c BOOLEAN DEFAULT true NOT NULL,
    d DOUBLE PRECISION DEFAULT 1.5,
    e INTEGER DEFAULT NULL
);
",
            r"
CREATE TABLE t (
    a VARCHAR(20) DEFAULT 'it''s',
    b INTEGER DEFAULT -5,
    c BOOL NOT NULL DEFAULT true,
    d DOUBLE DEFAULT 1.5,
    e INTEGER DEFAULT NULL
);
",
        ],
    ),
    Case(
        "defaults that are expressions",
        |d| {
            ddl::create_table(
                &table("t")
                    .column(column("a", string(40)).server_default(words::<String>("lower('A')")))
                    .column(column("b", integer()).server_default(words::<i64>("(1 + 1)")))
                    .column(column("c", date()).server_default(now()))
                    .column(column("d", text()).server_default("long")),
                d,
            )
        },
        [
            r"
CREATE TABLE t (
    a VARCHAR(40) DEFAULT (lower('A')),
    b INTEGER DEFAULT (1 + 1),
    c DATE DEFAULT CURRENT_TIMESTAMP,
    d TEXT DEFAULT 'long'
);
",
            r"
CREATE TABLE t (
    a VARCHAR(40) DEFAULT lower('A'),
    b INTEGER DEFAULT (1 + 1),
    c DATE DEFAULT CURRENT_TIMESTAMP,
    d TEXT DEFAULT 'long'
);
",
            r"
CREATE TABLE t (
    a VARCHAR(40) DEFAULT (lower('A')),
    b INTEGER DEFAULT (1 + 1),
    c DATE DEFAULT (CURRENT_TIMESTAMP),
    d TEXT DEFAULT ('long')
);
",
        ],
    ),
    Case(
        "generated columns",
        |d| {
            ddl::create_table(
                &table("t")
                    .column(column("a", integer()))
                    .column(column("b", integer()).computed_stored("a * 2").not_null()),
                d,
            )
        },
        [
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER NOT NULL GENERATED ALWAYS AS (a * 2) STORED
);
",
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a * 2) STORED NOT NULL
);
",
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a * 2) STORED NOT NULL
);
",
        ],
    ),
    Case(
        "a generated column that is computed on reading",
        |d| {
            ddl::create_table(
                &table("t").column(column("a", integer())).column(column("b", integer()).computed("a * 2")),
                d,
            )
        },
        [
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL
);
",
            r"error: postgres does not support a generated column that is computed on reading (`t.b`; make it stored)",
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL
);
",
        ],
    ),
    Case(
        "a collation",
        |d| {
            ddl::create_table(
                &one(column("a", string(9)).collation("NOCASE").server_default("x").not_null()),
                d,
            )
        },
        [
            r"
CREATE TABLE t (
    a VARCHAR(9) COLLATE NOCASE DEFAULT 'x' NOT NULL
);
",
            r#"
CREATE TABLE t (
    a VARCHAR(9) COLLATE "NOCASE" DEFAULT 'x' NOT NULL
);
"#,
            r"
CREATE TABLE t (
    a VARCHAR(9) COLLATE `NOCASE` NOT NULL DEFAULT 'x'
);
",
        ],
    ),
    Case(
        "comments",
        |d| ddl::create_table(&one(column("a", integer()).comment("it's a number")).comment("numbers"), d),
        [
            r"
CREATE TABLE t (
    a INTEGER
);
",
            r"
CREATE TABLE t (
    a INTEGER
);
COMMENT ON TABLE t IS 'numbers';
COMMENT ON COLUMN t.a IS 'it''s a number';
",
            r"
CREATE TABLE t (
    a INTEGER COMMENT 'it''s a number'
)COMMENT='numbers';
",
        ],
    ),
    Case(
        "a comment with a backslash",
        |d| ddl::create_table(&one(column("a", integer()).comment("a\\b")), d),
        [
            r"
CREATE TABLE t (
    a INTEGER
);
",
            r"
CREATE TABLE t (
    a INTEGER
);
COMMENT ON COLUMN t.a IS 'a\b';
",
            r#"error: mysql does not support a comment with a backslash or a NUL character ("a\\b")"#,
        ],
    ),
    Case(
        "an index over the beginning of a column",
        |d| {
            Ok(vec![ddl::create_index(
                &index("ix").on("t", [IndexElement::expression("`a`(10)").desc()]),
                d,
            )?])
        },
        [
            r"CREATE INDEX ix ON t (`a`(10) DESC);",
            r"CREATE INDEX ix ON t ((`a`(10)) DESC);",
            r"CREATE INDEX ix ON t (`a`(10) DESC);",
        ],
    ),
    Case(
        "types of a strict table",
        |d| {
            ddl::create_table(
                &table("t")
                    .column(column("a", string(5)))
                    .column(column("b", boolean()))
                    .column(column("c", float()))
                    .column(column("d", date_time()))
                    .option("sqlite_strict", ""),
                d,
            )
        },
        [
            r"
CREATE TABLE t (
    a TEXT,
    b INTEGER,
    c REAL,
    d TEXT
) STRICT;
",
            r"
CREATE TABLE t (
    a VARCHAR(5),
    b BOOLEAN,
    c FLOAT,
    d TIMESTAMP WITHOUT TIME ZONE
);
",
            r"
CREATE TABLE t (
    a VARCHAR(5),
    b BOOL,
    c FLOAT,
    d DATETIME(6)
);
",
        ],
    ),
    Case(
        "an integer that is not to be numbered",
        |d| ddl::create_table(&one(column("id", integer()).primary_key().autoincrement(false)), d),
        [
            r"
CREATE TABLE t (
    id INT NOT NULL,
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER NOT NULL,
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER NOT NULL,
    PRIMARY KEY (id)
);
",
        ],
    ),
    Case(
        "an integer key that refers to another key",
        |d| ddl::create_table(&one(column("id", integer()).primary_key().references("users.id")), d),
        [
            r"
CREATE TABLE t (
    id INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(id) REFERENCES users (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(id) REFERENCES users (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(id) REFERENCES users (id)
);
",
        ],
    ),
];
