//! What a server says about itself and the server that it follows.

use std::time::Duration;

use aludel_engine::driver::{BoxFuture, Position, Replication, ServerState};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::ValueRef;
use aludel_sql::decode::{FromRow, RowReader};

use crate::connection::PostgresConnection;

/// Two facts, which servers have that only speak PostgreSQL's protocol, too.
const ROLE: &str =
    "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only') = 'on'";

/// A standby that has replayed all it has received, and still listens, is as recent as can be known. Otherwise, its data is
/// as old as the last commit that it has replayed; where nothing was committed for a while, that is more than the truth.
/// (Whether a receiver runs may be seen by everybody, its details may not.)
const STATE: &str = "SELECT pg_catalog.pg_is_in_recovery(),
       pg_catalog.current_setting('transaction_read_only') = 'on',
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN 0
            WHEN pg_catalog.pg_last_wal_receive_lsn() <= pg_catalog.pg_last_wal_replay_lsn()
                 AND EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN 0
            ELSE EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())
       END::float8";

/// Where the next record will be written: a commit that is acknowledged without being flushed is in front of that, too.
const POSITION: &str =
    "SELECT (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
             ELSE pg_catalog.pg_current_wal_insert_lsn() END)::text";

const REACHED: &str = "SELECT CASE WHEN pg_catalog.pg_is_in_recovery()
            THEN coalesce(pg_catalog.pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)
            ELSE $1::text::pg_lsn IS NOT NULL END";

impl PostgresConnection {
    /// Whether it is a standby, and takes writes.
    pub(crate) async fn role(&mut self) -> Result<ServerState> {
        let roles = self.rows(ROLE, &[], |row| <(bool, bool)>::from_row(&mut RowReader::new(row))).await?;
        let (standby, read_only) = roles.first().copied().ok_or_else(silent)?;
        Ok(ServerState::new(standby, read_only, None))
    }

    async fn state(&mut self) -> Result<ServerState> {
        type Row = (bool, bool, Option<f64>);
        let states = self.rows(STATE, &[], |row| Row::from_row(&mut RowReader::new(row))).await?;
        let (standby, read_only, lag) = states.first().copied().ok_or_else(silent)?;
        // The clocks of the two servers may differ.
        let lag = lag.and_then(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).ok());
        Ok(ServerState::new(standby, read_only, lag))
    }

    async fn position(&mut self) -> Result<Position> {
        let found =
            self.rows(POSITION, &[], |row| <Option<String>>::from_row(&mut RowReader::new(row))).await?;
        let text = found.into_iter().next().flatten();
        text.map(Position::new).ok_or_else(|| {
            Error::new(ErrorKind::Operational, "the server has no position: it has not replayed anything yet")
        })
    }

    async fn has_reached(&mut self, position: &Position) -> Result<bool> {
        let parameters = [ValueRef::Text(position.as_str())];
        let reached = self.rows(REACHED, &parameters, |row| bool::from_row(&mut RowReader::new(row))).await?;
        reached.first().copied().ok_or_else(silent)
    }
}

#[cold]
fn silent() -> Error {
    Error::new(ErrorKind::Operational, "the server does not say what it is")
}

/// The replication as one connection sees it.
pub(crate) struct PostgresReplication<'c>(pub(crate) &'c mut PostgresConnection);

impl Replication for PostgresReplication<'_> {
    fn state(&mut self) -> BoxFuture<'_, Result<ServerState>> {
        Box::pin(self.0.state())
    }

    fn position(&mut self) -> BoxFuture<'_, Result<Position>> {
        Box::pin(self.0.position())
    }

    fn has_reached<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<bool>> {
        Box::pin(self.0.has_reached(position))
    }
}
