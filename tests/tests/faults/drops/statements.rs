//! Statements, scripts and transactions.

use std::cell::Cell;

use aludel::prelude::*;
use aludel::{Error, ErrorKind, IsolationLevel, RetryPolicy, TransactionOptions};

use super::{Operation, Part, all_or_none, nothing};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "begin, statements, savepoints, commit",
            before: nothing,
            work: |scene, key| Box::pin(async move { Ok(whole(&scene.engine, key).await?) }),
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2]),
        },
        Operation {
            name: "begin, rollback",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    write(&mut transaction, key, 1).await?;
                    Ok(transaction.rollback().await?)
                })
            },
            after: |scene, key, _| assert!(scene.parts(key).is_empty()),
        },
        Operation {
            name: "begin with options",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let options = TransactionOptions::read_only().with_deferrable();
                    let mut reading =
                        connection.begin_with(options.with_isolation(IsolationLevel::Serializable)).await?;
                    reading.all(sql("SELECT part FROM parts WHERE k = ?").bind(key).rows::<i64>()).await?;
                    reading.commit().await?;
                    let mut writing = connection.begin_with(TransactionOptions::immediate()).await?;
                    write(&mut writing, key, 1).await?;
                    Ok(writing.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "begin_with, transaction_with of the engine",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut writing = scene.engine.begin_with(TransactionOptions::immediate()).await?;
                    write(&mut writing, key, 1).await?;
                    writing.commit().await?;
                    let query = sql("SELECT part FROM parts WHERE k = ?").bind(key).rows::<i64>();
                    let read = scene
                        .engine
                        .transaction_with(TransactionOptions::read_only(), async |mut transaction| {
                            transaction.one_or_none(query).await
                        });
                    assert_eq!(read.await?, Some(1));
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "one statement by itself",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move { Ok(write(&mut scene.engine.connect().await?, key, 1).await?) })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "all, first, one",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let query = || sql("SELECT part FROM parts WHERE k < ?").bind(key).rows::<i64>();
                    let all = connection.all(query()).await?.len();
                    let first = connection.first(query()).await?;
                    assert_eq!(first.is_some(), all > 0);
                    connection.one(sql("SELECT count(*) FROM parts").rows::<i64>()).await?;
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "execute_many by itself",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    scene.engine.connect().await?.insert_all(&many(key)).await?;
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3, 4, 5]),
        },
        Operation {
            name: "execute_many in a transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    transaction.insert_all(&many(key)).await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3, 4, 5]),
        },
        Operation {
            name: "execute_many that fails",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let mut rows = many(key);
                    // The primary key of the last one is taken by the first.
                    for (id, row) in rows.iter_mut().enumerate() {
                        row.id = Auto::new((key + 1) * 1_000_000 + i64::try_from(id % 4).unwrap());
                    }
                    let error = connection.insert_all(&rows).await.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
                    Ok(())
                })
            },
            after: |scene, key, _| assert!(scene.parts(key).is_empty()),
        },
        Operation {
            name: "a script of several statements",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    Ok(scene.engine.connect().await?.execute_script(&inserts(key, &[1, 2, 3])).await?)
                })
            },
            // Each statement is one by itself, in their order; PostgreSQL takes the text as one.
            after: |scene, key, finished| {
                let seen = scene.parts(key);
                assert!([1, 2, 3].starts_with(&seen) && (!finished || seen.len() == 3), "{seen:?}");
            },
        },
        Operation {
            name: "a script with its own transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let script = format!("BEGIN; {} COMMIT;", inserts(key, &[1, 2, 3]));
                    Ok(scene.engine.connect().await?.execute_script(&script).await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3]),
        },
        Operation {
            name: "a script that leaves its transaction open",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    connection.execute_script(&format!("BEGIN; {}", inserts(key, &[1]))).await?;
                    assert!(connection.in_transaction());
                    Ok(write(&mut connection, key, 2).await?)
                })
            },
            after: |scene, key, _| assert!(scene.parts(key).is_empty()),
        },
        Operation {
            name: "a statement that fails in a transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    write(&mut transaction, key, 1).await?;
                    let nested = transaction.begin_nested().await?;
                    drop(nested);
                    let mut nested = transaction.begin_nested().await?;
                    assert!(nested.execute(sql("INSERT INTO nowhere VALUES (1)")).await.is_err());
                    nested.rollback().await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "transaction(..)",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    scene
                        .engine
                        .transaction(async |mut transaction| {
                            write(&mut transaction, key, 1).await?;
                            let mut nested = transaction.begin_nested().await?;
                            write(&mut nested, key, 2).await?;
                            nested.commit().await
                        })
                        .await?;
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2]),
        },
        Operation {
            name: "transaction(..) that fails",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let failed = scene.engine.transaction(async |mut transaction| {
                        write(&mut transaction, key, 1).await?;
                        Err::<(), Error>(Error::usage("no"))
                    });
                    assert!(failed.await.is_err());
                    Ok(())
                })
            },
            after: |scene, key, _| assert!(scene.parts(key).is_empty()),
        },
        Operation {
            name: "retry_transaction(..) that collides twice",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let attempts = Cell::new(0);
                    let policy = RetryPolicy::new().with_pauses(millisecond(), millisecond());
                    let retried = scene.engine.retry_transaction(policy, async |mut transaction| {
                        attempts.set(attempts.get() + 1);
                        write(&mut transaction, key, attempts.get()).await?;
                        match attempts.get() {
                            3 => Ok(()),
                            _ => Err(Error::new(ErrorKind::Serialization, "once more")),
                        }
                    });
                    Ok(retried.await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[3]),
        },
    ]
}

fn millisecond() -> std::time::Duration {
    std::time::Duration::from_millis(1)
}

async fn whole(engine: &Engine, key: i64) -> aludel::Result<()> {
    let mut transaction = engine.begin().await?;
    write(&mut transaction, key, 1).await?;
    let mut nested = transaction.begin_nested().await?;
    write(&mut nested, key, 9).await?;
    nested.rollback().await?;
    let nested = transaction.begin_nested().await?;
    nested.commit().await?;
    let query = sql("SELECT count(*) FROM parts WHERE k = ?").bind(key);
    assert_eq!(transaction.one(query.rows::<i64>()).await?, 1);
    write(&mut transaction, key, 2).await?;
    transaction.commit().await
}

async fn write(connection: &mut Connection, key: i64, part: i64) -> aludel::Result<()> {
    let insert = sql("INSERT INTO parts (k, part) VALUES (?, ?)").bind(key).bind(part);
    connection.execute(insert).await.map(|_| ())
}

fn many(key: i64) -> Vec<Part> {
    (1..=5).map(|part| Part { k: key, part, ..default() }).collect()
}

fn inserts(key: i64, parts: &[i64]) -> String {
    parts.iter().map(|part| format!("INSERT INTO parts (k, part) VALUES ({key}, {part});\n")).collect()
}
