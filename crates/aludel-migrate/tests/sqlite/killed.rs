//! An upgrade that is killed at any step leaves the database at a revision, never between two.

use std::process::Command;

use aludel_engine::Wait;
use aludel_migrate::operation::Operations;
use aludel_migrate::prelude::*;
use aludel_migrate::{Environment, Script, command};
use aludel_sql::MetaData;

use crate::support::{catalogue, environment, open, rows, script};

const URL: &str = "ALUDEL_KILLED_URL";
const AT: &str = "ALUDEL_KILLED_AT";

fn project() -> Environment {
    fn create(op: &mut Operations) {
        op.create_table(
            table("t")
                .column(column("id", integer()).primary_key())
                .column(column("a", text()).unique())
                .column(column("b", text())),
        );
        op.execute("INSERT INTO t VALUES (1, 'x', 'y'), (2, 'z', 'w')");
    }
    fn change(op: &mut Operations) {
        op.drop_column("t", "a");
        op.execute("UPDATE t SET b = 'changed'");
        op.alter_column("t", "b").not_null();
    }
    let made = |revision, upgrade| Script {
        revision,
        upgrade,
        downgrade: |_: &mut Operations| {},
        source: "//! a step\n",
        file: "step.rs",
    };
    environment(
        MetaData::new(),
        vec![made(Revision::new("aaaa1"), create), made(Revision::new("bbbb2").revises("aaaa1"), change)],
    )
}

/// The process that is killed: this test, started again by the one below.
#[test]
fn child() {
    let (Ok(url), Ok(at)) = (std::env::var(URL), std::env::var(AT)) else { return };
    let at: usize = at.parse().unwrap();
    let env = project();
    let mut count = 0;
    let engine = env.engine(&url).unwrap();
    let upgrade = async {
        let mut observe = |_: command::Event<'_>| {
            if count == at {
                std::process::abort();
            }
            count += 1;
        };
        command::upgrade(&env, &engine, "head", &mut observe).await
    };
    upgrade.wait().unwrap();
}

#[test]
fn a_killed_upgrade_leaves_the_database_at_a_revision() {
    let directory = std::env::temp_dir().join(format!("aludel-killed-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let mut seen = [0; 3];
    for at in 0.. {
        assert!(at < 100, "the upgrade never ends");
        let url = format!("sqlite:///{}", directory.join(format!("{at}.sqlite")).display());
        let program = std::env::current_exe().unwrap();
        let output = Command::new(program)
            .args(["killed::child", "--exact"])
            .env(URL, &url)
            .env(AT, at.to_string())
            .output();
        let finished = output.unwrap().status.success();
        let engine = open(&url).unwrap();
        let is_versioned =
            rows::<i64>(&engine, "SELECT count(*) FROM sqlite_master WHERE name = 'aludel_version'");
        let version = match is_versioned[0] {
            0 => Vec::new(),
            _ => rows::<String>(&engine, "SELECT version_num FROM aludel_version"),
        };
        let tables: Vec<String> = catalogue(&engine)
            .into_iter()
            .filter(|(kind, ..)| kind == "table")
            .map(|(_, name, _)| name)
            .collect();
        match version.first().map(String::as_str) {
            None => {
                seen[0] += 1;
                assert_eq!(tables, [""; 0]);
            }
            Some("aaaa1") => {
                seen[1] += 1;
                assert_eq!(tables, ["t"]);
                assert_eq!(rows::<String>(&engine, "SELECT a || b FROM t ORDER BY id"), ["xy", "zw"]);
            }
            Some(_) => {
                seen[2] += 1;
                assert_eq!(version, ["bbbb2"]);
                assert_eq!(tables, ["t"]);
                assert_eq!(rows::<String>(&engine, "SELECT b FROM t"), ["changed", "changed"]);
            }
        }
        // Whatever stayed, the same command goes on from there.
        let env = project();
        command::upgrade(&env, &engine, "head", &mut |_| {}).wait().unwrap();
        assert_eq!(rows::<String>(&engine, "SELECT version_num FROM aludel_version"), ["bbbb2"]);
        script(&engine, "INSERT INTO t (b) VALUES ('more')");
        if finished {
            break;
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    std::fs::remove_dir_all(&directory).unwrap();
}
