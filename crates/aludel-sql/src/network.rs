//! Addresses of hosts and networks as plain numbers.

use std::fmt;
use std::net::IpAddr;

/// The address of a host, or of a host in a network, as PostgreSQL's `inet` and `cidr` hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    /// The address.
    pub address: IpAddr,
    /// How many of its first bits name the network: all of them for a host alone.
    pub prefix: u8,
}

impl Network {
    /// A host alone.
    pub const fn host(address: IpAddr) -> Self {
        Network { address, prefix: if address.is_ipv4() { 32 } else { 128 } }
    }

    /// Whether it is a host alone.
    pub const fn is_host(self) -> bool {
        self.prefix == Network::host(self.address).prefix
    }

    /// Reads `127.0.0.1`, `10.0.0.0/8`, `::1`, `fe80::/10`; `None` where the text is anything else.
    pub fn parse(text: &str) -> Option<Network> {
        let Some((address, prefix)) = text.split_once('/') else {
            return text.parse().ok().map(Network::host);
        };
        let whole = Network::host(address.parse().ok()?);
        let digits = prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = prefix.parse().ok().filter(|prefix| digits && *prefix <= whole.prefix)?;
        Some(Network { prefix, ..whole })
    }
}

/// Without the prefix where it is a host alone.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        if self.is_host() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn text_comes_back() {
        for text in ["127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1", "fe80::/10", "::ffff:1.2.3.4"] {
            assert_eq!(Network::parse(text).map(|network| network.to_string()).as_deref(), Some(text));
        }
        assert_eq!(
            Network::parse("10.1.2.3/32").map(|network| network.to_string()).as_deref(),
            Some("10.1.2.3")
        );
        for text in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "::/129", "localhost"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
