//! What a URL says about a MySQL or MariaDB server.

use std::time::Duration;

use aludel_engine::DatabaseUrl;
use aludel_engine::driver::Hosts;
use aludel_engine::error::{Error, Result};
use aludel_engine::url::HostPort;
use mysql_async::{Opts, OptsBuilder};

use crate::encryption::Encryption;

/// Where the servers are and how they are reached.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) hosts: Hosts,
    base: OptsBuilder,
    /// The path of a socket, instead of any host.
    socket: Option<String>,
    encryption: Encryption,
    /// Bulk loads may go by `LOAD DATA LOCAL`.
    local_infile: bool,
    pub(crate) connect_timeout: Duration,
}

/// After so much silence it is asked whether the other end is there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// The most that Linux takes.
const LONGEST_KEEPALIVE: u64 = 32_767;

/// One server, and how it is reached.
pub(crate) struct Address {
    pub(crate) opts: Opts,
    pub(crate) encryption: Encryption,
    pub(crate) local_infile: bool,
    /// Host and port or the socket's path, for messages.
    pub(crate) shown: String,
}

const KNOWN: &str = "`unix_socket` (a path), `connect_timeout` (seconds, 10), `charset` (utf8mb4), `local_infile` (on or off), \
                     `tcp_keepalive` (seconds, 60; 0 for none), `ssl_mode`, `ssl_ca`, `ssl_cert` and `ssl_key` (as MySQL has them), and for several servers `host`, `port`, `target_session_attrs`, `load_balance_hosts`";

impl Options {
    /// Reads a URL.
    ///
    /// # Errors
    /// Where an option or its value is not known, or this build can't do it.
    pub(crate) fn of_url(url: &DatabaseUrl) -> Result<Self> {
        let hosts = Hosts::of_url(url)?;
        let mut socket = None;
        let mut encryption = Encryption::default();
        let mut local_infile = false;
        let mut connect_timeout = Duration::from_secs(10);
        let mut keepalive = Some(KEEPALIVE);
        for (name, value) in url.options() {
            let wrong = |problem: String| {
                Error::configuration(format!("`{url}`: {problem}. The options of MySQL are {KNOWN}"))
            };
            let impossible = || wrong(format!("the option `{name}` can't be `{value}`"));
            match name {
                "unix_socket" if value.is_empty() => return Err(impossible()),
                "unix_socket" => socket = Some(value.to_owned()),
                "connect_timeout" => {
                    let seconds = value.parse().ok().filter(|seconds| *seconds > 0);
                    connect_timeout = Duration::from_secs(seconds.ok_or_else(impossible)?);
                }
                "tcp_keepalive" => {
                    let seconds: Option<u64> =
                        value.parse().ok().filter(|seconds| *seconds <= LONGEST_KEEPALIVE);
                    let seconds = seconds.ok_or_else(impossible)?;
                    keepalive = (seconds > 0).then(|| Duration::from_secs(seconds));
                }
                "charset" if value.eq_ignore_ascii_case("utf8mb4") => {}
                "charset" => return Err(impossible()),
                "local_infile" if value.eq_ignore_ascii_case("on") => local_infile = true,
                "local_infile" if value.eq_ignore_ascii_case("off") => local_infile = false,
                "local_infile" => return Err(impossible()),
                _ if Hosts::OPTIONS.contains(&name) => {}
                _ if Encryption::knows(name) => encryption.set(name, value).map_err(wrong)?,
                _ => return Err(wrong(format!("there is no option `{name}`"))),
            }
        }
        encryption.check().map_err(|problem| Error::configuration(format!("`{url}`: {problem}")))?;
        if socket.is_some() && hosts.servers().len() > 1 {
            let message = format!("`{url}` names several servers, but a socket (`unix_socket`) leads to one");
            return Err(Error::configuration(message));
        }
        let base = OptsBuilder::default()
            .user(url.user())
            .pass(url.password())
            .db_name(url.database())
            .socket(socket.clone())
            // A URL with a host means that host, although the server may tell of a socket, too.
            .prefer_socket(false)
            // An update counts the rows that it finds, as on every other database, not only those that it changes.
            .client_found_rows(true)
            .tcp_keepalive(keepalive)
            // The link keeps them.
            .stmt_cache_size(0);
        Ok(Options { hosts, base, socket, encryption, local_infile, connect_timeout })
    }

    /// One of the servers.
    pub(crate) fn at(&self, server: &HostPort) -> Address {
        let host = server.host.as_deref().unwrap_or("localhost");
        let port = server.port.unwrap_or(3306);
        let shown = self.socket.clone().unwrap_or_else(|| HostPort::new(host, Some(port)).to_string());
        let opts = self.base.clone().ip_or_hostname(host).tcp_port(port).into();
        Address { opts, encryption: self.encryption.clone(), local_infile: self.local_infile, shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<Options> {
        Options::of_url(&DatabaseUrl::parse(url)?)
    }

    fn addresses(options: &Options) -> Vec<Address> {
        options.hosts.servers().iter().map(|server| options.at(server)).collect()
    }

    fn shown(url: &str) -> Vec<String> {
        addresses(&of(url).unwrap()).into_iter().map(|address| address.shown).collect()
    }

    #[test]
    fn a_url_says_everything() {
        let options =
            of("mysql://us%40er:p%3Aw@db.example.org:3307/shop?connect_timeout=3&charset=utf8mb4").unwrap();
        let address = addresses(&options).remove(0);
        assert_eq!(address.opts.user(), Some("us@er"));
        assert_eq!(address.opts.pass(), Some("p:w"));
        assert_eq!(address.opts.ip_or_hostname(), "db.example.org");
        assert_eq!(address.opts.tcp_port(), 3307);
        assert_eq!(address.opts.db_name(), Some("shop"));
        assert_eq!(options.connect_timeout, Duration::from_secs(3));
        assert_eq!(address.shown, "db.example.org:3307");
        let options = of("mariadb://root@/?unix_socket=/run/mysqld.sock").unwrap();
        let address = addresses(&options).remove(0);
        assert_eq!((address.opts.socket(), address.opts.db_name()), (Some("/run/mysqld.sock"), None));
        assert_eq!(address.shown, "/run/mysqld.sock");
        assert_eq!(shown("mysql://[::1]/"), ["[::1]:3306"]);
        assert_eq!(shown("mysql://one,two:3307/"), ["one:3306", "two:3307"]);
        assert_eq!(shown("mysql:///d?host=one:3308&host=two&port=3307"), ["one:3308", "two:3307"]);
        assert!(of("mysql://one,two/?unix_socket=/run/mysqld.sock").is_err());
        assert!(of("mysql://h/?sslmode=disable").is_ok());
        let keepalive = |url| addresses(&of(url).unwrap()).remove(0).opts.tcp_keepalive();
        assert_eq!(keepalive("mysql://h/"), Some(KEEPALIVE));
        assert_eq!(keepalive("mysql://h/?tcp_keepalive=5"), Some(Duration::from_secs(5)));
        assert_eq!(keepalive("mysql://h/?tcp_keepalive=0"), None);
        let asked = |url| addresses(&of(url).unwrap()).remove(0).local_infile;
        assert_eq!(["mysql://h/", "mysql://h/?local_infile=off"].map(asked), [false; 2]);
        assert_eq!(["mysql://h/?local_infile=on", "mysql://h/?local_infile=ON"].map(asked), [true; 2]);
    }

    #[test]
    fn what_is_not_known_is_refused_with_what_is() {
        for (url, part) in [
            ("mysql://root:secret@h/?conect_timeout=3", "no option `conect_timeout`"),
            ("mysql://root:secret@h/?connect_timeout=0", "`connect_timeout` can't be `0`"),
            ("mysql://root:secret@h/?connect_timeout=soon", "`connect_timeout` can't be `soon`"),
            ("mysql://root:secret@h/?charset=latin1", "`charset` can't be `latin1`"),
            ("mysql://root:secret@h/?local_infile=perhaps", "`local_infile` can't be `perhaps`"),
            ("mysql://root:secret@h/?tcp_keepalive=on", "`tcp_keepalive` can't be `on`"),
            ("mysql://root:secret@h/?tcp_keepalive=32768", "`tcp_keepalive` can't be `32768`"),
            ("mysql://root:secret@h/?unix_socket=", "`unix_socket` can't be ``"),
        ] {
            let error = of(url).err().expect(url).to_string();
            assert!(error.contains(part) && error.contains(KNOWN) && !error.contains("secret"), "{error}");
        }
        let error = of("mysql://root:secret@h/?ssl_cert=me.pem").err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains("root:***@h?ssl_cert=me.pem`: ")));
    }
}
