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
    fn no_message_shows_a_password(password in "s3cret[/?#@:,%&=a-z]{0,6}", scheme in "(postgres|nosuch)", tail in "(|@host|@host/db|@host:1/db|@host:x/db)") {
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

    /// Whatever is put together comes back from its text, and its text without the password does not have it.
    #[test]
    fn what_is_written_reads_back(
        scheme in "[a-z][a-z0-9.+_-]{0,8}",
        user in proptest::option::of(".{1,8}"),
        password in proptest::option::of(any::<String>()),
        host in proptest::option::of(prop_oneof![".{1,12}", Just("::1".to_owned()), Just("fe80::1%eth0".to_owned())]),
        port in proptest::option::of(any::<u16>()),
        more in proptest::collection::vec((".{0,8}", proptest::option::of(any::<u16>())), 0..3),
        database in proptest::option::of(".{1,12}"),
        options in proptest::collection::vec((".{0,6}", ".{0,6}"), 0..4),
    ) {
        let mut url = DatabaseUrl::new(&scheme).unwrap();
        if let Some(user) = user { url = url.with_user(user); }
        if let Some(password) = password { url = url.with_password(password); }
        if let Some(host) = host { url = url.with_host(host); }
        if let Some(port) = port { url = url.with_port(port); }
        for (host, port) in more { url = url.and_host(host, port); }
        if let Some(database) = database { url = url.with_database(database); }
        for (name, value) in options { url = url.with_option(name, value); }
        let back = DatabaseUrl::parse(&url.reveal()).unwrap();
        prop_assert_eq!(back.reveal(), url.reveal());
        prop_assert_eq!(&back, &url);
        let hidden = url.to_string();
        prop_assert_eq!(hidden.contains(":***@"), url.password().is_some());
        DatabaseUrl::parse(&hidden).unwrap();
    }

    /// No text makes the parser panic, and what it takes it writes again.
    #[test]
    fn any_text_is_a_url_or_an_error(text in prop_oneof![
        any::<String>(),
        "[a-z]{0,3}(://)?[a-z:@/?#%=&.,\\[\\]0-9\\\\é-]{0,24}",
        "[a-z]+://[%:@/?&=a-f0-9\\[\\]]{0,16}",
    ]) {
        if let Ok(url) = DatabaseUrl::parse(&text) {
            prop_assert_eq!(DatabaseUrl::parse(&url.reveal()).unwrap(), url);
        }
        let _ = Engine::new(&text);
    }
}

fn hosts(url: &str) -> Vec<String> {
    let hosts = DatabaseUrl::parse(url).and_then(|url| url.hosts()).expect(url);
    hosts.iter().map(ToString::to_string).collect()
}

#[test]
fn a_url_names_several_servers() {
    for (url, expected) in [
        ("postgres://u:p@one:1,two,[::1]:3/d", &["one:1", "two", "[::1]:3"][..]),
        ("postgres://u:p@one/d", &["one"]),
        ("postgres:///d?host=one:1&host=two&port=9", &["one:1", "two:9"]),
        ("postgres:///d?host=one,two&port=1,2", &["one:1", "two:2"]),
        ("postgres:///d?host=/run/pg,fe80::1,[::1]:4&port=7", &["/run/pg:7", "[fe80::1]:7", "[::1]:4"]),
        ("postgres:///d?port=7", &[":7"]),
        ("postgres://one%2Cstill/d", &["one,still"]),
        ("postgres://", &[""]),
    ] {
        assert_eq!(hosts(url), expected, "{url}");
    }
    let url = DatabaseUrl::parse("postgres://u:s3cret@one:1,two,[::1]:3/d").unwrap();
    assert_eq!((url.host(), url.port()), (Some("one"), Some(1)));
    assert_eq!(
        format!("{url} {url:?}"),
        "postgres://u:***@one:1,two,[::1]:3/d postgres://u:***@one:1,two,[::1]:3/d"
    );
    assert_eq!(
        url.clone().and_host("four", None).with_port(9).reveal(),
        "postgres://u:s3cret@one:9,two,[::1]:3,four/d"
    );
    assert_eq!(url.with_host("only").reveal(), "postgres://u:s3cret@only:1/d");
    for url in ["postgres://one,,two/d", "postgres://one,/d", "postgres://,one/d", "postgres://one:1,two:x/d"]
    {
        let error = DatabaseUrl::parse(url).unwrap_err();
        assert!(error.message().contains("postgres://user:password@host"), "{error}");
    }
}

#[test]
fn options_are_edited_one_by_one() {
    let url = DatabaseUrl::parse("postgres://h/d?host=a&host=b&empty=&bare").unwrap();
    assert_eq!(url.option_values("host"), ["a", "b"]);
    assert_eq!(
        (url.option("host"), url.option("empty"), url.option("bare")),
        (Some("b"), Some(""), Some(""))
    );
    assert_eq!(url.option("nothing"), None);
    let more = url.clone().with_option("host", "c").without_option("empty").replace_option("bare", "not so");
    assert_eq!(more.to_string(), "postgres://h/d?host=a&host=b&host=c&bare=not%20so");
    assert_eq!(url.to_string(), "postgres://h/d?host=a&host=b&empty=&bare=");
    let bare = url.with_user("u").with_password("p").without_password();
    assert!(bare.reveal().starts_with("postgres://u@h/d?"), "{bare}");
    assert!(DatabaseUrl::new("no scheme").is_err() && DatabaseUrl::new("").is_err());
}

/// What somebody else's crate does to bring a database along: nothing but the public API.
mod outside {
    use std::sync::Arc;

    use aludel::engine::{BoxFuture, RawConnection};
    use aludel::{DatabaseUrl, Dialect, Driver, Error, Result};

    #[derive(Debug)]
    pub(super) struct Outside {
        inner: Arc<dyn Driver>,
        described: String,
    }

    pub(super) fn factory(url: &DatabaseUrl) -> Result<Arc<dyn Driver>> {
        if let Some((name, _)) = url.options().find(|(name, _)| *name != "colour") {
            return Err(Error::configuration(format!("`{url}`: there is no option `{name}`, only `colour`")));
        }
        let inner = aludel::driver(&DatabaseUrl::parse("sqlite://")?)?;
        Ok(Arc::new(Outside { inner, described: url.to_string() }))
    }

    impl Driver for Outside {
        fn dialect(&self) -> Arc<dyn Dialect> {
            self.inner.dialect()
        }

        fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
            self.inner.connect()
        }

        fn describe(&self) -> String {
            self.described.clone()
        }
    }
}

#[test]
fn a_driver_from_outside_is_chosen_by_its_scheme() {
    aludel::engine::engine::register_driver("outside", outside::factory);
    let engine = Engine::new("outside://me:hidden@host/db?pool_size=1&max_overflow=0&colour=red").unwrap();
    assert_eq!(engine.status().most, 1);
    assert_eq!(engine.connect().wait().unwrap().one(sql("SELECT 42").rows::<i64>()).wait().unwrap(), 42);
    assert!(format!("{engine:?}").contains("outside://"), "{engine:?}");
    assert!(!format!("{engine:?}").contains("hidden"), "{engine:?}");
    let error = Engine::new("outside://host/db?flavour=sweet").unwrap_err();
    assert!(error.to_string().contains("`flavour`"), "{error}");
    // Whoever mistypes hears of this one as well.
    let error = Engine::new("outsid://host/db").unwrap_err();
    assert!(error.to_string().contains("outside"), "{error}");
}
