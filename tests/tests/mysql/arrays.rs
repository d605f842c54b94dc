//! Arrays of rows, and a proxy that speaks for a MariaDB without letting any through.

use aludel::prelude::*;
use aludel::schema::{column, table};
use aludel::types::{Type, text};
use aludel::{ErrorKind, Value};
use aludel_tests::proxy::{Proxy, Rule};

use crate::scratch::{Scratch, engine, rows, server};

const SCHEMA: &str = "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v BIGINT UNIQUE, w TEXT)";

const ROWS: i64 = 5_000;

fn together(connection: &mut Connection, from: i64, count: i64) -> aludel::Result<u64> {
    let table = table("t").column(column("v", Type::BigInteger)).column(column("w", text()));
    let insert = insert(&table).columns(["v", "w"]);
    let rows: Vec<[Value; 2]> =
        (from..from + count).map(|v| [Value::I64(v), Value::Text(format!("text {v}"))]).collect();
    connection.execute_many(insert, &rows).wait()
}

/// How many prepared statements the server has run for this connection; an array is one.
fn requests(connection: &mut Connection) -> i64 {
    let read = rows(connection, "SHOW SESSION STATUS LIKE 'Com_stmt_execute'", &[]).unwrap();
    match &read[0][1] {
        Value::Text(number) => number.parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn is_mariadb(connection: &mut Connection) -> bool {
    let read = rows(connection, "SELECT VERSION()", &[]).unwrap();
    matches!(&read[0][0], Value::Text(version) if version.contains("MariaDB"))
}

#[test]
fn where_a_proxy_lets_no_arrays_through_statements_of_several_rows_do() {
    let scratch = Scratch::new();
    let mut direct = scratch.with(SCHEMA);
    if !is_mariadb(&mut direct) {
        // There are no arrays to be missed.
        return;
    }
    let before = requests(&mut direct);
    assert_eq!(together(&mut direct, 0, ROWS).unwrap(), 5_000);
    let by_arrays = requests(&mut direct) - before;

    let proxy = Proxy::new(&server());
    proxy.rule(Rule::NoArrays);
    let engine = engine(&proxy.through(&server().with_database(scratch.name.as_str())));
    let mut connection = engine.connect().wait().unwrap();
    let before = requests(&mut connection);
    assert_eq!(together(&mut connection, ROWS, ROWS).unwrap(), 5_000);
    let by_statements = requests(&mut connection) - before;
    println!("{by_arrays} arrays, {by_statements} statements");
    // One by one they would be as many as there are rows; and were there arrays, as few as on the direct way.
    assert!(by_statements < 50, "{by_statements}");
    assert!(by_arrays < by_statements, "{by_arrays} directly, {by_statements} by way of the proxy");
    // What was found out once is known: the first two do not go by themselves again.
    let before = requests(&mut connection);
    assert_eq!(together(&mut connection, 2 * ROWS, ROWS).unwrap(), 5_000);
    let again = requests(&mut connection) - before;
    assert!(again <= by_statements, "{again} after {by_statements}");

    // A row that is refused is named, wherever it stands, and nothing of the others is there.
    for (from, row) in [(3 * ROWS - 1, 1), (-1, 2), (-300, 301)] {
        let mut fresh = engine.connect().wait().unwrap();
        for connection in [&mut fresh, &mut connection] {
            let error = together(connection, from, 1_000).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
            assert!(error.to_string().starts_with(&format!("row {row} of 1000")), "{error}");
        }
    }
    let read = rows(
        &mut connection,
        "SELECT count(*), CAST(sum(w = CONCAT('text ', v)) AS SIGNED), CAST(sum(v <= before_it) AS SIGNED) \
         FROM (SELECT v, w, LAG(v) OVER (ORDER BY id) AS before_it FROM t) AS each_row",
        &[],
    );
    // All of them, as they were given, and in their order.
    assert_eq!(read.unwrap(), [[15_000, 15_000, 0].map(Value::I64)]);
}
