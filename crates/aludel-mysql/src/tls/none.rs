//! A build without TLS.

use aludel_engine::error::{Error, Result};
use mysql_async::{Conn, Opts};

use crate::encryption::Encryption;
use crate::error;

/// Opens a connection, which is a plain one.
pub(crate) async fn connect(opts: &Opts, _: &Encryption, address: &str) -> Result<Conn> {
    Conn::new(opts.clone()).await.map_err(|failed| error::cannot_connect(failed, address))
}

pub(crate) fn failure(_: &mysql_async::Error) -> Option<Error> {
    None
}
