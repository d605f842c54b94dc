//! A build without TLS.

use aludel_engine::error::{Error, Result};
use tokio_postgres::NoTls;
use tokio_postgres::tls::{MakeTlsConnect, NoTlsError, NoTlsStream};

use crate::encryption::Encryption;

/// Opens plain connections only.
#[derive(Clone)]
pub(crate) struct Connector;

impl<S> MakeTlsConnect<S> for Connector {
    type Stream = NoTlsStream;
    type TlsConnect = NoTls;
    type Error = NoTlsError;

    fn make_tls_connect(&mut self, _: &str) -> Result<NoTls, NoTlsError> {
        Ok(NoTls)
    }
}

/// Asynchronous as the other one, which reads files.
pub(crate) async fn connector(_: &Encryption) -> Result<Connector> {
    Ok(Connector)
}

pub(super) fn failure(_: &tokio_postgres::Error) -> Option<Error> {
    None
}
