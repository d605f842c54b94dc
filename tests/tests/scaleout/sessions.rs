//! Sessions on a writer and its reader: objects are written on one and read from the other.

use std::time::Duration;

use aludel::orm::SessionOptions;
use aludel::prelude::*;
use aludel::route::ReaderOptions;
use aludel::{MetaData, ReplicatedEngine};

use crate::pair::{Pair, ask, eventually, port, run};

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "notes")]
struct Note {
    #[column(primary_key)]
    id: Auto<i64>,
    text: String,
}

fn reading(engine: &ReplicatedEngine) -> Session {
    Session::with_options(engine, SessionOptions::read_only())
}

fn at(session: &mut Session) -> u16 {
    port(session.connection().wait().expect("a connection"))
}

#[test]
fn a_session_reads_on_the_reader_what_another_has_written() {
    let pair = Pair::new();
    let (primary, standby) = (pair.primary.port(), pair.standby.port());
    let engine = pair.engine(ReaderOptions::new().with_any_lag().with_wait(Duration::from_secs(60)));
    engine.create_all(&MetaData::new().add(Note)).wait().expect("a table");

    let mut writing = Session::new(&engine);
    let written = writing.add(Note { text: "first".into(), ..Default::default() });
    writing.flush().wait().expect("an insert");
    assert_eq!(at(&mut writing), primary);
    writing.commit().wait().expect("a commit");
    let id = *writing[written].id;

    let first = engine.position().wait().expect("a position");
    let mut session = reading(&engine).after(&first);
    let note = session.get::<Note>(id).wait().expect("an answer").expect("what was written");
    assert_eq!(session[note].text, "first");
    assert_eq!(at(&mut session), standby);
    session.rollback().wait().expect("a rollback");

    // A reader that does not come up to the position is left alone, by each transaction anew.
    run(&pair.standby.url(), "SELECT pg_wal_replay_pause()");
    eventually("the replay is paused", || {
        ask::<String>(&pair.standby.url(), "SELECT pg_get_wal_replay_pause_state()") == "paused"
    });
    writing[written].text = "second".into();
    writing.commit().wait().expect("a commit");
    let second = engine.position().wait().expect("a position");
    let hasty = engine.with_options(ReaderOptions::new().with_any_lag().with_wait(Duration::ZERO));
    let mut session = reading(&hasty).after(&second);
    assert_eq!(session.one(select(Note.text)).wait().expect("a note"), "second");
    assert_eq!(at(&mut session), primary);
    session.commit().wait().expect("nothing to write");
    let mut session = session.after(&first);
    assert_eq!(session.one(select(Note.text)).wait().expect("a note"), "first");
    assert_eq!(at(&mut session), standby);
    // Nobody said what has to be seen.
    let mut careless = reading(&hasty);
    assert_eq!(careless.one(select(Note.text)).wait().expect("a note"), "first");
    assert_eq!(at(&mut careless), standby);

    run(&pair.standby.url(), "SELECT pg_wal_replay_resume()");
    drop((session, careless));
    engine.close().wait();
}
