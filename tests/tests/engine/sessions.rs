//! Sessions on several engines behind one: what they read from, and what a promise to only read refuses.

use std::time::Duration;

use aludel::orm::{ErrorKind, ObjectState, SessionOptions};
use aludel::prelude::*;
use aludel::route::{Position, ReaderChoice, ReaderOptions};
use aludel::{
    DatabaseUrl, EngineOptions, MetaData, PoolOptions, ReplicatedEngine, ShardedEngine, TransactionOptions,
};
use aludel_test::RecordingDriver;

use crate::Scratch;

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "notes")]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
}

/// A database whose only note says which one it is.
fn place(name: &str) -> (Scratch, Engine) {
    let scratch = Scratch::new();
    let engine = Engine::new(&scratch.url("")).unwrap();
    engine.create_all(&MetaData::new().add(Note)).wait().unwrap();
    let mut session = Session::new(&engine);
    session.add(Note { id: 1, text: name.to_owned() });
    session.commit().wait().unwrap();
    (scratch, engine)
}

fn texts(session: &mut Session) -> Vec<String> {
    session.all(select(Note.text).order_by(Note.id)).wait().unwrap()
}

#[test]
fn who_promises_to_only_read_does_so_on_a_reader() {
    let (_writer, writer) = place("writer");
    let (_one, one) = place("one");
    let (_two, two) = place("two");
    let shop = ReplicatedEngine::new(writer.clone(), [one, two]);

    let mut writing = Session::new(&shop);
    assert_eq!(texts(&mut writing), ["writer"]);
    writing.add(Note { id: 2, text: "new".into() });
    writing.commit().wait().unwrap();
    assert_eq!(texts(&mut writing), ["writer", "new"]);
    assert_eq!(texts(&mut Session::new(&writer)), ["writer", "new"]);
    let name = writing.engine().connect().wait().unwrap().one(select(Note.text).filter(Note.id.eq(1))).wait();
    assert_eq!(name.unwrap(), "writer");

    let mut reading = Session::with_options(&shop, SessionOptions::read_only());
    let first = texts(&mut reading);
    assert_ne!(first, ["writer", "new"]);
    assert_eq!(texts(&mut reading), first, "one transaction stays where it is");
    reading.rollback().wait().unwrap();
    let second = texts(&mut reading);
    assert_ne!(second, first, "the next one goes to the next reader");
    assert_ne!(second, ["writer", "new"]);

    // Nothing is ever late here, so that a reader will do.
    let position = shop.position().wait().unwrap();
    let mut patient = Session::with_options(&shop, SessionOptions::read_only()).after(&position);
    assert_ne!(texts(&mut patient), ["writer", "new"]);
    let mut bold = Session::new(&shop).after(&position);
    assert_eq!(texts(&mut bold), ["writer", "new"], "who may write is on the writer");
}

#[test]
fn objects_of_a_reader_are_loaded_like_others() {
    let (_writer, writer) = place("writer");
    let (_one, one) = place("one");
    let first = ReaderOptions::new().with_choice(ReaderChoice::InOrder);
    let shop = ReplicatedEngine::new(writer, [one]).with_options(first);
    let mut session = Session::with_options(&shop, SessionOptions::read_only());
    let note = session.get::<Note>(1).wait().unwrap().unwrap();
    assert_eq!(session[note].text, "one");
    assert_eq!(session.one(select(Note)).wait().unwrap(), note);
    session.refresh(note).wait().unwrap();
    // To look at an object by a mutable borrow changes nothing.
    let _ = &mut session[note];
    session.flush().wait().unwrap();
    session.commit().wait().unwrap();
    assert_eq!(session[note].text, "one");
}

#[test]
fn no_reader_is_an_error_of_the_first_query() {
    let (_writer, writer) = place("writer");
    let missing = Engine::new("sqlite:////nowhere/at/all/reader.db?mode=ro").unwrap();
    let shop = ReplicatedEngine::new(writer, [missing]);
    assert_eq!(texts(&mut Session::with_options(&shop, SessionOptions::read_only())), ["writer"]);
    let strict = shop.with_options(ReaderOptions::new().without_fallback());
    let mut session = Session::with_options(&strict, SessionOptions::read_only());
    let error = session.all(select(Note)).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Database);
    assert!(error.to_string().contains("no reader will do"), "{error}");
    assert_eq!(texts(&mut Session::new(&strict)), ["writer"]);
}

#[test]
fn changes_in_a_session_that_only_reads_are_refused_before_anything_is_sent() {
    let (scratch, _) = place("here");
    let driver = aludel::driver(&DatabaseUrl::parse(&scratch.url("")).unwrap()).unwrap();
    let (driver, recorder) = RecordingDriver::new(driver);
    let engine = Engine::with_driver(driver);
    let mut session = Session::with_options(&engine, SessionOptions::read_only());
    let refused = |session: &mut Session, what: &str| {
        let before = recorder.statements().len();
        for error in [
            session.flush().wait().unwrap_err(),
            session.commit().wait().unwrap_err(),
            session.all(select(Note)).wait().unwrap_err(),
            session.begin_nested().wait().map(drop).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
            assert!(error.to_string().contains(&format!("a `Note` was {what}")), "{error}");
        }
        assert_eq!(recorder.statements().len(), before, "nothing was sent");
    };

    // Without a transaction, and in one.
    for _ in 0..2 {
        let new = session.add(Note { id: 2, text: "new".into() });
        refused(&mut session, "added");
        assert_eq!(session.state(new), Some(ObjectState::Pending));
        session.expunge(new).unwrap();
        assert_eq!(texts(&mut session), ["here"]);
    }

    let note = session.one(select(Note)).wait().unwrap();
    session[note].text = "changed".into();
    refused(&mut session, "changed");
    session.refresh(note).wait().unwrap();
    assert_eq!(session[note].text, "here");

    session.delete(note).unwrap();
    refused(&mut session, "deleted");
    session.add(note);
    assert_eq!(texts(&mut session), ["here"]);

    session[note].text = "changed".into();
    session.add(Note { id: 3, text: "new".into() });
    refused(&mut session, "added");
    session.rollback().wait().unwrap();
    assert_eq!(session[note].text, "here");
    session.commit().wait().unwrap();

    // What is not the session's own, the database refuses.
    let error = session.execute(update(Note).set(Note.text, "by hand")).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Database, "{error}");
    session.rollback().wait().unwrap();

    // Without autoflush, queries go on.
    let options = SessionOptions::new().with_transaction(TransactionOptions::read_only()).without_autoflush();
    let mut session = Session::with_options(&engine, options);
    session.add(Note { id: 4, text: "new".into() });
    assert_eq!(texts(&mut session), ["here"]);
    assert_eq!(session.commit().wait().unwrap_err().kind(), ErrorKind::Usage);
}

#[test]
fn a_session_works_on_the_shard_of_a_key() {
    let (_even, even) = place("even");
    let (_odd, odd) = place("odd");
    let shards =
        ShardedEngine::new([("even", even), ("odd", odd)], |id: &i64| id.rem_euclid(2) as usize).unwrap();
    for (key, name) in [(8, "even"), (9, "odd")] {
        let mut session = Session::new(shards.for_key(&key).unwrap());
        assert_eq!(texts(&mut session), [name]);
        session.add(Note { id: key, text: "more".into() });
        session.commit().wait().unwrap();
    }
    let all = shards.fetch_all(select(Note.id).order_by(Note.id)).wait().unwrap();
    assert_eq!(all, [1, 8, 1, 9]);
}

/// The pool's error says where the session was made, on readers as well.
#[test]
fn a_session_on_a_reader_says_where_it_was_made() {
    let (_writer, writer) = place("writer");
    let one = Scratch::new();
    let pool = PoolOptions::default().with_size(1).with_overflow(0).with_timeout(Duration::from_millis(50));
    let options = EngineOptions::new().pool(pool);
    let reader = Engine::new_with(&one.url(""), options).unwrap();
    reader.create_all(&MetaData::new().add(Note)).wait().unwrap();
    let shop = ReplicatedEngine::new(writer, [reader]).with_options(ReaderOptions::new().without_fallback());
    let mut holder = Session::with_options(&shop, SessionOptions::read_only()).after(&Position::default());
    let line = line!() - 1;
    assert_eq!(texts(&mut holder), [] as [&str; 0]);
    let mut late = Session::with_options(&shop, SessionOptions::read_only());
    let error = late.all(select(Note)).wait().unwrap_err();
    assert!(error.to_string().contains(&format!("sessions.rs:{line}")), "{error}");
}
