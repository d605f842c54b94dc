//! Rows that are read bit by bit, and many at once.

use aludel::prelude::*;
use aludel::{ErrorKind, ExecutionOptions};

use super::{Operation, PATIENCE, Part, Scene, all_or_none, nothing};

const KEPT: &str = "SELECT part FROM parts WHERE k = ? ORDER BY part";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "a stream to its end",
            before: stored,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let mut rows = connection.stream(sql(KEPT).bind(key).rows::<i64>()).yield_per(2);
                    for expected in 1..=5 {
                        assert_eq!(rows.next().await?, Some(expected));
                    }
                    assert_eq!(rows.next().await?, None);
                    drop(rows);
                    let rows = connection.stream(sql(KEPT).bind(key).rows::<i64>()).yield_per(1);
                    assert_eq!(rows.all().await?.len(), 5);
                    Ok(())
                })
            },
            after: |scene, key, _| all_or_none(scene, key, true, &[1, 2, 3, 4, 5]),
        },
        Operation {
            name: "partitions, and streams that are left early",
            before: stored,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let query = || sql(KEPT).bind(key).rows::<i64>();
                    let mut parts = connection.stream(query()).partitions(2);
                    assert_eq!(parts.next().await?, Some(vec![1, 2]));
                    assert_eq!(parts.next().await?, Some(vec![3, 4]));
                    parts.close().await?;
                    let mut rows = connection.stream(query()).yield_per(1);
                    assert_eq!(rows.next().await?, Some(1));
                    drop(rows);
                    // What was left is cleared away before this.
                    assert_eq!(connection.all(query()).await?.len(), 5);
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "a stream in a transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    transaction.insert_all(&many(key)).await?;
                    let mut rows = transaction.stream(sql(KEPT).bind(key).rows::<i64>()).yield_per(1);
                    assert_eq!(rows.next().await?, Some(1));
                    assert_eq!(rows.next().await?, Some(2));
                    match rows.connection() {
                        Ok(connection) => {
                            let last = sql("DELETE FROM parts WHERE k = ? AND part = 5").bind(key);
                            connection.execute(last).await?;
                            rows.close().await?;
                        }
                        // Where there is no room for another statement.
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::NotSupported);
                            rows.close().await?;
                            let last = sql("DELETE FROM parts WHERE k = ? AND part = 5").bind(key);
                            transaction.execute(last).await?;
                        }
                    }
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3, 4]),
        },
        Operation {
            name: "insert_many that hands keys back",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let new = insert(Part).columns((Part.k, Part.part)).returning(Part.id);
                    let ids = connection.insert_many(new, rows(key)).await?;
                    assert!(ids.is_sorted() && ids.len() == 5, "{ids:?}");
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3, 4, 5]),
        },
        Operation {
            name: "execute_many of a text",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let insert = sql("INSERT INTO parts (k, part) VALUES (?, ?)");
                    assert_eq!(connection.execute_many(insert, rows(key)).await?, 5);
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3, 4, 5]),
        },
        Operation {
            name: "bulk_load by itself",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let into = insert(Part).columns((Part.k, Part.part));
                    assert_eq!(connection.bulk_load(into, rows(key)).await?, 5);
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3, 4, 5]),
        },
        Operation {
            name: "bulk_load in a transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    let into = insert(Part).columns((Part.k, Part.part));
                    transaction.bulk_load(into, rows(key)).await?;
                    transaction.execute(sql("DELETE FROM parts WHERE k = ? AND part = 1").bind(key)).await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[2, 3, 4, 5]),
        },
        Operation {
            name: "a pipeline by itself",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let (_, _, all) = connection
                        .pipeline()
                        .execute(add(key, 1))
                        .execute(add(key, 2))
                        .all(sql(KEPT).bind(key).rows::<i64>())
                        .await?;
                    assert_eq!(all, [1, 2]);
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2]),
        },
        Operation {
            name: "a pipeline in a transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    transaction.pipeline().execute(add(key, 1)).execute(add(key, 2)).await?;
                    transaction.execute(add(key, 3)).await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3]),
        },
        Operation {
            name: "statements that may take only so long",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let patient = ExecutionOptions::new().statement_timeout(PATIENCE);
                    let engine = scene.engine.with_execution_options(patient);
                    let mut transaction = engine.begin().await?;
                    transaction.execute(add(key, 1)).await?;
                    transaction.insert_all(&[Part { k: key, part: 2, ..default() }]).await?;
                    transaction.pipeline().execute(add(key, 3)).execute(add(key, 4)).await?;
                    let mut rows = transaction.stream(sql(KEPT).bind(key).rows::<i64>()).yield_per(3);
                    assert_eq!(rows.next().await?, Some(1));
                    rows.close().await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3, 4]),
        },
    ]
}

fn add(key: i64, part: i64) -> aludel::sql::Insert {
    insert(Part).values([Part.k.set(key), Part.part.set(part)])
}

fn rows(key: i64) -> Vec<(i64, i64)> {
    (1..=5).map(|part| (key, part)).collect()
}

fn many(key: i64) -> Vec<Part> {
    (1..=5).map(|part| Part { k: key, part, ..default() }).collect()
}

fn stored(scene: &Scene, key: i64) {
    scene.watching.borrow_mut().insert_all(&many(key)).wait().unwrap();
}
