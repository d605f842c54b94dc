//! Revisions on a real database: version rows, the ledger, failures, several deployers.

use aludel_engine::Wait;
use aludel_migrate::operation::Operations;
use aludel_migrate::prelude::*;
use aludel_migrate::{ErrorKind, Script, command};
use aludel_sql::MetaData;

use crate::support::{catalogue, environment, memory, open, reflect, rows, script};

const fn revision(
    revision: Revision,
    upgrade: fn(&mut Operations),
    downgrade: fn(&mut Operations),
) -> Script {
    Script { revision, upgrade, downgrade, source: "//! a step\n", file: "step.rs" }
}

fn create_users(op: &mut Operations) {
    op.create_table(
        table("users")
            .column(column("id", big_integer()).primary_key())
            .column(column("name", string(50)).not_null().unique()),
    );
}

fn add_email(op: &mut Operations) {
    op.add_column("users", column("email", string(100)).unique());
}

fn history() -> Vec<Script> {
    vec![
        revision(Revision::new("aaaa1"), create_users, |op| op.drop_table("users")),
        revision(Revision::new("bbbb2").revises("aaaa1"), add_email, |op| op.drop_column("users", "email")),
        revision(
            Revision::new("cccc3").revises("bbbb2"),
            |op| {
                op.execute("INSERT INTO users (name) VALUES ('root')");
                op.alter_column("users", "email").not_null();
            },
            |op| {
                op.alter_column("users", "email").nullable();
            },
        ),
    ]
}

#[test]
fn upgrades_and_downgrades_move_the_version_row_and_fill_the_ledger() {
    let engine = memory();
    let env = environment(MetaData::new(), history());
    assert_eq!(command::current(&env, &engine).wait().unwrap().rows, [""; 0]);
    let report = command::upgrade(&env, &engine, "bbbb2", &mut |_| {}).wait().unwrap();
    assert_eq!(report.after, ["bbbb2"]);
    assert_eq!(report.ran.iter().map(|ran| ran.revision.as_str()).collect::<Vec<_>>(), ["aaaa1", "bbbb2"]);
    assert_eq!(rows::<String>(&engine, "SELECT version_num FROM aludel_version"), ["bbbb2"]);
    script(&engine, "INSERT INTO users (name, email) VALUES ('alice', 'a@example.org')");
    let report = command::downgrade(&env, &engine, "-1", &mut |_| {}).wait().unwrap();
    assert_eq!(report.after, ["aaaa1"]);
    assert_eq!(rows::<(i64, String)>(&engine, "SELECT * FROM users"), [(1, "alice".into())]);
    assert!(command::upgrade(&env, &engine, "aaaa1", &mut |_| {}).wait().unwrap().ran.is_empty());
    command::downgrade(&env, &engine, "base", &mut |_| {}).wait().unwrap();
    assert_eq!(catalogue(&engine), []);
    let ledger = command::ledger(&env, &engine).wait().unwrap();
    let told: Vec<_> = ledger.iter().map(|row| (row.revision.as_str(), row.action.as_str())).collect();
    assert_eq!(
        told,
        [("aaaa1", "upgrade"), ("bbbb2", "upgrade"), ("bbbb2", "downgrade"), ("aaaa1", "downgrade")]
    );
    assert!(ledger[0].checksum.is_some() && ledger[0].started_at.starts_with("20"), "{ledger:?}");
}

#[test]
fn a_revision_that_fails_leaves_nothing_and_those_before_it_stay() {
    let engine = memory();
    let env = environment(MetaData::new(), history());
    let error = command::upgrade(&env, &engine, "head", &mut |_| {}).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("upgrade of revision `cccc3`"), "{error}");
    assert!(error.to_string().contains("`users.email`"), "{error}");
    assert_eq!(command::current(&env, &engine).wait().unwrap().rows, ["bbbb2"]);
    // The row that the revision inserted is gone with it.
    assert_eq!(rows::<i64>(&engine, "SELECT count(*) FROM users"), [0]);
    assert_eq!(rows::<i64>(&engine, "PRAGMA foreign_keys"), [1]);
}

#[test]
fn stamps_move_rows_only() {
    let engine = memory();
    let env = environment(MetaData::new(), history());
    assert_eq!(command::stamp(&env, &engine, &["bbbb2"], false).wait().unwrap().after, ["bbbb2"]);
    assert_eq!(catalogue(&engine), []);
    script(&engine, "UPDATE aludel_version SET version_num = 'zzzz9'");
    let error = command::upgrade(&env, &engine, "head", &mut |_| {}).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revision);
    assert!(error.to_string().contains("zzzz9"), "{error}");
    assert!(command::stamp(&env, &engine, &["head"], false).wait().is_err());
    assert_eq!(command::stamp(&env, &engine, &["head"], true).wait().unwrap().after, ["cccc3"]);
    assert_eq!(command::stamp(&env, &engine, &["base"], false).wait().unwrap().after, [""; 0]);
}

#[test]
fn what_differs_is_only_told_at_head() {
    let engine = memory();
    let users = table("users")
        .column(column("id", big_integer()).primary_key())
        .column(column("name", string(50)).not_null().unique())
        .column(column("email", string(100)).unique())
        .column(column("age", integer()));
    let mut scripts = history();
    scripts.pop();
    let env = environment(MetaData::new().add(users), scripts.clone());
    let error = command::check(&env, &engine).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAtHead);
    assert!(error.to_string().contains("base") && error.to_string().contains("`bbbb2`"), "{error}");
    command::upgrade(&env, &engine, "head", &mut |_| {}).wait().unwrap();
    let difference = command::check(&env, &engine).wait().unwrap();
    assert_eq!(difference.operations.len(), 1, "{difference:?}");
    let none = environment(MetaData::new(), scripts);
    let error = command::check(&none, &engine).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
}

#[test]
fn deployers_that_run_at_once_take_turns() {
    let directory = std::env::temp_dir().join(format!("aludel-turns-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let url = format!("sqlite:///{}?busy_timeout=20000", directory.join("db.sqlite").display());
    let deployers: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || {
                let mut scripts = history();
                scripts.pop();
                let env = environment(MetaData::new(), scripts);
                let engine = env.engine(&url).unwrap();
                let report = command::upgrade(&env, &engine, "heads", &mut |_| {}).wait();
                report.map(|report| (report.ran.len(), report.after))
            })
        })
        .collect();
    let reports: Vec<_> = deployers.into_iter().map(|deployer| deployer.join().unwrap().unwrap()).collect();
    assert_eq!(reports.iter().map(|(ran, _)| ran).sum::<usize>(), 2, "{reports:?}");
    assert!(reports.iter().all(|(_, after)| after == &["bbbb2"]), "{reports:?}");
    let engine = open(&url).unwrap();
    assert_eq!(rows::<i64>(&engine, "SELECT count(*) FROM aludel_ledger"), [2]);
    drop(engine);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_script_does_what_the_online_run_does() {
    let mut scripts = history();
    scripts.pop();
    scripts.push(revision(
        Revision::new("dddd4").revises("bbbb2"),
        |op| {
            op.create_table(table("notes").column(column("id", integer()).primary_key()));
            op.add_column("notes", column("user_id", big_integer()));
            op.create_foreign_key("fk", "notes", foreign_key(["user_id"]).references("users", ["id"]));
            op.execute(insert_note());
            op.drop_column("users", "email");
        },
        |op| {
            op.add_column("users", column("email", string(100)).unique());
            op.drop_table("notes");
        },
    ));
    let env = environment(MetaData::new(), scripts);
    let (online, offline) = (memory(), memory());
    command::upgrade(&env, &online, "head", &mut |_| {}).wait().unwrap();
    let dialect = aludel_sql::dialect::sqlite::Sqlite::default();
    let text = command::upgrade_script(&env, &dialect, "head").unwrap();
    script(&offline, &text);
    assert_eq!(reflect(&offline), reflect(&online), "{text}");
    assert_eq!(catalogue(&offline), catalogue(&online), "{text}");
    assert_eq!(rows::<i64>(&offline, "SELECT id FROM notes"), [77]);
    assert_eq!(rows::<String>(&offline, "SELECT version_num FROM aludel_version"), ["dddd4"]);
    command::downgrade(&env, &online, "aaaa1", &mut |_| {}).wait().unwrap();
    script(&offline, &command::downgrade_script(&env, &dialect, "dddd4:aaaa1").unwrap());
    assert_eq!(reflect(&offline), reflect(&online));
    let told = "SELECT version_num, action FROM aludel_ledger ORDER BY id";
    assert_eq!(rows::<(String, String)>(&offline, told), rows::<(String, String)>(&online, told));
    assert_eq!(command::downgrade_script(&env, &dialect, "base").unwrap_err().kind(), ErrorKind::Offline);
}

fn insert_note() -> aludel_sql::ast::Statement {
    sql("INSERT INTO notes (id) VALUES (?)").bind(77_i64).into()
}

#[test]
fn an_upgrade_that_is_given_up_leaves_the_connection_as_it_was() {
    let directory = std::env::temp_dir().join(format!("aludel-given-up-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let url = format!("sqlite:///{}", directory.join("db.sqlite").display());
    let env = environment(MetaData::new(), history());
    let (engine, other) = (open(&url).unwrap(), open(&url).unwrap());
    command::upgrade(&env, &engine, "bbbb2", &mut |_| {}).wait().unwrap();
    // Somebody else writes, so the downgrade has to wait for its turn, and is dropped while it does.
    let writer = other.begin_with(aludel_engine::TransactionOptions::immediate()).wait().unwrap();
    {
        let mut observe = |_: command::Event<'_>| {};
        let mut downgrade = std::pin::pin!(command::downgrade(&env, &engine, "base", &mut observe));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(downgrade.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(rows::<i64>(&engine, "PRAGMA foreign_keys"), [1]);
    writer.rollback().wait().unwrap();
    assert_eq!(command::downgrade(&env, &engine, "base", &mut |_| {}).wait().unwrap().ran.len(), 2);
    drop((engine, other));
    std::fs::remove_dir_all(&directory).unwrap();
}
