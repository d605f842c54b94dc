//! Transactions in two phases, which outlive their connection once they are prepared.

use aludel::prelude::*;

use super::{Operation, PATIENCE, Scene, all_or_none, nothing};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "begin, prepare, commit in two phases",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin_twophase(&xid(key)).await?;
                    for part in [1_i64, 2] {
                        let insert = sql("INSERT INTO parts (k, part) VALUES (?, ?)").bind(key).bind(part);
                        transaction.execute(insert).await?;
                    }
                    transaction.prepare().await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| {
                // What was prepared waits for somebody to end it, and says so.
                end(scene, key);
                all_or_none(scene, key, finished, &[1, 2]);
            },
        },
        Operation {
            name: "begin, prepare, roll back in two phases",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin_twophase(&xid(key)).await?;
                    transaction.execute(sql("INSERT INTO parts (k, part) VALUES (?, 1)").bind(key)).await?;
                    transaction.prepare().await?;
                    Ok(transaction.rollback().await?)
                })
            },
            after: |scene, key, _| {
                end(scene, key);
                assert!(scene.parts(key).is_empty());
            },
        },
        Operation {
            name: "what is prepared, rolled back by another",
            before: prepared,
            work: |scene, key| {
                Box::pin(async move {
                    let limit = std::time::Instant::now() + PATIENCE;
                    while let Err(error) = scene.engine.rollback_prepared(&xid(key)).await {
                        assert!(std::time::Instant::now() < limit, "{error}");
                    }
                    Ok(())
                })
            },
            after: |scene, key, _| {
                end(scene, key);
                assert!(scene.parts(key).is_empty());
            },
        },
        Operation {
            name: "what is prepared, committed by another",
            before: prepared,
            work: |scene, key| {
                Box::pin(async move {
                    let limit = std::time::Instant::now() + PATIENCE;
                    // MySQL's server has to notice first that the one that prepared it is gone.
                    while let Err(error) = scene.engine.commit_prepared(&xid(key)).await {
                        assert!(std::time::Instant::now() < limit, "{error}");
                    }
                    assert!(!scene.engine.prepared_transactions().await?.contains(&xid(key)));
                    Ok(())
                })
            },
            after: |scene, key, finished| {
                end(scene, key);
                all_or_none(scene, key, finished, &[1]);
            },
        },
    ]
}

/// A transaction of one row that somebody has prepared and left.
fn prepared(scene: &Scene, key: i64) {
    let mut transaction = scene.engine.begin_twophase(&xid(key)).wait().unwrap();
    let insert = sql("INSERT INTO parts (k, part) VALUES (?, 1)").bind(key);
    transaction.execute(insert).wait().unwrap();
    transaction.prepare().wait().unwrap();
    drop(transaction);
    scene.engine.dispose().wait();
}

fn xid(key: i64) -> String {
    format!("aludel-faults-{}-{key}", std::process::id())
}

/// Takes back what was left prepared.
fn end(scene: &Scene, key: i64) {
    let limit = std::time::Instant::now() + PATIENCE;
    while scene.engine.prepared_transactions().wait().unwrap().contains(&xid(key)) {
        if let Err(error) = scene.engine.rollback_prepared(&xid(key)).wait() {
            assert!(std::time::Instant::now() < limit, "{error}");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}
