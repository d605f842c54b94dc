//! One statement for many rows of parameters.

use aludel_engine::driver::ManySink;
use aludel_engine::{ErrorKind, Execution, Wait};
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};

use crate::scratch::{Scratch, memory, number, open};

struct Values(Vec<Vec<Value>>);

impl ParameterRows for Values {
    fn rows(&self) -> usize {
        self.0.len()
    }

    fn width(&self) -> usize {
        self.0.first().map_or(1, Vec::len)
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        self.0[row][parameter].as_ref()
    }
}

fn numbers(numbers: impl IntoIterator<Item = i64>) -> Values {
    Values(numbers.into_iter().map(|number| vec![Value::I64(number)]).collect())
}

#[derive(Default)]
struct Log {
    returned: Vec<(usize, Value)>,
    done: Vec<(usize, Execution)>,
}

impl ManySink for Log {
    fn returned(&mut self, run: usize, row: &dyn Row) -> Result<(), DecodeError> {
        let value = row.value(0).map_err(|error| DecodeError::at(row, 0, error))?;
        self.returned.push((run, value.to_owned()));
        Ok(())
    }

    fn done(&mut self, run: usize, execution: Execution) {
        self.done.push((run, execution));
    }
}

#[test]
fn every_run_is_reported_in_order() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n)", &[]).wait().expect("a table");
    let mut log = Log::default();
    let insert = "INSERT INTO t (n) VALUES (?)";
    connection.execute_many(insert, &numbers([5, 6, 7]), &mut log).wait().expect("inserts");
    let expected: Vec<_> = (0..3).map(|run| (run, Execution::new(1, Some(run as i64 + 1)))).collect();
    assert_eq!(log.done, expected);
    assert!(log.returned.is_empty());

    let mut log = Log::default();
    let returning = "UPDATE t SET n = n * 10 WHERE n >= ? RETURNING n";
    connection.execute_many(returning, &numbers([7, 6, 999]), &mut log).wait().expect("updates");
    assert_eq!(log.returned, [(0, Value::I64(70)), (1, Value::I64(60)), (1, Value::I64(700))]);
    let changed: Vec<u64> = log.done.iter().map(|(_, execution)| execution.rows_affected).collect();
    assert_eq!(changed, [1, 2, 0]);
    assert!(!connection.in_transaction());
}

#[test]
fn outside_of_a_transaction_all_rows_land_or_none() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (n INTEGER UNIQUE)", &[]).wait().expect("a table");
    let insert = "INSERT INTO t VALUES (?)";
    let error =
        connection.execute_many(insert, &numbers([1, 2, 1, 3]), &mut ()).wait().expect_err("a repetition");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert!(error.to_string().starts_with("row 3 of 4: UNIQUE constraint failed"), "{error}");
    assert_eq!(error.statement(), Some(insert));
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t"), 0);
    assert!(!connection.in_transaction() && connection.is_usable());
}

#[test]
fn inside_of_a_transaction_the_rows_before_the_error_stay() {
    let mut connection = memory();
    connection.execute("CREATE TABLE t (n INTEGER UNIQUE)", &[]).wait().expect("a table");
    connection.begin(Default::default()).wait().expect("a transaction");
    let insert = "INSERT INTO t VALUES (?)";
    assert!(connection.execute_many(insert, &numbers([1, 2, 1, 3]), &mut ()).wait().is_err());
    assert!(connection.in_transaction());
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t"), 2);
    connection.commit().wait().expect("a commit");
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t"), 2);
}

#[test]
fn no_rows_and_wrong_rows() {
    let scratch = Scratch::new();
    let url = scratch.url("a.db");
    let mut connection = open(&url).expect("a database");
    connection.execute("CREATE TABLE t (n)", &[]).wait().expect("a table");
    connection.execute_many("INSERT INTO t VALUES (?)", &numbers([]), &mut ()).wait().expect("nothing to do");
    let error = connection.execute_many("INSERT INTO t VALUES (? + ?)", &numbers([1]), &mut ()).wait();
    let error = error.expect_err("one value too few");
    assert!(error.message().contains("takes 2 parameters, but 1 were given"), "{error}");
    let nan = Values(vec![vec![Value::F64(1.0)], vec![Value::F64(f64::NAN)]]);
    let error = connection.execute_many("INSERT INTO t VALUES (?)", &nan, &mut ()).wait().expect_err("NaN");
    assert_eq!(error.kind(), ErrorKind::Data);
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t"), 0);
    // A query writes nothing, so it runs where nothing can be written.
    let mut reader = open(&format!("{url}?mode=ro")).expect("a database");
    let mut log = Log::default();
    reader.execute_many("SELECT ? + 1", &numbers([1, 2]), &mut log).wait().expect("queries");
    assert_eq!(log.returned, [(0, Value::I64(2)), (1, Value::I64(3))]);
}
