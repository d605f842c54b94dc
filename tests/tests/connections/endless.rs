//! Limits of time that no clock reaches are none.

use std::time::Duration;

use aludel::prelude::*;
use aludel::route::ReaderOptions;
use aludel::{
    EngineOptions, ErrorKind, PoolOptions, ReplicatedEngine, RetryPolicy, TransactionOptions, driver,
};

use aludel_tests::places::Place;

fn one(connection: &mut Connection) -> i64 {
    connection.one(sql("SELECT 1").rows()).wait().unwrap()
}

#[test]
fn a_connection_may_take_forever() {
    for place in [Place::postgres(), Place::mysql()] {
        let url = place.url().clone().with_option("connect_timeout", u64::MAX.to_string());
        let pool = PoolOptions::default().with_timeout(Duration::MAX);
        let engine = Engine::with_options(driver(&url).unwrap(), EngineOptions::new().pool(pool));
        let mut connection =
            engine.connect().wait().unwrap_or_else(|error| panic!("{}: {error}", place.kind));
        assert_eq!(one(&mut connection), 1);
    }
}

#[test]
fn a_reader_may_take_forever() {
    for place in [Place::sqlite(), Place::postgres()] {
        let options = ReaderOptions::new().with_any_lag().with_wait(Duration::MAX);
        let writer = place.engine(EngineOptions::new());
        let engine =
            ReplicatedEngine::new(writer, [place.engine(EngineOptions::new())]).with_options(options);
        // A database that knows no replication has come up to whatever there is.
        let position = match place.kind {
            "sqlite" => "somewhere".parse().unwrap(),
            _ => engine.position().wait().unwrap(),
        };
        let mut reading = engine.begin_after(&position, TransactionOptions::default()).wait().unwrap();
        assert_eq!(one(&mut reading), 1, "{}", place.kind);
        reading.rollback().wait().unwrap();
    }
}

#[test]
fn a_pause_may_take_forever_where_there_is_none() {
    let place = Place::sqlite();
    let engine = place.engine(EngineOptions::new());
    let policy = RetryPolicy::new().with_pauses(Duration::MAX, Duration::MAX);
    // The second is tried again, but for the policy's limit.
    for kind in [ErrorKind::UniqueViolation, ErrorKind::Serialization] {
        let failing =
            engine.retry_transaction(policy, async |_| Err::<(), _>(aludel::Error::new(kind, "no")));
        assert_eq!(failing.wait().unwrap_err().kind(), kind);
    }
}
