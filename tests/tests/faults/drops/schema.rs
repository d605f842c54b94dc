//! The schema: reading it, making it, migrating it.

use std::sync::LazyLock;

use aludel::migrate::operation::Operations;
use aludel::migrate::prelude::{Revision, column, integer, table, text};
use aludel::migrate::{Environment, Script, command};
use aludel::prelude::*;
use aludel::schema::Table;

use super::{Operation, Scene, nothing};

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "shelves")]
struct Shelf {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 50, unique)]
    name: String,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "volumes")]
struct Volume {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(references = "shelves.id", index)]
    shelf_id: i64,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "the inspector",
            before: nothing,
            work: |scene, _| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let mut inspector = connection.inspector()?;
                    let names = inspector.table_names(None).await?;
                    assert!(names.contains(&"parts".into()));
                    let parts: Option<Table> = inspector.table(&"parts".into()).await?;
                    assert_eq!(parts.map(|table| table.columns.len()), Some(3));
                    inspector.objects(None).await?;
                    inspector.metadata(None).await?;
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "create_all",
            before: |scene, _| gone(scene),
            work: |scene, _| Box::pin(async move { Ok(scene.engine.create_all(&metadata()).await?) }),
            after: |scene, _, finished| {
                some_or_all(scene, finished, 2);
                // What there is of it is no hindrance.
                scene.engine.create_all(&metadata()).wait().unwrap();
                some_or_all(scene, true, 2);
            },
        },
        Operation {
            name: "drop_all",
            before: |scene, _| scene.engine.create_all(&metadata()).wait().unwrap(),
            work: |scene, _| Box::pin(async move { Ok(scene.engine.drop_all(&metadata()).await?) }),
            after: |scene, _, finished| {
                some_or_all(scene, finished, 0);
                scene.engine.drop_all(&metadata()).wait().unwrap();
                some_or_all(scene, true, 0);
            },
        },
        Operation {
            name: "a migration up",
            before: |scene, _| {
                gone(scene);
                down(scene);
            },
            work: |scene, _| {
                Box::pin(async move {
                    command::upgrade(&PROJECT, &scene.engine, "head", &mut |_| {}).await?;
                    Ok(())
                })
            },
            after: |scene, _, finished| at_a_revision(scene, finished.then_some("bbbb2")),
        },
    ]
}

pub(super) fn metadata() -> MetaData {
    MetaData::new().add(Shelf).add(Volume)
}

pub(super) fn gone(scene: &Scene) {
    scene.engine.drop_all(&metadata()).wait().unwrap();
}

/// How many of the tables there are: all or none, except where the database commits each change of the schema by itself.
fn some_or_all(scene: &Scene, finished: bool, wanted: usize) {
    let mut watching = scene.watching.borrow_mut();
    let names = watching.inspector().unwrap().table_names(None).wait().unwrap();
    let seen = names
        .iter()
        .filter(|name| ["shelves", "volumes"].iter().any(|table| **name == (*table).into()))
        .count();
    match (finished, scene.place.kind) {
        (true, _) => assert_eq!(seen, wanted),
        (false, "mysql") => {}
        (false, _) => assert!(seen == 0 || seen == 2, "{names:?}"),
    }
}

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
    fn change(op: &mut Operations) {
        op.drop_column("notes", "a");
        op.execute("UPDATE notes SET b = 'changed'");
        op.alter_column("notes", "b").existing(column("b", text())).not_null();
    }
    let made = |revision, upgrade| Script {
        revision,
        upgrade,
        downgrade: |_: &mut Operations| {},
        source: "//! a step\n",
        file: "step.rs",
    };
    let steps =
        vec![made(Revision::new("aaaa1"), create), made(Revision::new("bbbb2").revises("aaaa1"), change)];
    Environment::new(MetaData::new()).versions(steps)
});

fn down(scene: &Scene) {
    let script =
        "DROP TABLE IF EXISTS notes; DROP TABLE IF EXISTS aludel_version; DROP TABLE IF EXISTS aludel_ledger";
    scene.watching.borrow_mut().execute_script(script).wait().unwrap();
}

/// The tables are those of the revision that the database says it is at.
fn at_a_revision(scene: &Scene, wanted: Option<&str>) {
    let mut watching = scene.watching.borrow_mut();
    let tables = watching.inspector().unwrap().table_names(None).wait().unwrap();
    let mut revision = None;
    if tables.contains(&"aludel_version".into()) {
        revision =
            watching.first(sql("SELECT version_num FROM aludel_version").rows::<String>()).wait().unwrap();
    }
    let notes = watching.inspector().unwrap().table(&"notes".into()).wait().unwrap();
    let columns: Vec<String> =
        notes.iter().flat_map(|table| &table.columns).map(|column| column.name.to_string()).collect();
    if wanted.is_some() {
        assert_eq!(revision.as_deref(), wanted);
    }
    let of_revision: &[&str] = match revision.as_deref() {
        None => &[],
        Some("aaaa1") => &["id", "a", "b"],
        _ => &["id", "b"],
    };
    // Changes of the schema last by themselves there, so that a step may be half done.
    if scene.place.kind != "mysql" || wanted.is_some() {
        assert_eq!(columns, of_revision, "{revision:?}");
    }
}
