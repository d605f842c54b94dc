//! The name of every type on every database; `-` where it has none.

use aludel_sql::Type;
use aludel_sql::types::postgres::IntervalFields;
use aludel_sql::types::*;

/// A type with its names in standard SQL, PostgreSQL, MySQL, SQLite, SQL Server and Oracle.
type Named = (Type, [&'static str; 6]);

#[rustfmt::skip]
fn generic() -> Vec<Named> {
    vec![
        (small_integer(), ["SMALLINT", "SMALLINT", "SMALLINT", "SMALLINT", "SMALLINT", "SMALLINT"]),
        (integer(), ["INTEGER", "INTEGER", "INTEGER", "INTEGER", "INTEGER", "INTEGER"]),
        (big_integer(), ["BIGINT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "NUMBER(19)"]),
        (float(), ["FLOAT", "FLOAT", "FLOAT", "FLOAT", "FLOAT", "FLOAT"]),
        (float_of(24), ["FLOAT", "FLOAT(24)", "FLOAT(24)", "FLOAT", "FLOAT(24)", "-"]),
        (double(), ["DOUBLE", "DOUBLE PRECISION", "DOUBLE", "DOUBLE", "DOUBLE PRECISION", "DOUBLE PRECISION"]),
        (decimal(), ["NUMERIC", "NUMERIC", "NUMERIC", "NUMERIC", "NUMERIC", "NUMERIC"]),
        (numeric_of(10), ["NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)"]),
        (numeric(10, 2), ["NUMERIC(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)"]),
        (boolean(), ["BOOLEAN", "BOOLEAN", "BOOL", "BOOLEAN", "BIT", "BOOLEAN"]),
        (string(50), ["VARCHAR(50)", "VARCHAR(50)", "VARCHAR(50)", "VARCHAR(50)", "VARCHAR(50)", "VARCHAR2(50 CHAR)"]),
        (unbounded_string(), ["VARCHAR", "VARCHAR", "-", "VARCHAR", "VARCHAR(max)", "VARCHAR2"]),
        (text(), ["TEXT", "TEXT", "TEXT", "TEXT", "VARCHAR(max)", "CLOB"]),
        (text_of(500), ["TEXT(500)", "TEXT(500)", "TEXT(500)", "TEXT(500)", "VARCHAR(500)", "CLOB"]),
        (unicode(50), ["VARCHAR(50)", "VARCHAR(50)", "VARCHAR(50)", "VARCHAR(50)", "NVARCHAR(50)", "VARCHAR2(50 CHAR)"]),
        (unicode_text(), ["TEXT", "TEXT", "TEXT", "TEXT", "NVARCHAR(max)", "CLOB"]),
        (binary(), ["BLOB", "BYTEA", "LONGBLOB", "BLOB", "VARBINARY(max)", "BLOB"]),
        (binary_of(16), ["BLOB", "BYTEA", "VARBINARY(16)", "BLOB(16)", "VARBINARY(16)", "BLOB"]),
        (date(), ["DATE", "DATE", "DATE", "DATE", "DATE", "DATE"]),
        (time(), ["TIME", "TIME WITHOUT TIME ZONE", "TIME(6)", "TIME", "TIME", "-"]),
        (time_tz(), ["TIME", "TIME WITH TIME ZONE", "TIME(6)", "TIME", "TIME", "-"]),
        (date_time(), ["DATETIME", "TIMESTAMP WITHOUT TIME ZONE", "DATETIME(6)", "DATETIME", "DATETIME", "DATE"]),
        (date_time_tz(), ["DATETIME", "TIMESTAMP WITH TIME ZONE", "DATETIME(6)", "TIMESTAMP", "DATETIMEOFFSET", "TIMESTAMP WITH TIME ZONE"]),
        (uuid(), ["CHAR(32)", "UUID", "CHAR(32)", "CHAR(32)", "UNIQUEIDENTIFIER", "CHAR(32)"]),
        (uuid_text(), ["CHAR(32)", "CHAR(32)", "CHAR(32)", "CHAR(32)", "CHAR(32)", "CHAR(32)"]),
        (json(), ["JSON", "JSONB", "JSON", "JSON", "NVARCHAR(max)", "JSON"]),
        (interval(), ["INTERVAL", "INTERVAL", "BIGINT", "BIGINT", "BIGINT", "INTERVAL DAY TO SECOND"]),
        (inet(), ["VARCHAR(43)", "INET", "VARCHAR(43)", "VARCHAR(43)", "VARCHAR(43)", "VARCHAR(43 CHAR)"]),
        (array(integer()), ["INTEGER ARRAY", "INTEGER[]", "JSON", "JSON", "NVARCHAR(max)", "JSON"]),
        (array(array(string(5).collate("de"))), ["VARCHAR(5) COLLATE de ARRAY ARRAY", "VARCHAR(5)[][] COLLATE de", "JSON", "JSON", "NVARCHAR(max)", "JSON"]),
        (range(big_integer()), ["-", "INT8RANGE", "-", "-", "-", "-"]),
        (enumeration("mood", ["sad", "it's"]), ["VARCHAR(4)", "VARCHAR(4)", "VARCHAR(4)", "VARCHAR(4)", "VARCHAR(4)", "VARCHAR2(4 CHAR)"]),
        (Enum::new("mood", ["sad", "it's"]).native().into(), ["VARCHAR(4)", "mood", "ENUM('sad','it''s')", "VARCHAR(4)", "VARCHAR(4)", "VARCHAR2(4 CHAR)"]),
        (Enum::new("Mood", ["a"]).native().in_schema("shop").length(9).into(), ["VARCHAR(9)", "shop.\"Mood\"", "ENUM('a')", "VARCHAR(9)", "VARCHAR(9)", "VARCHAR2(9 CHAR)"]),
        (Enum::unnamed(["a", "b"]).any_length().into(), ["VARCHAR", "VARCHAR", "-", "VARCHAR", "VARCHAR(max)", "VARCHAR2"]),
        (Enum::new("text", ["a"]).native().into(), ["VARCHAR(1)", "-", "ENUM('a')", "VARCHAR(1)", "VARCHAR(1)", "VARCHAR2(1 CHAR)"]),
        (named("shop.us_postal_code"), ["shop.us_postal_code", "shop.us_postal_code", "shop.us_postal_code", "shop.us_postal_code", "shop.us_postal_code", "shop.us_postal_code"]),
        (string(9).collate("NOCASE"), ["VARCHAR(9) COLLATE \"NOCASE\"", "VARCHAR(9) COLLATE \"NOCASE\"", "VARCHAR(9) COLLATE `NOCASE`", "VARCHAR(9) COLLATE NOCASE", "VARCHAR(9) COLLATE NOCASE", "VARCHAR2(9 CHAR) COLLATE \"NOCASE\""]),
        (string(9).with_variant(postgres::citext(), "postgres").with_variant(mysql::tiny_text(), "mysql"), ["VARCHAR(9)", "CITEXT", "TINYTEXT", "VARCHAR(9)", "VARCHAR(9)", "VARCHAR2(9 CHAR)"]),
        (Type::Null, ["-", "-", "-", "-", "-", "-"]),
        (Type::Tuple(vec![integer()]), ["-", "-", "-", "-", "-", "-"]),
        (raw("geometry(Point)"), ["geometry(Point)", "geometry(Point)", "geometry(Point)", "geometry(Point)", "geometry(Point)", "geometry(Point)"]),
    ]
}

#[rustfmt::skip]
fn exact_types() -> Vec<Named> {
    vec![
        (exact::small_int(), ["SMALLINT", "SMALLINT", "SMALLINT", "SMALLINT", "SMALLINT", "SMALLINT"]),
        (exact::integer(), ["INTEGER", "INTEGER", "INTEGER", "INTEGER", "INTEGER", "INTEGER"]),
        (exact::big_int(), ["BIGINT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "BIGINT"]),
        (exact::float(None), ["FLOAT", "FLOAT", "FLOAT", "FLOAT", "FLOAT", "FLOAT"]),
        (exact::float(10), ["FLOAT", "FLOAT(10)", "FLOAT(10)", "FLOAT", "FLOAT(10)", "-"]),
        (exact::real(), ["REAL", "REAL", "REAL", "REAL", "REAL", "REAL"]),
        (exact::double(), ["DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE"]),
        (exact::double_precision(), ["DOUBLE PRECISION", "DOUBLE PRECISION", "DOUBLE PRECISION", "DOUBLE PRECISION", "DOUBLE PRECISION", "DOUBLE PRECISION"]),
        (exact::decimal(10, 2), ["DECIMAL(10, 2)", "DECIMAL(10, 2)", "DECIMAL(10, 2)", "DECIMAL(10, 2)", "DECIMAL(10, 2)", "DECIMAL(10, 2)"]),
        (exact::numeric(10, None), ["NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)"]),
        (exact::boolean(), ["BOOLEAN", "BOOLEAN", "BOOL", "BOOLEAN", "BOOLEAN", "BOOLEAN"]),
        (exact::char(2), ["CHAR(2)", "CHAR(2)", "CHAR(2)", "CHAR(2)", "CHAR(2)", "CHAR(2)"]),
        (exact::char(None), ["CHAR", "CHAR", "CHAR", "CHAR", "CHAR", "CHAR"]),
        (exact::varchar(5), ["VARCHAR(5)", "VARCHAR(5)", "VARCHAR(5)", "VARCHAR(5)", "VARCHAR(5)", "VARCHAR(5 CHAR)"]),
        (exact::varchar(None), ["VARCHAR", "VARCHAR", "-", "VARCHAR", "VARCHAR(max)", "VARCHAR"]),
        (exact::nchar(2), ["NCHAR(2)", "NCHAR(2)", "NATIONAL CHAR(2)", "NCHAR(2)", "NCHAR(2)", "NCHAR(2)"]),
        (exact::nvarchar(5), ["NVARCHAR(5)", "NVARCHAR(5)", "NATIONAL VARCHAR(5)", "NVARCHAR(5)", "NVARCHAR(5)", "NVARCHAR2(5)"]),
        (exact::nvarchar(None), ["NVARCHAR", "NVARCHAR", "-", "NVARCHAR", "NVARCHAR(max)", "NVARCHAR2"]),
        (exact::text(None), ["TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT"]),
        (exact::clob(), ["CLOB", "CLOB", "CLOB", "CLOB", "CLOB", "CLOB"]),
        (exact::nclob(), ["NCLOB", "NCLOB", "NCLOB", "NCLOB", "NCLOB", "NCLOB"]),
        (exact::binary(4), ["BINARY(4)", "BINARY(4)", "BINARY(4)", "BINARY(4)", "BINARY(4)", "BINARY(4)"]),
        (exact::varbinary(4), ["VARBINARY(4)", "VARBINARY(4)", "VARBINARY(4)", "VARBINARY(4)", "VARBINARY(4)", "VARBINARY(4)"]),
        (exact::varbinary(None), ["VARBINARY", "VARBINARY", "-", "VARBINARY", "VARBINARY(max)", "VARBINARY"]),
        (exact::blob(None), ["BLOB", "BLOB", "BLOB", "BLOB", "BLOB", "BLOB"]),
        (exact::blob(9), ["BLOB", "BLOB", "BLOB(9)", "BLOB", "BLOB", "BLOB"]),
        (exact::date(), ["DATE", "DATE", "DATE", "DATE", "DATE", "DATE"]),
        (exact::time(true), ["TIME", "TIME WITH TIME ZONE", "TIME", "TIME", "TIME", "TIME"]),
        (exact::date_time(), ["DATETIME", "DATETIME", "DATETIME", "DATETIME", "DATETIME", "DATETIME"]),
        (exact::timestamp(false), ["TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP"]),
        (exact::timestamp(true), ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"]),
        (exact::uuid(), ["UUID", "UUID", "UUID", "UUID", "UUID", "UUID"]),
        (exact::json(), ["JSON", "JSON", "JSON", "JSON", "NVARCHAR(max)", "JSON"]),
    ]
}

#[rustfmt::skip]
fn postgres_types() -> Vec<Named> {
    vec![
        (postgres::json(), ["JSON", "JSON", "JSON", "JSON", "NVARCHAR(max)", "JSON"]),
        (postgres::jsonb(), ["-", "JSONB", "-", "JSONB", "-", "-"]),
        (postgres::json_path(), ["-", "JSONPATH", "-", "-", "-", "-"]),
        (postgres::hstore(), ["-", "HSTORE", "-", "-", "-", "-"]),
        (postgres::cidr(), ["-", "CIDR", "-", "-", "-", "-"]),
        (postgres::macaddr(), ["-", "MACADDR", "-", "-", "-", "-"]),
        (postgres::macaddr8(), ["-", "MACADDR8", "-", "-", "-", "-"]),
        (postgres::money(), ["-", "MONEY", "-", "-", "-", "-"]),
        (postgres::oid(), ["-", "OID", "-", "-", "-", "-"]),
        (postgres::regclass(), ["-", "REGCLASS", "-", "-", "-", "-"]),
        (postgres::regconfig(), ["-", "REGCONFIG", "-", "-", "-", "-"]),
        (postgres::tsvector(), ["-", "TSVECTOR", "-", "-", "-", "-"]),
        (postgres::tsquery(), ["-", "TSQUERY", "-", "-", "-", "-"]),
        (postgres::citext(), ["-", "CITEXT", "-", "-", "-", "-"]),
        (postgres::bytea(), ["-", "BYTEA", "-", "-", "-", "-"]),
        (postgres::xml(), ["-", "XML", "-", "-", "-", "-"]),
        (postgres::int4_multirange(), ["-", "INT4MULTIRANGE", "-", "-", "-", "-"]),
        (postgres::int8_multirange(), ["-", "INT8MULTIRANGE", "-", "-", "-", "-"]),
        (postgres::num_multirange(), ["-", "NUMMULTIRANGE", "-", "-", "-", "-"]),
        (postgres::date_multirange(), ["-", "DATEMULTIRANGE", "-", "-", "-", "-"]),
        (postgres::ts_multirange(), ["-", "TSMULTIRANGE", "-", "-", "-", "-"]),
        (postgres::tstz_multirange(), ["-", "TSTZMULTIRANGE", "-", "-", "-", "-"]),
        (postgres::bit(5), ["-", "BIT(5)", "-", "-", "-", "-"]),
        (postgres::bit_varying(5), ["-", "BIT VARYING(5)", "-", "-", "-", "-"]),
        (postgres::bit_varying(None), ["-", "BIT VARYING", "-", "-", "-", "-"]),
        (postgres::time(3, true), ["TIME", "TIME(3) WITH TIME ZONE", "TIME", "TIME", "TIME", "TIME"]),
        (postgres::timestamp(0, false), ["TIMESTAMP", "TIMESTAMP(0) WITHOUT TIME ZONE", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP"]),
        (postgres::interval(None, None), ["-", "INTERVAL", "-", "-", "-", "-"]),
        (postgres::interval(IntervalFields::DayToSecond, 3), ["-", "INTERVAL DAY TO SECOND (3)", "-", "-", "-", "-"]),
    ]
}

#[rustfmt::skip]
fn mysql_types() -> Vec<Named> {
    vec![
        (mysql::tiny_int().into(), ["-", "-", "TINYINT", "-", "-", "-"]),
        (mysql::small_int().unsigned().into(), ["SMALLINT", "SMALLINT", "SMALLINT UNSIGNED", "SMALLINT", "SMALLINT", "SMALLINT"]),
        (mysql::medium_int().display_width(4).zerofill().into(), ["-", "-", "MEDIUMINT(4) ZEROFILL", "-", "-", "-"]),
        (mysql::integer().display_width(5).unsigned().zerofill().into(), ["INTEGER", "INTEGER", "INTEGER(5) UNSIGNED ZEROFILL", "INTEGER", "INTEGER", "INTEGER"]),
        (mysql::big_int().unsigned().into(), ["BIGINT", "BIGINT", "BIGINT UNSIGNED", "BIGINT", "BIGINT", "BIGINT"]),
        (mysql::decimal(12, 4).unsigned().into(), ["DECIMAL(12, 4)", "DECIMAL(12, 4)", "DECIMAL(12, 4) UNSIGNED", "DECIMAL(12, 4)", "DECIMAL(12, 4)", "DECIMAL(12, 4)"]),
        (mysql::numeric(12, None).into(), ["NUMERIC(12)", "NUMERIC(12)", "NUMERIC(12)", "NUMERIC(12)", "NUMERIC(12)", "NUMERIC(12)"]),
        (mysql::float(12, 4).zerofill().into(), ["FLOAT", "FLOAT(12)", "FLOAT(12, 4) ZEROFILL", "FLOAT", "FLOAT(12)", "-"]),
        (mysql::float(20, None).into(), ["FLOAT", "FLOAT(20)", "FLOAT(20)", "FLOAT", "FLOAT(20)", "-"]),
        (mysql::double(12, 4).into(), ["DOUBLE", "DOUBLE", "DOUBLE(12, 4)", "DOUBLE", "DOUBLE", "DOUBLE"]),
        (mysql::double(12, None).into(), ["DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE"]),
        (mysql::real(None, None).unsigned().into(), ["REAL", "REAL", "REAL UNSIGNED", "REAL", "REAL", "REAL"]),
        (mysql::char(1).charset("utf8").collation("utf8_bin").binary().into(), ["CHAR(1) COLLATE utf8_bin", "CHAR(1) COLLATE utf8_bin", "CHAR(1) CHARACTER SET utf8 COLLATE utf8_bin", "CHAR(1) COLLATE utf8_bin", "CHAR(1) COLLATE utf8_bin", "CHAR(1) COLLATE utf8_bin"]),
        (mysql::varchar(9).ascii().binary().into(), ["VARCHAR(9)", "VARCHAR(9)", "VARCHAR(9) ASCII BINARY", "VARCHAR(9)", "VARCHAR(9)", "VARCHAR(9 CHAR)"]),
        (mysql::varchar(None).into(), ["VARCHAR", "VARCHAR", "-", "VARCHAR", "VARCHAR(max)", "VARCHAR"]),
        (mysql::nchar(3).into(), ["NCHAR(3)", "NCHAR(3)", "NATIONAL CHAR(3)", "NCHAR(3)", "NCHAR(3)", "NCHAR(3)"]),
        (mysql::nvarchar(3).collation("utf8_bin").into(), ["NVARCHAR(3) COLLATE utf8_bin", "NVARCHAR(3) COLLATE utf8_bin", "NATIONAL VARCHAR(3) COLLATE utf8_bin", "NVARCHAR(3) COLLATE utf8_bin", "NVARCHAR(3) COLLATE utf8_bin", "NVARCHAR2(3) COLLATE utf8_bin"]),
        (mysql::text(200).unicode().into(), ["TEXT(200)", "TEXT(200)", "TEXT(200) UNICODE", "TEXT(200)", "TEXT(200)", "TEXT(200)"]),
        (mysql::tiny_text().national().charset("utf8").into(), ["-", "-", "NATIONAL TINYTEXT", "-", "-", "-"]),
        (mysql::medium_text().into(), ["-", "-", "MEDIUMTEXT", "-", "-", "-"]),
        (mysql::long_text().into(), ["-", "-", "LONGTEXT", "-", "-", "-"]),
        (mysql::enumeration(["a", "it's", "b\\c"]).charset("utf8").into(), ["-", "-", "ENUM('a','it''s','b\\\\c') CHARACTER SET utf8", "-", "-", "-"]),
        (mysql::set(["a", "b"]).into(), ["-", "-", "SET('a','b')", "-", "-", "-"]),
        (mysql::bit(None), ["-", "-", "BIT", "-", "-", "-"]),
        (mysql::bit(8), ["-", "-", "BIT(8)", "-", "-", "-"]),
        (mysql::year(), ["-", "-", "YEAR", "-", "-", "-"]),
        (mysql::time(0), ["TIME", "TIME WITHOUT TIME ZONE", "TIME", "TIME", "TIME", "TIME"]),
        (mysql::time(3), ["TIME", "TIME WITHOUT TIME ZONE", "TIME(3)", "TIME", "TIME", "TIME"]),
        (mysql::date_time(6), ["DATETIME", "DATETIME", "DATETIME(6)", "DATETIME", "DATETIME", "DATETIME"]),
        (mysql::timestamp(0), ["TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP"]),
        (mysql::timestamp(6), ["TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP(6)", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP"]),
        (mysql::tiny_blob(), ["-", "-", "TINYBLOB", "-", "-", "-"]),
        (mysql::medium_blob(), ["-", "-", "MEDIUMBLOB", "-", "-", "-"]),
        (mysql::long_blob(), ["-", "-", "LONGBLOB", "-", "-", "-"]),
        (mysql::inet6(), ["-", "-", "-", "-", "-", "-"]),
    ]
}

#[rustfmt::skip]
fn others_types() -> Vec<Named> {
    vec![
        (sqlite::any(), ["-", "-", "-", "ANY", "-", "-"]),
        (sqlite::int(), ["-", "-", "-", "INT", "-", "-"]),
        (sqlite::jsonb(), ["-", "JSONB", "-", "JSONB", "-", "-"]),
        (mssql::tiny_int(), ["-", "-", "-", "-", "TINYINT", "-"]),
        (mssql::bit(), ["-", "-", "-", "-", "BIT", "-"]),
        (mssql::money(), ["-", "-", "-", "-", "MONEY", "-"]),
        (mssql::small_money(), ["-", "-", "-", "-", "SMALLMONEY", "-"]),
        (mssql::time(3), ["TIME", "TIME WITHOUT TIME ZONE", "TIME", "TIME", "TIME(3)", "TIME"]),
        (mssql::date_time2(7), ["-", "-", "-", "-", "DATETIME2(7)", "-"]),
        (mssql::date_time_offset(None), ["-", "-", "-", "-", "DATETIMEOFFSET", "-"]),
        (mssql::small_date_time(), ["-", "-", "-", "-", "SMALLDATETIME", "-"]),
        (mssql::row_version(), ["-", "-", "-", "-", "ROWVERSION", "-"]),
        (mssql::ntext(), ["-", "-", "-", "-", "NTEXT", "-"]),
        (mssql::image(), ["-", "-", "-", "-", "IMAGE", "-"]),
        (mssql::filestream(), ["VARBINARY", "VARBINARY", "-", "VARBINARY", "VARBINARY(max) FILESTREAM", "VARBINARY"]),
        (mssql::xml(), ["-", "-", "-", "-", "XML", "-"]),
        (mssql::unique_identifier(), ["-", "-", "-", "-", "UNIQUEIDENTIFIER", "-"]),
        (mssql::sql_variant(), ["-", "-", "-", "-", "SQL_VARIANT", "-"]),
        (oracle::number(None, None), ["-", "-", "-", "-", "-", "NUMBER"]),
        (oracle::number(10, -2), ["-", "-", "-", "-", "-", "NUMBER(10, -2)"]),
        (oracle::float(63), ["FLOAT", "FLOAT", "FLOAT", "FLOAT", "FLOAT", "FLOAT(63)"]),
        (oracle::binary_float(), ["-", "-", "-", "-", "-", "BINARY_FLOAT"]),
        (oracle::binary_double(), ["-", "-", "-", "-", "-", "BINARY_DOUBLE"]),
        (oracle::varchar2(5), ["-", "-", "-", "-", "-", "VARCHAR2(5 CHAR)"]),
        (oracle::nvarchar2(5), ["-", "-", "-", "-", "-", "NVARCHAR2(5)"]),
        (oracle::nclob(), ["NCLOB", "NCLOB", "NCLOB", "NCLOB", "NCLOB", "NCLOB"]),
        (oracle::long(), ["-", "-", "-", "-", "-", "LONG"]),
        (oracle::raw(16), ["-", "-", "-", "-", "-", "RAW(16)"]),
        (oracle::row_id(), ["-", "-", "-", "-", "-", "ROWID"]),
        (oracle::timestamp_local(), ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP WITH LOCAL TIME ZONE"]),
        (oracle::interval(2, 5), ["-", "-", "-", "-", "-", "INTERVAL DAY(2) TO SECOND(5)"]),
        (oracle::json(true), ["JSON", "JSON", "JSON", "JSON", "NVARCHAR(max)", "BLOB"]),
        (oracle::vector(3, oracle::VectorFormat::Float32, None), ["-", "-", "-", "-", "-", "VECTOR(3,FLOAT32,*)"]),
    ]
}

#[test]
fn every_type_has_its_name() {
    let all = [generic(), exact_types(), postgres_types(), mysql_types(), others_types()].concat();
    let mut wrong = String::new();
    for (ty, names) in all {
        for (dialect, wanted) in super::dialects().iter().zip(names) {
            let name = dialect.type_name(&ty).unwrap_or_else(|_| "-".into());
            if name != wanted {
                wrong.push_str(&format!("{ty:?} on {}: {name}, not {wanted}\n", dialect.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn versions_and_settings_change_names() {
    use aludel_sql::dialect::{
        mssql::Mssql, mysql::Mysql, oracle::Oracle, postgres::Postgres, sqlite::Sqlite,
    };
    let old = Mssql::of_version(9);
    for (dialect, ty, wanted) in [
        (&old as &dyn super::Dialect, date(), "DATETIME"),
        (&old, text(), "TEXT"),
        (&old, unicode_text(), "NTEXT"),
        (&old, binary(), "IMAGE"),
        (&Oracle::of_version(19), boolean(), "SMALLINT"),
        (&Oracle::of_version(19), json(), "BLOB"),
        (&Oracle::of_version(8), string(5), "VARCHAR2(5)"),
        (&Oracle::default().national_text(), unicode(5), "NVARCHAR2(5)"),
        (&Oracle::default().national_text(), unicode_text(), "NCLOB"),
        (&Mysql::mariadb(), uuid(), "UUID"),
        (&Mysql::mariadb().native_uuid(false), uuid(), "CHAR(32)"),
        (&Mysql::mariadb(), mysql::inet6(), "INET6"),
        (&Mysql::mysql().plain_types(), date_time(), "DATETIME"),
        (&Mysql::mysql().plain_types(), binary(), "BLOB"),
        (&Postgres::default().plain_types(), json(), "JSON"),
        (&Sqlite::default().plain_types(), date_time_tz(), "DATETIME"),
        (&Sqlite::default().plain_types(), binary_of(16), "BLOB"),
    ] {
        assert_eq!(dialect.type_name(&ty).expect("a name"), wanted, "{ty:?} on {}", dialect.name());
    }
}

#[test]
fn mysql_casts_to_a_few_types_only() {
    let dialect = aludel_sql::dialect::mysql::Mysql::mysql();
    for (ty, wanted) in [
        (big_integer(), "SIGNED INTEGER"),
        (mysql::big_int().unsigned().into(), "UNSIGNED INTEGER"),
        (boolean(), "SIGNED INTEGER"),
        (numeric(10, 2), "DECIMAL(10, 2)"),
        (double(), "DOUBLE"),
        (unbounded_string(), "CHAR"),
        (string(32), "CHAR(32)"),
        (exact::nvarchar(9), "CHAR(9)"),
        (mysql::text(None).charset("utf8").into(), "CHAR CHARACTER SET utf8"),
        (binary_of(16), "BINARY"),
        (mysql::long_blob(), "BINARY"),
        (date(), "DATE"),
        (date_time(), "DATETIME(6)"),
        (exact::timestamp(false), "DATETIME"),
        (mysql::timestamp(3), "DATETIME(3)"),
        (json(), "JSON"),
        (string(9).collate("utf8mb4_bin"), "CHAR(9)"),
        (text().with_variant(integer(), "mysql"), "SIGNED INTEGER"),
    ] {
        let ty: Type = ty;
        assert_eq!(super::Dialect::cast_type_name(&dialect, &ty).expect("a name"), wanted, "{ty:?}");
    }
}

#[test]
fn what_only_another_database_has_is_refused_with_the_way_out() {
    let dialect = aludel_sql::dialect::sqlite::Sqlite::default();
    let error = super::Dialect::type_name(&dialect, &postgres::tsvector()).expect_err("it has none");
    assert_eq!(
        error.to_string(),
        "sqlite does not support the type TSVECTOR, which belongs to PostgreSQL (say what stands for it here: \
         `.with_variant(…, \"sqlite\")`)"
    );
    let short = Enum::new("mood", ["happy"]).length(3).into();
    let error = super::Dialect::type_name(&dialect, &short).expect_err("it is too short");
    assert_eq!(
        error.to_string(),
        "the enumeration `mood` has a length of 3, and its value `happy` is longer"
    );
}
