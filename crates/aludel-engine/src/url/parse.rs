//! From text to a URL.

use super::{DatabaseUrl, HostPort, some};
use crate::error::{Error, Result};

pub(super) fn is_scheme(text: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
    // A bare `+name` would be a driver of no database.
    !text.is_empty() && !text.starts_with('+') && text.bytes().all(valid)
}

pub(super) fn parse(url: &str) -> Result<DatabaseUrl> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(malformed("has no `://`"));
    };
    if !is_scheme(scheme) {
        return Err(malformed("has no valid scheme in front of `://`"));
    }
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let (authority, database) =
        rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
    let (login, address) = authority.rsplit_once('@').map_or((None, authority), |(l, a)| (Some(l), a));
    let (user, password) = match login {
        None => (None, None),
        Some(login) => match login.split_once(':') {
            Some((user, password)) => (some(decode(user)?), Some(decode(password)?)),
            None => (some(decode(login)?), None),
        },
    };
    let (first, more) = servers_of(address)?;
    let mut options = Vec::new();
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        options.push((decode(key)?, decode(value)?));
    }
    Ok(DatabaseUrl {
        scheme: scheme.to_ascii_lowercase(),
        user,
        password,
        host: first.host,
        port: first.port,
        more,
        database: database.map(decode).transpose()?.and_then(some),
        options,
    })
}

/// The servers, of which there may be several with commas between.
fn servers_of(address: &str) -> Result<(HostPort, Vec<HostPort>)> {
    let mut servers = Vec::new();
    for one in address.split(',') {
        let (host, port) = address_of(one, decode)?;
        // The texts are not shown: behind a password with a `/` or `?` in it, they would be a part of that.
        if host.is_none() && address.contains(',') {
            return Err(malformed("has an empty place in its list of hosts"));
        }
        servers.push(HostPort { host, port });
    }
    let mut servers = servers.into_iter();
    Ok((servers.next().unwrap_or_default(), servers.collect()))
}

pub(super) fn address_of(
    address: &str,
    decode: fn(&str) -> Result<String>,
) -> Result<(Option<String>, Option<u16>)> {
    let (host, port) = match address.rsplit_once(':') {
        // The colons of a bare IPv6 address stand inside of brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (address, None),
    };
    let port = port.map_or(Ok(None), port_of)?;
    let host = match host.strip_prefix('[') {
        // Not shown, for the same reason.
        None if host.contains(':') => {
            return Err(malformed(
                "has a `:` in its host that is no port: IPv6 addresses stand in brackets, `[::1]`",
            ));
        }
        None => host,
        Some(inside) => inside.strip_suffix(']').ok_or_else(|| {
            malformed("has a host that begins with `[` and does not end with `]`, as IPv6 addresses do")
        })?,
    };
    Ok((some(decode(host)?), port))
}

pub(super) fn port_of(port: &str) -> Result<Option<u16>> {
    match port.parse() {
        // `+1` would parse.
        Ok(number) if port.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(number)),
        // The text is not shown: behind a password with a `/` or `?` in it, it would be a part of that.
        _ => Err(malformed(
            "has no number from 0 to 65535 as its port (a `/`, `?`, `#`, `@` or `:` in a user's name or password has to be \
             percent-encoded)",
        )),
    }
}

#[cold]
fn malformed(what: &str) -> Error {
    Error::configuration(format!(
        "the database URL {what}: it should look like `sqlite:///shop.db` or \
         `postgres://user:password@host:5432/database`"
    ))
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
        // `from_str_radix` would take a sign.
        let byte = digits
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else {
            return Err(Error::configuration(
                "the database URL has a `%` that two hexadecimal digits do not follow: write `%25` for a percent sign",
            ));
        };
        bytes.push(byte);
        rest = behind.get(2..).unwrap_or_default();
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::configuration("the database URL has percent-encoded bytes that are not UTF-8"))
}
