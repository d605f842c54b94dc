//! Migrations: up, down, and the commands that look or only write down where a database is.

use std::sync::LazyLock;

use aludel::EngineOptions;
use aludel::migrate::operation::Operations;
use aludel::migrate::prelude::{Revision, column, integer, table, text};
use aludel::migrate::{Environment, Script, command};
use aludel::prelude::*;

use super::{Operation, Part, Scene};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "a migration up",
            before: |scene, _| down(scene),
            work: |scene, _| {
                Box::pin(async move {
                    command::upgrade(&PROJECT, &scene.engine, "head", &mut |_| {}).await?;
                    Ok(())
                })
            },
            after: |scene, _, finished| at_a_revision(scene, finished.then_some(Some(HEAD))),
        },
        Operation {
            name: "a migration down",
            before: |scene, _| {
                down(scene);
                at_once(scene, async |engine| {
                    command::upgrade(&PROJECT, engine, "head", &mut |_| {}).await.unwrap();
                });
            },
            work: |scene, _| {
                Box::pin(async move {
                    command::downgrade(&PROJECT, &scene.engine, "base", &mut |_| {}).await?;
                    Ok(())
                })
            },
            after: |scene, _, finished| at_a_revision(scene, finished.then_some(None)),
        },
    ]
}

/// What changes nothing but the note of where a database is, or not even that.
pub(super) fn notes() -> Vec<Operation> {
    vec![
        Operation {
            name: "a stamp where there was none",
            before: |scene, _| down(scene),
            work: |scene, _| {
                Box::pin(async move {
                    command::stamp(&PROJECT, &scene.engine, &["head"], false).await?;
                    Ok(())
                })
            },
            after: |scene, _, finished| {
                let (revision, stamps) = stamped(scene);
                match revision.as_deref() {
                    Some(HEAD) if stamps == 1 => {}
                    None if stamps == 0 && !finished => {}
                    // The tables are new, and there the transaction has ended with what made them.
                    Some(HEAD) if stamps == 0 && !finished && scene.place.kind == "mysql" => {}
                    _ => panic!("{finished}: {revision:?}, {stamps} stamps"),
                }
            },
        },
        Operation {
            name: "a stamp over another",
            before: |scene, _| {
                down(scene);
                at_once(scene, async |engine| {
                    command::stamp(&PROJECT, engine, &["head"], false).await.unwrap();
                });
            },
            work: |scene, _| {
                Box::pin(async move {
                    command::stamp(&PROJECT, &scene.engine, &["aaaa1"], true).await?;
                    Ok(())
                })
            },
            after: |scene, _, finished| {
                let (revision, stamps) = stamped(scene);
                match revision.as_deref() {
                    Some("aaaa1") if stamps == 2 => {}
                    Some(HEAD) if stamps == 1 && !finished => {}
                    _ => panic!("{}, {finished}: {revision:?}, {stamps} stamps", scene.place.kind),
                }
            },
        },
        Operation {
            name: "looks at where a database is",
            before: |scene, key| {
                if key % super::ROUNDS == 0 {
                    down(scene);
                    at_once(scene, async |engine| {
                        command::upgrade(&PROJECT, engine, "head", &mut |_| {}).await.unwrap();
                    });
                }
            },
            work: |scene, _| {
                Box::pin(async move {
                    let engine = &scene.engine;
                    assert!(command::current(&PROJECT, engine).await?.is_at_heads());
                    assert_eq!(command::ledger(&PROJECT, engine).await?.len(), 2);
                    assert_eq!(command::history(&PROJECT, None, Some(engine)).await?.len(), 2);
                    assert_eq!(command::show(&PROJECT, HEAD, Some(engine)).await?.len(), 1);
                    // The models know nothing of the notes.
                    let difference = command::check(&PROJECT, engine).await?;
                    assert!(!difference.operations.is_empty());
                    Ok(())
                })
            },
            after: |scene, _, _| at_a_revision(scene, Some(Some(HEAD))),
        },
    ]
}

const HEAD: &str = "bbbb2";

static PROJECT: LazyLock<Environment> = LazyLock::new(|| {
    fn create(op: &mut Operations) {
        op.create_table(
            table("notes")
                .column(column("id", integer()).primary_key())
                .column(column("a", integer()))
                .column(column("b", text())),
        );
        op.execute("INSERT INTO notes VALUES (1, 5, 'y'), (2, 6, 'w')");
    }
    fn drop(op: &mut Operations) {
        op.drop_table("notes");
    }
    fn change(op: &mut Operations) {
        op.drop_column("notes", "a");
        op.execute("UPDATE notes SET b = 'changed'");
        op.alter_column("notes", "b").existing(column("b", text())).not_null();
    }
    fn change_back(op: &mut Operations) {
        op.alter_column("notes", "b").existing(column("b", text()).not_null()).nullable();
        op.execute("UPDATE notes SET b = NULL");
        op.add_column("notes", column("a", integer()));
    }
    let made = |revision, upgrade, downgrade| Script {
        revision,
        upgrade,
        downgrade,
        source: "//! a step\n",
        file: "step.rs",
    };
    let steps: Vec<Script> = vec![
        made(Revision::new("aaaa1"), create as fn(&mut Operations), drop as fn(&mut Operations)),
        made(Revision::new(HEAD).revises("aaaa1"), change, change_back),
    ];
    Environment::new(MetaData::new().add(Part)).versions(steps)
});

/// Does something without the delay.
fn at_once(scene: &Scene, work: impl AsyncFnOnce(&Engine)) {
    let engine = scene.place.engine(EngineOptions::new());
    work(&engine).wait();
    engine.close().wait();
}

fn down(scene: &Scene) {
    let script =
        "DROP TABLE IF EXISTS notes; DROP TABLE IF EXISTS aludel_version; DROP TABLE IF EXISTS aludel_ledger";
    scene.watching.borrow_mut().execute_script(script).wait().unwrap();
}

/// The revision that the database says it is at.
fn revision(watching: &mut Connection) -> Option<String> {
    let tables = watching.inspector().unwrap().table_names(None).wait().unwrap();
    if !tables.contains(&"aludel_version".into()) {
        return None;
    }
    watching.one_or_none(sql("SELECT version_num FROM aludel_version").rows::<String>()).wait().unwrap()
}

/// The same, and how many stamps the ledger has.
fn stamped(scene: &Scene) -> (Option<String>, i64) {
    let mut watching = scene.watching.borrow_mut();
    let revision = revision(&mut watching);
    let tables = watching.inspector().unwrap().table_names(None).wait().unwrap();
    if !tables.contains(&"aludel_ledger".into()) {
        return (revision, 0);
    }
    let stamps = sql("SELECT count(*) FROM aludel_ledger WHERE action = 'stamp'").rows();
    (revision, watching.one(stamps).wait().unwrap())
}

/// The tables are those of the revision that the database says it is at, which is this one where it is known.
fn at_a_revision(scene: &Scene, wanted: Option<Option<&str>>) {
    let mut watching = scene.watching.borrow_mut();
    let revision = revision(&mut watching);
    let notes = watching.inspector().unwrap().table(&"notes".into()).wait().unwrap();
    let mut columns: Vec<String> =
        notes.iter().flat_map(|table| &table.columns).map(|column| column.name.to_string()).collect();
    columns.sort();
    if let Some(wanted) = wanted {
        assert_eq!(revision.as_deref(), wanted);
    }
    let of_revision: &[&str] = match revision.as_deref() {
        None => &[],
        Some("aaaa1") => &["a", "b", "id"],
        _ => &["b", "id"],
    };
    // Changes of the schema last by themselves there, so that a step may be half done.
    if scene.place.kind != "mysql" || wanted.is_some() {
        assert_eq!(columns, of_revision, "{revision:?}");
    }
}
