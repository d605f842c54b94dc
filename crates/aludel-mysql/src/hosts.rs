//! From several servers in a URL to a connection to one of them.

use std::time::Duration;

use aludel_engine::driver::ServerState;
use aludel_engine::error::{Error, ErrorKind, Result};

use crate::connection::MysqlConnection;
use crate::driver::log_in;
use crate::options::{Address, Options};
use crate::panics::caught;

/// Opens a connection to the first server that is wanted.
pub(crate) async fn find(options: &Options) -> Result<MysqlConnection> {
    let mut search = options.hosts.search(Some(options.connect_timeout));
    let mut second_best = None;
    while let Some((server, share)) = search.next_server() {
        let looks = search.asks_for_state();
        match within(share, log_in_and_look(options.at(&server), looks)).await {
            Ok((mut connection, state)) if !looks || search.is_fit(state) => {
                connection.expect_writes(options.hosts.wanted().expects_writes());
                return Ok(connection);
            }
            Ok((connection, _)) if search.keeps_second_best() && second_best.is_none() => {
                second_best = Some(connection);
            }
            Ok(_) => {}
            Err(error) => search.failed(error),
        }
    }
    second_best.ok_or_else(|| search.into_error())
}

async fn log_in_and_look(address: Address, looks: bool) -> Result<(MysqlConnection, ServerState)> {
    let mut connection = caught(log_in(&address)).await?;
    let state = if looks { connection.role().await? } else { ServerState::default() };
    Ok((connection, state))
}

async fn within<T>(limit: Option<Duration>, future: impl Future<Output = Result<T>>) -> Result<T> {
    let Some(limit) = limit else { return future.await };
    tokio::time::timeout(limit, future).await.unwrap_or_else(|_| {
        let message = format!("the server did not answer in {limit:?} (`connect_timeout` sets the limit)");
        Err(Error::new(ErrorKind::Timeout, message))
    })
}
