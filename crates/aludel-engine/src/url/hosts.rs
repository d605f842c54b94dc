//! The servers that a URL names: one, or several that stand in for each other.

use std::fmt;

use super::{DatabaseUrl, parse, some};
use crate::error::{Error, Result};

/// Where one server listens, as a URL says it. What is `None` is the driver's to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HostPort {
    /// The host's name or address, or the directory of a socket.
    pub host: Option<String>,
    /// The port.
    pub port: Option<u16>,
}

impl HostPort {
    /// A host with its port.
    pub fn new(host: impl Into<String>, port: Option<u16>) -> Self {
        HostPort { host: some(host.into()), port }
    }
}

/// As it stands in a URL, but not percent-encoded: `db.example.org:5432`, `[::1]`.
impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.as_deref().unwrap_or_default() {
            host if host.contains(':') => write!(f, "[{host}]")?,
            host => f.write_str(host)?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl DatabaseUrl {
    /// The servers that the URL names, in their order: those in front of the database's name
    /// (`postgres://a:5432,b:5433/shop`), or, where none is there, those of the options `host` and `port`, each of which
    /// may be there more than once or be a list (`postgres:///shop?host=a:5432&host=b`, `?host=a,b&port=5432`). At least
    /// one, which may be empty. Mirrors SQLAlchemy's URLs with several hosts.
    ///
    /// ```
    /// use aludel_engine::DatabaseUrl;
    ///
    /// let url = DatabaseUrl::parse("postgres://shop@one:5432,two:5433/orders?target_session_attrs=read-write")?;
    /// let hosts: Vec<String> = url.hosts()?.iter().map(ToString::to_string).collect();
    /// assert_eq!(hosts, ["one:5432", "two:5433"]);
    ///
    /// let built = DatabaseUrl::new("postgres")?.with_host("one").with_port(5432).and_host("two", Some(5433));
    /// assert_eq!(built.reveal(), "postgres://one:5432,two:5433");
    /// # Ok::<(), aludel_engine::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where there are hosts in both places, or the options don't fit each other.
    pub fn hosts(&self) -> Result<Vec<HostPort>> {
        let hosts = values(self, "host");
        let ports = values(self, "port");
        let first = HostPort { host: self.host.clone(), port: self.port };
        if hosts.is_empty() && ports.is_empty() {
            return Ok(std::iter::once(first).chain(self.more.iter().cloned()).collect());
        }
        if first != HostPort::default() {
            return Err(Error::configuration(format!(
                "`{self}` names servers in front of the database's name and by the options `host` and `port`: one of the \
                 two is enough"
            )));
        }
        let ports = ports.iter().map(|port| parse::port_of(port)).collect::<Result<Vec<_>>>()?;
        let mut servers = hosts.iter().map(|host| server(host)).collect::<Result<Vec<_>>>()?;
        if servers.is_empty() {
            servers.push(HostPort::default());
        }
        // One port is that of all hosts; several are one for each.
        if ports.len() > 1 && ports.len() != servers.len() {
            return Err(Error::configuration(format!(
                "`{self}` has {} hosts, but {} ports: one port for all of them is enough, or one for each",
                servers.len(),
                ports.len()
            )));
        }
        for (index, server) in servers.iter_mut().enumerate() {
            server.port = server.port.or_else(|| ports.get(index).or(ports.first()).copied().flatten());
        }
        Ok(servers)
    }

    /// The same URL with a server more, behind those that it names; one without a host is none.
    #[must_use]
    pub fn and_host(mut self, host: impl Into<String>, port: Option<u16>) -> Self {
        let server = HostPort::new(host, port);
        if server.host.is_none() {
            return self;
        }
        if self.host.is_none() {
            self.host = server.host;
            self.port = server.port.or(self.port);
        } else {
            self.more.push(server);
        }
        self
    }
}

/// The values of an option that may be there more than once, and be a list each time.
fn values<'u>(url: &'u DatabaseUrl, name: &str) -> Vec<&'u str> {
    let values = url.option_values(name).into_iter();
    values.flat_map(|value| value.split(',')).filter(|value| !value.is_empty()).collect()
}

/// A host among the options. The directory of a socket has no port of its own, and may have a `:`.
fn server(text: &str) -> Result<HostPort> {
    if text.starts_with('/') {
        return Ok(HostPort::new(text, None));
    }
    let bare_ipv6 = !text.starts_with('[') && text.matches(':').count() > 1;
    if bare_ipv6 {
        return Ok(HostPort::new(text, None));
    }
    let (host, port) = parse::address_of(text, |text| Ok(text.to_owned()))?;
    Ok(HostPort { host, port })
}
