//! Futures that are dropped in the middle: at each of their await points, one after the other.

use std::time::{Duration, Instant};

use aludel::prelude::*;

pub use aludel_test::drop_at;

/// A transaction of two rows, with all that a connection does in between.
async fn work(engine: &Engine, key: i64) -> aludel::Result<()> {
    let mut transaction = engine.begin().await?;
    write(&mut transaction, key, 1).await?;
    let mut nested = transaction.begin_nested().await?;
    write(&mut nested, key, 9).await?;
    nested.rollback().await?;
    let nested = transaction.begin_nested().await?;
    nested.commit().await?;
    let seen: i64 = transaction.one(sql("SELECT count(*) FROM work WHERE k = ?").bind(key).rows()).await?;
    assert_eq!(seen, 1);
    write(&mut transaction, key, 2).await?;
    transaction.commit().await
}

async fn write(connection: &mut Connection, key: i64, part: i64) -> aludel::Result<()> {
    connection.execute(sql("INSERT INTO work VALUES (?, ?)").bind(key).bind(part)).await.map(|_| ())
}

/// Drops a transaction at every await point that it has, and sees each time that nothing is left of it: the pool hands
/// out clean connections only, no transaction stays open, and there are both rows or none. Returns how many there were.
///
/// `open` tells how many transactions the server has open.
///
/// # Panics
/// Where one of that is not so.
pub fn drop_work_everywhere(engine: &Engine, open: &dyn Fn() -> i64) -> usize {
    let create = "CREATE TABLE work (k INTEGER NOT NULL, part INTEGER NOT NULL)";
    engine.connect().wait().unwrap().execute_script(create).wait().unwrap();
    let mut done = false;
    let mut at = 0;
    while !done {
        let key = i64::try_from(at).unwrap();
        match drop_at(at, work(engine, key)) {
            Some(result) => {
                result.unwrap();
                done = true;
            }
            // What is dropped here and now is all the server hears of it.
            None => assert!(at < 1_000, "the work does not come to its end"),
        }
        assert_eq!(engine.status().checked_out, 0, "at {at}");
        // More than were used, so that every one that was kept is seen.
        let mut connections: Vec<Connection> = (0..3).map(|_| engine.connect().wait().unwrap()).collect();
        for connection in &mut connections {
            assert!(!connection.in_transaction(), "at {at}");
            let one: i64 = connection.one(sql("SELECT 40 + ?").bind(2_i64).rows()).wait().unwrap();
            assert_eq!(one, 42, "at {at}");
        }
        let limit = Instant::now() + Duration::from_secs(5);
        while open() > 0 {
            assert!(Instant::now() < limit, "at {at}, a transaction stays open");
            std::thread::sleep(Duration::from_millis(5));
        }
        let parts: Vec<i64> = connections[0]
            .all(sql("SELECT part FROM work WHERE k = ? ORDER BY part").bind(key).rows())
            .wait()
            .unwrap();
        let whole = parts == [1, 2];
        assert!(whole || (parts.is_empty() && !done), "at {at}: {parts:?}");
        at += 1;
    }
    at
}
