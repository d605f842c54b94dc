//! The driver: from a URL to open connections.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use aludel_engine::DatabaseUrl;
use aludel_engine::driver::{Address, BoxFuture, Driver, RawConnection};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::wait::nudge::{Nudge, waits_for};
use aludel_engine::wait::tokio::around;
use aludel_sql::Dialect;
use aludel_sql::dialect::postgres::Postgres;
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};

use crate::connection::PostgresConnection;
use crate::options::Options;
use crate::{hosts, runtime};

/// PostgreSQL from version 12 on, reached through tokio-postgres. Mirrors SQLAlchemy's `postgresql` dialect with an
/// asynchronous driver.
///
/// URLs are written as `postgres://user:password@host:5432/database`. A host that begins with `/` (written `%2F`) is the
/// directory of a Unix socket.
///
/// Options behind the `?`: `application_name`, `connect_timeout` in seconds (30; 0 for no limit), `options` (settings of
/// the server, such as `-c search_path=shop`), and those of the sections below.
///
/// A URL may name several servers, `postgres://shop@one:5432,two:5433/orders`, or by the options `host` and `port` as lists.
/// They are tried in their order, or with `load_balance_hosts=random` in any, each with its share of `connect_timeout`, until
/// one is as `target_session_attrs` says: `any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`, with
/// libpq's meanings. As the pool opens connections anew after a disconnect, it finds the server that was promoted by itself.
///
/// Connections may be opened, used and dropped under any executor, or under none: one background thread, which the first of
/// them starts, tells when sockets are ready. Only those that are opened inside of a tokio runtime with several workers belong to
/// it, and are found unusable once it is gone. As with everything on tokio, a task of it that blocks its thread without
/// `spawn_blocking`, `block_in_place` or `.wait()` may keep their answers back ([more](aludel_engine::wait)).
///
/// Build such a runtime with `enable_all`. One without a reactor or a timer does not say so, but panics where they are used. That
/// panic is caught, and the background thread opens the connection, but the program's panic hook hears of it each time, and where
/// `panic = "abort"` is set, the program ends.
///
/// # Dead peers
/// A server that crashes, or a firewall that forgets a connection, says nothing. By these options, with libpq's names and units,
/// the system finds out, and the connection counts as lost. 0 leaves the value to the system, except for `keepalives_idle`, which is
/// two hours then, as most systems have it, whatever this one is set to.
///
/// | option | unless told otherwise | |
/// |---|---|---|
/// | `keepalives` | 1 | 0: nobody asks whether the other end is there |
/// | `keepalives_idle` | 60 | seconds of silence before it is asked (0: two hours) |
/// | `keepalives_interval` | 10 | seconds until it is asked again |
/// | `keepalives_count` | 6 | how often it may not answer |
/// | `tcp_user_timeout` | 0 | milliseconds for which what was sent may not have arrived (Linux; the system's value is some 15 minutes) |
///
/// So a connection that is silent, as one that [listens](crate::listen), is known to be dead after two minutes, where libpq
/// leaves all of them to the system. While something is under way to the server, `tcp_user_timeout` decides instead. It is not
/// set by itself, because it also ends connections to a server that is alive and takes nothing in for so long, as in a `COPY`
/// that waits for a lock. Sockets of Unix need none of this; a system that lacks one of them does without.
///
/// # Encryption
/// Connections are encrypted in builds with the cargo feature `tls`, by these options with libpq's meanings:
///
/// | option | values |
/// |---|---|
/// | `sslmode` | `disable`; `allow`: only where the server insists; `prefer` (the default): where the server can; `require`: in any case, with whomever it is; `verify-ca`: with a server whose certificate is signed by one of `sslrootcert`; `verify-full`: and made out to the host in the URL |
/// | `sslrootcert` | a file of certificates in PEM, or `system`, which is what `verify-full` takes by itself |
/// | `sslcert`, `sslkey` | files in PEM with our own certificate and its key |
/// | `sslnegotiation` | `postgres`, or `direct` for PostgreSQL 17 and later |
/// | `channel_binding` | `disable`, `prefer` or `require`: whether a password by SCRAM is bound to the encryption |
///
/// Only `verify-full` keeps out somebody who stands in between: use it wherever the network is not your own. Files are read
/// for each connection, so that certificates can be renewed while the program runs. Unix sockets are not encrypted. In
/// builds without the feature, `allow` and `prefer` come to the same as `disable`, and what insists on more is refused.
///
/// # Passwords
/// Passwords are asked for by SCRAM or MD5, or in clear text; where the server asks for a certificate, `sslcert` is it.
///
/// Where the URL has no password, it is looked for as by libpq, for each connection anew: in the variable `PGPASSWORD`, then in
/// the password file. That is the one of the option `passfile`, else of the variable `PGPASSFILE`, else `~/.pgpass` (on Windows
/// `%APPDATA%\postgresql\pgpass.conf`), with lines `host:port:database:user:password`, of which the first that fits counts: `*`
/// fits anything, a backslash stands before a colon or a backslash, and a socket in its usual folder is `localhost`. On Unix, a
/// file that others may read is left alone, with a warning (feature `tracing`) and a word in the error of a login that fails. No
/// other variable is looked at.
pub struct PostgresDriver {
    options: Options,
    description: String,
    address: Address,
    dialect: Arc<dyn Dialect>,
}

impl PostgresDriver {
    /// The driver for a URL. Nothing is opened yet.
    ///
    /// # Errors
    /// Where the URL names an unknown option, or one of its values is wrong or needs the feature `tls`.
    pub fn from_url(url: &DatabaseUrl) -> Result<Arc<dyn Driver>> {
        Ok(Arc::new(PostgresDriver {
            options: Options::of_url(url)?,
            description: url.to_string(),
            address: Address::of_url(url),
            dialect: Arc::new(Postgres::default()),
        }))
    }

    async fn open(&self) -> Result<Box<dyn RawConnection>> {
        // The whole of it happens where the socket's reactor is. A runtime that was built without one makes the task
        // panic; then it is the background thread's after all.
        let around = match around() {
            Some(runtime) => self.open_in(&runtime).await.ok(),
            None => None,
        };
        let opened = match around {
            Some(opened) => opened,
            None => self.open_in(&runtime::handle()?).await.unwrap_or_else(|panicked| {
                Err(Error::new(ErrorKind::Operational, "the connection's task failed").with_source(panicked))
            }),
        };
        match opened {
            Ok(connection) => Ok(Box::new(connection)),
            Err(error) => Err(error.context(format!("cannot connect to {}", self.description))),
        }
    }

    async fn open_in(&self, runtime: &Handle) -> Result<Result<PostgresConnection>, JoinError> {
        let mut opening = Opening(runtime.spawn(hosts::find(self.options.clone())));
        let runtime: Arc<dyn Nudge> = Arc::new(runtime.clone());
        poll_fn(|context| {
            waits_for(&runtime);
            Pin::new(&mut opening.0).poll(context)
        })
        .await
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
struct Opening(JoinHandle<Result<PostgresConnection>>);

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.abort();
    }
}
