//! Statements that are stopped, and requests to stop them.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use aludel::prelude::*;
use aludel::{ErrorKind, ExecutionOptions};
use aludel_tests::cancel::drop_at;

use super::{Operation, Scene, all_or_none, nothing};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "a statement that is stopped",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    stop(&mut connection, scene, usize::MAX).await?;
                    // The connection goes on.
                    let insert = sql("INSERT INTO parts (k, part) VALUES (?, 1)").bind(key);
                    Ok(connection.execute(insert).await.map(|_| ())?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
        Operation {
            name: "a statement that is stopped in a transaction",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    let insert = sql("INSERT INTO parts (k, part) VALUES (?, 1)").bind(key);
                    transaction.execute(insert).await?;
                    stop(&mut transaction, scene, usize::MAX).await?;
                    Ok(transaction.rollback().await?)
                })
            },
            after: |scene, key, _| assert!(scene.parts(key).is_empty()),
        },
        Operation {
            name: "a statement that takes longer than it may",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let hasty = ExecutionOptions::new().statement_timeout(Duration::from_millis(30));
                    let error = connection
                        .with_execution_options(hasty)
                        .one(sql(endless(scene)).rows::<i64>())
                        .await
                        .unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
                    let insert = sql("INSERT INTO parts (k, part) VALUES (?, 1)").bind(key);
                    Ok(connection.execute(insert).await.map(|_| ())?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1]),
        },
    ]
}

/// So many await points of a request are enough to see every kind.
const PROBED: usize = 4;

/// What is dropped is the request alone. The statement is stopped by it all the same or by another one, and nobody else is
/// stopped by what was asked for and not waited for.
pub(super) fn drop_requests(scene: &Scene) {
    for at in 0..PROBED {
        let mut connection = scene.engine.connect().wait().unwrap();
        let stopped = drop_at(10_000, stop(&mut connection, scene, at));
        stopped.expect("it comes to its end").unwrap();
        drop(connection);
        scene.is_clean(&format!("a request dropped at {at}"));
    }
}

/// Runs a statement that never ends by itself, and stops it once the server is at it. The first request is dropped at its
/// await point of this number, if it has so many.
async fn stop(connection: &mut Connection, scene: &Scene, at: usize) -> aludel::Result<()> {
    let session = match scene.place.kind {
        "sqlite" => 0,
        kind => {
            let query = if kind == "postgres" { "SELECT pg_backend_pid()" } else { "SELECT CONNECTION_ID()" };
            connection.one(sql(query).rows::<i64>()).await?
        }
    };
    let handle = connection.cancel_handle()?;
    let mut running = pin!(connection.one(sql(endless(scene)).rows::<i64>()));
    let mut looks = 0;
    loop {
        // A look at it, without waiting for it.
        let looked = poll_fn(|context| {
            Poll::Ready(match running.as_mut().poll(context) {
                Poll::Ready(result) => Some(result),
                Poll::Pending => None,
            })
        });
        if let Some(result) = looked.await {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cancelled, "{}: {error}", scene.place.kind);
            return Ok(());
        }
        if is_busy(scene, session) {
            match (looks, at) {
                (0, 0..PROBED) => {
                    if let Some(result) = drop_at(at, handle.cancel()) {
                        result?;
                    }
                }
                // One request is enough, unless it was dropped before anything came of it.
                (0 | 20, _) => {
                    handle.cancel().await?;
                }
                _ => {}
            }
            looks += 1;
        }
        pause().await;
    }
}

/// Whether the server is at the statement that never ends. SQLite's requests work on the spot, so that it does not matter.
fn is_busy(scene: &Scene, session: i64) -> bool {
    let query = match scene.place.kind {
        "postgres" => {
            format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {session} AND wait_event = 'PgSleep'")
        }
        "mysql" => format!(
            "SELECT count(*) FROM information_schema.PROCESSLIST
             WHERE ID = {session} AND COMMAND IN ('Query', 'Execute') AND INFO LIKE '%collations c%'"
        ),
        _ => return true,
    };
    scene.watching.borrow_mut().one(sql(query).rows::<i64>()).wait().unwrap() == 1
}

/// A moment, in which the statement may come to the server or to its end.
async fn pause() {
    let mut began = false;
    poll_fn(|context| {
        if std::mem::replace(&mut began, true) {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            waker.wake();
        });
        Poll::Pending
    })
    .await;
}

/// A statement that takes a minute or more, and reacts to being stopped.
fn endless(scene: &Scene) -> &'static str {
    match scene.place.kind {
        "postgres" => "SELECT CAST(1 AS bigint) FROM pg_sleep(60)",
        // `SLEEP` returns a number when it is stopped.
        "mysql" => {
            "SELECT count(*) FROM information_schema.collations a, information_schema.collations b,
             information_schema.collations c, information_schema.engines d"
        }
        _ => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
             SELECT max(i) FROM n"
        }
    }
}
