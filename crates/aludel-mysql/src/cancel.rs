//! Stopping a statement that runs: `KILL QUERY` by a connection of its own.

use std::fmt;
use std::time::Duration;

use aludel_engine::driver::{BoxFuture, Cancel};
use aludel_engine::error::{Error, ErrorKind, Result};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};

use crate::error;
use crate::runtime::{retire, within};

/// How long the server may take for all of it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Stops statements of one session.
pub(crate) struct Canceller {
    opts: Opts,
    session: u32,
}

impl Canceller {
    pub(crate) fn new(opts: Opts, session: u32) -> Self {
        Canceller { opts, session }
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> BoxFuture<'static, Result<()>> {
        let (opts, session) = (self.opts.clone(), self.session);
        within(
            None,
            Box::pin(async move {
                match tokio::time::timeout(TIMEOUT, kill(opts, session)).await {
                    Ok(done) => done.map_err(|error| error.context("the statement can't be stopped")),
                    Err(_) => {
                        let message = format!(
                            "the statement can't be stopped: the server did not answer within {TIMEOUT:?}"
                        );
                        Err(Error::new(ErrorKind::Operational, message))
                    }
                }
            }),
        )
    }
}

async fn kill(opts: Opts, session: u32) -> Result<()> {
    let mut own = Conn::new(opts).await.map_err(error::translate)?;
    let killed = own.query_drop(format!("KILL QUERY {session}")).await;
    let healthy = killed.is_ok();
    retire(own, healthy);
    killed.map_err(error::translate)
}

/// Without the options, which hold the password.
impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MySQL's session {}", self.session)
    }
}
