//! MariaDB's ways to log in beside a password that is hashed: `ed25519`.

use aludel::ErrorKind;
use aludel::prelude::*;
use aludel_tests::private::MariaDb;

use crate::asking::{ask, refused, run, says};

#[test]
fn a_login_by_ed25519() {
    let server = MariaDb::setup().start();
    run(
        &server.socket_url(),
        "INSTALL SONAME 'auth_ed25519'; CREATE USER modern@'%' IDENTIFIED VIA ed25519 USING PASSWORD('hidden ü')",
    );
    let url = |user: &str| format!("mysql://{user}@127.0.0.1:{}/", server.port());
    let right = url("modern:hidden%20%C3%BC");
    assert_eq!(ask::<String>(&right, "SELECT CURRENT_USER()").unwrap(), "modern@%");
    for wrong in ["modern:hidden", "modern"] {
        let error = refused(&url(wrong));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{wrong}: {error}");
        says(&error, "Access denied for user");
    }
    // What stops a statement logs in the same way.
    let engine = Engine::new(&format!("{right}?statement_timeout=200")).unwrap();
    let mut connection = engine.connect().wait().unwrap();
    let slow = sql("SELECT count(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, \
                    information_schema.COLUMNS c");
    let stopped = connection.one(slow.rows::<i64>()).wait().unwrap_err();
    assert_eq!(stopped.kind(), ErrorKind::Timeout, "{stopped}");
    assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1);
}
