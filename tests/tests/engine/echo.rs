//! What `echo` and slow statements write to the standard error output, where it can't be caught in one's own process: each test
//! runs once more in another one.

use std::process::Command;
use std::time::Duration;

use aludel::engine::events::Echo;
use aludel::prelude::*;
use aludel::{EngineOptions, ExecutionOptions};

/// Set in the other process.
const THERE: &str = "ALUDEL_TESTS_ECHO";

/// What the work writes, in a process in which nothing but the test of this name runs; `None` in that process.
fn written(name: &str, work: impl FnOnce()) -> Option<Vec<String>> {
    if std::env::var_os(THERE).is_some() {
        work();
        return None;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([&format!("echo::{name}"), "--exact", "--nocapture"])
        .env(THERE, "1")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    Some(text.lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect())
}

fn work(engine: &Engine) {
    let mut connection = engine.connect().wait().unwrap();
    connection.execute_script("CREATE TABLE t (word TEXT UNIQUE)").wait().unwrap();
    let mut transaction = connection.begin().wait().unwrap();
    transaction.execute(sql("INSERT INTO t VALUES (?)").bind("hush")).wait().unwrap();
    transaction.begin_nested().wait().unwrap().commit().wait().unwrap();
    transaction.begin_nested().wait().unwrap().rollback().wait().unwrap();
    transaction.execute_many(sql("INSERT INTO t VALUES (?)"), [("hush 1",), ("hush 2",)]).wait().unwrap();
    let tagged = ExecutionOptions::new().tag("report");
    let query = sql("SELECT word FROM t WHERE word <> ?").bind("hush").rows::<String>();
    transaction.with_execution_options(tagged).all(query).wait().unwrap();
    transaction.commit().wait().unwrap();
    connection.execute(sql("INSERT INTO t VALUES (?)").bind("hush")).wait().unwrap_err();
    connection.begin().wait().unwrap().rollback().wait().unwrap();
}

/// Each line begins so, and ends so behind the time that it took.
fn are(lines: &[String], expected: &[(&str, &str)]) {
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, (start, end)) in lines.iter().zip(expected) {
        let rest = line.strip_prefix(start).unwrap_or_else(|| panic!("{start}: {lines:#?}"));
        assert!(rest.ends_with(end), "{end}: {lines:#?}");
        // There is no more than the time in between.
        assert!(end.is_empty() == rest.is_empty() && rest.len() < end.len() + 20, "{end}: {lines:#?}");
    }
}

#[test]
fn everything_is_echoed() {
    let lines = written("everything_is_echoed", || work(&Engine::new("sqlite://?echo=on").unwrap()));
    let Some(lines) = lines else { return };
    are(
        &lines,
        &[
            ("[1] CREATE TABLE t (word TEXT UNIQUE)  -- ", ", 0 changed"),
            ("[1] BEGIN", ""),
            ("[1] INSERT INTO t VALUES (?)  ['hush']  -- ", ", 1 changed"),
            ("[1] SAVEPOINT aludel_1", ""),
            ("[1] RELEASE SAVEPOINT aludel_1", ""),
            ("[1] SAVEPOINT aludel_1", ""),
            ("[1] ROLLBACK TO SAVEPOINT aludel_1", ""),
            ("[1] INSERT INTO t VALUES (?) × 2  -- ", ", 2 changed"),
            ("[1] [report] SELECT word FROM t WHERE word <> ?  ['hush']  -- ", ", 2 returned"),
            ("[1] COMMIT", ""),
            (
                "[1] INSERT INTO t VALUES (?)  ['hush']  -- failed: UniqueViolation: UNIQUE constraint failed: t.wor",
                "d",
            ),
            ("[1] BEGIN", ""),
            ("[1] ROLLBACK", ""),
        ],
    );
}

#[test]
fn parameters_are_hidden_on_request() {
    let lines = written("parameters_are_hidden_on_request", || {
        work(&Engine::new("sqlite://?echo=on&hide_parameters=on").unwrap());
        // Or of one part of the work.
        let engine = Engine::new("sqlite://?echo=on").unwrap();
        let engine = engine.with_execution_options(ExecutionOptions::new().hide_parameters(true));
        work(&engine);
    });
    let Some(lines) = lines else { return };
    assert_eq!(lines.len(), 26, "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("hush")), "{lines:#?}");
    assert!(lines[2].starts_with("[1] INSERT INTO t VALUES (?)  -- "), "{lines:#?}");
}

#[test]
fn slow_statements_alone_are_written() {
    let lines = written("slow_statements_alone_are_written", || {
        for limit in [Duration::ZERO, Duration::from_secs(1_000)] {
            let slow = Echo::new().slower_than(limit).hide_parameters();
            work(&Engine::new_with("sqlite://", EngineOptions::new().listener(slow)).unwrap());
        }
    });
    let Some(lines) = lines else { return };
    are(
        &lines,
        &[
            ("[1] CREATE TABLE t (word TEXT UNIQUE)  -- ", ", 0 changed"),
            ("[1] INSERT INTO t VALUES (?)  -- ", ", 1 changed"),
            ("[1] INSERT INTO t VALUES (?) × 2  -- ", ", 2 changed"),
            ("[1] [report] SELECT word FROM t WHERE word <> ?  -- ", ", 2 returned"),
        ],
    );
}
