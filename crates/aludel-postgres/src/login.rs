//! Logging in: from a server's name to an open connection, by way of the places that the name stands for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::dialect::postgres::Postgres;
use tokio_postgres::{Client, Config, Connection, Socket};

use crate::connection::{PostgresConnection, room_for_another};
use crate::options::Options;
use crate::passwords::{self, Found};
use crate::place::Place;
use crate::wire::Wire;
use crate::{error, tls};

/// The oldest version whose catalogue the inspector can read.
const OLDEST: u32 = 12;

/// Opens a connection to the one server of the configuration: at the first of its places that takes it.
pub(crate) async fn open(options: Options) -> Result<PostgresConnection> {
    open_at(options, None).await
}

/// The same at a place that is known, whatever else the server's name may stand for.
pub(crate) async fn open_at(options: Options, place: Option<Place>) -> Result<PostgresConnection> {
    room_for_another().await;
    let LoggedIn { client, connection, connector, place } = log_in(&options, place).await?;
    let version = connection.parameter("server_version").unwrap_or_default().to_owned();
    let major = major_version(&version).ok_or_else(|| {
        Error::configuration(format!("the server calls its version `{version}`, which is no number"))
    })?;
    if major < OLDEST {
        return Err(Error::configuration(format!(
            "the server is PostgreSQL {version}, but {OLDEST} or later is needed"
        )));
    }
    let dialect = Arc::new(Postgres::of_version(major));
    Ok(PostgresConnection::new(client, Wire::new(connection), connector, place, dialect))
}

struct LoggedIn {
    client: Client,
    connection: Connection<Socket, tls::Stream>,
    connector: tls::Connector,
    place: Place,
}

/// Tries the places that the host's name stands for, unless one is given.
async fn log_in(options: &Options, known: Option<Place>) -> Result<LoggedIn> {
    let began = Instant::now();
    let places = async {
        match known {
            Some(place) => Ok(vec![place]),
            None => Place::all(&options.config).await,
        }
    };
    let places = in_time(options.connect_timeout, "the host's name was not looked up", places).await?;
    log_in_at(options, places, began).await
}

/// Tries places in turn, each of which may take its share of the time that is left. Where a server turns the user away, the
/// others are not asked: they would do the same, and some lock accounts.
async fn log_in_at(options: &Options, places: Vec<Place>, began: Instant) -> Result<LoggedIn> {
    let files = async { Ok((tls::connector(&options.encryption).await?, password(options).await)) };
    let missed = "the files of certificates or passwords were not read";
    let (connector, Found { password, note }) = in_time(options.connect_timeout, missed, files).await?;
    let mut config = options.config.clone();
    if let Some(password) = password {
        config.password(password);
    }
    let (several, mut left) = (places.len() > 1, u32::try_from(places.len()).unwrap_or(u32::MAX));
    let mut refused = Vec::new();
    for place in places {
        let limit = options.connect_timeout.map(|limit| match several {
            true => limit.saturating_sub(began.elapsed()).checked_div(left).unwrap_or_default(),
            false => limit,
        });
        left = left.saturating_sub(1);
        let greeting = greet(place.configure(&config), options, &connector);
        match in_time(limit, "the server did not answer", greeting).await {
            Ok((client, connection)) => return Ok(LoggedIn { client, connection, connector, place }),
            Err(error) => {
                let about_password = error.code() == Some("28P01") || error.message().contains("password");
                let over = error.kind() == ErrorKind::Configuration && error.code().is_some();
                let error = match &note {
                    Some(note) if about_password => error.context(note.clone()),
                    _ => error,
                };
                refused.push((place, error));
                if over {
                    break;
                }
            }
        }
    }
    Err(most_telling(refused))
}

/// Waits for a part of the login, for so long at the most. What was missed then is the error.
async fn in_time<T>(
    limit: Option<Duration>,
    missed: &str,
    part: impl Future<Output = Result<T>>,
) -> Result<T> {
    let Some(limit) = limit else { return part.await };
    tokio::time::timeout(limit, part).await.unwrap_or_else(|_| {
        let seconds = limit.as_secs_f64();
        let message = format!("{missed} within {seconds:.1} s (the option `connect_timeout`)");
        Err(Error::new(ErrorKind::Timeout, message))
    })
}

/// The error of the place that says most about what to do, with a word on the others: a server's answer goes before the silence
/// of an address where none is.
#[cold]
fn most_telling(mut refused: Vec<(Place, Error)>) -> Error {
    let tells = |error: &Error| match error.kind() {
        ErrorKind::Configuration => 2,
        _ => i32::from(error.code().is_some()),
    };
    // The first of those that tell as much.
    let best = (0..refused.len()).rev().max_by_key(|at| refused.get(*at).map(|(_, error)| tells(error)));
    let Some(best) = best else {
        return Error::new(
            ErrorKind::Disconnect,
            "the host's name stands for no address. Look at the host in the URL",
        );
    };
    let (place, error) = refused.remove(best);
    if refused.is_empty() {
        return error;
    }
    let others: Vec<String> = refused.iter().map(|(place, error)| format!("{place}: {error}")).collect();
    error.context(format!("at {place} (the host's other addresses: {})", others.join("; ")))
}

/// What is found elsewhere where the URL has no password. Files are read anew for each connection, as certificates are.
async fn password(options: &Options) -> Found {
    if options.config.get_password().is_some_and(|password| !password.is_empty()) {
        return Found::default();
    }
    let (config, passfile) = (options.config.clone(), options.passfile.clone());
    let variable = |name: &str| std::env::var_os(name);
    tokio::task::spawn_blocking(move || passwords::find(&config, passfile.as_deref(), &variable))
        .await
        .unwrap_or_default()
}

/// Greets the server with encryption or without, in the order that `sslmode` says.
async fn greet(
    mut config: Config,
    options: &Options,
    connector: &tls::Connector,
) -> Result<(Client, Connection<Socket, tls::Stream>)> {
    let mut attempts = options.encryption.attempts(&config).iter().peekable();
    loop {
        let Some(mode) = attempts.next() else {
            return Err(Error::new(ErrorKind::Operational, "no way to connect was tried"));
        };
        match config.ssl_mode(*mode).connect(connector.clone()).await {
            Ok(greeted) => return Ok(greeted),
            Err(error) if attempts.peek().is_some() && tls::other_way(&error) => {}
            Err(error) => return Err(error::connecting(error)),
        }
    }
}

/// `15.20 (Debian …)`, `18beta1`.
fn major_version(text: &str) -> Option<u32> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpListener};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aludel_engine::DatabaseUrl;

    use super::*;
    use crate::{hosts, place};

    /// A server that turns everybody away with this code, and how many it has seen.
    fn refusing(code: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let guests = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&guests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a guest");
                seen.fetch_add(1, Ordering::Relaxed);
                let _ = stream.read(&mut [0; 1024]);
                let word = format!("SFATAL\0VFATAL\0C{code}\0Mno\0\0");
                let length = u32::try_from(word.len() + 4).expect("it is short");
                let _ = stream.write_all(&[&b"E"[..], &length.to_be_bytes(), word.as_bytes()].concat());
            }
        });
        (address, guests)
    }

    /// A host of this name at a server's port.
    fn named(host: &str, server: SocketAddr) -> Options {
        let url = format!("postgres://u:p@{host}:{}/d?sslmode=disable", server.port());
        let options = Options::of_url(&DatabaseUrl::parse(&url).expect("a URL")).expect("options");
        let first = options.hosts.servers().first().cloned().expect("a server");
        options.at(&first, options.connect_timeout)
    }

    fn at(address: SocketAddr) -> Place {
        Place { host: "db".to_owned(), socket: place::Socket::Tcp(address) }
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(future)
    }

    /// The error of places that are tried in turn.
    fn tried(options: &Options, places: &[SocketAddr]) -> Error {
        let places = places.iter().copied().map(at).collect();
        run(log_in_at(options, places, Instant::now())).err().expect("nobody lets it in")
    }

    #[test]
    fn versions_are_read() {
        for (text, expected) in [
            ("15.20 (Debian 15.20-0)", Some(15)),
            ("18beta1", Some(18)),
            ("9.6.24", Some(9)),
            ("17", Some(17)),
            ("", None),
        ] {
            assert_eq!(major_version(text), expected, "{text}");
        }
    }

    #[test]
    fn a_place_that_is_known_is_the_one_that_is_asked() {
        let (server, guests) = refusing("28P01");
        let asked = hosts::is_demoted(named("nobody.has.this.name.invalid", server), at(server));
        assert!(!run(asked), "who does not answer is not known to take no writes");
        assert_eq!(guests.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_server_that_turns_the_user_away_ends_the_search() {
        let ((first, _), (second, guests)) = (refusing("28P01"), refusing("28P01"));
        let error = tried(&named("db", first), &[first, second]);
        assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, Some("28P01")));
        assert_eq!(guests.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_error_is_that_of_the_address_that_says_most() {
        let (full, _) = refusing("53300");
        // Nobody listens there.
        let silent = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], full.port()));
        for places in [[full, silent], [silent, full]] {
            let error = tried(&named("db", full), &places);
            assert_eq!((error.kind(), error.code()), (ErrorKind::Operational, Some("53300")), "{error}");
            let message = error.to_string();
            assert!(
                message.starts_with(&format!("at {full} (the host's other addresses: {silent}: ")),
                "{message}"
            );
        }
        // Of those that say as much, it is the first.
        let other = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 1));
        let error = tried(&named("db", full), &[silent, other]);
        assert_eq!(error.kind(), ErrorKind::Disconnect);
        assert!(error.to_string().starts_with(&format!("at {silent} (the host's other")), "{error}");
    }

    /// A pipe that nobody writes to is a file that is never read to its end.
    #[cfg(all(unix, feature = "tls"))]
    #[test]
    fn a_slow_file_is_not_the_servers_fault() {
        let pipe = std::env::temp_dir().join(format!("aludel_slow_{}.pem", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        let url = format!("postgres://u:p@127.0.0.1:1/d?sslmode=verify-ca&sslrootcert={}", pipe.display());
        let mut options = Options::of_url(&DatabaseUrl::parse(&url).expect("a URL")).expect("options");
        options.connect_timeout = Some(Duration::from_millis(100));
        let error = run(async {
            let error = log_in_at(&options, Vec::new(), Instant::now()).await.err();
            // Whoever reads it is let go, because the runtime waits for them.
            drop(std::fs::OpenOptions::new().write(true).open(&pipe));
            error
        });
        std::fs::remove_file(&pipe).expect("the pipe");
        let error = error.expect("nobody lets it in");
        assert_eq!(error.kind(), ErrorKind::Timeout);
        let message = "the files of certificates or passwords were not read within 0.1 s";
        assert!(error.message().starts_with(message), "{error}");
    }

    /// One that takes the connection and says nothing leaves the others their share of the time.
    #[test]
    fn a_silent_address_does_not_hide_the_others() {
        let (full, _) = refusing("53300");
        let listener =
            TcpListener::bind(("::1", full.port())).expect("the same port, which is as free there");
        let silent = listener.local_addr().expect("an address");
        let mut options = named("db", full);
        options.connect_timeout = Some(Duration::from_secs(2));
        for (places, share) in [([silent, full], "1.0 s"), ([full, silent], "2.0 s")] {
            let error = tried(&options, &places);
            assert_eq!(error.code(), Some("53300"), "{error}");
            assert!(error.to_string().contains(&format!("did not answer within {share}")), "{error}");
        }
    }
}
