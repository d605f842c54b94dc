//! Names by convention, identity columns, generated columns, sequences.

use super::*;

pub(super) const CASES: &[Construct] = &[
    Construct(
        "names by convention",
        |d| ddl::create_all(&by_convention(), d),
        [
            r"
CREATE TABLE p (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT pk_p PRIMARY KEY (a, b)
);
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    c VARCHAR(5),
    CONSTRAINT uq_t_c UNIQUE (c),
    CONSTRAINT fk_t_a_p FOREIGN KEY(a, b) REFERENCES p (a, b),
    CONSTRAINT ck_t_positive CHECK (a > 0)
);
CREATE INDEX ix_t_c ON t (c);
",
            r"
CREATE TABLE p (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT pk_p PRIMARY KEY (a, b)
);
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    c VARCHAR(5),
    CONSTRAINT uq_t_c UNIQUE (c),
    CONSTRAINT fk_t_a_p FOREIGN KEY(a, b) REFERENCES p (a, b),
    CONSTRAINT ck_t_positive CHECK (a > 0)
);
CREATE INDEX ix_t_c ON t (c);
",
            r"
CREATE TABLE p (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT pk_p PRIMARY KEY (a, b)
);
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    c VARCHAR(5),
    CONSTRAINT uq_t_c UNIQUE (c),
    CONSTRAINT fk_t_a_p FOREIGN KEY(a, b) REFERENCES p (a, b),
    CONSTRAINT ck_t_positive CHECK (a > 0)
);
CREATE INDEX ix_t_c ON t (c);
",
            r"
CREATE TABLE p (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT pk_p PRIMARY KEY (a, b)
);
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    c VARCHAR(5) NULL,
    CONSTRAINT uq_t_c UNIQUE (c),
    CONSTRAINT fk_t_a_p FOREIGN KEY(a, b) REFERENCES p (a, b),
    CONSTRAINT ck_t_positive CHECK (a > 0)
);
CREATE INDEX ix_t_c ON t (c);
",
            r"
CREATE TABLE p (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT pk_p PRIMARY KEY (a, b)
);
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    c VARCHAR2(5 CHAR),
    CONSTRAINT uq_t_c UNIQUE (c),
    CONSTRAINT fk_t_a_p FOREIGN KEY(a, b) REFERENCES p (a, b),
    CONSTRAINT ck_t_positive CHECK (a > 0)
);
CREATE INDEX ix_t_c ON t (c);
",
        ],
    ),
    Construct(
        "a name by convention that is too long",
        |d| {
            let long = "a_column_with_a_rather_long_name_of_its_own";
            ddl::create_table(
                &table("a_table_with_a_rather_long_name_of_its_own").column(column(long, integer()).index()),
                d,
            )
        },
        [
            r"
CREATE TABLE a_table_with_a_rather_long_name_of_its_own (
    a_column_with_a_rather_long_name_of_its_own INTEGER
);
CREATE INDEX ix_a_table_with_a_rather_long_name_of_its_own_a_column_with_a_rather_long_name_of_its_own ON a_table_with_a_rather_long_name_of_its_own (a_column_with_a_rather_long_name_of_its_own);
",
            r"
CREATE TABLE a_table_with_a_rather_long_name_of_its_own (
    a_column_with_a_rather_long_name_of_its_own INTEGER
);
CREATE INDEX ix_a_table_with_a_rather_long_name_of_its_own_a_column__9dc3 ON a_table_with_a_rather_long_name_of_its_own (a_column_with_a_rather_long_name_of_its_own);
",
            r"
CREATE TABLE a_table_with_a_rather_long_name_of_its_own (
    a_column_with_a_rather_long_name_of_its_own INTEGER
);
CREATE INDEX ix_a_table_with_a_rather_long_name_of_its_own_a_column_w_9dc3 ON a_table_with_a_rather_long_name_of_its_own (a_column_with_a_rather_long_name_of_its_own);
",
            r"
CREATE TABLE a_table_with_a_rather_long_name_of_its_own (
    a_column_with_a_rather_long_name_of_its_own INTEGER NULL
);
CREATE INDEX ix_a_table_with_a_rather_long_name_of_its_own_a_column_with_a_rather_long_name_of_its_own ON a_table_with_a_rather_long_name_of_its_own (a_column_with_a_rather_long_name_of_its_own);
",
            r"
CREATE TABLE a_table_with_a_rather_long_name_of_its_own (
    a_column_with_a_rather_long_name_of_its_own INTEGER
);
CREATE INDEX ix_a_table_with_a_rather_long_name_of_its_own_a_column_with_a_rather_long_name_of_its_own ON a_table_with_a_rather_long_name_of_its_own (a_column_with_a_rather_long_name_of_its_own);
",
        ],
    ),
    Construct(
        "a name of somebody's own that is too long",
        |d| {
            let long = "a_name_so_long_that_no_database_but_sqlite_and_the_newest_of_sql_server_and_oracle_would_take_it";
            ddl::create_table(&numbers().unique(unique(["a"]).named(long)), d)
        },
        [
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT a_name_so_long_that_no_database_but_sqlite_and_the_newest_of_sql_server_and_oracle_would_take_it UNIQUE (a)
);
",
            "error: the name `a_name_so_long_that_no_database_but_sqlite_and_the_newest_of_sql_server_and_oracle_would_take_it` has 96 characters, and postgres takes at most 63: shorten it",
            "error: the name `a_name_so_long_that_no_database_but_sqlite_and_the_newest_of_sql_server_and_oracle_would_take_it` has 96 characters, and mariadb takes at most 64: shorten it",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT a_name_so_long_that_no_database_but_sqlite_and_the_newest_of_sql_server_and_oracle_would_take_it UNIQUE (a)
);
",
            r"
CREATE TABLE t (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    CONSTRAINT a_name_so_long_that_no_database_but_sqlite_and_the_newest_of_sql_server_and_oracle_would_take_it UNIQUE (a)
);
",
        ],
    ),
    Construct(
        "identity columns",
        |d| {
            let t = table("t").column(
                column("id", integer()).primary_key().identity(Identity::always().start(5).increment(2)),
            );
            ddl::create_table(&t, d)
        },
        [
            r"
CREATE TABLE t (
    id INTEGER NOT NULL,
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2 START WITH 5),
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER NOT NULL IDENTITY(5,2),
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2 START WITH 5),
    PRIMARY KEY (id)
);
",
        ],
    ),
    Construct(
        "an identity column with every option",
        |d| {
            let counted = Identity::by_default().start(5).min(1).max(90).cache(3).cycle(false);
            let counted = counted.option("oracle_on_null", true).option("oracle_order", true);
            let t = table("t").column(column("id", integer()).primary_key().identity(counted));
            ddl::create_table(&t, d)
        },
        [
            r"
CREATE TABLE t (
    id INTEGER NOT NULL,
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 5 MINVALUE 1 MAXVALUE 90 CACHE 3 NO CYCLE),
    PRIMARY KEY (id)
);
",
            r"
CREATE TABLE t (
    id INTEGER NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (id)
);
",
            "error: mssql does not support an identity column with more than a first number and a step",
            r"
CREATE TABLE t (
    id INTEGER GENERATED BY DEFAULT ON NULL AS IDENTITY (START WITH 5 MINVALUE 1 MAXVALUE 90 CACHE 3 NOCYCLE ORDER),
    PRIMARY KEY (id)
);
",
        ],
    ),
    Construct(
        "a generated column of the database's own kind",
        |d| {
            let t = table("t")
                .column(column("a", integer()))
                .column(column("b", integer()).generated(Computed::new("a + 1")));
            ddl::create_table(&t, d)
        },
        [
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a + 1)
);
",
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a + 1) STORED
);
",
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a + 1)
);
",
            r"
CREATE TABLE t (
    a INTEGER NULL,
    b AS (a + 1)
);
",
            r"
CREATE TABLE t (
    a INTEGER,
    b INTEGER GENERATED ALWAYS AS (a + 1)
);
",
        ],
    ),
    Construct(
        "sequences",
        |d| {
            let counted = sequence("numbers").start(3).increment(2).no_min().max(99).cycle(true);
            let (create, plain) = (CreateSequence::of(&counted), sequence("plain"));
            let drop = DropSequence::of(&plain.name);
            Ok(vec![create.sql(d)?, CreateSequence::of(&plain).sql(d)?, drop.sql(d)?])
        },
        [
            "error: sqlite does not support sequences (`numbers`)",
            r"
CREATE SEQUENCE numbers INCREMENT BY 2 START WITH 3 MAXVALUE 99 NO MINVALUE CYCLE;
CREATE SEQUENCE plain;
DROP SEQUENCE plain;
",
            r"
CREATE SEQUENCE numbers INCREMENT BY 2 START WITH 3 MAXVALUE 99 NO MINVALUE CYCLE;
CREATE SEQUENCE plain;
DROP SEQUENCE plain;
",
            r"
CREATE SEQUENCE numbers INCREMENT BY 2 START WITH 3 MAXVALUE 99 NO MINVALUE CYCLE;
CREATE SEQUENCE plain;
DROP SEQUENCE plain;
",
            r"
CREATE SEQUENCE numbers INCREMENT BY 2 START WITH 3 MAXVALUE 99 NOMINVALUE CYCLE;
CREATE SEQUENCE plain;
DROP SEQUENCE plain;
",
        ],
    ),
    Construct(
        "a sequence with a type",
        |d| Ok(vec![CreateSequence::of(&sequence("numbers").type_(small_integer()).cycle(false)).sql(d)?]),
        [
            "error: sqlite does not support sequences (`numbers`)",
            "CREATE SEQUENCE numbers AS SMALLINT NO CYCLE;",
            "error: mariadb does not support a type of the numbers of a sequence (`numbers`)",
            "CREATE SEQUENCE numbers AS SMALLINT NO CYCLE;",
            "error: oracle does not support a type of the numbers of a sequence (`numbers`)",
        ],
    ),
];
