//! PostgreSQL over TLS, and all the ways in which that does not come about.

use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel::{ErrorKind, Result};
use aludel_tests::cancel::drop_at;
use aludel_tests::private::{Postgres, PostgresSetup, Stop};

use crate::asking::{ask, refused, run, says};
use crate::certificates::{Authority, Files, Identity, self_signed};

/// A server that encrypts, and lets everybody in who is in `hba`.
fn encrypting(identity: &Identity, hba: &[&str]) -> PostgresSetup {
    let setup = Postgres::setup()
        .line("ssl = on")
        .file("server.crt", identity.certificate.as_str())
        .file("server.key", identity.key.as_str());
    hba.iter().fold(setup, |setup, line| setup.hba(*line))
}

const EVERYBODY: &[&str] =
    &["host all all localhost trust", "host all all 127.0.0.1/32 trust", "host all all ::1/128 trust"];

/// Whether a connection is encrypted.
fn encrypted(url: &str) -> Result<bool> {
    ask(url, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
}

#[test]
fn each_sslmode_means_what_libpq_means_by_it() {
    let authority = Authority::new("ours");
    let server = encrypting(&authority.server(&["localhost"]), EVERYBODY).start();
    let files = Files::new("pg-modes");
    let ours = files.write("ours.pem", &authority.certificate);
    let strange = files.write("strange.pem", &Authority::new("a stranger").certificate);
    let url = |host: &str, options: &str| {
        let options = options.replace("OURS", &ours).replace("STRANGE", &strange);
        format!("postgres://postgres:hidden@{host}:{}/postgres?{options}", server.port())
    };

    for (host, options, expected) in [
        ("localhost", "sslmode=disable", false),
        ("localhost", "sslmode=allow", false),
        ("localhost", "", true),
        ("localhost", "sslmode=prefer", true),
        ("localhost", "sslmode=require", true),
        ("127.0.0.1", "sslmode=require", true),
        ("localhost", "sslmode=require&sslrootcert=OURS", true),
        ("127.0.0.1", "sslmode=require&sslrootcert=OURS", true),
        ("127.0.0.1", "sslmode=verify-ca&sslrootcert=OURS", true),
        ("localhost", "sslmode=verify-full&sslrootcert=OURS", true),
    ] {
        assert_eq!(encrypted(&url(host, options)).expect(options), expected, "{host} {options}");
    }

    for (host, options, part) in [
        ("localhost", "sslmode=require&sslrootcert=STRANGE", "UnknownIssuer"),
        ("localhost", "sslmode=verify-ca&sslrootcert=STRANGE", "UnknownIssuer"),
        ("localhost", "sslmode=verify-full&sslrootcert=STRANGE", "has to be in the file `sslrootcert`"),
        ("127.0.0.1", "sslmode=verify-full&sslrootcert=OURS", "certificate not valid for name \"127.0.0.1\""),
        ("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem", "`sslrootcert` names `/nowhere.pem`"),
    ] {
        let error = refused(&url(host, options));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        says(&error, part);
    }
    // PostgreSQL before 17 waits for a greeting in its own words.
    let version: i32 =
        ask(&url("localhost", ""), "SELECT current_setting('server_version_num')::int / 10000").unwrap();
    let direct = url("localhost", "sslmode=require&sslnegotiation=direct");
    match version {
        17.. => assert!(encrypted(&direct).unwrap()),
        _ => says(&refused(&direct), "cannot connect to"),
    }
}

#[test]
fn the_systems_roots_do_not_know_a_private_authority() {
    let authority = Authority::new("ours");
    let server = encrypting(&authority.server(&["localhost"]), EVERYBODY).start();
    for options in ["sslmode=verify-full", "sslrootcert=system"] {
        let error =
            refused(&format!("postgres://postgres:hidden@localhost:{}/postgres?{options}", server.port()));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        let text = error.to_string();
        assert!(
            text.contains("UnknownIssuer") || text.contains("the system has no root certificates"),
            "{text}"
        );
    }
}

#[test]
fn certificates_that_are_out_of_date_or_their_own_authority() {
    let authority = Authority::new("ours");
    let files = Files::new("pg-dates");
    let ours = files.write("ours.pem", &authority.certificate);
    let mut server = encrypting(&authority.expired_server(&["localhost"]), EVERYBODY).start();
    let url =
        |options: &str| format!("postgres://postgres:hidden@localhost:{}/postgres?{options}", server.port());
    assert!(encrypted(&url("sslmode=require")).unwrap());
    for mode in ["verify-ca", "verify-full"] {
        let error = refused(&url(&format!("sslmode={mode}&sslrootcert={ours}")));
        says(&error, "certificate expired");
        says(&error, "The server needs a new one");
    }

    let alone = self_signed(&["localhost"]);
    let own = files.write("own.pem", &alone.certificate);
    let other = files.write("other.pem", &self_signed(&["localhost"]).certificate);
    let urls = [
        url(&format!("sslmode=verify-full&sslrootcert={own}")),
        url(&format!("sslmode=verify-ca&sslrootcert={own}")).replace("localhost", "127.0.0.1"),
        url(&format!("sslmode=verify-full&sslrootcert={own}")).replace("localhost", "127.0.0.1"),
        url(&format!("sslmode=verify-full&sslrootcert={other}")),
    ];
    server.write("server.crt", &alone.certificate);
    server.write("server.key", &alone.key);
    server.restart(Stop::Fast);
    assert!(encrypted(&urls[0]).unwrap());
    assert!(encrypted(&urls[1]).unwrap());
    says(&refused(&urls[2]), "certificate not valid for name");
    says(&refused(&urls[3]), "no encrypted connection could be made");
}

#[test]
fn a_server_without_tls() {
    let server = Postgres::setup().start();
    let url =
        |options: &str| format!("postgres://postgres:hidden@127.0.0.1:{}/postgres?{options}", server.port());
    for options in ["", "sslmode=disable", "sslmode=allow", "sslmode=prefer"] {
        assert!(!encrypted(&url(options)).expect(options), "{options}");
    }
    for options in ["sslmode=require", "sslmode=verify-full", "channel_binding=require&sslmode=require"] {
        let error = refused(&url(options));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        says(&error, "the server does not encrypt connections");
    }
    // On a Unix socket there is nothing to encrypt.
    assert!(!encrypted(&format!("{}?sslmode=require", server.socket_url())).unwrap());
}

#[test]
fn a_server_that_demands_or_forbids_encryption() {
    let authority = Authority::new("ours");
    let hba = ["hostssl all encrypted all trust", "hostnossl all plain all trust"];
    let server = encrypting(&authority.server(&["localhost"]), &hba).start();
    run(&server.socket_url(), "CREATE ROLE encrypted LOGIN; CREATE ROLE plain LOGIN");
    let url = |user: &str, mode: &str| {
        format!("postgres://{user}:hidden@localhost:{}/postgres?sslmode={mode}", server.port())
    };
    for (user, mode, expected) in [
        ("encrypted", "allow", true),
        ("encrypted", "prefer", true),
        ("encrypted", "require", true),
        ("plain", "disable", false),
        ("plain", "allow", false),
        ("plain", "prefer", false),
    ] {
        assert_eq!(encrypted(&url(user, mode)).expect(mode), expected, "{user} {mode}");
    }
    for (user, mode, part) in
        [("encrypted", "disable", "no encryption"), ("plain", "require", "SSL encryption")]
    {
        let error = refused(&url(user, mode));
        assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, Some("28000")), "{error}");
        says(&error, part);
        says(&error, "pg_hba.conf");
    }
}

#[test]
fn certificates_of_users() {
    let authority = Authority::new("ours");
    let files = Files::new("pg-users");
    let hba = ["hostssl all all all cert"];
    let server = encrypting(&authority.server(&["localhost"]), &hba)
        .line("ssl_ca_file = 'root.crt'")
        .file("root.crt", authority.certificate.as_str())
        .start();
    run(&server.socket_url(), "CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN");
    let alice = authority.user("alice");
    let stranger = Authority::new("a stranger").user("alice");
    let (certificate, key) =
        (files.write("alice.crt", &alice.certificate), files.write("alice.key", &alice.key));
    let (strange, strange_key) =
        (files.write("strange.crt", &stranger.certificate), files.write("strange.key", &stranger.key));
    let url = |user: &str, options: &str| {
        format!("postgres://{user}@localhost:{}/postgres?sslmode=require{options}", server.port())
    };

    assert!(encrypted(&url("alice", &format!("&sslcert={certificate}&sslkey={key}"))).unwrap());
    for (user, options, part) in [
        ("bob", format!("&sslcert={certificate}&sslkey={key}"), "authentication failed for user \"bob\""),
        ("alice", String::new(), "requires a valid client certificate"),
        ("alice", format!("&sslcert={strange}&sslkey={strange_key}"), "`sslcert` and `sslkey`"),
        ("alice", format!("&sslcert={certificate}&sslkey={strange_key}"), "don't fit"),
        ("alice", format!("&sslcert={key}&sslkey={key}"), "no certificate in PEM"),
        ("alice", format!("&sslcert={certificate}&sslkey={certificate}"), "no private key in PEM"),
        ("alice", format!("&sslcert={certificate}&sslkey=/nowhere.key"), "`sslkey` names `/nowhere.key`"),
        ("alice", format!("&sslcert={certificate}"), "go together"),
    ] {
        says(&refused(&url(user, &options)), part);
    }
}

/// What is outstanding is cancelled over a connection of its own, which the server wants encrypted, too.
#[test]
fn a_statement_that_is_dropped_is_cancelled_over_tls() {
    let authority = Authority::new("ours");
    let server = encrypting(&authority.server(&["localhost"]), &["hostssl all all all trust"]).start();
    let files = Files::new("pg-cancel");
    let ours = files.write("ours.pem", &authority.certificate);
    let url = format!(
        "postgres://postgres@localhost:{}/postgres?sslmode=verify-full&sslrootcert={ours}",
        server.port()
    );
    let engine = Engine::new(&url).unwrap();
    let mut connection = engine.connect().wait().unwrap();
    // More than fits into one record, there and back.
    let long = "x".repeat(3_000_000);
    let back: String = connection.one(sql("SELECT ?::text").bind(long.clone()).rows()).wait().unwrap();
    assert!(back == long);

    let slow = connection.execute_script("SELECT pg_sleep(600)");
    let _ = drop_at(0, slow);
    drop(connection);
    let begun = Instant::now();
    while !server.log().contains("canceling statement due to user request") {
        assert!(begun.elapsed() < Duration::from_secs(60), "it is not cancelled: {}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    engine.close().wait();
}
