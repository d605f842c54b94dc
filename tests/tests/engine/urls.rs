//! URLs that open nothing: the error says why, and never shows a password.

use aludel::prelude::*;
use aludel::{DatabaseUrl, Engine, ErrorKind};
use proptest::prelude::*;

#[test]
fn an_unknown_scheme_lists_the_known_ones() {
    let error = Engine::new("oracle://scott:tiger@host/db").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let message = error.to_string();
    assert!(message.contains("`oracle`"), "{message}");
    assert!(message.contains("sqlite"), "{message}");
    assert!(!message.contains("tiger"), "{message}");
}

#[test]
fn what_is_malformed_shows_a_good_one() {
    for url in [
        "",
        "shop.db",
        "sqlite:shop.db",
        "://x",
        "post gres://x",
        "postgres://h:port/db",
        "postgres://h:99999/db",
        "sqlite:///%zz",
    ] {
        let error = Engine::new(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
        let message = error.to_string();
        assert!(message.contains("sqlite:///shop.db") || message.contains("%25"), "{url}: {message}");
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let engine = Engine::new("sqlite:////nowhere/at/all/shop.db").unwrap();
    let error = engine.connect().wait().unwrap_err();
    assert!(error.to_string().contains("nowhere/at/all/shop.db"), "{error}");
}

#[test]
fn secrets_among_the_options_are_hidden_however_they_are_spelt() {
    let url = "postgres://host/db?PASSWORD=s3cret&sslPassphrase=s3cret&auth_token=s3cret&pwd=s3cret&sslmode=require";
    let shown = DatabaseUrl::parse(url).unwrap().to_string();
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("sslmode=require"), "{shown}");
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// However a password is written, with characters that would have to be encoded or not, no message has it.
    #[test]
    fn no_message_shows_a_password(password in "s3cret[/?#@:%&=a-z]{0,6}", scheme in "(postgres|nosuch)", tail in "(|@host|@host/db|@host:1/db|@host:x/db)") {
        let url = format!("{scheme}://alice:{password}{tail}");
        let mut said = match DatabaseUrl::parse(&url) {
            Ok(url) => format!("{url} {url:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        if let Err(error) = Engine::new(&url) {
            said += &format!("{error} {error:?}");
        }
        prop_assert!(!said.contains("s3cret"), "{}", said);
    }

    #[test]
    fn parts_come_back_as_they_were(user in "[^\0]{1,8}", password in any::<String>(), database in "[^\0]{1,8}", port in any::<u16>()) {
        let text = format!("postgres://{}:{}@host:{port}/{}", encoded(&user), encoded(&password), encoded(&database));
        let url = DatabaseUrl::parse(&text).unwrap();
        prop_assert_eq!(url.user(), Some(user.as_str()));
        prop_assert_eq!(url.password(), Some(password.as_str()));
        prop_assert_eq!(url.database(), Some(database.as_str()));
        prop_assert_eq!(url.port(), Some(port));
    }
}
