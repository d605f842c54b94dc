//! Database URLs: `scheme://user:password@host:port/database?option=value`.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::{Error, Result};

/// A parsed database URL. Its `Display` and `Debug` forms hide the password. Mirrors SQLAlchemy's `URL`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    scheme: String,
    user: Option<String>,
    password: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    database: Option<String>,
    options: BTreeMap<String, String>,
}

impl DatabaseUrl {
    /// Reads a URL. User, password, database and options are percent-decoded.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) where it is malformed; the message shows no
    /// password.
    pub fn parse(url: &str) -> Result<Self> {
        let malformed = |what: &str| {
            Error::configuration(format!(
                "the database URL {what}: it should look like `sqlite:///shop.db` or \
                 `postgres://user:password@host:5432/database`"
            ))
        };
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(malformed("has no `://`"));
        };
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
        if scheme.is_empty() || !scheme.bytes().all(valid) {
            return Err(malformed("has no valid scheme in front of `://`"));
        }
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (authority, database) =
            rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
        let (login, address) = authority.rsplit_once('@').map_or((None, authority), |(l, a)| (Some(l), a));
        let (user, password) = match login {
            None => (None, None),
            Some(login) => match login.split_once(':') {
                Some((user, password)) => (Some(decode(user)?), Some(decode(password)?)),
                None => (Some(decode(login)?), None),
            },
        };
        let (host, port) = match address.rsplit_once(':') {
            // The colons of a bare IPv6 address stand inside of brackets.
            Some((host, port)) if !port.contains(']') => {
                // The text is not shown: behind a password with a `/` or `?` in it, it would be a part of that.
                let port = port.parse().map_err(|_| {
                    malformed(
                        "has no number from 0 to 65535 as its port (a `/`, `?`, `#`, `@` or `:` in a user's name or \
                         password has to be percent-encoded)",
                    )
                })?;
                (host, Some(port))
            }
            _ => (address, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let mut options = BTreeMap::new();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            options.insert(decode(key)?, decode(value)?);
        }
        Ok(DatabaseUrl {
            scheme: scheme.to_ascii_lowercase(),
            user: user.filter(|user| !user.is_empty()),
            password,
            host: (!host.is_empty()).then(|| decode(host)).transpose()?,
            port,
            database: database.filter(|name| !name.is_empty()).map(decode).transpose()?,
            options,
        })
    }

    /// The scheme, in lower case, without a driver's name behind a `+`.
    pub fn scheme(&self) -> &str {
        self.scheme.split('+').next().unwrap_or(&self.scheme)
    }

    /// The user.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The host.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The port.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The database: everything behind the `/` that follows the host.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// The same URL with another database.
    #[must_use]
    pub fn with_database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// The options behind the `?`.
    pub fn options(&self) -> &BTreeMap<String, String> {
        &self.options
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if let Some(user) = &self.user {
            f.write_str(&encode(user))?;
            if self.password.is_some() {
                f.write_str(":***")?;
            }
            f.write_str("@")?;
        }
        match &self.host {
            Some(host) if host.contains(':') => write!(f, "[{host}]")?,
            Some(host) => f.write_str(&encode(host))?,
            None => {}
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        if let Some(database) = &self.database {
            write!(f, "/{}", encode(database))?;
        }
        for (index, (key, value)) in self.options.iter().enumerate() {
            let name = key.to_ascii_lowercase();
            let secret = ["pass", "pwd", "secret", "token"].iter().any(|word| name.contains(word));
            let value = if secret { "***".to_owned() } else { encode(value) };
            write!(f, "{}{}={value}", if index == 0 { '?' } else { '&' }, encode(key))?;
        }
        Ok(())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        DatabaseUrl::parse(url)
    }
}

fn decode(text: &str) -> Result<String> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else {
            return Err(Error::configuration(
                "the database URL has a `%` that two hexadecimal digits do not follow: write `%25` for a percent sign",
            ));
        };
        bytes.push(byte);
        rest = &behind[2..];
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::configuration("the database URL has percent-encoded bytes that are not UTF-8"))
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
                out.push(byte.into());
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
