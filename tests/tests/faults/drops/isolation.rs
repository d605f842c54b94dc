//! Isolation by rollback, the test tool: whatever is dropped, nothing stays, and nobody keeps a connection.

use std::sync::Arc;

use aludel::prelude::*;
use aludel_test::RollbackIsolation;

use super::{Operation, Part, nothing};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "isolation by rollback",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let isolation = RollbackIsolation::begin(Arc::clone(&scene.driver)).await?;
                    let engine = isolation.engine();
                    let mut transaction = engine.begin().await?;
                    transaction.insert_all(&[part(key, 1), part(key, 2)]).await?;
                    let mut savepoint = transaction.begin_nested().await?;
                    savepoint.insert_all(&[part(key, 3)]).await?;
                    savepoint.rollback().await?;
                    transaction.commit().await?;
                    let mut connection = engine.connect().await?;
                    // One by itself, and one that fails.
                    connection.insert_all(&[part(key, 4)]).await?;
                    connection
                        .execute(sql("SELECT nothing FROM nowhere"))
                        .await
                        .expect_err("there is no such table");
                    let query = sql("SELECT part FROM parts WHERE k = ? ORDER BY part").bind(key);
                    assert_eq!(connection.all(query.rows::<i64>()).await?, [1, 2, 4]);
                    drop(connection);
                    Ok(isolation.end().await?)
                })
            },
            after: |scene, key, _| assert_eq!(scene.parts(key), [] as [i64; 0]),
        },
        Operation {
            name: "a session in an isolation that is dropped",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let isolation = RollbackIsolation::begin(Arc::clone(&scene.driver)).await?;
                    let mut session = Session::new(&isolation.engine());
                    session.add(part(key, 1));
                    session.commit().await?;
                    assert_eq!(session.all(select(Part).filter(Part.k.eq(key))).await?.len(), 1);
                    session.rollback().await?;
                    Ok(())
                })
            },
            after: |scene, key, _| assert_eq!(scene.parts(key), [] as [i64; 0]),
        },
    ]
}

fn part(key: i64, part: i64) -> Part {
    Part { k: key, part, ..Default::default() }
}
