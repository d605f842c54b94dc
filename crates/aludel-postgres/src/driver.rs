//! The driver: from a URL to open connections.

use std::fmt;
use std::sync::Arc;

use aludel_engine::DatabaseUrl;
use aludel_engine::driver::{Address, BoxFuture, Driver, RawConnection};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::Dialect;
use aludel_sql::dialect::postgres::Postgres;
use tokio_postgres::NoTls;

use crate::connection::PostgresConnection;
use crate::options::Options;
use crate::wire::Wire;
use crate::{error, hosts, runtime};

/// PostgreSQL from version 12 on, reached through tokio-postgres. Mirrors SQLAlchemy's `postgresql` dialect with an
/// asynchronous driver.
///
/// URLs are written as `postgres://user:password@host:5432/database`. A host that begins with `/` (written `%2F`) is the
/// directory of a Unix socket.
///
/// Options behind the `?`: `application_name`, `connect_timeout` in seconds (30; 0 for no limit), `options` (settings of
/// the server, such as `-c search_path=shop`), `sslmode` (`disable` or `prefer`; connections are not encrypted yet, and
/// a URL that insists on it is refused).
///
/// A URL may name several servers, `postgres://shop@one:5432,two:5433/orders`, or by the options `host` and `port` as lists.
/// They are tried in their order, or with `load_balance_hosts=random` in any, each with its share of `connect_timeout`, until
/// one is as `target_session_attrs` says: `any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`, with
/// libpq's meanings. As the pool opens connections anew after a disconnect, it finds the server that was promoted by itself.
///
/// One background thread, which the first connection starts, tells when sockets are ready; so connections may be opened,
/// used and dropped under any executor, or under none.
pub struct PostgresDriver {
    options: Options,
    description: String,
    address: Address,
    dialect: Arc<dyn Dialect>,
}

/// The oldest version whose catalogue the inspector can read.
const OLDEST: u32 = 12;

impl PostgresDriver {
    /// The driver for a URL. Nothing is opened yet.
    ///
    /// # Errors
    /// Where the URL names an unknown option, or asks for TLS.
    pub fn from_url(url: &DatabaseUrl) -> Result<Arc<dyn Driver>> {
        Ok(Arc::new(PostgresDriver {
            options: Options::of_url(url)?,
            description: url.to_string(),
            address: Address::of_url(url),
            dialect: Arc::new(Postgres::default()),
        }))
    }

    async fn open(&self) -> Result<Box<dyn RawConnection>> {
        // The whole of it happens on the background thread, where the socket's reactor is.
        let mut opening = Opening(runtime::handle()?.spawn(hosts::find(self.options.clone())));
        let opened = match (&mut opening.0).await {
            Ok(opened) => opened,
            Err(panicked) => {
                Err(Error::new(ErrorKind::Operational, "the connection's task failed").with_source(panicked))
            }
        };
        match opened {
            Ok(connection) => Ok(Box::new(connection)),
            Err(error) => Err(error.context(format!("cannot connect to {}", self.description))),
        }
    }
}

impl Driver for PostgresDriver {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(self.open())
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn address(&self) -> Address {
        self.address.clone()
    }
}

/// Without the configuration, which holds the password.
impl fmt::Debug for PostgresDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresDriver({})", self.description)
    }
}

/// A connection under way, which is given up with the future that waits for it.
struct Opening(tokio::task::JoinHandle<Result<PostgresConnection>>);

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Opens a connection to the one server of the configuration.
pub(crate) async fn open(options: Options) -> Result<PostgresConnection> {
    let connecting = options.config.connect(NoTls);
    let connected = match options.connect_timeout {
        None => connecting.await,
        Some(limit) => match tokio::time::timeout(limit, connecting).await {
            Ok(connected) => connected,
            Err(_) => {
                let message =
                    format!("the server did not answer within {limit:?} (the option `connect_timeout`)");
                return Err(Error::new(ErrorKind::Timeout, message));
            }
        },
    };
    let (client, connection) = connected.map_err(error::connecting)?;
    let version = connection.parameter("server_version").unwrap_or_default().to_owned();
    let major = major_version(&version).ok_or_else(|| {
        Error::new(
            ErrorKind::Operational,
            format!("the server calls its version `{version}`, which is no number"),
        )
    })?;
    if major < OLDEST {
        return Err(Error::configuration(format!(
            "the server is PostgreSQL {version}, but {OLDEST} or later is needed"
        )));
    }
    Ok(PostgresConnection::new(client, Wire::new(connection), Arc::new(Postgres::of_version(major))))
}

/// `15.20 (Debian …)`, `18beta1`.
fn major_version(text: &str) -> Option<u32> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

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
}
