//! PostgreSQL's `COPY`, in and out.

use aludel::postgres::Copy;
use aludel::prelude::*;

use super::{Operation, Scene, all_or_none, nothing};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            name: "a copy in",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let rows = csv(key);
                    let read = "COPY parts (k, part) FROM STDIN (FORMAT csv)";
                    assert_eq!(connection.copy_in(read, &mut rows.as_bytes()).await?, 3);
                    Ok(())
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3]),
        },
        Operation {
            name: "a copy in, in a transaction with a savepoint",
            before: nothing,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    let rows = csv(key);
                    let read = "COPY parts (k, part) FROM STDIN (FORMAT csv)";
                    transaction.copy_in(read, &mut rows.as_bytes()).await?;
                    let mut savepoint = transaction.begin_nested().await?;
                    savepoint.copy_in(read, &mut rows.as_bytes()).await?;
                    savepoint.rollback().await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| all_or_none(scene, key, finished, &[1, 2, 3]),
        },
        Operation {
            name: "a copy out",
            before: stored,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let mut written = Vec::new();
                    connection.copy_out(&write(key), &mut written).await?;
                    assert_eq!(written, b"1\n2\n3\n");
                    Ok(())
                })
            },
            after: |scene, key, _| all_or_none(scene, key, true, &[1, 2, 3]),
        },
        Operation {
            name: "a copy out as a stream",
            before: stored,
            work: |scene, key| {
                Box::pin(async move {
                    let mut transaction = scene.engine.begin().await?;
                    let statement = write(key);
                    let mut pieces = transaction.copy_out_stream(&statement);
                    let mut read = Vec::new();
                    while let Some(piece) = pieces.next().await? {
                        read.extend_from_slice(&piece);
                    }
                    assert_eq!(read, b"1\n2\n3\n");
                    drop(pieces);
                    let gone = sql("DELETE FROM parts WHERE k = ? AND part = 3").bind(key);
                    transaction.execute(gone).await?;
                    Ok(transaction.commit().await?)
                })
            },
            after: |scene, key, finished| {
                let seen = scene.parts(key);
                // The commit may have come through without its answer.
                assert!(seen == [1, 2] || (!finished && seen == [1, 2, 3]), "{finished}: {seen:?}");
            },
        },
        Operation {
            name: "copies that fail",
            before: stored,
            work: |scene, key| {
                Box::pin(async move {
                    let mut connection = scene.engine.connect().await?;
                    let fails = format!(
                        "COPY (SELECT part / (part - 3) FROM parts WHERE k = {key} ORDER BY part) TO STDOUT"
                    );
                    let mut pieces = connection.copy_out_stream(&fails);
                    let failed = loop {
                        match pieces.next().await {
                            Ok(Some(_)) => {}
                            Ok(None) => panic!("it divides by zero"),
                            Err(error) => break error,
                        }
                    };
                    assert_eq!(failed.code(), Some("22012"));
                    drop(pieces);
                    let read = "COPY parts (k, part) FROM STDIN (FORMAT csv)";
                    connection.copy_in(read, &mut "1,x\n".as_bytes()).await.expect_err("x is no number");
                    connection.copy_in(read, &mut Broken).await.expect_err("the reader fails");
                    Ok(())
                })
            },
            after: |scene, key, _| all_or_none(scene, key, true, &[1, 2, 3]),
        },
    ]
}

fn csv(key: i64) -> String {
    format!("{key},1\n{key},2\n{key},3\n")
}

fn write(key: i64) -> String {
    format!("COPY (SELECT part FROM parts WHERE k = {key} ORDER BY part) TO STDOUT")
}

fn stored(scene: &Scene, key: i64) {
    let script = format!("INSERT INTO parts (k, part) VALUES ({key}, 1), ({key}, 2), ({key}, 3)");
    scene.watching.borrow_mut().execute_script(&script).wait().unwrap();
}

/// Nothing can be read from it.
struct Broken;

impl std::io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("no more"))
    }
}
