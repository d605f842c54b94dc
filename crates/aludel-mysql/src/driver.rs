//! The driver: from a URL to open connections.

use std::fmt;
use std::sync::Arc;

use aludel_engine::DatabaseUrl;
use aludel_engine::driver::{self, BoxFuture, Driver, RawConnection};
use aludel_engine::error::Result;
use aludel_sql::Dialect;
use aludel_sql::decode::{FromRow, RowReader};
use aludel_sql::dialect::mysql::Mysql;
use mysql_async::prelude::Queryable;

use crate::codec::MysqlRow;
use crate::connection::MysqlConnection;
use crate::link::Link;
use crate::options::{Address, Options};
use crate::server::Server;
use crate::{error, hosts, runtime, tls};

/// MySQL and MariaDB, reached through mysql_async. Mirrors SQLAlchemy's `mysql` and `mariadb` dialects.
///
/// URLs are `mysql://user:password@host:3306/database`, or the same with `mariadb://`; which of the two the server is,
/// it tells by itself. Options behind the `?`: `unix_socket` (a path, instead of host and port), `connect_timeout`
/// (seconds, 10), `charset` (`utf8mb4`, the only one), `local_infile` (`on` or `off`, the default), `tcp_keepalive`
/// (seconds, 60; 0 for none), and those of the sections below.
///
/// A session is set to UTC, `utf8mb4` and strict mode; the rest of `sql_mode` stays as the server has it. Points in
/// time are kept in `DATETIME` columns in UTC.
///
/// A URL may name several servers, `mysql://shop@one:3306,two:3307/orders`, or by the options `host` and `port` as lists. They
/// are tried in their order, or with `load_balance_hosts=random` in any, each with its share of `connect_timeout`, until one
/// is as `target_session_attrs` says: `read-write` and `primary` want one that takes writes (`read_only` and
/// `innodb_read_only` are off), `read-only` and `standby` one that takes none, `prefer-standby` the latter where there is
/// one, `any` the first that answers. A server that was chosen because it takes writes, and takes none any more, counts as
/// lost, so that the next connection goes to another.
///
/// # Dead peers
/// A server that crashes, or a firewall that forgets a connection, says nothing. After `tcp_keepalive` seconds of silence the
/// system asks whether the other end is there, which also keeps firewalls from forgetting. How often it asks before it gives up
/// is the system's affair: on Linux, 9 times in 11 minutes (`net.ipv4.tcp_keepalive_probes`, `net.ipv4.tcp_keepalive_intvl`).
///
/// # Bulk loads
/// With `local_infile=on`, [`bulk_load`](aludel_engine::Connection::bulk_load) goes by `LOAD DATA LOCAL INFILE` with rows from
/// memory; no file is read. Without it, and by default, rows go as inserts of several rows. The server has to allow it by its
/// own variable `local_infile`. Nothing but the rows of a load under way is ever sent, whatever file a server asks for.
///
/// All rows are loaded, or none is, on tables with transactions: where the server warns of anything, a rounded decimal
/// included, or leaves a row out, the load is taken back, and the first warning is the error. The server doesn't always say in it
/// which row it was. Rows go as inserts all the same where a column is a `BIT`, `ENUM`, `SET` or a geometry, or where SQL stands
/// around a value.
///
/// Connections need no runtime around them: see the [crate's page](crate).
///
/// A connection that the server ended while it was idle in the pool, as after `wait_timeout`, is not noticed until somebody uses it:
/// have the pool ask first (`pre_ping`, [`PoolOptions::with_pre_ping`](aludel_engine::PoolOptions::with_pre_ping)), or replace
/// connections before the server does (`recycle`).
///
/// # Encryption
/// Connections are encrypted in builds with the cargo feature `tls`, by these options with MySQL's meanings. Names and
/// values may be written with `-`, and in capitals.
///
/// | option | values |
/// |---|---|
/// | `ssl_mode` | `disabled`; `preferred` (the default): where the server can; `required`: in any case, with whomever it is; `verify_ca`: with a server whose certificate is signed by one of `ssl_ca`; `verify_identity`: and made out to the host in the URL |
/// | `ssl_ca` | a file of certificates in PEM, or `system`, which is what `verify_identity` takes by itself. A file alone means `verify_ca` |
/// | `ssl_cert`, `ssl_key` | files in PEM with our own certificate and its key |
///
/// Only `verify_identity` keeps out somebody who stands in between: use it wherever the network is not your own. Names are
/// looked for where certificates have them today (`subjectAltName`); one without can be `required`, but not verified. Unix
/// sockets are not encrypted. In builds without the feature `preferred` comes to the same as `disabled`, and what insists on more
/// is refused.
///
/// The first encrypted connection chooses *ring* as the cryptography of rustls for the whole process, unless the program
/// has chosen before (`CryptoProvider::install_default`).
///
/// # Logins
/// Passwords are asked for by `mysql_native_password` or `caching_sha2_password`, in builds with the cargo feature `ed25519`
/// also by MariaDB's plugin of that name. In others, and for MariaDB's `parsec`, the login is refused with an error that says so.
pub struct MysqlDriver {
    options: Options,
    description: String,
    address: driver::Address,
    dialect: Arc<dyn Dialect>,
}

/// The session, as the codec and the inspector count on it. Strict mode is added to what the server has.
const SESSION: &str = "SET NAMES utf8mb4, time_zone = '+00:00', \
                       sql_mode = CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_TRANS_TABLES')";

impl MysqlDriver {
    /// The driver for a URL. Nothing is opened yet.
    ///
    /// # Errors
    /// Where the URL has an unknown option, or one of its values is wrong or needs the feature `tls`.
    pub fn from_url(url: &DatabaseUrl) -> Result<Arc<dyn Driver>> {
        // Until a server answers, the scheme tells which of the two to compile for.
        let dialect = if url.scheme() == "mariadb" { Mysql::mariadb() } else { Mysql::mysql() };
        Ok(Arc::new(MysqlDriver {
            options: Options::of_url(url)?,
            description: url.to_string(),
            address: driver::Address::of_url(url),
            dialect: Arc::new(dialect),
        }))
    }

    async fn open(&self) -> Result<Box<dyn RawConnection>> {
        let connection = hosts::find(&self.options).await;
        let connection =
            connection.map_err(|error| error.context(format!("cannot connect to `{}`", self.description)))?;
        Ok(Box::new(connection))
    }
}

/// Opens a connection to one server.
pub(crate) async fn log_in(address: &Address) -> Result<MysqlConnection> {
    let Address { opts, encryption, local_infile, shown } = address;
    let mut raw = tls::connect(opts, encryption, shown).await?;
    raw.query_drop(SESSION).await.map_err(|failed| error::translate(failed).with_statement(SESSION))?;
    let row: Option<mysql_async::Row> =
        raw.query_first("SELECT VERSION(), @@max_allowed_packet").await.map_err(error::translate)?;
    let (version, packet) = match &row {
        Some(row) => <(String, i64)>::from_row(&mut RowReader::new(&MysqlRow(row)))?,
        None => (String::new(), 0),
    };
    let server = Server::of_version(&version)?;
    let packet = usize::try_from(packet).unwrap_or(usize::MAX);
    // As it was reached in the end, encrypted or not: what stops its statements goes the same way.
    let opts = raw.opts().clone();
    Ok(MysqlConnection::new(Link::new(raw, packet), server, opts, *local_infile))
}

impl Driver for MysqlDriver {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(runtime::within_home(self.open()))
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn address(&self) -> driver::Address {
        self.address.clone()
    }
}

impl fmt::Debug for MysqlDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlDriver").field("url", &self.description).finish_non_exhaustive()
    }
}
