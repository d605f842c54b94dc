//! The words around transactions, and taking one back that was dropped.

use std::time::Duration;

use aludel_engine::driver::{RawConnection, TransactionOptions, TwoPhase};
use aludel_engine::error::{Error, ErrorKind, Result};
use mysql_async::prelude::Queryable;
use tokio::sync::oneshot;

use crate::connection::MysqlConnection;
use crate::runtime::reactor;

/// How long the server may take to take a transaction back that was dropped.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(30);

impl MysqlConnection {
    pub(crate) async fn begin_now(&mut self, options: TransactionOptions) -> Result<()> {
        if (options.immediate || options.exclusive) && options.read_only {
            return Err(Error::usage("a read-only transaction can't take the write lock as it begins"));
        }
        if let Some(level) = options.isolation {
            // This holds for the next transaction alone.
            self.text(&format!("SET TRANSACTION ISOLATION LEVEL {level}")).await?;
        }
        self.text(if options.read_only { "START TRANSACTION READ ONLY" } else { "START TRANSACTION" }).await
    }

    /// Takes the transaction back on the background thread. Whoever uses the connection next waits for that.
    pub(crate) fn send_rollback(&mut self) -> bool {
        self.send_close();
        // Closed, the server takes back what is not prepared, and keeps what is.
        if !self.is_usable() || self.xa {
            return false;
        }
        let Ok(reactor) = reactor() else { return false };
        let (raw, on_its_way) = self.take_wherever();
        if raw.is_none() && on_its_way.is_none() {
            return false;
        }
        let (back, returning) = oneshot::channel();
        reactor.spawn(async move {
            let raw = match (raw, on_its_way) {
                (None, Some(on_its_way)) => on_its_way.await.ok(),
                (raw, _) => raw,
            };
            let Some(mut raw) = raw else { return };
            let rolled_back = tokio::time::timeout(ROLLBACK_TIMEOUT, raw.query_drop("ROLLBACK")).await;
            if matches!(rolled_back, Ok(Ok(()))) {
                // Nobody may be left who wants it; then it is closed.
                let _ = back.send(raw);
            }
        });
        self.comes_back(returning);
        self.transaction = false;
        true
    }

    pub(crate) async fn two_phase_step(&mut self, step: TwoPhase<'_>) -> Result<()> {
        let (xid, words): (&str, &[&str]) = match step {
            TwoPhase::Begin(xid) => (xid, &["START"]),
            TwoPhase::Prepare(xid) => (xid, &["END", "PREPARE"]),
            TwoPhase::Abandon(xid) => (xid, &["END", "ROLLBACK"]),
            TwoPhase::Commit(xid) => (xid, &["COMMIT"]),
            TwoPhase::Rollback(xid) => (xid, &["ROLLBACK"]),
            _ => return Err(Error::new(ErrorKind::NotSupported, "this step is not known to the driver")),
        };
        let xid = literal(xid)?;
        for word in words {
            self.text(&format!("XA {word} {xid}")).await?;
        }
        // From its beginning to its end, the connection belongs to the transaction.
        self.xa = matches!(step, TwoPhase::Begin(_) | TwoPhase::Prepare(_));
        Ok(())
    }
}

/// A name as a text of SQL: statements about such transactions take no parameters.
fn literal(text: &str) -> Result<String> {
    if text.is_empty() || text.len() > 64 {
        return Err(Error::usage("the name of a transaction in two phases has from 1 to 64 bytes"));
    }
    Ok(format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")))
}
