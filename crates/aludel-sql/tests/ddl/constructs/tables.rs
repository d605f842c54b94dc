//! Options of tables, views, tables of a query's rows.

use super::*;

pub(super) const CASES: &[Construct] = &[
    Construct(
        "options of tables",
        |d| {
            let t = numbers()
                .comment("it's")
                .option("mysql_collate", "utf8mb4_bin")
                .option("mysql_charset", "utf8mb4")
                .option("mysql_partitions", "2")
                .option("mysql_partition_by", "HASH(a)")
                .option("postgres_with", OptionValue::settings([("fillfactor", 70)]))
                .option("postgres_tablespace", "pg_default")
                .option("oracle_compress", "OLTP");
            ddl::create_table(&t, d)
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
) WITH (fillfactor = 70) TABLESPACE pg_default;
COMMENT ON TABLE t IS 'it''s';
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
)CHARSET=utf8mb4 COLLATE utf8mb4_bin COMMENT='it''s' PARTITION BY HASH(a) PARTITIONS 2;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
) COMPRESS FOR OLTP;
COMMENT ON TABLE t IS 'it''s';
",
        ],
    ),
    Construct(
        "a table that lives as long as the connection",
        |d| {
            let t = numbers().prefix("TEMPORARY").option("postgres_on_commit", "preserve_rows");
            Ok(vec![ddl::table_definition(&t, d)?])
        },
        [
            r"
CREATE TEMPORARY TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
",
            r"
CREATE TEMPORARY TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
) ON COMMIT PRESERVE ROWS;
",
            r"
CREATE TEMPORARY TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
",
            r"
CREATE TEMPORARY TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
",
            r"
CREATE TEMPORARY TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
",
        ],
    ),
    Construct(
        "a table that inherits, and one in parts",
        |d| {
            let child = table("child").column(column("c", integer())).option("postgres_inherits", ["t"]);
            let parts =
                table("parts").column(column("a", integer())).option("postgres_partition_by", "RANGE (a)");
            let tables = [numbers(), child, parts];
            tables.iter().map(|table| ddl::table_definition(table, d)).collect()
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE child (
    c INTEGER
);
CREATE TABLE parts (
    a INTEGER
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE child (
    c INTEGER
) INHERITS (t);
CREATE TABLE parts (
    a INTEGER
) PARTITION BY RANGE (a);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE child (
    c INTEGER
);
CREATE TABLE parts (
    a INTEGER
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE child (
    c INTEGER NULL
);
CREATE TABLE parts (
    a INTEGER NULL
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE child (
    c INTEGER
);
CREATE TABLE parts (
    a INTEGER
);
",
        ],
    ),
    Construct(
        "views",
        |d| {
            let read = view("names", "SELECT name FROM src WHERE id > 1");
            let made = ddl::table_definition(&source(), d)?;
            let drop = DropView::of(&read.name);
            Ok(vec![made, CreateView::of(&read).sql(d)?, drop.sql(d)?, drop.if_exists().sql(d)?])
        },
        [
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE VIEW names AS SELECT name FROM src WHERE id > 1;
DROP VIEW names;
DROP VIEW IF EXISTS names;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE VIEW names AS SELECT name FROM src WHERE id > 1;
DROP VIEW names;
DROP VIEW IF EXISTS names;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE VIEW names AS SELECT name FROM src WHERE id > 1;
DROP VIEW names;
DROP VIEW IF EXISTS names;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9) NULL
);
CREATE VIEW names AS SELECT name FROM src WHERE id > 1;
DROP VIEW names;
DROP VIEW IF EXISTS names;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR2(9 CHAR)
);
CREATE VIEW names AS SELECT name FROM src WHERE id > 1;
DROP VIEW names;
DROP VIEW IF EXISTS names;
",
        ],
    ),
    Construct(
        "a view in the place of another",
        |d| {
            let read = view("names", "SELECT name FROM src");
            let made = ddl::table_definition(&source(), d)?;
            Ok(vec![made, CreateView::of(&read).or_replace().sql(d)?])
        },
        [
            "error: sqlite does not support putting a view in the place of another (`names`)",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE OR REPLACE VIEW names AS SELECT name FROM src;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE OR REPLACE VIEW names AS SELECT name FROM src;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9) NULL
);
CREATE OR ALTER VIEW names AS SELECT name FROM src;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR2(9 CHAR)
);
CREATE OR REPLACE VIEW names AS SELECT name FROM src;
",
        ],
    ),
    Construct(
        "a view that may be there already",
        |d| {
            let read = view("names", "SELECT name FROM src").temporary();
            let made = ddl::table_definition(&source(), d)?;
            Ok(vec![made, CreateView::of(&read).if_not_exists().sql(d)?])
        },
        [
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE TEMPORARY VIEW IF NOT EXISTS names AS SELECT name FROM src;
",
            "error: postgres does not support making a view only where there is none of that name (`names`)",
            "error: mariadb does not support a temporary view (`names`)",
            "error: mssql does not support a temporary view (`names`)",
            "error: oracle does not support a temporary view (`names`)",
        ],
    ),
    Construct(
        "a view with its rows, and one with options",
        |d| {
            let kept = view("kept", "SELECT name FROM src").materialized();
            let safe = view("safe", "SELECT name FROM src");
            let safe = safe.option("postgres_with", OptionValue::settings([("security_barrier", true)]));
            let made = ddl::table_definition(&source(), d)?;
            let drop = DropView::of(&kept.name).materialized();
            Ok(vec![made, CreateView::of(&safe).sql(d)?, CreateView::of(&kept).sql(d)?, drop.sql(d)?])
        },
        [
            "error: sqlite does not support a materialized view (`kept`)",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE VIEW safe WITH (security_barrier = true) AS SELECT name FROM src;
CREATE MATERIALIZED VIEW kept AS SELECT name FROM src;
DROP MATERIALIZED VIEW kept;
",
            "error: mariadb does not support a materialized view (`kept`)",
            "error: mssql does not support a materialized view (`kept`)",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR2(9 CHAR)
);
CREATE VIEW safe AS SELECT name FROM src;
CREATE MATERIALIZED VIEW kept AS SELECT name FROM src;
DROP MATERIALIZED VIEW kept;
",
        ],
    ),
    Construct(
        "a table of a query's rows",
        |d| {
            let made = ddl::table_definition(&source(), d)?;
            let copy = CreateTableAs::of("copy", "SELECT name FROM src WHERE id > 1");
            Ok(vec![made, copy.sql(d)?])
        },
        [
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE TABLE copy AS SELECT name FROM src WHERE id > 1;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE TABLE copy AS SELECT name FROM src WHERE id > 1;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE TABLE copy AS SELECT name FROM src WHERE id > 1;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9) NULL
);
SELECT name INTO copy FROM src WHERE id > 1;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR2(9 CHAR)
);
CREATE TABLE copy AS SELECT name FROM src WHERE id > 1;
",
        ],
    ),
    Construct(
        "a table of a query's rows for this connection",
        |d| {
            let made = ddl::table_definition(&source(), d)?;
            let copy = CreateTableAs::of("copy", "SELECT name FROM src").temporary().if_not_exists();
            Ok(vec![made, copy.sql(d)?])
        },
        [
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE TEMPORARY TABLE IF NOT EXISTS copy AS SELECT name FROM src;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE TEMPORARY TABLE IF NOT EXISTS copy AS SELECT name FROM src;
",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR(9)
);
CREATE TEMPORARY TABLE IF NOT EXISTS copy AS SELECT name FROM src;
",
            "error: mssql does not support making a table only where there is none of that name (`copy`)",
            r"
CREATE TABLE src (
    id INTEGER NOT NULL,
    name VARCHAR2(9 CHAR)
);
CREATE TEMPORARY TABLE IF NOT EXISTS copy AS SELECT name FROM src;
",
        ],
    ),
];
