//! Several engines behind one: a writer with a reader, and shards.

use std::cell::Cell;
use std::time::Duration;

use aludel::engine::driver::Position;
use aludel::engine::retry::Scope;
use aludel::prelude::*;
use aludel::route::ReaderOptions;
use aludel::{Error, ErrorKind, ReplicatedEngine, RetryPolicy, ShardedEngine, TransactionOptions};

use super::schema::{gone, metadata};
use super::{Operation, PATIENCE, Scene, all_or_none, nothing};

/// What leads to the one database of a scene by several ways. It lives as long as the scene, so that what a dropped future
/// leaves in it is found by the next one.
pub(super) struct Routes {
    pub(super) reader: Engine,
    /// The other shard.
    pub(super) second: Engine,
    replicated: ReplicatedEngine,
    sharded: ShardedEngine<i64>,
}

fn routes(scene: &Scene) -> &Routes {
    scene.routes.get_or_init(|| {
        let (reader, second) = (scene.another(), scene.another());
        // The reader is asked each time.
        let options = ReaderOptions::new().with_any_lag().with_checks(Duration::ZERO, PATIENCE);
        let replicated = ReplicatedEngine::new(scene.engine.clone(), [reader.clone()]).with_options(options);
        let shards = [("first", replicated.clone()), ("second", ReplicatedEngine::from(second.clone()))];
        let sharded = ShardedEngine::new(shards, |key: &i64| usize::from(key % 2 == 1)).unwrap();
        Routes { reader, second, replicated, sharded }
    })
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "begin on the writer, on a reader, behind a position",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let engine = &routes(scene).replicated;
                    let mut writing = engine.begin().await?;
                    write(&mut writing, key, 1).await?;
                    writing.commit().await?;
                    let mut reading = engine.begin_with(TransactionOptions::read_only()).await?;
                    assert_eq!(parts(&mut reading, key).await?, [1]);
                    reading.commit().await?;
                    let position = position(engine).await?;
                    let mut reading = engine.begin_after(&position, TransactionOptions::default()).await?;
                    assert_eq!(parts(&mut reading, key).await?, [1]);
                    reading.rollback().await?;
                    let reader = engine.reader().await?;
                    assert_eq!(parts(&mut reader.connect().await?, key).await?, [1]);
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "transactions as closures on several servers",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let engine = &routes(scene).replicated;
                    let write = async |mut transaction: Scope| {
                        write(&mut transaction, key, 1).await?;
                        write(&mut transaction, key, 2).await
                    };
                    let read = async |mut transaction: Scope| parts(&mut transaction, key).await;
                    engine.transaction(write).await?;
                    let read_only = TransactionOptions::read_only();
                    assert_eq!(engine.transaction_with(read_only, read).await?, [1, 2]);
                    let position = position(engine).await?;
                    assert_eq!(engine.transaction_after(&position, read).await?, [1, 2]);
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2]),
        },
        Operation {
            name: "retry_transaction(..) on several servers, colliding once",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let attempts = Cell::new(0);
                    let pause = Duration::from_millis(1);
                    let policy = RetryPolicy::new().with_pauses(pause, pause);
                    let retried =
                        routes(scene).replicated.retry_transaction(policy, async |mut transaction| {
                            attempts.set(attempts.get() + 1);
                            write(&mut transaction, key, attempts.get()).await?;
                            match attempts.get() {
                                2 => Ok(()),
                                _ => Err(Error::new(ErrorKind::Serialization, "once more")),
                            }
                        });
                    Ok(retried.await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[2]),
        },
        Operation {
            name: "dispose of several engines",
            before: |scene, _| {
                // There is something to be closed, also by who looks after the reader.
                let routes = routes(scene);
                let reading = routes.replicated.begin_with(TransactionOptions::read_only()).wait().unwrap();
                let others =
                    (scene.engine.connect().wait().unwrap(), routes.second.connect().wait().unwrap());
                drop((reading, others));
            },
            work: |scene, key| {
                Box::pin(async move {
                    let routes = routes(scene);
                    // Something that always waits, because closing does not everywhere.
                    write(&mut scene.engine.connect().await?, key, 1).await?;
                    routes.replicated.dispose().await;
                    routes.sharded.dispose().await;
                    assert!(routes.replicated.status().iter().all(|server| server.pool.idle == 0));
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "close of several engines",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    // Others, because nothing comes behind it.
                    let options = ReaderOptions::new().with_any_lag();
                    let engine =
                        ReplicatedEngine::new(scene.another(), [scene.another()]).with_options(options);
                    let sharded = ShardedEngine::new([("only", engine.clone())], |_: &i64| 0)?;
                    let mut writing = sharded.for_key(&key)?.begin().await?;
                    write(&mut writing, key, 1).await?;
                    writing.commit().await?;
                    engine.begin_with(TransactionOptions::read_only()).await?.rollback().await?;
                    sharded.close().await;
                    assert!(engine.begin().await.is_err());
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "on_each shard, fetch_all",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let sharded = &routes(scene).sharded;
                    let written = sharded.on_each(async |shard| {
                        let part = i64::from(shard.name() == "second") + 1;
                        shard.transaction(async |mut tx| write(&mut tx, key, part).await.map(|()| part)).await
                    });
                    assert_eq!(written.await?, [1, 2]);
                    let query = sql("SELECT part FROM parts WHERE k = ? ORDER BY part").bind(key);
                    assert_eq!(sharded.fetch_all(query.rows::<i64>()).await?, [1, 2, 1, 2]);
                    Ok(())
                })
            },
            // Each shard's transaction is one by itself.
            after: |scene, key, finished| {
                let seen = scene.parts(key);
                let whole = [&[][..], &[1], &[2], &[1, 2]].contains(&seen.as_slice());
                assert!(whole && (!finished || seen.len() == 2), "{seen:?}");
            },
        },
        Operation {
            name: "create_all and drop_all of several engines",
            before: |scene, _| gone(scene),
            work: |scene, _| {
                Box::pin(async move {
                    let routes = routes(scene);
                    // Those of shards are those of their servers.
                    routes.sharded.create_all(&metadata()).await?;
                    routes.replicated.drop_all(&metadata()).await?;
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
    ]
}

async fn write(connection: &mut Connection, key: i64, part: i64) -> aludel::Result<()> {
    let insert = sql("INSERT INTO parts (k, part) VALUES (?, ?)").bind(key).bind(part);
    connection.execute(insert).await.map(|_| ())
}

async fn parts(connection: &mut Connection, key: i64) -> aludel::Result<Vec<i64>> {
    connection.all(sql("SELECT part FROM parts WHERE k = ? ORDER BY part").bind(key).rows()).await
}

/// Where the writer is; servers of MySQL tell it only where they write a log.
async fn position(engine: &ReplicatedEngine) -> aludel::Result<Position> {
    match engine.position().await {
        Err(error) if error.kind() == ErrorKind::NotSupported => Ok(Position::default()),
        position => position,
    }
}
