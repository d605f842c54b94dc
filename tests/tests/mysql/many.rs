//! One statement for many rows of parameters.

use aludel::engine::driver::ManySink;
use aludel::prelude::*;
use aludel::schema::{column, table};
use aludel::sql::ValueRef;
use aludel::sql::decode::{DecodeError, Row, RowReader};
use aludel::sql::encode::ParameterRows;
use aludel::types::{Type, text};
use aludel::{ErrorKind, Execution, Value};

use crate::scratch::{Scratch, rows};

struct Given(Vec<Vec<Value>>);

impl ParameterRows for Given {
    fn rows(&self) -> usize {
        self.0.len()
    }

    fn width(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        self.0[row][parameter].as_ref()
    }
}

fn numbers(from: i64, to: i64) -> Given {
    Given((from..to).map(|number| vec![Value::I64(number)]).collect())
}

#[derive(Default)]
struct Seen {
    returned: Vec<(usize, i64)>,
    done: Vec<(usize, Execution)>,
}

impl ManySink for Seen {
    fn returned(&mut self, run: usize, row: &dyn Row) -> Result<(), DecodeError> {
        self.returned.push((run, RowReader::new(row).read()?));
        Ok(())
    }

    fn done(&mut self, run: usize, execution: Execution) {
        self.done.push((run, execution));
    }
}

const SCHEMA: &str = "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INTEGER UNIQUE)";

fn many(connection: &mut Connection, sql: &str, given: &Given) -> (aludel::Result<()>, Seen) {
    let mut seen = Seen::default();
    let result = connection.raw().unwrap().execute_many(sql, given, &mut seen).wait();
    (result, seen)
}

#[test]
fn keys_and_counts_come_back_in_order() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    let (result, seen) = many(&mut connection, "INSERT INTO t (v) VALUES (?)", &numbers(0, 50));
    result.unwrap();
    let expected: Vec<_> = (0..50).map(|run| (run as usize, Execution::new(1, Some(run + 1)))).collect();
    assert_eq!(seen.done, expected);
    assert!(!connection.in_transaction());
    // Matched rows count: the second run changes nothing, the third matches nothing.
    let given = Given([[7, 7], [7, 7], [7, 999]].map(|row| row.map(Value::I64).to_vec()).to_vec());
    let (result, seen) = many(&mut connection, "UPDATE t SET v = ? WHERE v = ?", &given);
    result.unwrap();
    assert_eq!(seen.done.iter().map(|(_, done)| done.rows_affected).collect::<Vec<_>>(), [1, 1, 0]);
    let (result, seen) = many(&mut connection, "INSERT INTO t (v) VALUES (?)", &Given(Vec::new()));
    result.unwrap();
    assert!(seen.done.is_empty());
}

#[test]
fn returned_rows_reach_the_sink() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    if !connection.dialect().capabilities().insert_returning {
        return;
    }
    let (result, seen) = many(&mut connection, "INSERT INTO t (v) VALUES (?) RETURNING id", &numbers(0, 3));
    result.unwrap();
    assert_eq!(seen.returned, [(0, 1), (1, 2), (2, 3)]);
    assert_eq!(
        seen.done.iter().map(|(run, done)| (*run, done.rows_affected)).collect::<Vec<_>>(),
        [(0, 1), (1, 1), (2, 1)]
    );
    // A sink that can't read the row ends the runs; nothing of them stays.
    let (result, seen) =
        many(&mut connection, "INSERT INTO t (v) VALUES (?) RETURNING 'x'", &numbers(10, 13));
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Decode);
    assert!(seen.done.is_empty());
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[]).unwrap(), [[Value::I64(3)]]);
}

#[test]
fn outside_of_a_transaction_all_or_nothing() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    let given = Given([1, 2, 1, 3].map(|v| vec![Value::I64(v)]).to_vec());
    let (result, seen) = many(&mut connection, "INSERT INTO t (v) VALUES (?)", &given);
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert!(error.to_string().starts_with("row 3 of 4: "), "{error}");
    assert_eq!(seen.done.len(), 2);
    assert!(!connection.in_transaction() && connection.raw().unwrap().is_usable());
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[]).unwrap(), [[Value::I64(0)]]);
}

#[test]
fn inside_of_one_the_rows_before_the_failure_are_the_transactions() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(SCHEMA);
    let mut transaction = connection.begin().wait().unwrap();
    let given = Given([1, 2, 1, 3].map(|v| vec![Value::I64(v)]).to_vec());
    let (result, _) = many(&mut transaction, "INSERT INTO t (v) VALUES (?)", &given);
    assert_eq!(result.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert!(transaction.in_transaction());
    transaction.commit().wait().unwrap();
    assert_eq!(
        rows(&mut connection, "SELECT v FROM t ORDER BY v", &[]).unwrap(),
        [[Value::I64(1)], [Value::I64(2)]]
    );
}

#[test]
fn many_wide_rows() {
    let scratch = Scratch::new();
    let mut connection = scratch.with("CREATE TABLE t (a INTEGER, b VARCHAR(100), c LONGBLOB)");
    let given = Given(
        (0..500)
            .map(|n| {
                vec![
                    Value::I64(n),
                    Value::Text("é".repeat(n as usize % 100)),
                    Value::Bytes(vec![n as u8; 5_000]),
                ]
            })
            .collect(),
    );
    let (result, seen) = many(&mut connection, "INSERT INTO t VALUES (?, ?, ?)", &given);
    result.unwrap();
    assert_eq!(seen.done.len(), 500);
    let read = rows(&mut connection, "SELECT * FROM t ORDER BY a", &[]).unwrap();
    assert!(read == given.0);
}

/// MariaDB takes rows as arrays of parameters; MySQL, and what no array can hold, goes as statements of several rows.
fn sent_together(connection: &mut Connection, rows: &[[Value; 2]]) -> aludel::Result<u64> {
    let table = table("t").column(column("v", Type::BigInteger)).column(column("w", text()));
    let insert = insert(&table).columns(["v", "w"]);
    connection.execute_many(insert, rows).wait()
}

const TWO: &str = "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v BIGINT UNIQUE, w DECIMAL(20))";

#[test]
fn rows_that_are_sent_together_keep_their_values_whatever_their_types() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(TWO);
    let numbers = |from: i64, count: i64, w: fn(i64) -> Value| -> Vec<[Value; 2]> {
        (from..from + count).map(|v| [Value::I64(v), w(v)]).collect()
    };
    // Nothing but NULL; NULL in front and between; two types in one column, signs and none.
    let none = numbers(0, 300, |_| Value::Null);
    let some = numbers(1_000, 300, |v| if v % 3 == 0 { Value::I64(v) } else { Value::Null });
    let mixed = numbers(2_000, 300, |v| match v % 3 {
        0 => Value::I64(-v),
        1 => Value::U64(u64::MAX),
        _ => Value::Text("17".into()),
    });
    for rows in [&none, &some, &mixed] {
        assert_eq!(sent_together(&mut connection, rows).unwrap(), 300);
    }
    let read = rows(
        &mut connection,
        "SELECT count(w), CAST(sum(w = -v) AS SIGNED), CAST(sum(w = 18446744073709551615) AS SIGNED), \
         CAST(sum(w = 17) AS SIGNED) FROM t WHERE v >= 2000",
        &[],
    );
    assert_eq!(read.unwrap(), [[300, 100, 100, 100].map(Value::I64)]);
    let read = rows(
        &mut connection,
        "SELECT count(*), count(w), CAST(sum(w = v) AS SIGNED) FROM t WHERE v < 2000",
        &[],
    );
    assert_eq!(read.unwrap(), [[600, 100, 100].map(Value::I64)]);
    // They are numbered as they were given.
    let read =
        rows(&mut connection, "SELECT count(*) FROM t AS a JOIN t AS b ON b.id > a.id AND b.v < a.v", &[]);
    assert_eq!(read.unwrap(), [[Value::I64(0)]]);
}

#[test]
fn of_rows_that_are_sent_together_the_one_that_is_refused_is_named() {
    let scratch = Scratch::new();
    let mut connection = scratch.with(TWO);
    let mut given: Vec<_> = (0..20_000).map(|v| [Value::I64(v), Value::I64(v)]).collect();
    given[12_345][0] = Value::I64(7);
    let error = sent_together(&mut connection, &given).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert!(error.to_string().starts_with("row 12346 of 20000: "), "{error}");
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[]).unwrap(), [[Value::I64(0)]]);
    // In a transaction, those in front of it stand, each of them once.
    let mut transaction = connection.begin().wait().unwrap();
    let error = sent_together(&mut transaction, &given).unwrap_err();
    assert!(error.to_string().starts_with("row 12346 of 20000: "), "{error}");
    let counted = "SELECT count(*), CAST(max(v) AS SIGNED) FROM t";
    assert_eq!(rows(&mut transaction, counted, &[]).unwrap(), [[12_345, 12_344].map(Value::I64)]);
    transaction.rollback().wait().unwrap();
    // What no column of the server's holds is found before anything is sent.
    given[12_345] = [Value::I64(12_345), Value::F64(f64::NAN)];
    let error = sent_together(&mut connection, &given).unwrap_err();
    assert!(error.to_string().starts_with("row 12346 of 20000: "), "{error}");
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[]).unwrap(), [[Value::I64(0)]]);
}

#[test]
fn many_statements_are_prepared_and_closed() {
    let scratch = Scratch::new();
    let mut connection = scratch.with("CREATE TABLE t (v BIGINT)");
    for number in 0..400 {
        let sql = format!("SELECT {number} + ?");
        let read = rows(&mut connection, &sql, &[Value::I64(1)]).unwrap();
        assert_eq!(read, [[Value::I64(number + 1)]]);
    }
    let read = rows(&mut connection, "SHOW SESSION STATUS LIKE 'Com_stmt_close'", &[]).unwrap();
    let Value::Text(closed) = &read[0][1] else { panic!("{read:?}") };
    let closed: u32 = closed.parse().unwrap();
    assert!((250..400).contains(&closed), "{closed} were closed");
}

#[test]
fn a_row_that_is_too_long_for_an_array_goes_by_itself() {
    let scratch = Scratch::new();
    let mut connection = scratch.with("CREATE TABLE t (v BIGINT, w LONGBLOB, x LONGBLOB)");
    let packet = rows(&mut connection, "SELECT @@max_allowed_packet", &[]).unwrap();
    let Value::I64(packet) = packet[0][0] else { panic!("{packet:?}") };
    let length = usize::try_from(packet).unwrap() / 5 * 3;
    let table = table("t")
        .column(column("v", Type::BigInteger))
        .column(column("w", Type::Binary { length: None }))
        .column(column("x", Type::Binary { length: None }));
    let insert = insert(&table).columns(["v", "w", "x"]);
    let long = |v| [Value::I64(v), Value::Bytes(vec![1; length]), Value::Bytes(vec![2; length])];
    let short = |v| [Value::I64(v), Value::Bytes(vec![1]), Value::Null];
    let given = [short(1), short(2), short(3), long(4), short(5), short(6)];
    assert_eq!(connection.execute_many(insert, given).wait().unwrap(), 6);
    let read =
        rows(&mut connection, "SELECT v, length(w) + length(x) FROM t WHERE x IS NOT NULL", &[]).unwrap();
    assert_eq!(read, [[Value::I64(4), Value::I64(2 * length as i64)]]);
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[]).unwrap(), [[Value::I64(6)]]);
}
