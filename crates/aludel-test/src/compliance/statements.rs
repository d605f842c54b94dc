//! Every way in which a statement can run, and what comes back.

use aludel::engine::driver::ManySink;
use aludel::prelude::*;
use aludel::schema::{column, primary_key, table};
use aludel::sql::ValueRef;
use aludel::sql::decode::{DecodeError, Row, RowReader};
use aludel::sql::encode::ParameterRows;
use aludel::types::{big_integer, integer, string, text};
use aludel::{Engine, ErrorKind, Execution, Table};

use super::{Bench, Outcome, connect, number, placeholder};

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "fruits")]
struct Fruit {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 40)]
    name: String,
    price: Option<i64>,
}

/// A table `numbers` of a number and a text.
fn numbers() -> Table {
    table("numbers")
        .column(column("n", big_integer()).autoincrement(false).not_null())
        .column(column("word", string(40)))
        .primary_key(primary_key(["n"]))
}

fn fruits(bench: &Bench) -> Engine {
    let engine = bench.engine();
    engine.create_all(&MetaData::new().add(Fruit)).wait().expect("a table");
    engine
}

/// Rows of a number and a text.
struct Numbered(Vec<i64>);

impl ParameterRows for Numbered {
    fn rows(&self) -> usize {
        self.0.len()
    }

    fn width(&self) -> usize {
        2
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        match parameter {
            0 => ValueRef::I64(self.0[row]),
            _ => ValueRef::Text("word"),
        }
    }
}

/// What each run gave back.
#[derive(Default)]
struct Runs {
    returned: Vec<(usize, i64)>,
    done: Vec<(usize, u64)>,
}

impl ManySink for Runs {
    fn returned(&mut self, run: usize, row: &dyn Row) -> Result<(), DecodeError> {
        self.returned.push((run, RowReader::new(row).read()?));
        Ok(())
    }

    fn done(&mut self, run: usize, execution: Execution) {
        self.done.push((run, execution.rows_affected));
    }
}

fn insert_text(bench: &Bench) -> String {
    let capabilities = bench.capabilities();
    let (one, two) = (placeholder(&capabilities, 1), placeholder(&capabilities, 2));
    format!("INSERT INTO numbers (n, word) VALUES ({one}, {two})")
}

/// An execution says how many rows it has changed.
pub fn an_execution_tells_its_rows(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    for n in 0..5_i64 {
        let insert = sql("INSERT INTO numbers (n, word) VALUES (?, ?)").bind(n).bind("a");
        assert_eq!(db.execute(insert).wait().expect("a row").rows_affected, 1);
    }
    let update = sql("UPDATE numbers SET word = ? WHERE n >= ?").bind("b").bind(3_i64);
    assert_eq!(db.execute(update).wait().expect("rows").rows_affected, 2);
    let nobody = sql("DELETE FROM numbers WHERE n > ?").bind(9_i64);
    assert_eq!(db.execute(nobody).wait().expect("no rows").rows_affected, 0);
    assert_eq!(db.execute(sql("DELETE FROM numbers WHERE n < 4")).wait().expect("rows").rows_affected, 4);
    // Rows that it yields are dropped.
    db.execute(sql("SELECT n FROM numbers")).wait().expect("a query");
    assert_eq!(number(&mut db, "SELECT n FROM numbers"), 4);
    Ok(())
}

/// A script runs statement by statement, and stops at the one that fails.
pub fn a_script_runs_all_of_it(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    let script = "INSERT INTO numbers VALUES (1, 'a;b'); -- a comment; with a semicolon\n
        INSERT INTO numbers VALUES (2, 'it''s');\nUPDATE numbers SET word = 'c' WHERE n = 2;";
    db.execute_script(script).wait().expect("a script");
    let found: Vec<(i64, String)> =
        db.all(sql("SELECT n, word FROM numbers ORDER BY n").rows()).wait().expect("rows");
    assert_eq!(found, [(1, "a;b".to_owned()), (2, "c".to_owned())]);
    let wrong = "INSERT INTO numbers VALUES (3, 'x'); INSERT INTO nowhere VALUES (1); DELETE FROM numbers";
    let error = db.execute_script(wrong).wait().expect_err("no such table");
    assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
    // What stands behind it has not run; what stands before has, or was taken back with it.
    let left = number(&mut db, "SELECT count(*) FROM numbers");
    assert!(left == 2 || left == 3, "{left}");
    db.execute_script("").wait().expect("nothing at all");
    Ok(())
}

/// All rows, the first, exactly one, at most one.
pub fn all_first_one_and_none(bench: &Bench) -> Outcome {
    let engine = fruits(bench);
    let mut db = connect(&engine);
    let fruit = |name: &str, price| Fruit { name: name.to_owned(), price, ..default() };
    db.insert_all(&[fruit("apple", Some(3)), fruit("pear", None), fruit("plum", Some(1))])
        .wait()
        .expect("rows");
    let names: Vec<String> = db.all(select(Fruit.name).order_by(Fruit.name)).wait().expect("rows");
    assert_eq!(names, ["apple", "pear", "plum"]);
    let first = db.first(select(Fruit.name).order_by(Fruit.name.desc())).wait().expect("a row");
    assert_eq!(first.as_deref(), Some("plum"));
    let pear = select(Fruit).filter(Fruit.name.eq("pear"));
    assert_eq!(db.one(pear).wait().expect("one row").price, None);
    assert_eq!(db.one(select(Fruit)).wait().expect_err("three").kind(), ErrorKind::SeveralRows);
    assert_eq!(db.one_or_none(select(Fruit)).wait().expect_err("three").kind(), ErrorKind::SeveralRows);
    let nobody = || select(Fruit).filter(Fruit.name.eq("nobody"));
    assert_eq!(db.one(nobody()).wait().expect_err("none").kind(), ErrorKind::NoRow);
    assert_eq!(db.one_or_none(nobody()).wait().expect("none"), None);
    assert_eq!(db.first(nobody()).wait().expect("none"), None);
    assert!(db.all(nobody()).wait().expect("none").is_empty());
    Ok(())
}

/// One statement for many rows: each run is told, in order.
pub fn many_rows_in_their_order(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let insert = insert_text(bench);
    let mut db = connect(&engine);
    let mut runs = Runs::default();
    let rows = Numbered((0..500).rev().collect());
    db.raw().expect("open").execute_many(&insert, &rows, &mut runs).wait().expect("rows");
    let expected: Vec<(usize, u64)> = (0..500).map(|run| (run, 1)).collect();
    assert_eq!(runs.done, expected);
    assert!(runs.returned.is_empty());
    assert_eq!(number(&mut db, "SELECT count(*) FROM numbers"), 500);
    db.raw().expect("open").execute_many(&insert, &Numbered(Vec::new()), &mut ()).wait().expect("no rows");
    Ok(())
}

/// A row that is refused ends it. In a transaction, the rows before it are there until that is taken back.
pub fn many_rows_stop_at_an_error(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let insert = insert_text(bench);
    let mut db = connect(&engine);
    let twice = Numbered(vec![1, 2, 3, 2, 4]);
    let mut runs = Runs::default();
    let error = db.raw().expect("open").execute_many(&insert, &twice, &mut runs).wait().expect_err("twice");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    assert!(runs.done.len() <= 3, "{:?}", runs.done);
    drop(db);
    let mut db = connect(&engine);
    let left = number(&mut db, "SELECT count(*) FROM numbers");
    assert!(left == 0 || left == 3, "rows behind the refused one were written: {left}");
    db.execute(sql("DELETE FROM numbers")).wait().expect("no rows");
    let mut transaction = db.begin().wait().expect("a transaction");
    let raw = transaction.raw().expect("open");
    raw.execute_many(&insert, &twice, &mut ()).wait().expect_err("twice");
    transaction.rollback().wait().expect("the end");
    assert_eq!(number(&mut db, "SELECT count(*) FROM numbers"), 0);
    Ok(())
}

/// Rows that each run returns are told with its number.
pub fn many_rows_return_theirs(bench: &Bench) -> Outcome {
    bench.needs(bench.capabilities().insert_returning, "insert_returning")?;
    let engine = bench.with_tables([numbers()]);
    let insert = format!("{} RETURNING n", insert_text(bench));
    let mut db = connect(&engine);
    let mut runs = Runs::default();
    db.raw().expect("open").execute_many(&insert, &Numbered(vec![7, 5, 6]), &mut runs).wait().expect("rows");
    assert_eq!(runs.returned, [(0, 7), (1, 5), (2, 6)]);
    assert_eq!(runs.done.len(), 3);
    Ok(())
}

/// `INSERT … RETURNING` hands back what the database has made.
pub fn inserts_return_what_the_database_made(bench: &Bench) -> Outcome {
    bench.needs(bench.capabilities().insert_returning, "insert_returning")?;
    let engine = fruits(bench);
    let mut db = connect(&engine);
    let rows = [
        [Fruit.name.set("apple"), Fruit.price.set(3)],
        [Fruit.name.set("plum"), Fruit.price.set(None::<i64>)],
    ];
    let mut ids: Vec<(i64, String)> =
        db.all(insert(Fruit).values(rows).returning((Fruit.id, Fruit.name))).wait().expect("rows");
    ids.sort();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0].0, ids[1].0);
    let (id, name) = ids.remove(0);
    let found = db.one(select(Fruit.name).filter(Fruit.id.eq(id))).wait().expect("the row");
    assert_eq!(found, name);
    Ok(())
}

/// `UPDATE … RETURNING` and `DELETE … RETURNING`.
pub fn updates_and_deletes_return_rows(bench: &Bench) -> Outcome {
    bench.needs(bench.capabilities().update_returning, "update_returning")?;
    let engine = fruits(bench);
    let mut db = connect(&engine);
    let fruit = |name: &str, price| Fruit { name: name.to_owned(), price, ..default() };
    db.insert_all(&[fruit("apple", Some(3)), fruit("plum", Some(1))]).wait().expect("rows");
    let raised = update(Fruit).set(Fruit.price, 9).filter(Fruit.name.eq("plum"));
    let raised = db.all(raised.returning((Fruit.name, Fruit.price))).wait().expect("a row");
    assert_eq!(raised, [("plum".to_owned(), Some(9))]);
    let gone = db.all(delete(Fruit).returning(Fruit.name)).wait().expect("rows");
    assert_eq!(gone.len(), 2);
    assert_eq!(number(&mut db, "SELECT count(*) FROM fruits"), 0);
    Ok(())
}

/// Where the dialect promises it, the driver tells the key of the row that was inserted last.
pub fn the_last_key_is_told_where_it_is_promised(bench: &Bench) -> Outcome {
    bench.needs(bench.capabilities().last_insert_id, "last_insert_id")?;
    let engine = fruits(bench);
    let mut db = connect(&engine);
    for name in ["apple", "plum"] {
        let done = db.execute(sql("INSERT INTO fruits (name) VALUES (?)").bind(name)).wait().expect("a row");
        let id = done.last_insert_id.expect("its key");
        assert_eq!(db.one(select(Fruit.name).filter(Fruit.id.eq(id))).wait().expect("the row"), name);
    }
    Ok(())
}

/// As many parameters as the dialect says can be bound; one more is an error and not a crash.
pub fn every_parameter_up_to_the_limit(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO numbers (n) VALUES (7)")).wait().expect("a row");
    let capabilities = db.dialect().capabilities().clone();
    let count = |db: &mut aludel::Connection, parameters: usize| {
        let words: Vec<String> = (1..=parameters).map(|n| placeholder(&capabilities, n)).collect();
        let query = format!("SELECT count(*) FROM numbers WHERE n IN ({})", words.join(", "));
        let mut values = vec![ValueRef::I64(0); parameters];
        values[parameters - 1] = ValueRef::I64(7);
        let mut found = 0_i64;
        let mut sink = |row: &dyn Row| {
            found = RowReader::new(row).read()?;
            Ok(std::ops::ControlFlow::Continue(()))
        };
        db.raw().expect("open").fetch(&query, &values, &mut sink).wait().map(|()| found)
    };
    assert_eq!(count(&mut db, capabilities.max_parameters).expect("as many as promised"), 1);
    if let Err(error) = count(&mut db, capabilities.max_parameters + 1) {
        assert!(!error.is_disconnect(), "{error}");
    }
    assert_eq!(count(&mut db, 1).expect("the connection goes on"), 1);
    Ok(())
}

/// A value of another type, a NULL and a missing column are errors that say where.
pub fn a_row_that_does_not_fit_names_its_column(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO numbers (n, word) VALUES (300, 'old')")).wait().expect("a row");
    db.execute(sql("INSERT INTO numbers (n, word) VALUES (-1, NULL)")).wait().expect("a row");
    let error = db.one(sql("SELECT word FROM numbers WHERE n = 300").rows::<i64>()).wait().expect_err("text");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("word"), "{error}");
    let error =
        db.one(sql("SELECT word FROM numbers WHERE n = -1").rows::<String>()).wait().expect_err("NULL");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("word") && error.to_string().contains("NULL"), "{error}");
    let error = db.one(sql("SELECT n FROM numbers WHERE n = 300").rows::<u8>()).wait().expect_err("large");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("300"), "{error}");
    let error = db.all(sql("SELECT n FROM numbers").rows::<(i64, i64)>()).wait().expect_err("one column");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!(number(&mut db, "SELECT count(*) FROM numbers"), 2);
    Ok(())
}

/// A NUL in a statement is no end of it, and one in a value is kept or refused.
pub fn a_nul_is_refused_or_kept(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO numbers (n, word) VALUES (1, 'a')")).wait().expect("a row");
    let cut = db.raw().expect("open").execute("DELETE FROM numbers WHERE n = 2\0 OR n = 1", &[]).wait();
    assert!(cut.is_err(), "a statement with a NUL ran");
    drop(db.raw().expect("open").execute("DELETE FROM numbers\0 WHERE n = 2", &[]).wait());
    assert_eq!(number(&mut db, "SELECT count(*) FROM numbers"), 1, "a statement was cut at its NUL");
    let kept = db.execute(sql("UPDATE numbers SET word = ?").bind("a\0b")).wait();
    let word: String = db.one(sql("SELECT word FROM numbers").rows()).wait().expect("a text");
    assert_eq!(word, if kept.is_ok() { "a\0b" } else { "a" });
    Ok(())
}

/// Bytes that are no UTF-8 are refused on the way in or on the way out, or have a form in text that keeps them.
pub fn bytes_that_are_no_text_are_never_text(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([table("words").column(column("word", text()))]);
    let mut db = connect(&engine);
    let words = placeholder(db.dialect().capabilities(), 1);
    let insert = format!("INSERT INTO words (word) VALUES ({words})");
    let written = db.raw().expect("open").execute(&insert, &[ValueRef::Bytes(&[0xff, 0xfe])]).wait();
    if written.is_ok() {
        // Some have a form of bytes in text. What nobody may do is to replace what is no character.
        match db.one(sql("SELECT word FROM words").rows::<String>()).wait() {
            Ok(text) => assert!(!text.contains('\u{fffd}') && text.len() >= 2, "{text:?}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Decode, "{error}"),
        }
    }
    assert_eq!(number(&mut db, "SELECT 1"), 1);
    Ok(())
}

/// A text with several statements is none that can be executed.
pub fn one_statement_is_one_statement(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO numbers (n) VALUES (1)")).wait().expect("a row");
    let two = "DELETE FROM numbers WHERE n = 5; DELETE FROM numbers";
    let error = db.raw().expect("open").execute(two, &[]).wait().expect_err("two statements");
    assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
    assert_eq!(number(&mut db, "SELECT count(*) FROM numbers"), 1);
    Ok(())
}

/// Whatever the driver keeps prepared, more statements than that run.
pub fn more_statements_than_anybody_prepares(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO numbers (n) VALUES (1)")).wait().expect("a row");
    for round in 0..2 {
        for more in 0..300_i64 {
            let query = sql(format!("SELECT n + {more} FROM numbers WHERE n = ?")).bind(1_i64);
            assert_eq!(db.one(query.rows::<i64>()).wait().expect("a row"), more + 1, "round {round}");
        }
    }
    Ok(())
}

/// A statement that was prepared before its table changed reads the table as it is.
pub fn a_prepared_statement_follows_its_table(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([numbers()]);
    let mut db = connect(&engine);
    db.execute(sql("INSERT INTO numbers (n, word) VALUES (1, 'a')")).wait().expect("a row");
    for _ in 0..8 {
        db.all(sql("SELECT * FROM numbers").rows::<(i64, String)>()).wait().expect("a row");
    }
    db.execute_script("ALTER TABLE numbers ADD COLUMN more INTEGER DEFAULT 5").wait().expect("a column");
    let row = db.one(sql("SELECT * FROM numbers").rows::<(i64, String, i64)>()).wait().expect("a row");
    assert_eq!(row, (1, "a".to_owned(), 5));
    Ok(())
}

/// A query that is ended early leaves the connection as it was.
pub fn a_sink_may_stop_early(bench: &Bench) -> Outcome {
    let small = table("numbers").column(column("n", integer()));
    let engine = bench.with_tables([small]);
    let mut db = connect(&engine);
    let values: Vec<String> = (0..1_000).map(|n| format!("({n})")).collect();
    db.execute_script(&format!("INSERT INTO numbers VALUES {}", values.join(", "))).wait().expect("rows");
    for _ in 0..3 {
        let first = db.first(sql("SELECT n FROM numbers ORDER BY n").rows::<i64>()).wait().expect("a row");
        assert_eq!(first, Some(0));
    }
    assert_eq!(number(&mut db, "SELECT count(*) FROM numbers"), 1_000);
    let error = db.all(sql("SELECT n FROM numbers ORDER BY n").rows::<u8>()).wait().expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(number(&mut db, "SELECT count(*) FROM numbers"), 1_000);
    Ok(())
}
