//! Several engines behind one: who is sent where. The databases are files of SQLite, which say who was asked.

use std::time::Duration;

use aludel::engine::pool::ConnectionRecord;
use aludel::engine::{BoxFuture, RawConnection};
use aludel::prelude::*;
use aludel::route::{ReaderChoice, ReaderOptions, ReaderState};
use aludel::{
    EngineOptions, Error, ErrorKind, Listener, ReplicatedEngine, RetryPolicy, ShardedEngine,
    TransactionOptions,
};

use crate::Scratch;

/// A file whose table `place` has its name.
fn place(name: &'static str) -> (Scratch, Engine) {
    let scratch = Scratch::new();
    let engine = Engine::new(&scratch.url("")).unwrap();
    let script = format!("CREATE TABLE place (name TEXT); INSERT INTO place VALUES ('{name}')");
    engine.connect().wait().unwrap().execute_script(&script).wait().unwrap();
    (scratch, engine)
}

fn asked(connection: &mut Connection) -> String {
    connection.one(sql("SELECT name FROM place").rows()).wait().unwrap()
}

fn read(engine: &ReplicatedEngine) -> String {
    asked(&mut engine.begin_with(TransactionOptions::read_only()).wait().unwrap())
}

fn missing() -> Engine {
    Engine::new("sqlite:////nowhere/at/all/reader.db?mode=ro").unwrap()
}

#[test]
fn readers_are_read_from_and_the_writer_is_written_to() {
    let (_writer, writer) = place("writer");
    let (_one, one) = place("one");
    let (_two, two) = place("two");
    let engine = ReplicatedEngine::new(writer, [one, two]);
    assert_eq!(asked(&mut engine.begin().wait().unwrap()), "writer");
    assert_eq!(asked(&mut engine.begin_with(TransactionOptions::immediate()).wait().unwrap()), "writer");
    let mut seen = [read(&engine), read(&engine), read(&engine), read(&engine)];
    assert_eq!(seen[..2], seen[2..], "in turn");
    seen.sort();
    assert_eq!(seen, ["one", "one", "two", "two"]);

    let name = async |mut tx: aludel::engine::retry::Scope| Ok::<String, Error>(asked(&mut tx));
    assert_eq!(engine.transaction(name).wait().unwrap(), "writer");
    assert_eq!(engine.retry_transaction(RetryPolicy::new(), name).wait().unwrap(), "writer");
    let reading = RetryPolicy::new().with_transaction(TransactionOptions::read_only());
    assert_ne!(engine.retry_transaction(reading, name).wait().unwrap(), "writer");
    assert_ne!(asked(&mut engine.reader().wait().unwrap().connect().wait().unwrap()), "writer");
    // Without replication there is nothing to wait for.
    let position = engine.position().wait().unwrap();
    assert_ne!(engine.transaction_after(&position, name).wait().unwrap(), "writer");

    let first = engine.with_options(ReaderOptions::new().with_choice(ReaderChoice::InOrder));
    assert_eq!([read(&first), read(&first)], ["one", "one"]);
    let least = engine.with_options(ReaderOptions::new().with_choice(ReaderChoice::LeastUsed));
    let mut held = least.begin_with(TransactionOptions::read_only()).wait().unwrap();
    let other = if asked(&mut held) == "one" { "two" } else { "one" };
    assert_eq!([read(&least), read(&least), read(&least)], [other, other, other]);
    assert_eq!(least.status().iter().map(|server| server.pool.checked_out).sum::<usize>(), 1);
}

#[test]
fn a_closure_that_writes_is_run_again_on_the_writer() {
    let (_writer, writer) = place("writer");
    let engine = ReplicatedEngine::from(writer);
    let counted = std::cell::Cell::new(0);
    let policy = RetryPolicy::new().with_pauses(Duration::ZERO, Duration::ZERO);
    let result = engine.retry_transaction(policy, async |mut tx| {
        let attempts = counted.get() + 1;
        counted.set(attempts);
        tx.execute(sql("INSERT INTO place VALUES ('again')")).await?;
        if attempts < 3 {
            Err(Error::new(ErrorKind::Serialization, "another one was faster"))
        } else {
            Ok(attempts)
        }
    });
    assert_eq!(result.wait().unwrap(), 3);
    let mut connection = engine.writer().connect().wait().unwrap();
    let count: i64 = connection.one(sql("SELECT count(*) FROM place").rows()).wait().unwrap();
    assert_eq!(count, 2, "what was taken back is gone");
    // Without readers, the writer is read from, whatever the options say.
    drop(connection);
    assert_eq!(engine.with_options(ReaderOptions::new().without_fallback()).status().len(), 1);
}

#[test]
fn a_reader_that_is_not_there_is_left_out() {
    let (_writer, writer) = place("writer");
    let (_one, one) = place("one");
    let engine = ReplicatedEngine::new(writer.clone(), [missing(), one]);
    assert_eq!([read(&engine), read(&engine), read(&engine)], ["one", "one", "one"]);
    let status = engine.status();
    assert!(
        matches!(&status[1].reader, Some(ReaderState::Down { reason }) if reason.contains("reader.db")),
        "{status:?}"
    );
    assert_eq!(status[0].reader, None);

    let alone = ReplicatedEngine::new(writer, [missing()]);
    assert_eq!(read(&alone), "writer");
    let strict = alone.with_options(ReaderOptions::new().without_fallback());
    let error = strict.begin_with(TransactionOptions::read_only()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operational);
    assert!(
        error.message().contains("reader.db") && error.message().contains("no reader will do"),
        "{error}"
    );
    assert_eq!(strict.reader().wait().unwrap_err().kind(), ErrorKind::Operational);
    strict.begin().wait().unwrap();
    alone.close().wait();
    let closed = alone.begin_with(TransactionOptions::read_only()).wait().unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Usage, "{closed}");
    assert_eq!(alone.status()[1].reader, Some(ReaderState::Unknown));
}

/// Greets nobody.
#[derive(Debug)]
struct Sulking;

impl Listener for Sulking {
    fn connect<'a>(
        &'a self,
        _: &'a mut dyn RawConnection,
        _: &'a mut ConnectionRecord,
    ) -> BoxFuture<'a, aludel::Result<()>> {
        Box::pin(std::future::ready(Err(Error::new(ErrorKind::Operational, "not today"))))
    }
}

/// That somebody can't do what they want to is for them to hear, and says nothing about the server.
#[test]
fn a_reader_that_can_be_reached_is_not_left_out() {
    let (_writer, writer) = place("writer");
    let (reader, _) = place("reader");
    let sulking = Engine::new_with(&reader.url(""), EngineOptions::new().listener(Sulking)).unwrap();
    let engine = ReplicatedEngine::new(writer, [sulking]);
    let error = engine.begin_with(TransactionOptions::read_only()).wait().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Operational, "not today"));
    let state = engine.status().remove(1).reader;
    assert!(matches!(state, Some(ReaderState::Answers { .. })), "{state:?}");
}

/// Futures of these engines can be spawned.
#[test]
fn futures_can_be_sent_to_another_thread() {
    fn sent<T>(future: impl Future<Output = T> + Send) -> T {
        future.wait()
    }
    let (_writer, writer) = place("writer");
    let shards = ShardedEngine::new([("only", writer)], |_: &str| 0).unwrap();
    let engine = shards.for_key("x").unwrap().engine().clone();
    sent(engine.begin()).unwrap();
    sent(engine.reader()).unwrap();
    let name =
        sent(engine.transaction(async |mut tx| tx.one(sql("SELECT name FROM place").rows::<String>()).await));
    assert_eq!(name.unwrap(), "writer");
    let names = sent(engine.retry_transaction(RetryPolicy::new(), async |mut tx| {
        tx.all(sql("SELECT name FROM place").rows::<String>()).await
    }));
    assert_eq!(names.unwrap(), ["writer"]);
    assert_eq!(sent(shards.fetch_all(sql("SELECT name FROM place").rows::<String>())).unwrap(), ["writer"]);
}

#[derive(Model, Clone, Debug, Default)]
#[model(table = "notes")]
struct Note {
    #[column(primary_key)]
    id: i64,
}

#[test]
fn rows_are_where_their_key_says() {
    let (_even, even) = place("even");
    let (_odd, odd) = place("odd");
    let shards =
        ShardedEngine::new([("even", even), ("odd", odd)], |id: &i64| id.rem_euclid(2) as usize).unwrap();
    let metadata = aludel::MetaData::new().add(Note);
    shards.create_all(&metadata).wait().unwrap();
    shards.create_all(&metadata).wait().unwrap();
    for id in 1..=5_i64 {
        let shard = shards.for_key(&id).unwrap();
        let noted = shard.transaction(async |mut tx| {
            tx.execute(sql("INSERT INTO notes (id) VALUES (?)").bind(id)).await?;
            Ok::<String, Error>(asked(&mut tx))
        });
        assert_eq!(noted.wait().unwrap(), shard.name());
    }
    let all = sql("SELECT id FROM notes ORDER BY id").rows::<i64>();
    assert_eq!(shards.fetch_all(all).wait().unwrap(), [2, 4, 1, 3, 5]);
    let counts = shards.on_each(async |shard| {
        let mut connection = shard.reader().await?.connect().await?;
        Ok::<_, Error>((
            shard.name().to_owned(),
            connection.one(sql("SELECT count(*) FROM notes").rows::<i64>()).await?,
        ))
    });
    assert_eq!(counts.wait().unwrap(), [("even".to_owned(), 2), ("odd".to_owned(), 3)]);
    assert_eq!(shards.named("odd").map(|shard| shard.name().to_owned()), Some("odd".to_owned()));

    shards
        .named("odd")
        .unwrap()
        .writer()
        .connect()
        .wait()
        .unwrap()
        .execute_script("DROP TABLE notes")
        .wait()
        .unwrap();
    let error = shards.fetch_all(sql("SELECT id FROM notes").rows::<i64>()).wait().unwrap_err();
    assert!(error.to_string().contains("on the shard `odd`"), "{error}");
    shards.drop_all(&metadata).wait().unwrap();
    shards.close().wait();
    assert_eq!(shards.for_key(&1).unwrap().begin().wait().unwrap_err().kind(), ErrorKind::Usage);
}

#[test]
fn a_wrong_choice_of_shards_is_told() {
    let (_one, one) = place("one");
    let error = ShardedEngine::new([("a", one.clone()), ("a", one.clone())], |_: &i64| 0).unwrap_err();
    assert!(error.message().contains("two shards of the name `a`"), "{error}");
    assert!(ShardedEngine::new(Vec::<(&str, Engine)>::new(), |_: &i64| 0).is_err());
    let shards = ShardedEngine::new([("a", one)], |id: &i64| *id as usize).unwrap();
    let error = shards.for_key(&3).unwrap_err();
    assert!(error.message().contains("says 3") && error.message().contains("1 shard"), "{error}");
    assert_eq!(shards.clone().status().len(), 1);
}
