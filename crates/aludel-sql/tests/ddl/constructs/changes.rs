//! What may be there already, or be gone already.

use super::*;

pub(super) const CASES: &[Construct] = &[
    Construct(
        "what is there already, and what isn't",
        |d| {
            let (t, name) = (numbers(), TableName::new("gone"));
            let create = CreateTable::of(&t).if_not_exists();
            Ok(vec![create.sql(d)?, create.sql(d)?, DropTable::of(&name).if_exists().sql(d)?])
        },
        [
            r"
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
DROP TABLE IF EXISTS gone;
",
            r"
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
DROP TABLE IF EXISTS gone;
",
            r"
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
DROP TABLE IF EXISTS gone;
",
            "error: mssql does not support making a table only where there is none of that name (`t`)",
            r"
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
DROP TABLE IF EXISTS gone;
",
        ],
    ),
    Construct(
        "an index that may be there already",
        |d| {
            let made = index("ix").on("t", ["a"]);
            let table = ddl::table_definition(&numbers(), d)?;
            let (create, drop) = (CreateIndex::of(&made).if_not_exists(), DropIndex::of(&made).if_exists());
            Ok(vec![table, create.sql(d)?, create.sql(d)?, drop.sql(d)?])
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ix ON t (a);
CREATE INDEX IF NOT EXISTS ix ON t (a);
DROP INDEX IF EXISTS ix;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ix ON t (a);
CREATE INDEX IF NOT EXISTS ix ON t (a);
DROP INDEX IF EXISTS ix;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ix ON t (a);
CREATE INDEX IF NOT EXISTS ix ON t (a);
DROP INDEX IF EXISTS ix ON t;
",
            "error: mssql does not support making an index only where there is none of that name (`ix`)",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ix ON t (a);
CREATE INDEX IF NOT EXISTS ix ON t (a);
DROP INDEX IF EXISTS ix;
",
        ],
    ),
    Construct(
        "a constraint that may be gone already",
        |d| {
            let t = numbers();
            let drop = DropConstraint::of(&t.name, "uq", ConstraintKind::Unique).if_exists();
            Ok(vec![ddl::table_definition(&t, d)?, drop.sql(d)?])
        },
        [
            "error: sqlite does not support dropping the unique constraint `uq` of `t` without rebuilding the table",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
ALTER TABLE t DROP CONSTRAINT IF EXISTS uq;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
ALTER TABLE t DROP INDEX IF EXISTS uq;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
ALTER TABLE t DROP CONSTRAINT IF EXISTS uq;
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL
);
ALTER TABLE t DROP CONSTRAINT IF EXISTS uq;
",
        ],
    ),
    Construct(
        "a constraint that is dropped with what hangs on it",
        |d| {
            let t = numbers().unique(unique(["a"]).named("uq"));
            let drop = DropConstraint::of(&t.name, "uq", ConstraintKind::Unique).cascade();
            Ok(vec![ddl::table_definition(&t, d)?, drop.sql(d)?])
        },
        [
            "error: sqlite does not support dropping the unique constraint `uq` of `t` without rebuilding the table",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT uq UNIQUE (a)
);
ALTER TABLE t DROP CONSTRAINT uq CASCADE;
",
            "error: mariadb does not support dropping the unique constraint `uq` of `t` with what hangs on it (CASCADE)",
            "error: mssql does not support dropping the unique constraint `uq` of `t` with what hangs on it (CASCADE)",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT uq UNIQUE (a)
);
ALTER TABLE t DROP CONSTRAINT uq CASCADE;
",
        ],
    ),
];
