//! How PostgreSQL asks who somebody is.

use aludel::ErrorKind;
use aludel_tests::private::Postgres;

use crate::asking::{ask, refused, run, says};
use crate::certificates::Authority;

const ROLES: &str = "SET password_encryption = 'scram-sha-256'; \
                     CREATE ROLE scram LOGIN PASSWORD 'hidden: %&ü'; \
                     CREATE ROLE clear LOGIN PASSWORD 'hidden: %&ü'; \
                     CREATE ROLE nothing LOGIN; \
                     SET password_encryption = 'md5'; \
                     CREATE ROLE old LOGIN PASSWORD 'hidden: %&ü'";
const PASSWORD: &str = "hidden%3A%20%25%26%C3%BC";

#[test]
fn every_kind_of_password() {
    let identity = Authority::new("ours").server(&["localhost"]);
    let server = Postgres::setup()
        .line("ssl = on")
        .file("server.crt", identity.certificate)
        .file("server.key", identity.key)
        .hba("local all scram scram-sha-256")
        .hba("host all scram,nothing all scram-sha-256")
        .hba("host all old all md5")
        .hba("host all clear all password")
        .hba("host all trusted all trust")
        .start();
    run(&server.socket_url(), ROLES);
    run(&server.socket_url(), "CREATE ROLE trusted LOGIN");
    let url = |login: &str, options: &str| {
        format!("postgres://{login}@localhost:{}/postgres?{options}", server.port())
    };

    for mode in ["sslmode=disable", "sslmode=require"] {
        for user in ["scram", "old", "clear"] {
            let name: String =
                ask(&url(&format!("{user}:{PASSWORD}"), mode), "SELECT current_user::text").unwrap();
            assert_eq!(name, user);

            let wrong = refused(&url(&format!("{user}:hidden"), mode));
            assert_eq!((wrong.kind(), wrong.code()), (ErrorKind::Configuration, Some("28P01")), "{wrong}");
            says(
                &wrong,
                &format!("password authentication failed for user \"{user}\". Look at user and password"),
            );

            let none = refused(&url(user, mode));
            assert_eq!(none.kind(), ErrorKind::Configuration, "{none}");
            says(&none, "password");
        }
        says(&refused(&url("nothing:hidden", mode)), "password authentication failed for user \"nothing\"");
        says(&refused(&url("nobody:hidden", mode)), "no pg_hba.conf entry");
    }

    // SCRAM is bound to the encryption where there is one, and only SCRAM can be.
    let name: String = ask(
        &url(&format!("scram:{PASSWORD}"), "sslmode=require&channel_binding=require"),
        "SELECT current_user::text",
    )
    .unwrap();
    assert_eq!(name, "scram");
    for login in [format!("old:{PASSWORD}"), format!("clear:{PASSWORD}"), "trusted".into()] {
        let error = refused(&url(&login, "sslmode=require&channel_binding=require"));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        says(&error, "channel binding");
    }
    let off = url(&format!("scram:{PASSWORD}"), "sslmode=require&channel_binding=disable");
    assert_eq!(ask::<String>(&off, "SELECT current_user::text").unwrap(), "scram");

    let folder = server.socket_folder().display().to_string().replace('/', "%2F");
    let socket = format!("postgres://scram:{PASSWORD}@{folder}:{}/postgres", server.port());
    assert_eq!(ask::<String>(&socket, "SELECT current_user::text").unwrap(), "scram");
    says(&refused(&socket.replace(PASSWORD, "hidden")), "password authentication failed");
}
