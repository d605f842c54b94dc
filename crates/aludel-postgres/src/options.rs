//! What a URL says about a PostgreSQL database.

use std::path::PathBuf;
use std::time::Duration;

use aludel_engine::DatabaseUrl;
use aludel_engine::driver::Hosts;
use aludel_engine::error::{Error, Result};
use aludel_engine::url::HostPort;
use tokio_postgres::Config;

use crate::encryption::Encryption;
use crate::keepalive::Keepalive;

/// Where the server is and how it is greeted.
#[derive(Clone)]
pub(crate) struct Options {
    /// The servers; [`at`](Self::at) puts one of them into the configuration.
    pub(crate) hosts: Hosts,
    pub(crate) config: Config,
    pub(crate) encryption: Encryption,
    keepalive: Keepalive,
    /// The password file, where it is not one of the usual ones.
    pub(crate) passfile: Option<PathBuf>,
    /// How long all of connecting may take; `None` is for ever.
    pub(crate) connect_timeout: Option<Duration>,
}

const KNOWN: &str = "`application_name`, `connect_timeout` (seconds, 0 for no limit), `options` (settings of the server, \
                     as `-c search_path=shop`), `passfile` (a file of passwords), `keepalives`, `keepalives_idle`, \
                     `keepalives_interval`, `keepalives_count`, `tcp_user_timeout`, `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, \
                     `sslnegotiation`, `channel_binding` (as libpq has them), and for several \
                     servers `host`, `port`, `target_session_attrs`, `load_balance_hosts`";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

impl Options {
    /// Reads a URL. What it leaves out is `localhost`, port 5432, the name of the system's user, and a database of the
    /// user's name.
    ///
    /// # Errors
    /// Where it names an option or a value that is not known.
    pub(crate) fn of_url(url: &DatabaseUrl) -> Result<Self> {
        let mut config = Config::new();
        if let Some(user) = url.user() {
            config.user(user);
        }
        if let Some(password) = url.password() {
            config.password(password);
        }
        if let Some(database) = url.database() {
            config.dbname(database);
        }
        let hosts = Hosts::of_url(url)?;
        let mut options = Options {
            hosts,
            config,
            encryption: Encryption::default(),
            keepalive: Keepalive::default(),
            passfile: None,
            connect_timeout: Some(CONNECT_TIMEOUT),
        };
        for (name, value) in url.options() {
            options.set(name, value).map_err(|problem| {
                Error::configuration(format!("`{url}`: {problem}. The options of PostgreSQL are {KNOWN}"))
            })?;
        }
        options.encryption.check().map_err(|problem| Error::configuration(format!("`{url}`: {problem}")))?;
        options.encryption.apply(&mut options.config);
        options.keepalive.apply(&mut options.config);
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "application_name" => {
                self.config.application_name(value);
            }
            "connect_timeout" => {
                let seconds: u64 = value.parse().map_err(|_| {
                    format!("the option `{name}` can't be `{value}`: it is a number of seconds")
                })?;
                self.connect_timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
            }
            "passfile" if value.is_empty() => {
                return Err(format!("the option `{name}` is empty: it is the path of a file"));
            }
            "passfile" => self.passfile = Some(value.into()),
            "options" => {
                self.config.options(value);
            }
            _ if Keepalive::OPTIONS.contains(&name) => self.keepalive.set(name, value)?,
            _ if Encryption::OPTIONS.contains(&name) => self.encryption.set(name, value)?,
            _ if Hosts::OPTIONS.contains(&name) => {}
            _ => return Err(format!("there is no option `{name}`")),
        }
        Ok(())
    }

    /// The same for one of the servers, which may take so long to connect to.
    pub(crate) fn at(&self, server: &HostPort, limit: Option<Duration>) -> Self {
        let mut options = Options { connect_timeout: limit, ..self.clone() };
        options.config.host(server.host.as_deref().unwrap_or("localhost"));
        if let Some(port) = server.port {
            options.config.port(port);
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    fn options(url: &str) -> Result<Options> {
        let options = Options::of_url(&DatabaseUrl::parse(url)?)?;
        let first = options.hosts.servers().first().cloned().unwrap_or_default();
        Ok(options.at(&first, options.connect_timeout))
    }

    #[test]
    fn every_part_of_the_url_is_used() {
        let read = options(
            "postgres://al%40ice:se%3Acret@db.example.org:6432/shop?application_name=till&connect_timeout=7&sslmode=prefer\
             &options=-c%20search_path%3Dshop",
        )
        .expect("a good URL");
        assert_eq!(read.config.get_user(), Some("al@ice"));
        assert_eq!(read.config.get_password(), Some("se:cret".as_bytes()));
        assert_eq!(read.config.get_hosts(), [Host::Tcp("db.example.org".into())]);
        assert_eq!(read.config.get_ports(), [6432]);
        assert_eq!(read.config.get_dbname(), Some("shop"));
        assert_eq!(read.config.get_application_name(), Some("till"));
        assert_eq!(read.config.get_options(), Some("-c search_path=shop"));
        assert_eq!(read.connect_timeout, Some(Duration::from_secs(7)));
    }

    #[test]
    fn what_the_url_leaves_out_has_a_default() {
        let read = options("postgresql://").expect("a good URL");
        assert_eq!(read.config.get_hosts(), [Host::Tcp("localhost".into())]);
        assert_eq!(read.connect_timeout, Some(CONNECT_TIMEOUT));
        assert_eq!(options("postgres://h/d?connect_timeout=0").expect("a good URL").connect_timeout, None);
    }

    #[test]
    fn peers_that_vanish_are_noticed_in_minutes_unless_told_otherwise() {
        let of = |url| {
            let config = options(url).expect(url).config;
            (
                config.get_keepalives(),
                config.get_keepalives_idle().as_secs(),
                config.get_keepalives_interval().map(|interval| interval.as_secs()),
                config.get_keepalives_retries(),
                config.get_tcp_user_timeout().map(Duration::as_millis),
            )
        };
        assert_eq!(of("postgres://h/d"), (true, 60, Some(10), Some(6), None));
        let all = "postgres://h/d?keepalives=1&keepalives_idle=5&keepalives_interval=2&keepalives_count=3&tcp_user_timeout=1500";
        assert_eq!(of(all), (true, 5, Some(2), Some(3), Some(1_500)));
        assert!(!of("postgres://h/d?keepalives=0").0);
        let systems =
            "postgres://h/d?keepalives_idle=0&keepalives_interval=0&keepalives_count=0&tcp_user_timeout=0";
        assert_eq!(of(systems), (true, 7_200, None, None, None));
    }

    #[test]
    fn bad_options_say_what_is_wrong_without_the_password() {
        for (url, part) in [
            (
                "postgres://me:hidden@h/d?colour=red",
                "no option `colour`. The options of PostgreSQL are `application_name`",
            ),
            (
                "postgres://me:hidden@h,i/d?target_session_attrs=best",
                "`target_session_attrs` can't be `best`",
            ),
            ("postgres://me:hidden@h/d?connect_timeout=soon", "`connect_timeout` can't be `soon`"),
            ("postgres://me:hidden@h/d?keepalives=yes", "`keepalives` can't be `yes`: it is 1 or 0"),
            (
                "postgres://me:hidden@h/d?keepalives_idle=1m",
                "`keepalives_idle` can't be `1m`: it is a number of seconds",
            ),
            ("postgres://me:hidden@h/d?keepalives_interval=-1", "`keepalives_interval` can't be `-1`"),
            (
                "postgres://me:hidden@h/d?keepalives_idle=32768",
                "a number of seconds up to 32767, or 0 for two hours",
            ),
            ("postgres://me:hidden@h/d?keepalives_count=128", "a number of probes up to 127, or 0 for"),
            (
                "postgres://me:hidden@h/d?tcp_user_timeout=3000000000",
                "a number of milliseconds up to 2147483647",
            ),
            ("postgres://me@h/d?passfile=", "`passfile` is empty"),
            ("postgres://me:hidden@h/d?sslmode=maybe", "`sslmode` can't be `maybe`"),
            ("postgres://me:hidden@h/d?sslcert=me.pem", "postgres://me:***@h/d?sslcert=me.pem`: "),
        ] {
            let message = options(url).err().expect(url).to_string();
            assert!(message.contains(part), "{message}");
            assert!(!message.contains("hidden"), "{message}");
        }
    }
}
