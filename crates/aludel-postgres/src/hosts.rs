//! From several servers in a URL to a connection to one of them.

use std::time::Duration;

use aludel_engine::driver::{RawConnection, ServerState};
use aludel_engine::error::{Error, ErrorKind, Result};

use crate::connection::PostgresConnection;
use crate::login::{open, open_at};
use crate::options::Options;
use crate::place::Place;

/// Opens a connection to the first server that is wanted.
pub(crate) async fn find(options: Options) -> Result<PostgresConnection> {
    let mut search = options.hosts.search(options.connect_timeout);
    let mut second_best = None;
    while let Some((server, share)) = search.next_server() {
        let opened = if search.asks_for_state() {
            within(share, look(open(options.at(&server, share)))).await
        } else {
            open(options.at(&server, share)).await.map(|connection| (connection, ServerState::default()))
        };
        match opened {
            Ok((mut connection, state)) if search.asks_for_state() && search.is_fit(state) => {
                if options.hosts.wanted().expects_writes() {
                    connection.expect_writes(options.at(&server, share));
                }
                return Ok(connection);
            }
            Ok((connection, _)) if !search.asks_for_state() => return Ok(connection),
            Ok((connection, _)) if search.keeps_second_best() && second_best.is_none() => {
                second_best = Some(connection);
            }
            Ok((connection, _)) => {
                // The search goes on whatever comes of it.
                let _ = within(share, Box::new(connection).close()).await;
            }
            Err(error) => search.failed(error),
        }
    }
    second_best.ok_or_else(|| search.into_error())
}

/// Whether the server at a place, which was found there once, would not be found any more. It is asked by a new connection, which
/// has no settings of anybody's own; where it does not answer, nothing is known.
pub(crate) async fn is_demoted(options: Options, place: Place) -> bool {
    let (wanted, limit) = (options.hosts.wanted(), options.connect_timeout);
    let state = within(limit, look(open_at(options, Some(place)))).await;
    state.is_ok_and(|(_, state)| !wanted.accepts(state))
}

async fn look(
    opening: impl Future<Output = Result<PostgresConnection>>,
) -> Result<(PostgresConnection, ServerState)> {
    let mut connection = opening.await?;
    let state = connection.role().await?;
    Ok((connection, state))
}

async fn within<T>(limit: Option<Duration>, future: impl Future<Output = Result<T>>) -> Result<T> {
    let Some(limit) = limit else { return future.await };
    tokio::time::timeout(limit, future).await.unwrap_or_else(|_| {
        let message =
            format!("it was not known within {limit:?} what the server is (the option `connect_timeout`)");
        Err(Error::new(ErrorKind::Timeout, message))
    })
}
