//! Connections that go from one runtime to another, outlive one, and do without.

use aludel::EngineOptions;
use aludel::prelude::*;
use tokio::runtime::{Builder, Runtime};

use aludel_tests::places::Place;

fn places() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

fn many_threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn ask(connection: &mut Connection, number: i64) {
    let answer: i64 = connection.one(sql(format!("SELECT {number}")).rows()).await.unwrap();
    assert_eq!(answer, number);
}

#[test]
fn a_connection_is_used_wherever_it_gets() {
    for place in places() {
        let (home, other, single) = (many_threads(), many_threads(), one_thread());
        let engine = place.engine(EngineOptions::default());
        let mut connection = home.block_on(engine.connect()).unwrap();
        home.block_on(ask(&mut connection, 1));
        other.block_on(ask(&mut connection, 2));
        single.block_on(ask(&mut connection, 3));
        ask(&mut connection, 4).wait();
        let mut connection = home
            .block_on(home.spawn(async move {
                ask(&mut connection, 5).await;
                connection
            }))
            .unwrap();
        // One that was opened without any runtime goes the other way.
        let mut blocking = engine.connect().wait().unwrap();
        home.block_on(ask(&mut blocking, 6));
        single.block_on(ask(&mut blocking, 7));
        ask(&mut connection, 8).wait();
    }
}

#[test]
fn a_pool_outlives_the_runtime_that_opened_its_connections() {
    for place in places() {
        let engine = place.engine(EngineOptions::default());
        let home = many_threads();
        home.block_on(async {
            let (mut first, mut second) = (engine.connect().await.unwrap(), engine.connect().await.unwrap());
            ask(&mut first, 1).await;
            ask(&mut second, 2).await;
        });
        drop(home);
        for number in 3..6 {
            ask(&mut engine.connect().wait().unwrap(), number).wait();
        }
        let next = many_threads();
        next.block_on(async { ask(&mut engine.connect().await.unwrap(), 6).await });
    }
}

#[test]
fn a_transaction_ends_where_its_runtime_is_gone() {
    for place in places() {
        let engine = place.engine(EngineOptions::default());
        engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n integer)").wait().unwrap();
        let home = many_threads();
        let mut transaction = home.block_on(engine.begin()).unwrap();
        home.block_on(transaction.execute(sql("INSERT INTO t VALUES (1)"))).unwrap();
        drop(home);
        drop(transaction);
        let mut connection = engine.connect().wait().unwrap();
        let left: i64 = connection.one(sql("SELECT count(*) FROM t").rows()).wait().unwrap();
        assert_eq!(left, 0, "{}", place.kind);
        connection.execute_script("DROP TABLE t").wait().unwrap();
    }
}

#[test]
fn a_runtime_without_a_reactor_will_do() {
    for place in places() {
        let bare = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let engine = place.engine(EngineOptions::default());
        let task = bare.spawn(async move {
            let mut connection = engine.connect().await.unwrap();
            ask(&mut connection, 1).await;
        });
        bare.block_on(task).unwrap();
    }
}
