//! From a URL to text.

use std::fmt;

use super::DatabaseUrl;

impl DatabaseUrl {
    pub(super) fn written(&self, reveal: bool) -> String {
        let mut out = format!("{}://", self.scheme);
        if self.user.is_some() || self.password.is_some() {
            encode(&mut out, self.user.as_deref().unwrap_or_default(), "");
            if let Some(password) = &self.password {
                out.push(':');
                if reveal {
                    encode(&mut out, password, "");
                } else {
                    out.push_str("***");
                }
            }
            out.push('@');
        }
        write_server(&mut out, self.host.as_deref(), self.port);
        for server in &self.more {
            out.push(',');
            write_server(&mut out, server.host.as_deref(), server.port);
        }
        if let Some(database) = &self.database {
            out.push('/');
            encode(&mut out, database, "/:");
        }
        for (index, (name, value)) in self.options().enumerate() {
            out.push(if index == 0 { '?' } else { '&' });
            encode(&mut out, name, "/:");
            out.push('=');
            if reveal || !is_secret(name) {
                encode(&mut out, value, "/:,");
            } else {
                out.push_str("***");
            }
        }
        out
    }
}

fn write_server(out: &mut String, host: Option<&str>, port: Option<u16>) {
    match host {
        Some(host) if host.contains(':') => {
            out.push('[');
            encode(out, host, ":");
            out.push(']');
        }
        Some(host) => encode(out, host, ""),
        None => {}
    }
    if let Some(port) = port {
        out.push_str(&format!(":{port}"));
    }
}

/// Whether an option's value is not to be shown.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["pass", "pwd", "secret", "token"].iter().any(|word| name.contains(word))
}

/// Percent-encodes what is no letter, digit or one of `-._~`, and not among the characters that mean nothing here.
fn encode(out: &mut String, text: &str, plain: &str) {
    for byte in text.bytes() {
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if unreserved || plain.bytes().any(|known| known == byte) {
            out.push(byte.into());
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Without the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(false))
    }
}

/// Without the password.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(false))
    }
}
