//! The schema: reading it and making it.

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
