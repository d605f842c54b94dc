//! URLs that name several servers.

use std::collections::BTreeSet;
use std::net::TcpListener;

use aludel::prelude::*;
use aludel::{Error, ErrorKind};
use aludel_tests::private::{Postgres, Stop};

use crate::pair::{Pair, port};

fn connected(url: &str) -> u16 {
    let engine = Engine::new(url).expect("a good URL");
    port(&mut engine.connect().wait().expect(url))
}

fn refused(url: &str) -> Error {
    Engine::new(url).expect("a good URL").connect().wait().expect_err(url)
}

#[test]
fn the_server_that_is_wanted_is_found_wherever_it_stands() {
    let mut pair = Pair::new();
    let (primary, standby) = (pair.primary.port(), pair.standby.port());
    for (attribute, expected) in [
        ("any", primary),
        ("read-write", primary),
        ("primary", primary),
        ("read-only", standby),
        ("standby", standby),
        ("prefer-standby", standby),
    ] {
        assert_eq!(
            connected(&pair.url(&format!("target_session_attrs={attribute}"))),
            expected,
            "{attribute}"
        );
        let reversed = format!(
            "postgres://postgres@/postgres?host=127.0.0.1,127.0.0.1&port={standby},{primary}\
             &target_session_attrs={attribute}"
        );
        let expected = if attribute == "any" { standby } else { expected };
        assert_eq!(connected(&reversed), expected, "{reversed}");
    }
    // It is the session's default that counts, as for libpq.
    let read_only = pair.url("target_session_attrs=read-write&options=-c%20default_transaction_read_only=on");
    assert_eq!(refused(&read_only).kind(), ErrorKind::Disconnect);

    let both = pair.url("load_balance_hosts=random&pool_class=null");
    let engine = Engine::new(&both).expect("a good URL");
    // All on the same side by chance: once in 2^63.
    let seen: BTreeSet<u16> = (0..64).map(|_| port(&mut engine.connect().wait().expect(&both))).collect();
    assert_eq!(seen, BTreeSet::from([primary, standby]));

    pair.standby.stop(Stop::Immediate);
    assert_eq!(connected(&pair.url("target_session_attrs=prefer-standby")), primary);
    let error = refused(&pair.url("target_session_attrs=standby"));
    assert_eq!(error.kind(), ErrorKind::Disconnect, "{error}");
    let shown = error.to_string();
    assert!(
        shown.contains(&format!(
            "127.0.0.1:{primary}: it is a primary that takes writes, but the URL asks for `target_session_attrs=standby`"
        )),
        "{shown}"
    );
    assert!(shown.contains(&format!("127.0.0.1:{standby}: ")) && shown.contains("refused"), "{shown}");
}

#[test]
fn what_does_not_answer_is_passed_over_and_what_turns_away_is_not() {
    let server = Postgres::setup().start();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = silent.local_addr().expect("an address").port();
    let closed = {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        free.local_addr().expect("an address").port()
    };
    let hosts = |path: &str| {
        format!(
            "postgres://postgres:hidden@127.0.0.1:{closed},127.0.0.1:{silent},127.0.0.1:{}{path}",
            server.port()
        )
    };
    assert_eq!(connected(&hosts("/postgres?connect_timeout=6")), server.port());

    let error = refused(&hosts(",127.0.0.1:1/aludel_nowhere?connect_timeout=6"));
    assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, Some("3D000")), "{error}");
    let shown = format!("{error}\n{error:?}");
    for part in [
        "refused",
        "did not",
        "\"aludel_nowhere\" does not exist",
        "not asked after that: 127.0.0.1:1",
        &format!("postgres://postgres:***@127.0.0.1:{closed},127.0.0.1:{silent}"),
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("hidden"), "{shown}");
}
