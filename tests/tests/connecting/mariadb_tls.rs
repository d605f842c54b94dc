//! MariaDB over TLS and by the socket, all the ways in which that does not come about, and how it asks who somebody is.

use aludel::prelude::*;
use aludel::{ErrorKind, Result};
use aludel_tests::private::{MariaDb, MariaDbSetup, Stop};

use crate::asking::{ask, refused, run, says};
use crate::certificates::{Authority, Files, Identity, self_signed};

fn encrypting(identity: &Identity) -> MariaDbSetup {
    MariaDb::setup()
        .file("server.crt", identity.certificate.as_str())
        .file("server.key", identity.key.as_str())
        .line("ssl-cert = ../server.crt")
        .line("ssl-key = ../server.key")
}

/// Whether a connection is encrypted.
fn encrypted(url: &str) -> Result<bool> {
    let question =
        "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'";
    ask::<String>(url, question).map(|cipher| !cipher.is_empty())
}

#[test]
fn each_ssl_mode_means_what_mysql_means_by_it() {
    let authority = Authority::new("ours");
    let server = encrypting(&authority.server(&["localhost", "*.example.org"])).start();
    run(&server.socket_url(), "CREATE USER 'alice'@'%' IDENTIFIED BY 'hidden: %&ü'");
    let files = Files::new("maria-modes");
    let ours = files.write("ours.pem", &authority.certificate);
    let strange = files.write("strange.pem", &Authority::new("a stranger").certificate);
    let url = |host: &str, options: &str| {
        let options = options.replace("OURS", &ours).replace("STRANGE", &strange);
        format!("mysql://alice:hidden%3A%20%25%26%C3%BC@{host}:{}/?{options}", server.port())
    };

    for (host, options, expected) in [
        ("localhost", "ssl_mode=disabled", false),
        ("localhost", "", true),
        ("localhost", "ssl-mode=PREFERRED", true),
        ("127.0.0.1", "ssl_mode=required", true),
        ("localhost", "ssl_ca=OURS", true),
        ("127.0.0.1", "ssl_ca=OURS", true),
        ("127.0.0.1", "ssl_mode=verify_ca&ssl_ca=OURS", true),
        ("localhost", "ssl_mode=verify_identity&ssl_ca=OURS", true),
    ] {
        assert_eq!(encrypted(&url(host, options)).expect(options), expected, "{host} {options}");
    }
    for (host, options, part) in [
        ("localhost", "ssl_ca=STRANGE", "UnknownIssuer"),
        ("127.0.0.1", "ssl_mode=verify_ca&ssl_ca=STRANGE", "UnknownIssuer"),
        ("localhost", "ssl_mode=verify_identity&ssl_ca=STRANGE", "has to be in the file `ssl_ca`"),
        ("127.0.0.1", "ssl_mode=verify_identity&ssl_ca=OURS", "certificate not valid for name \"127.0.0.1\""),
        ("localhost", "ssl_mode=verify_identity&ssl_ca=/nowhere.pem", "`ssl_ca` names `/nowhere.pem`"),
        ("localhost", "ssl_cert=OURS&ssl_key=OURS", "no private key in PEM"),
    ] {
        let error = refused(&url(host, options));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        says(&error, part);
    }
    let error = refused(&url("localhost", "ssl_mode=verify_identity"));
    let text = error.to_string();
    assert!(text.contains("UnknownIssuer") || text.contains("the system has no root certificates"), "{text}");

    // More than fits into one record, there and back; and on the socket nothing is encrypted.
    let long: i64 =
        ask(&url("localhost", "ssl_mode=required"), "SELECT length(repeat('x', 3000000))").unwrap();
    assert_eq!(long, 3_000_000);
    assert!(!encrypted(&format!("{}&ssl_mode=required", server.socket_url())).unwrap());

    let wrong = refused(&url("localhost", "ssl_mode=required").replace("%3A%20", ""));
    says(&wrong, "Access denied for user 'alice'");
}

#[test]
fn certificates_that_are_out_of_date_or_their_own_authority() {
    let authority = Authority::new("ours");
    let files = Files::new("maria-dates");
    let ours = files.write("ours.pem", &authority.certificate);
    let mut server = encrypting(&authority.expired_server(&["localhost"])).start();
    let url = |options: &str| format!("mysql://root:@localhost:{}/?{options}", server.port());
    run(&server.socket_url(), "CREATE USER root@'%' IDENTIFIED BY ''; GRANT ALL ON *.* TO root@'%'");
    assert!(encrypted(&url("ssl_mode=required")).unwrap());
    for mode in ["verify_ca", "verify_identity"] {
        says(&refused(&url(&format!("ssl_mode={mode}&ssl_ca={ours}"))), "certificate expired");
    }
    let alone = self_signed(&["localhost"]);
    let own = files.write("own.pem", &alone.certificate);
    let own = url(&format!("ssl_ca={own}"));
    server.write("server.crt", &alone.certificate);
    server.write("server.key", &alone.key);
    server.restart(Stop::Fast);
    says(&refused(&own), "have it signed by one of your own");
}

#[test]
fn a_server_without_tls() {
    let server = MariaDb::setup().line("skip-ssl").start();
    let url = |options: &str| format!("mysql://root@127.0.0.1:{}/?{options}", server.port());
    for options in ["", "ssl_mode=disabled", "ssl_mode=preferred"] {
        assert!(!encrypted(&url(options)).expect(options), "{options}");
    }
    for options in ["ssl_mode=required", "ssl_mode=verify_identity"] {
        let error = refused(&url(options));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        says(&error, "the server does not encrypt connections");
    }
}

#[test]
fn users_who_have_to_encrypt_or_to_show_a_certificate() {
    let authority = Authority::new("ours");
    let server = encrypting(&authority.server(&["localhost"]))
        .file("ca.crt", authority.certificate.as_str())
        .line("ssl-ca = ../ca.crt")
        .start();
    run(
        &server.socket_url(),
        "CREATE USER encrypted@'%' REQUIRE SSL; CREATE USER bob@'%' REQUIRE SUBJECT '/CN=bob'",
    );
    let files = Files::new("maria-users");
    let bob = authority.user("bob");
    let (certificate, key) = (files.write("bob.crt", &bob.certificate), files.write("bob.key", &bob.key));
    let other = files.write("other.key", &authority.user("bob").key);
    let url = |user: &str, options: &str| format!("mysql://{user}@localhost:{}/?{options}", server.port());

    assert!(encrypted(&url("encrypted", "")).unwrap());
    // What stops a statement goes over a connection of its own, which the server wants encrypted, too.
    let engine = Engine::new(&url("encrypted", "statement_timeout=200")).unwrap();
    let mut connection = engine.connect().wait().unwrap();
    let slow = sql("SELECT count(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, \
                    information_schema.COLUMNS c");
    let stopped = connection.one(slow.rows::<i64>()).wait().unwrap_err();
    assert_eq!(stopped.kind(), ErrorKind::Timeout, "{stopped}");
    assert_eq!(connection.one(sql("SELECT 1").rows::<i64>()).wait().unwrap(), 1, "{stopped}");
    says(&refused(&url("encrypted", "ssl_mode=disabled")), "Access denied for user 'encrypted'");
    assert!(encrypted(&url("bob", &format!("ssl_cert={certificate}&ssl_key={key}"))).unwrap());
    says(&refused(&url("bob", "")), "Access denied for user 'bob'");
    says(
        &refused(&url("bob", &format!("ssl_cert={certificate}&ssl_key={other}"))),
        "`ssl_cert` and `ssl_key` don't fit",
    );
}
