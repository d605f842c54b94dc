//! What a server says about itself and the server that it follows.

use std::ops::ControlFlow;
use std::time::Duration;

use aludel_engine::driver::{BoxFuture, Position, Replication, ServerState};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::ValueRef;
use aludel_sql::decode::{FromRow, Row, RowReader};

use crate::connection::MysqlConnection;
use crate::runtime::within;

/// As text, because servers have it as a number or as a word. What an account with every privilege may write all the same
/// does not count.
const READ_ONLY: &str =
    "SELECT CONCAT(@@global.read_only) IN ('0', 'OFF') AND CONCAT(@@global.innodb_read_only) IN ('0', 'OFF')";

impl MysqlConnection {
    /// Whether the server takes writes. One that takes none counts as one that follows another: to ask for more takes a
    /// privilege that few accounts have.
    pub(crate) async fn role(&mut self) -> Result<ServerState> {
        let writes: Option<i64> = self.only(READ_ONLY, &[]).await?;
        let read_only = writes == Some(0);
        Ok(ServerState::new(read_only, read_only, None))
    }

    async fn state(&mut self) -> Result<ServerState> {
        let role = self.role().await?;
        let mut followed = false;
        let mut lag = Some(Duration::ZERO);
        let mut sink = |row: &dyn Row| {
            followed = true;
            let column = (0..row.width()).find(|index| {
                let behind = ["Seconds_Behind_Master", "Seconds_Behind_Source"];
                row.name(*index).is_some_and(|name| behind.contains(&name))
            });
            let behind = match column.and_then(|index| row.value(index).ok()) {
                Some(ValueRef::I64(seconds)) => u64::try_from(seconds).ok(),
                Some(ValueRef::U64(seconds)) => Some(seconds),
                Some(ValueRef::Text(seconds)) => seconds.parse().ok(),
                // It does not replicate just now.
                _ => None,
            };
            // Of several sources the slowest.
            lag = lag.zip(behind.map(Duration::from_secs)).map(|(one, other)| one.max(other));
            Ok(ControlFlow::Continue(()))
        };
        self.fetch(self.server().replica_status(), &[], &mut sink).await?;
        Ok(ServerState::new(followed, role.read_only, lag))
    }

    async fn position(&mut self) -> Result<Position> {
        let text: Option<String> = self.only(self.server().position(), &[]).await?;
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Ok(Position::new(text.replace('\n', ""))),
            None => Err(Error::new(
                ErrorKind::NotSupported,
                "the server has no global transaction ids, which positions are made of: turn its binary log on (and, on \
                 MySQL, `gtid_mode`)",
            )),
        }
    }

    async fn has_reached(&mut self, position: &Position) -> Result<bool> {
        let parameters = [ValueRef::Text(position.as_str())];
        let reached: Option<i64> = self.only(self.server().has_reached(), &parameters).await?;
        Ok(reached == Some(1))
    }

    /// The only value of the only row.
    async fn only<T>(&mut self, sql: &str, parameters: &[ValueRef<'_>]) -> Result<Option<T>>
    where
        Option<T>: FromRow,
        T: Send,
    {
        let mut found = None;
        let mut sink = |row: &dyn Row| {
            found = <Option<T>>::from_row(&mut RowReader::new(row))?;
            Ok(ControlFlow::Continue(()))
        };
        self.fetch(sql, parameters, &mut sink).await?;
        Ok(found)
    }
}

/// The replication as one connection sees it.
pub(crate) struct MysqlReplication<'c>(pub(crate) &'c mut MysqlConnection);

impl Replication for MysqlReplication<'_> {
    fn state(&mut self) -> BoxFuture<'_, Result<ServerState>> {
        within(self.0.home.runtime(), Box::pin(self.0.state()))
    }

    fn position(&mut self) -> BoxFuture<'_, Result<Position>> {
        within(self.0.home.runtime(), Box::pin(self.0.position()))
    }

    fn has_reached<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<bool>> {
        within(self.0.home.runtime(), Box::pin(self.0.has_reached(position)))
    }
}
