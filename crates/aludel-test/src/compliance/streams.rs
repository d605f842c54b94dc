//! Rows that are read bit by bit, and rows whose columns are read by name.

use aludel::prelude::*;
use aludel::schema::{column, primary_key, table};
use aludel::sql::decode::DecodeError;
use aludel::types::{big_integer, string};
use aludel::{Connection, ErrorKind, Table, Value};

use super::{Bench, Outcome, connect, number};

/// How many rows the table of the streams has.
const ROWS: i64 = 1_000;

/// Far more rows than anybody reads here.
const MILLION: &str = "SELECT a.n * 1000 + b.n FROM counted a CROSS JOIN counted b";

fn counted(name: &'static str) -> Table {
    table(name)
        .column(column("n", big_integer()).autoincrement(false).not_null())
        .column(column("word", string(40)))
        .primary_key(primary_key(["n"]))
}

/// A table of numbers from 0, each with a word, and an empty one.
fn filled(bench: &Bench) -> Engine {
    let engine = bench.with_tables([counted("counted"), counted("others")]);
    let rows: Vec<(i64, String)> = (0..ROWS).map(|n| (n, format!("word {n}"))).collect();
    let new = insert(&counted("counted")).columns(["n", "word"]);
    connect(&engine).execute_many(new, &rows).wait().expect("rows");
    engine
}

fn all_there(db: &mut Connection) {
    assert_eq!(number(db, "SELECT count(*) FROM counted"), ROWS);
}

/// Each row comes once and in its order, however many are read at a time.
pub fn every_row_comes_once_and_in_order(bench: &Bench) -> Outcome {
    bench.needs(bench.features().streaming, "streaming")?;
    let engine = filled(bench);
    let mut db = connect(&engine);
    for batch in [1, 7, 990, 991, 5_000] {
        let query = sql("SELECT n, word FROM counted WHERE n >= ? ORDER BY n").bind(10_i64);
        let mut rows = db.stream(query.rows::<(i64, String)>()).yield_per(batch);
        for n in 10..ROWS {
            let row = rows.next().wait().expect("a row");
            assert_eq!(row, Some((n, format!("word {n}"))), "by {batch}");
        }
        for _ in 0..2 {
            assert_eq!(rows.next().wait().expect("the end"), None, "by {batch}");
        }
        drop(rows);
        all_there(&mut db);
    }
    Ok(())
}

/// Parts are full but the last one, and no rows make no part.
pub fn parts_are_full_but_the_last(bench: &Bench) -> Outcome {
    bench.needs(bench.features().streaming, "streaming")?;
    let engine = filled(bench);
    let mut db = connect(&engine);
    let mut parts = db.stream(sql("SELECT n FROM counted ORDER BY n").rows::<i64>()).partitions(300);
    let mut read = Vec::new();
    while let Some(part) = parts.next().wait().expect("a part") {
        read.push(part);
    }
    drop(parts);
    let sizes: Vec<usize> = read.iter().map(Vec::len).collect();
    assert_eq!(sizes, [300, 300, 300, 100]);
    assert!(read.into_iter().flatten().eq(0..ROWS));
    let none = || sql("SELECT n FROM counted WHERE n < 0").rows::<i64>();
    assert_eq!(db.stream(none()).partitions(300).next().wait().expect("nothing"), None);
    assert!(db.stream(none()).all().wait().expect("nothing").is_empty());
    all_there(&mut db);
    Ok(())
}

/// Whoever leaves a stream, by dropping or closing it, can go on with the connection, and in the transaction around it.
pub fn a_stream_that_is_left_early_leaves_a_clean_connection(bench: &Bench) -> Outcome {
    bench.needs(bench.features().streaming, "streaming")?;
    let engine = filled(bench);
    let mut db = connect(&engine);
    for (taken, close) in [(0, false), (0, true), (1, false), (1, true), (700, false), (700, true)] {
        let mut rows = db.stream(sql(MILLION).rows::<i64>()).yield_per(250);
        for _ in 0..taken {
            assert!(rows.next().wait().expect("a row").is_some());
        }
        if close {
            rows.close().wait().expect("the end");
        } else {
            drop(rows);
        }
        assert!(!db.in_transaction());
        all_there(&mut db);
    }
    let mut transaction = db.begin().wait().expect("a transaction");
    transaction.execute(sql("INSERT INTO others (n) VALUES (1)")).wait().expect("a row");
    let mut rows = transaction.stream(sql(MILLION).rows::<i64>()).yield_per(250);
    assert!(rows.next().wait().expect("a row").is_some());
    drop(rows);
    transaction.execute(sql("INSERT INTO others (n) VALUES (2)")).wait().expect("a row");
    transaction.commit().wait().expect("the end");
    assert_eq!(number(&mut db, "SELECT count(*) FROM others"), 2);
    // The pool's next user finds nothing of a stream that was left behind with its connection.
    db.stream(sql(MILLION).rows::<i64>()).next().wait().expect("a row");
    drop(db);
    all_there(&mut connect(&engine));
    Ok(())
}

/// A row that can't be read ends a stream behind the rows in front of it, and the connection goes on.
pub fn an_error_ends_a_stream_behind_its_rows(bench: &Bench) -> Outcome {
    bench.needs(bench.features().streaming, "streaming")?;
    let engine = filled(bench);
    let mut db = connect(&engine);
    let query = "SELECT CASE WHEN n < 30 THEN n ELSE NULL END FROM counted WHERE n >= ? ORDER BY n";
    let mut rows = db.stream(sql(query).bind(5_i64).rows::<i64>()).yield_per(100);
    for n in 5..30 {
        assert_eq!(rows.next().wait().expect("a row"), Some(n));
    }
    let error = rows.next().wait().expect_err("a NULL is no number");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert!(error.statement().expect("a statement").contains("CASE"), "{error}");
    assert_eq!(rows.next().wait().expect("the end"), None);
    drop(rows);
    let mut rows = db.stream(sql("SELECT n FROM nowhere").rows::<i64>());
    let error = rows.next().wait().expect_err("no such table");
    assert_eq!(error.kind(), ErrorKind::Programming, "{error}");
    drop(rows);
    all_there(&mut db);
    Ok(())
}

/// In a transaction, other statements run while rows are still to come, and change nothing about these.
pub fn other_statements_run_in_between(bench: &Bench) -> Outcome {
    bench.needs(bench.features().server_cursors, "server_cursors")?;
    let engine = filled(bench);
    let mut db = connect(&engine);
    let mut transaction = db.begin().wait().expect("a transaction");
    let query = sql("SELECT n FROM counted ORDER BY n").rows::<i64>();
    let mut rows = transaction.stream(query).yield_per(10);
    let mut written = 0;
    for n in 0..ROWS {
        assert_eq!(rows.next().wait().expect("a row"), Some(n));
        // In the middle of a batch, and between two of them.
        if n % 95 == 0 {
            let between = rows.connection().expect("room");
            let note = sql("INSERT INTO others (n) VALUES (?)").bind(n);
            between.execute(note).wait().expect("a row");
            all_there(between);
            written += 1;
        }
    }
    assert_eq!(rows.next().wait().expect("the end"), None);
    all_there(rows.connection().expect("room"));
    drop(rows);
    transaction.commit().wait().expect("the end");
    assert_eq!(number(&mut db, "SELECT count(*) FROM others"), written);
    Ok(())
}

/// Where no other statement can run in between, that is said, with the way out, and the stream goes on.
pub fn where_nothing_runs_in_between_it_is_said(bench: &Bench) -> Outcome {
    bench.needs(bench.features().streaming, "streaming")?;
    let engine = filled(bench);
    let mut db = connect(&engine);
    // Also where there are cursors: they live in transactions.
    let mut rows = db.stream(sql("SELECT n FROM counted ORDER BY n").rows::<i64>()).yield_per(10);
    assert_eq!(rows.next().wait().expect("a row"), Some(0));
    let error = rows.connection().expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::NotSupported, "{error}");
    assert!(error.to_string().contains("second connection"), "{error}");
    let rest = rows.all().wait().expect("the rest");
    assert!(rest.into_iter().eq(1..ROWS));
    all_there(&mut db);
    Ok(())
}

#[derive(FromRow, Clone, Debug, PartialEq)]
struct Word {
    word: Option<String>,
    #[from_row(rename = "n")]
    number: i64,
    #[from_row(default)]
    times: i64,
}

/// A struct's fields are found by the names of the columns, wherever these stand.
pub fn structs_are_read_by_name(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([counted("counted")]);
    let mut db = connect(&engine);
    let new = insert(&counted("counted")).columns(["n", "word"]);
    db.execute_many(new, [(1_i64, Some("one")), (2, None)]).wait().expect("rows");
    let expected = |times| {
        let one = Word { word: Some("one".to_owned()), number: 1, times };
        [one, Word { word: None, number: 2, times }]
    };
    for (query, times) in [
        ("SELECT n, word FROM counted ORDER BY n", 0),
        ("SELECT word, n FROM counted ORDER BY n", 0),
        ("SELECT n + 5 AS a, word, n + 6 AS times, 1 AS b, n FROM counted WHERE n = 1", 7),
    ] {
        let found = db.all(sql(query).rows::<Word>()).wait().expect(query);
        assert_eq!(found, expected(times)[..found.len()], "{query}");
        assert!(!found.is_empty(), "{query}");
    }
    let missing = sql("SELECT n AS m, word FROM counted").rows::<Word>();
    let error = db.all(missing).wait().expect_err("no such column");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert!(error.to_string().contains("no column `n`"), "{error}");
    all_of_two(&mut db);
    Ok(())
}

/// Rows of which nothing is known before tell their names and values.
pub fn dynamic_rows_are_asked_by_place_and_by_name(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([counted("counted")]);
    let mut db = connect(&engine);
    let new = insert(&counted("counted")).columns(["n", "word"]);
    db.execute_many(new, [(1_i64, Some("one")), (2, None)]).wait().expect("rows");
    let query = "SELECT word AS name, n AS number FROM counted ORDER BY n";
    let rows = db.all(sql(query).rows::<DynamicRow>()).wait().expect("rows");
    let [one, two] = rows.as_slice() else { panic!("two rows, not {}", rows.len()) };
    assert_eq!(one.names().collect::<Vec<_>>(), ["name", "number"]);
    assert_eq!(one.get::<String>("name").expect("a text"), "one");
    assert_eq!(one.get::<i64>("number").expect("a number"), 1);
    assert_eq!(one.get::<i64>(1).expect("a number"), 1);
    assert_eq!(two.get::<Option<String>>("name").expect("no text"), None);
    assert_eq!(two.get_value("name").expect("a column"), &Value::Null);
    assert_eq!(two.read::<(Option<String>, i64)>().expect("both"), (None, 2));
    let refused = one.get::<i64>("missing").expect_err("no such column").to_string();
    assert!(refused.contains("`missing`") && refused.contains("`name`, `number`"), "{refused}");
    // They take what a struct leaves.
    let (name, rest) =
        db.first(sql(query).rows::<(String, DynamicRow)>()).wait().expect("a row").expect("one");
    assert_eq!((name.as_str(), rest.get::<i64>("number").expect("a number")), ("one", 1));
    all_of_two(&mut db);
    Ok(())
}

#[derive(FromRow, Debug)]
struct Strict {
    #[from_row(rename = "n")]
    _number: i64,
    word: String,
}

/// Whatever a row is read as, what does not fit is named: the column, its place, its type where the database tells it, and the
/// Rust type; also of a stream, and the connection goes on.
pub fn what_does_not_fit_is_named(bench: &Bench) -> Outcome {
    let engine = bench.with_tables([counted("counted")]);
    let mut db = connect(&engine);
    let new = insert(&counted("counted")).columns(["n", "word"]);
    db.execute_many(new, [(1_i64, Some("one")), (2, None)]).wait().expect("rows");
    let names = |error: aludel::Error, place: usize, column: &str, rust: &str, why: &str| {
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let decoding =
            std::error::Error::source(&error).and_then(|source| source.downcast_ref::<DecodeError>());
        let decoding = decoding.unwrap_or_else(|| panic!("no `DecodeError` behind {error}"));
        assert_eq!((decoding.position(), decoding.column()), (Some(place), Some(column)), "{error}");
        assert_eq!(decoding.rust_type(), Some(rust), "{error}");
        let message = error.to_string();
        let mut parts = vec![format!("`{column}`"), format!("`{rust}`"), why.to_owned()];
        // Those who know what a column is called know its type, too; an expression may have none.
        parts.extend(decoding.sql_type().map(|sql_type| format!("of the type `{sql_type}`")));
        assert!(parts.iter().all(|part| message.contains(part)), "{parts:?}: {message}");
        assert!(error.statement().expect("a statement").contains("counted"), "{error}");
    };
    let wrong = "SELECT n, word FROM counted WHERE n = 1";
    let null = "SELECT n, word FROM counted WHERE n = 2";
    let read = db.all(sql(wrong).rows::<(i64, i64)>()).wait();
    names(read.expect_err("a text"), 1, "word", "i64", "text");
    let read = db.all(sql(null).rows::<(i64, String)>()).wait();
    names(read.expect_err("a NULL"), 1, "word", "String", "NULL");
    // By the names of the columns, wherever they stand.
    let swapped = "SELECT word, n FROM counted WHERE n = 2";
    let error = db.all(sql(swapped).rows::<Strict>()).wait().expect_err("a NULL");
    assert!(error.to_string().contains("field `Strict.word`"), "{error}");
    names(error, 0, "word", "String", "NULL");
    let strict = db.one(sql(wrong).rows::<Strict>()).wait().expect("it fits");
    assert_eq!(strict.word, "one");
    if bench.features().streaming {
        let error = db.stream(sql(null).rows::<Strict>()).next().wait().expect_err("a NULL");
        names(error, 1, "word", "String", "NULL");
    }
    // A row of which nothing was known is asked later.
    for (query, rust, why) in [(wrong, "i64", "text"), (null, "String", "NULL")] {
        let row = db.one(sql(query).rows::<DynamicRow>()).wait().expect("a row");
        let error = match rust {
            "i64" => row.get::<i64>("word").map(|_| ()),
            _ => row.get::<String>("word").map(|_| ()),
        };
        let error = error.expect_err("it does not fit");
        assert_eq!(
            (error.position(), error.column(), error.rust_type()),
            (Some(1), Some("word"), Some(rust))
        );
        assert!(error.to_string().contains(why), "{error}");
    }
    all_of_two(&mut db);
    Ok(())
}

fn all_of_two(db: &mut Connection) {
    assert_eq!(number(db, "SELECT count(*) FROM counted"), 2);
}
