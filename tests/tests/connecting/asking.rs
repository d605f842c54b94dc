//! One question to a server.

use aludel::prelude::*;
use aludel::sql::decode::FromRow;
use aludel::{Error, Result};

/// Connects, and asks for one row.
pub(crate) fn ask<T: FromRow + Send>(url: &str, question: &'static str) -> Result<T> {
    let engine = Engine::new(url)?;
    let mut connection = engine.connect().wait()?;
    connection.one(sql(question).rows()).wait()
}

/// The error of connecting, which never shows the password `hidden`.
pub(crate) fn refused(url: &str) -> Error {
    let error = match Engine::new(url).and_then(|engine| engine.connect().wait()) {
        Err(error) => error,
        Ok(_) => panic!("{url} connects"),
    };
    let shown = format!("{error}\n{error:?}");
    assert!(!shown.contains("hidden"), "{shown}");
    error
}

/// Runs a script.
pub(crate) fn run(url: &str, script: &str) {
    let engine = Engine::new(url).expect("a good URL");
    engine.connect().wait().expect("a connection").execute_script(script).wait().expect(script);
}

/// Holds that an error says one thing.
pub(crate) fn says(error: &Error, part: &str) {
    let text = error.to_string();
    assert!(text.contains(part), "`{part}` is not in: {text}");
}
