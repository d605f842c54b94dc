//! A server's host and port, and one conversation with it.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Long enough for a busy machine, short enough for a person.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a server listens.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Address {
    host: String,
    pub(super) port: u16,
}

impl Address {
    /// A port of this machine's own interface.
    pub(super) fn here(port: u16) -> Self {
        Self { host: "127.0.0.1".into(), port }
    }

    /// Reads host and port from a database URL. The error never repeats the URL: it may hold a password.
    pub(super) fn of_url(url: &str, schemes: &[&str], usual_port: u16) -> Result<Self, String> {
        let form =
            || format!("it must look like {}://user@host:{usual_port}/database", schemes.join(":// or "));
        let (scheme, rest) = url.split_once("://").ok_or_else(form)?;
        if !schemes.contains(&scheme) {
            return Err(form());
        }
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        // An IPv6 address stands in brackets, because it holds colons itself.
        let (host, port) = match place.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        if host.is_empty() {
            return Err(form());
        }
        let port = match port {
            Some(port) => port.parse().map_err(|_| format!("`{port}` is not a port"))?,
            None => usual_port,
        };
        Ok(Self { host: host.to_owned(), port })
    }

    /// Connects, with a time limit on that and on every read and write.
    pub(super) fn connect(&self) -> Result<TcpStream, String> {
        let unreachable = |error: &dyn fmt::Display| format!("nothing answers at {self}: {error}");
        let candidates =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(|error| unreachable(&error))?;
        let mut last = "the host has no address".to_owned();
        for candidate in candidates {
            match TcpStream::connect_timeout(&candidate, PATIENCE) {
                Ok(stream) => {
                    let limited = stream
                        .set_read_timeout(Some(PATIENCE))
                        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
                    return limited.map(|()| stream).map_err(|error| unreachable(&error));
                }
                Err(error) => last = error.to_string(),
            }
        }
        Err(unreachable(&last))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Sends bytes, if there are any, and reads exactly `N` of the answer.
pub(super) fn ask<const N: usize>(stream: &mut TcpStream, question: &[u8]) -> Result<[u8; N], String> {
    let mut answer = [0; N];
    match stream.write_all(question).and_then(|()| stream.read_exact(&mut answer)) {
        Ok(()) => Ok(answer),
        Err(error) => Err(unexpected(stream, &error)),
    }
}

/// Something listens, but it broke off the conversation.
pub(super) fn unexpected(stream: &TcpStream, error: &std::io::Error) -> String {
    let place = stream.peer_addr().map_or_else(|_| "there".to_owned(), |address| format!("at {address}"));
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            format!("what listens {place} says nothing for {} seconds", PATIENCE.as_secs())
        }
        _ => format!("what listens {place} does not answer as expected: {error}"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::net::TcpListener;

    /// A port that nobody listens at.
    pub(crate) fn closed_port() -> u16 {
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap().port()
    }

    /// A server that plays its part of one conversation: a read of anything, unless it speaks first, then its answer.
    pub(crate) fn fake(greeting: &'static [u8], answers: &'static [&'static [u8]]) -> Address {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(greeting).unwrap();
            for answer in answers {
                if stream.read(&mut [0; 1024]).unwrap_or(0) == 0 {
                    return;
                }
                stream.write_all(answer).unwrap();
            }
        });
        Address::here(port)
    }

    #[test]
    fn urls_are_read() {
        for (url, shown) in [
            ("postgres://postgres@127.0.0.1:5433/postgres", "127.0.0.1:5433"),
            ("postgresql://u:p%40ss@db.example.org/x?sslmode=require", "db.example.org:5432"),
            ("postgres://u:a@b@host", "host:5432"),
            ("postgres://[::1]:5434/x", "[::1]:5434"),
            ("postgres://[::1]", "[::1]:5432"),
        ] {
            let address = Address::of_url(url, &["postgres", "postgresql"], 5432).expect(url);
            assert_eq!(address.to_string(), shown, "{url}");
        }
    }

    #[test]
    fn what_is_no_url_of_the_kind_is_refused() {
        for url in [
            "localhost:5432",
            "mysql://root@localhost/",
            "postgres:///x",
            "postgres://h:port/x",
            "postgres://h:99999",
        ] {
            assert!(Address::of_url(url, &["postgres"], 5432).is_err(), "{url}");
        }
    }
}
