//! Connections themselves: logging in, pings, and the end of the pool.

use aludel::engine::pool::ConnectionRecord;
use aludel::engine::{BoxFuture, RawConnection};
use aludel::prelude::*;
use aludel::{Listener, Result};

use super::{Operation, all_or_none, nothing};

/// Sets each new session up by several statements, the first one by a transaction.
pub(super) struct SetUp;

impl Listener for SetUp {
    fn first_connect<'a>(
        &'a self,
        connection: &'a mut dyn RawConnection,
        _: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            connection.begin(aludel::TransactionOptions::default()).await?;
            connection.execute("INSERT INTO parts (k, part) VALUES (-1, 1)", &[]).await?;
            connection.commit().await
        })
    }

    fn connect<'a>(
        &'a self,
        connection: &'a mut dyn RawConnection,
        _: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            connection.execute("SELECT 1", &[]).await?;
            connection.execute_script("SELECT 1; SELECT 2").await
        })
    }
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "connect: a login",
            before: |scene, _| scene.engine.dispose().wait(),
            work: |scene, _| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    connection.one(sql("SELECT 1").rows::<i64>()).await?;
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "three logins at once",
            before: |scene, _| scene.engine.dispose().wait(),
            work: |scene, _| {
                Box::pin(async move {
                    let first = scene.engine.connect().await?;
                    let second = scene.engine.connect().await?;
                    let third = scene.engine.connect().await?;
                    drop((first, second, third));
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "ping",
            before: nothing,
            work: |scene, _| {
                Box::pin(async move {
                    scene.engine.connect().await?.raw()?.ping().await?;
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "dispose",
            before: |scene, _| {
                let all: Vec<Connection> = (0..3).map(|_| scene.engine.connect().wait().unwrap()).collect();
                drop(all);
            },
            work: |scene, _| {
                Box::pin(async move {
                    // Something that always waits, because closing does not everywhere.
                    scene.engine.connect().await?.one(sql("SELECT 1").rows::<i64>()).await?;
                    scene.engine.dispose().await;
                    Ok(())
                })
            },
            after: |_, _, _| {},
        },
        Operation {
            name: "close",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let engine = scene.another();
                    let mut transaction = engine.begin().await?;
                    let insert = sql("INSERT INTO parts (k, part) VALUES (?, 1)").bind(key);
                    transaction.execute(insert).await?;
                    transaction.commit().await?;
                    engine.close().await;
                    assert!(engine.connect().await.is_err());
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
    ]
}
