//! PostgreSQL takes the name of every type, and what it says of them compares as equal.

use aludel::migrate::compare::{CompareOptions, compare};
use aludel::prelude::*;
use aludel::schema::{column, table};
use aludel::sql::ddl;
use aludel::types::postgres::IntervalFields;
use aludel::types::*;
use aludel::{MetaData, Type};

use crate::database::Database;

#[rustfmt::skip]
fn types() -> Vec<Type> {
    vec![
        small_integer(),
        integer(),
        big_integer(),
        float(),
        float_of(24),
        float_of(53),
        double(),
        decimal(),
        numeric_of(10),
        numeric(10, 2),
        boolean(),
        string(50),
        text(),
        unicode(50),
        unicode_text(),
        binary(),
        binary_of(16),
        date(),
        time(),
        time_tz(),
        date_time(),
        date_time_tz(),
        uuid(),
        uuid_text(),
        json(),
        interval(),
        inet(),
        array(integer()),
        enumeration("mood", ["sad", "it's"]),
        exact::small_int(),
        exact::real(),
        exact::double_precision(),
        exact::decimal(10, 2),
        exact::numeric(7, None),
        exact::char(2),
        exact::char(None),
        exact::varchar(5),
        exact::date(),
        exact::time(false),
        exact::timestamp(false),
        unbounded_string(),
        array(array(string(5))),
        range(big_integer()),
        range(date()),
        exact::float(10),
        exact::timestamp(true),
        exact::uuid(),
        exact::json(),
        string(9).collate("C"),
        postgres::json(),
        postgres::jsonb(),
        postgres::json_path(),
        postgres::cidr(),
        postgres::macaddr(),
        postgres::macaddr8(),
        postgres::money(),
        postgres::oid(),
        postgres::regclass(),
        postgres::regconfig(),
        postgres::tsvector(),
        postgres::tsquery(),
        postgres::bytea(),
        postgres::xml(),
        postgres::int4_multirange(),
        postgres::int8_multirange(),
        postgres::num_multirange(),
        postgres::date_multirange(),
        postgres::ts_multirange(),
        postgres::tstz_multirange(),
        postgres::bit(5),
        postgres::bit_varying(5),
        postgres::bit_varying(None),
        postgres::time(3, true),
        postgres::timestamp(0, false),
        postgres::interval(None, None),
        postgres::interval(IntervalFields::DayToSecond, 3),
    ]
}

#[test]
fn the_server_takes_every_type() {
    let database = Database::new();
    let mut connection = database.connect();
    let mut kinds = table("kinds").column(column("id", integer()).primary_key());
    for (index, ty) in types().into_iter().enumerate() {
        kinds = kinds.column(column(format!("c{index}"), ty));
    }
    let wanted: MetaData = [kinds].into_iter().collect();
    let dialect = std::sync::Arc::clone(connection.dialect());
    for statement in ddl::create_all(&wanted, dialect.as_ref()).expect("every type has a name") {
        connection.raw().expect("open").execute(&statement, &[]).wait().expect(&statement);
    }
    // What the server says of them is what was meant.
    let found = connection.inspector().expect("open").metadata(None).wait().expect("a schema");
    let difference =
        compare(&wanted, &found, dialect.as_ref(), &CompareOptions::default()).expect("comparable");
    assert_eq!(difference.operations, []);
}
