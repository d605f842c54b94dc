//! MySQL and MariaDB take the name of every type, and what they say of them compares as equal.

use aludel::migrate::compare::{CompareOptions, compare};
use aludel::prelude::*;
use aludel::schema::{column, table};
use aludel::sql::ddl;
use aludel::types::*;
use aludel::{MetaData, Type};

use crate::scratch::Scratch;

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
        exact::varchar(5),
        exact::date(),
        exact::time(false),
        exact::timestamp(false),
        exact::double(),
        exact::nchar(2),
        exact::nvarchar(5),
        exact::binary(4),
        exact::varbinary(4),
        exact::blob(None),
        exact::boolean(),
        Enum::new("mood", ["sad", "it's"]).native().into(),
        string(9).collate("utf8mb4_bin"),
        mysql::tiny_int().into(),
        mysql::small_int().unsigned().into(),
        mysql::medium_int().display_width(4).zerofill().into(),
        mysql::integer().display_width(5).unsigned().zerofill().into(),
        mysql::big_int().unsigned().into(),
        mysql::decimal(12, 4).unsigned().into(),
        mysql::numeric(12, None).into(),
        mysql::float(12, 4).zerofill().into(),
        mysql::float(20, None).into(),
        mysql::double(12, 4).into(),
        mysql::double(12, None).into(),
        mysql::real(None, None).unsigned().into(),
        mysql::char(1).charset("utf8").collation("utf8_bin").binary().into(),
        mysql::varchar(9).ascii().binary().into(),
        mysql::nchar(3).into(),
        mysql::nvarchar(3).collation("utf8_bin").into(),
        mysql::text(200).unicode().into(),
        mysql::medium_text().into(),
        mysql::long_text().into(),
        mysql::set(["a", "b"]).into(),
        mysql::bit(None),
        mysql::bit(8),
        mysql::year(),
        mysql::time(0),
        mysql::time(3),
        mysql::date_time(6),
        mysql::timestamp(0),
        mysql::timestamp(6),
        mysql::tiny_blob(),
        mysql::medium_blob(),
        mysql::long_blob(),
    ]
}

#[test]
fn the_server_takes_every_type() {
    let scratch = Scratch::new();
    let mut connection = scratch.connect();
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
