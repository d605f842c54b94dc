//! Indexes of every database.

use super::*;

pub(super) const CASES: &[Construct] = &[
    Construct(
        "an index of PostgreSQL's",
        |d| {
            let made = index("ix")
                .on("t", [IndexElement::column("a").nulls_first(), IndexElement::expression("b + 1").desc()])
                .unique()
                .only_on(["postgres"])
                .option("postgres_using", "BTREE")
                .option("postgres_ops", OptionValue::settings([("a", "int4_ops")]))
                .option("postgres_include", ["b"])
                .option("postgres_nulls_not_distinct", true)
                .option("postgres_with", OptionValue::settings([("fillfactor", 50)]))
                .option("postgres_tablespace", "pg_default")
                .option("postgres_where", Sql::words("a > 5"));
            with_index(made, d)
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
);
CREATE UNIQUE INDEX ix ON t USING btree (a int4_ops NULLS FIRST, (b + 1) DESC) INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor = 50) TABLESPACE pg_default WHERE a > 5;
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
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
",
        ],
    ),
    Construct(
        "an index beside running transactions",
        |d| {
            let made = index("ix").on("t", ["a"]).option("postgres_concurrently", true);
            let table = ddl::table_definition(&numbers(), d)?;
            Ok(vec![table, CreateIndex::of(&made).sql(d)?, DropIndex::of(&made).sql(d)?])
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX ix ON t (a);
DROP INDEX ix;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX CONCURRENTLY ix ON t (a);
DROP INDEX CONCURRENTLY ix;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX ix ON t (a);
DROP INDEX ix ON t;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX ix ON t (a);
DROP INDEX ix ON t;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX ix ON t (a);
DROP INDEX ix;
",
        ],
    ),
    Construct(
        "an index of MySQL's",
        |d| {
            let t = table("t").column(column("a", string(50))).column(column("b", string(50)));
            let made = index("ix")
                .on("t", ["a", "b"])
                .option("mysql_length", OptionValue::settings([("a", 10)]))
                .option("mysql_using", "btree")
                .option("mysql_visible", false)
                .option("mysql_comment", "it's");
            ddl::create_table(&t.index(made), d)
        },
        [
            r"
CREATE TABLE t (
    a VARCHAR(50),
    b VARCHAR(50)
);
CREATE INDEX ix ON t (a, b);
",
            r"
CREATE TABLE t (
    a VARCHAR(50),
    b VARCHAR(50)
);
CREATE INDEX ix ON t (a, b);
",
            r"
CREATE TABLE t (
    a VARCHAR(50),
    b VARCHAR(50)
);
CREATE INDEX ix ON t (a(10), b) USING btree COMMENT 'it''s' IGNORED;
",
            r"
CREATE TABLE t (
    a VARCHAR(50) NULL,
    b VARCHAR(50) NULL
);
CREATE INDEX ix ON t (a, b);
",
            r"
CREATE TABLE t (
    a VARCHAR2(50 CHAR),
    b VARCHAR2(50 CHAR)
);
CREATE INDEX ix ON t (a, b);
",
        ],
    ),
    Construct(
        "an index of words",
        |d| {
            let words = index("ix").on("t", ["a"]).only_on(["mysql"]).option("mysql_prefix", "fulltext");
            ddl::create_table(&table("t").column(column("a", text())).index(words), d)
        },
        [
            r"
CREATE TABLE t (
    a TEXT
);
",
            r"
CREATE TABLE t (
    a TEXT
);
",
            r"
CREATE TABLE t (
    a TEXT
);
CREATE FULLTEXT INDEX ix ON t (a);
",
            r"
CREATE TABLE t (
    a VARCHAR(max) NULL
);
",
            r"
CREATE TABLE t (
    a CLOB
);
",
        ],
    ),
    Construct(
        "an index of SQL Server's and of Oracle's",
        |d| {
            let made = index("ix")
                .on("t", ["a"])
                .option("mssql_clustered", true)
                .option("mssql_include", ["b"])
                .option("mssql_where", Sql::words("a > 5"))
                .option("oracle_bitmap", true)
                .option("oracle_compress", 1);
            with_index(made, d)
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX ix ON t (a);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX ix ON t (a);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX ix ON t (a);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE CLUSTERED INDEX ix ON t (a) INCLUDE (b) WHERE a > 5;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE BITMAP INDEX ix ON t (a) COMPRESS 1;
",
        ],
    ),
];
