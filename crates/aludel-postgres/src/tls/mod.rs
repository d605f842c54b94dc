//! Encrypted connections, where the build has them.

#[cfg(feature = "tls")]
mod rustls;
#[cfg(feature = "tls")]
use self::rustls as build;
#[cfg(not(feature = "tls"))]
mod none;
#[cfg(not(feature = "tls"))]
use self::none as build;

use std::error::Error as StdError;

use aludel_engine::error::Error;
use tokio_postgres::Socket;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;

/// What encrypts a connection, or opens a plain one.
pub(crate) use self::build::Connector;
pub(crate) use self::build::connector;

/// What a connection reads from and writes to where it is encrypted.
pub(crate) type Stream = <Connector as MakeTlsConnect<Socket>>::Stream;

/// The error of an attempt that came to its end over encryption, with what to look at.
#[cold]
pub(crate) fn failure(error: &tokio_postgres::Error) -> Option<Error> {
    if let Some(found) = build::failure(error) {
        return Some(found);
    }
    // tokio-postgres has no other mark for these.
    if error.to_string() != "error performing TLS handshake" {
        return None;
    }
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    Some(match reason.as_str() {
        "server does not support TLS" => Error::configuration(
            "the server does not encrypt connections (its setting `ssl` is off), but `sslmode` in the URL insists on \
             it. Turn it on there, or use `sslmode=disable` where the network is trusted",
        ),
        _ => Error::configuration(format!("no encrypted connection could be made: {reason}")),
    })
}

/// Whether the same server may let us in the other way, encrypted or not.
pub(crate) fn other_way(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        // `pg_hba.conf` has no line for it.
        Some(server) => server.code() == &SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        None => failure(error).is_some(),
    }
}
