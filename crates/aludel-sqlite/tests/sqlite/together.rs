//! Inserts of many rows, several of them in one statement: whatever the table does with a row, all comes out as if the
//! rows had run one by one.

use aludel_engine::driver::{ManyInsert, ManySink};
use aludel_engine::{ErrorKind, Execution, Wait};
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};
use proptest::prelude::*;

use crate::scratch::{memory, number, open, rows};

/// Rows of the same width.
#[derive(Clone, Debug)]
struct Values(usize, Vec<Vec<Value>>);

impl ParameterRows for Values {
    fn rows(&self) -> usize {
        self.1.len()
    }

    fn width(&self) -> usize {
        self.0
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        self.1[row][parameter].as_ref()
    }
}

/// What was heard, in order. Keys only where they are asked for, or come back.
#[derive(Debug, Default, PartialEq)]
struct Log {
    returned: Vec<(usize, Vec<Value>)>,
    done: Vec<(usize, u64)>,
    keys: Vec<Option<i64>>,
}

impl ManySink for Log {
    fn returned(&mut self, run: usize, row: &dyn Row) -> Result<(), DecodeError> {
        let value = |index| row.value(index).map_err(|error| DecodeError::at(row, index, error));
        let values =
            (0..row.width()).map(|index| Ok(value(index)?.to_owned())).collect::<Result<_, DecodeError>>()?;
        self.returned.push((run, values));
        Ok(())
    }

    fn done(&mut self, run: usize, execution: Execution) {
        self.done.push((run, execution.rows_affected));
        self.keys.push(execution.last_insert_id);
    }
}

/// An insert's text, its place for values, and what is wanted back.
#[derive(Clone, Copy, Debug)]
struct Text {
    columns: &'static str,
    width: usize,
    returning: &'static str,
    keys: bool,
}

impl Text {
    fn new(columns: &'static str, returning: &'static str, keys: bool) -> Self {
        Text { columns, width: columns.split(',').count(), returning, keys }
    }

    fn sql(&self) -> String {
        let places = vec!["?"; self.width].join(", ");
        format!("INSERT INTO t ({}) VALUES ({places}){}", self.columns, self.returning)
    }

    fn insert<'s>(&self, sql: &'s str) -> ManyInsert<'s> {
        let start = sql.find(" VALUES").expect("values");
        let insert = ManyInsert::new(sql, start..sql.len() - self.returning.len()).expect("a place");
        insert.with_keys(self.keys)
    }
}

/// What is left of a run.
#[derive(Debug, PartialEq)]
struct Outcome {
    error: Option<(ErrorKind, String)>,
    log: Log,
    stored: Vec<Vec<Vec<Value>>>,
    in_transaction: bool,
}

/// Runs an insert on a new database, row by row or as the driver likes.
fn outcome(
    url: &str,
    schema: &str,
    text: Text,
    values: &Values,
    transaction: bool,
    together: bool,
) -> Outcome {
    let mut connection = open(url).expect("a database in memory");
    connection.execute_script(schema).wait().expect("a schema");
    let sql = text.sql();
    // So many that other texts pay from the next one on, and so often the same number that what is left behind the others
    // has a text of its own, too. None of these rows can be bound.
    let warm = |rows| Values(text.width, vec![vec![Value::F64(f64::NAN); text.width]; rows]);
    connection.begin(Default::default()).wait().expect("a transaction");
    for number in [255, values.rows(), values.rows(), values.rows()] {
        let _ = connection.insert_many(text.insert(&sql), &warm(number), &mut ()).wait();
    }
    connection.rollback().wait().expect("the end of it");
    if transaction {
        connection.begin(Default::default()).wait().expect("a transaction");
    }
    let mut log = Log::default();
    let result = match together {
        true => connection.insert_many(text.insert(&sql), values, &mut log).wait(),
        false => connection.execute_many(&sql, values, &mut log).wait(),
    };
    if !text.keys {
        log.keys.clear();
    }
    let in_transaction = connection.in_transaction();
    let all = ["SELECT * FROM t ORDER BY 1, 2, 3", "SELECT * FROM other ORDER BY 1"];
    let stored = all.iter().map(|sql| rows(connection.as_mut(), sql, &[]).expect("rows")).collect();
    assert!(connection.is_usable());
    Outcome {
        error: result.err().map(|error| (error.kind(), error.to_string())),
        log,
        stored,
        in_transaction,
    }
}

/// Both ways, inside and outside of a transaction.
fn same(schema: &str, text: Text, values: &Values) {
    same_at("sqlite://", schema, text, values);
}

fn same_at(url: &str, schema: &str, text: Text, values: &Values) {
    for transaction in [false, true] {
        let one_by_one = outcome(url, schema, text, values, transaction, false);
        let mut together = outcome(url, schema, text, values, transaction, true);
        if schema.contains("ROLLBACK")
            && let (Some(one), Some(several)) = (&one_by_one.error, &mut together.error)
        {
            // The transaction is gone, and with it the way to find the row: the others of its statement are named, too.
            assert_eq!(one.0, several.0);
            several.1 = one.1.clone();
            let heard = together.log.done.len();
            assert!(one_by_one.log.done.starts_with(&together.log.done), "{schema}");
            together.log.done.extend_from_slice(&one_by_one.log.done[heard..]);
            together.log.returned.extend_from_slice(&one_by_one.log.returned[together.log.returned.len()..]);
            together.log.keys.extend_from_slice(&one_by_one.log.keys[together.log.keys.len()..]);
        }
        assert_eq!(together, one_by_one, "{schema}\n{text:?}\n{values:?}\nin a transaction: {transaction}");
    }
}

const KEY: &str = "id INTEGER PRIMARY KEY";

/// Tables with everything that may happen to a row.
fn schemas() -> Vec<String> {
    let table =
        |definition: &str| format!("CREATE TABLE t ({definition}); CREATE TABLE other (a ANY, b ANY);");
    let triggered = |trigger: &str| {
        let plain = table("id INTEGER PRIMARY KEY, n INTEGER, s TEXT");
        format!("{plain} CREATE TRIGGER before_t {trigger} END;")
    };
    let mut schemas = vec![
        table("id INTEGER PRIMARY KEY, n INTEGER, s TEXT"),
        table("id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER UNIQUE, s TEXT NOT NULL"),
        table("id INTEGER PRIMARY KEY, n INTEGER CHECK (n <> 7), s TEXT COLLATE NOCASE UNIQUE"),
        table("id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 4, s ANY, d INTEGER DEFAULT (abs(-3))") .replace(");", ") STRICT;"),
        table("id, n INTEGER PRIMARY KEY, s TEXT"),
        table("id DEFAULT 1, n INTEGER, s REAL, PRIMARY KEY (n, s)) WITHOUT ROWID; CREATE TABLE u (x"),
        table("id INTEGER PRIMARY KEY, n INTEGER, s TEXT, g GENERATED ALWAYS AS (n * 2) STORED, v AS (abs(n)) UNIQUE"),
        table("id INTEGER PRIMARY KEY, n INTEGER REFERENCES u, s TEXT")
            + "CREATE TABLE u (k INTEGER PRIMARY KEY); INSERT INTO u VALUES (1), (2), (3), (5);",
        table("id INTEGER PRIMARY KEY, _rowid_ INTEGER DEFAULT 8, n INTEGER, s TEXT"),
        triggered("BEFORE INSERT ON t WHEN EXISTS (SELECT 1 FROM t WHERE n = new.n) BEGIN SELECT RAISE(ABORT, 'again');"),
        triggered("BEFORE INSERT ON t WHEN (SELECT count(*) FROM t) >= 9 BEGIN SELECT RAISE(IGNORE);"),
        triggered("BEFORE INSERT ON t WHEN new.n = 3 BEGIN SELECT RAISE(IGNORE);"),
        triggered("AFTER INSERT ON t WHEN new.n = 3 BEGIN SELECT RAISE(FAIL, 'three');"),
        triggered("AFTER INSERT ON t WHEN new.n = 3 BEGIN SELECT RAISE(ROLLBACK, 'three');"),
        triggered("AFTER INSERT ON t BEGIN INSERT INTO other SELECT new.id, count(*) FROM t;"),
        triggered("AFTER INSERT ON t WHEN new.n = 3 BEGIN INSERT INTO t (n, s) VALUES (-1, 'more');"),
        "CREATE TABLE u (id INTEGER PRIMARY KEY, n, s); CREATE TABLE other (a); CREATE VIEW t AS SELECT * FROM u;
         CREATE TRIGGER x INSTEAD OF INSERT ON t BEGIN INSERT INTO u VALUES (new.id, new.n, new.s); END;"
            .to_owned(),
    ];
    for clause in ["IGNORE", "REPLACE", "FAIL", "ABORT", "ROLLBACK"] {
        schemas.push(table(&format!("{KEY}, n INTEGER UNIQUE ON CONFLICT {clause}, s TEXT")));
    }
    schemas
}

fn texts() -> Vec<Text> {
    vec![
        Text::new("n, s", "", false),
        Text::new("n, s", "", true),
        Text::new("n, s", " RETURNING n, s", false),
        Text::new("n, s", " RETURNING id, upper(s) AS big", false),
        Text::new("n, s", " RETURNING (SELECT count(*) FROM t), n", false),
        Text::new("id, n, s", "", false),
        Text::new("s, id, n", " RETURNING n", false),
    ]
}

/// A value for a column: mostly another one for each row, and now and then one that was there.
fn value(column: &str, row: usize, seed: u64) -> Value {
    let noise = (row as u64 + 1).wrapping_mul(seed | 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let number = match seed % 4 {
        0 => row as i64,
        1 => 1_000 - row as i64,
        2 => (noise % 1_000) as i64,
        _ => (noise % 20) as i64,
    };
    match column.trim() {
        "s" if noise % 31 == 5 => Value::Null,
        "s" if noise % 37 == 6 => Value::Bytes(vec![1, 2, 3]),
        "s" => Value::Text(format!("Text {number}")),
        "id" if noise % 29 == 7 => Value::Null,
        "id" => Value::I64(number + 100),
        _ if noise % 41 == 8 => Value::Null,
        _ if noise % 43 == 9 => Value::Text("no number".into()),
        _ => Value::I64(number),
    }
}

fn values(text: Text, rows: usize, seed: u64) -> Values {
    let row = |row| text.columns.split(',').map(|column| value(column, row, seed)).collect();
    Values(text.width, (0..rows).map(row).collect())
}

/// Every kind of table with every kind of insert.
#[test]
fn tables_of_every_kind() {
    for schema in schemas() {
        for text in texts() {
            for (rows, seed) in [(11, 4), (100, 1), (19, 11)] {
                same(&schema, text, &values(text, rows, seed));
            }
            same_at("sqlite://?thread=own", &schema, text, &values(text, 12, 0));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Any rows.
    #[test]
    fn any_rows(schema in 0..22_usize, text in 0..7_usize, rows in 0..150_usize, seed in any::<u64>()) {
        let (schemas, texts) = (schemas(), texts());
        let text = texts[text];
        same(&schemas[schema], text, &values(text, rows, seed));
    }
}

/// Inserts rows some times, and counts the statements that the last time took: within one, the count of all changes that a
/// column has as its default stays what it was.
fn inserted(schema: &str, text: Text, values: &Values, times: usize) -> i64 {
    let mut connection = memory();
    connection.execute_script(schema).wait().expect("a schema");
    let sql = text.sql();
    for time in 0..times {
        connection.execute("DELETE FROM t", &[]).wait().expect("nothing");
        connection.insert_many(text.insert(&sql), values, &mut ()).wait().expect("rows");
        assert_eq!(
            number(connection.as_mut(), "SELECT count(*) FROM t"),
            values.rows() as i64,
            "time {time}"
        );
    }
    number(connection.as_mut(), "SELECT count(DISTINCT seen) FROM t")
}

/// Where several rows in a statement are faster, there are several, as soon as that pays.
#[test]
fn rows_share_statements_where_that_is_faster() {
    let plain = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT, seen DEFAULT (total_changes()))";
    let unique =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE, s TEXT, seen DEFAULT (total_changes()))";
    let text = Text::new("n, s", "", false);
    let keys = Text::new("n, s", "", true);
    let returning = Text::new("n, s", " RETURNING n", false);
    let of = |number: fn(i64) -> i64| {
        Values(2, (0..100).map(|n| vec![Value::I64(number(n)), Value::Null]).collect())
    };
    let growing = of(|n| n);
    // 64, 32 and four by themselves.
    assert_eq!(inserted(plain, text, &growing, 3), 6);
    // One in front, whose key is known: 64, 32 and three.
    assert_eq!(inserted(plain, keys, &growing, 3), 6);
    assert_eq!(inserted(unique, text, &growing, 3), 6);
    let autoincrement = plain.replace("KEY,", "KEY AUTOINCREMENT,");
    assert_eq!(inserted(&autoincrement, text, &growing, 3), 3);
    // As often the same number as that: 64 and 36.
    assert_eq!(inserted(plain, text, &growing, 5), 2);
    assert_eq!(inserted(plain, keys, &growing, 5), 3);
    // Too few rows so far to prepare other texts for them; but what returns something is dear enough.
    assert_eq!(inserted(plain, text, &growing, 1), 100);
    assert_eq!(inserted(plain, returning, &growing, 1), 3);
    // In an index that rows lie anywhere in, SQLite would write down each page.
    let anywhere = of(|n| n * 37 % 101);
    assert_eq!(inserted(unique, text, &anywhere, 3), 100);
    assert_eq!(inserted(plain, text, &anywhere, 3), 6);
    assert_eq!(inserted(unique, returning, &anywhere, 1), 13);
    // Long rows take fewer to a statement, and very long ones are by themselves.
    let long = |bytes| {
        let text = Value::Text("x".repeat(bytes));
        Values(2, (0..100).map(|n| vec![Value::I64(n), text.clone()]).collect())
    };
    assert_eq!(inserted(plain, text, &long(10_000), 3), 10);
    assert_eq!(inserted(plain, text, &long(40_000), 3), 100);
    // No rowid, so nothing says in which order rows came back.
    let keyed = "CREATE TABLE t (n PRIMARY KEY, s, seen DEFAULT (total_changes())) WITHOUT ROWID";
    assert_eq!(inserted(keyed, returning, &growing, 1), 100);
    assert_eq!(inserted(keyed, text, &growing, 3), 6);
    // Keys that were given are compared one by one.
    let given = Text::new("id, n", " RETURNING n", false);
    assert_eq!(inserted(plain, given, &growing, 1), 3);
}

/// Behind the greatest of all keys, SQLite gives out any that are free: then they are told one by one.
#[test]
fn keys_behind_the_greatest_one() {
    let text = Text::new("n, s", "", true);
    let sql = text.sql();
    let mut connection = memory();
    let table = format!(
        "CREATE TABLE t ({KEY}, n INTEGER, s TEXT); INSERT INTO t VALUES (9223372036854775777, -1, '')"
    );
    connection.execute_script(&table).wait().expect("a table");
    let many = values(text, 300, 0);
    let mut log = Log::default();
    connection.insert_many(text.insert(&sql), &many, &mut log).wait().expect("rows");
    for (row, key) in log.keys.iter().enumerate() {
        let key = ValueRef::I64(key.expect("a key"));
        let stored = rows(connection.as_mut(), "SELECT n FROM t WHERE id = ?", &[key]).expect("a row");
        assert_eq!(stored, [[many.1[row][0].clone()]], "row {row}");
    }
    let returning = Text::new("n, s", " RETURNING n, id", false);
    let mut log = Log::default();
    let sql = returning.sql();
    connection.insert_many(returning.insert(&sql), &many, &mut log).wait().expect("rows");
    assert!(
        log.returned.iter().enumerate().all(|(row, (run, back))| row == *run && back[0] == many.1[row][0])
    );
}

/// A connection's other statements stay prepared, however many inserts it meets.
#[test]
fn inserts_come_and_go() {
    let mut connection = memory();
    for table in 0..40 {
        let sql = format!("CREATE TABLE t{table} (id INTEGER PRIMARY KEY, n INTEGER)");
        connection.execute(&sql, &[]).wait().expect("a table");
    }
    for _ in 0..2 {
        for table in 0..40 {
            let sql = format!("INSERT INTO t{table} (n) VALUES (?)");
            let start = sql.find(" VALUES").expect("values");
            let insert = ManyInsert::new(&sql, start..sql.len()).expect("a place");
            let rows = Values(1, (0..400).map(|n| vec![Value::I64(n)]).collect());
            connection.insert_many(insert.clone(), &rows, &mut ()).wait().expect("rows");
            let rows = Values(1, (0..13).map(|n| vec![Value::I64(n)]).collect());
            for _ in 0..5 {
                connection.insert_many(insert.clone(), &rows, &mut ()).wait().expect("rows");
            }
            assert_eq!(number(connection.as_mut(), &format!("SELECT sum(n) FROM t{table}")) % 80_190, 0);
        }
    }
    assert_eq!(number(connection.as_mut(), "SELECT count(*) FROM t39"), 930);
}
