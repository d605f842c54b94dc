//! Deployers that run at once take turns.
//!
//! On SQLite the turn is the transaction itself: `BEGIN IMMEDIATE` waits for whoever writes, and what the version table
//! says is read again behind it. Other databases begin a plain transaction until their own lock is asked for here.

use aludel_engine::{Connection, Transaction, TransactionOptions};

use crate::error::Result;

/// Begins a transaction that no other deployer is in at the same time.
pub(crate) async fn begin_turn(connection: &mut Connection) -> Result<Transaction<'_>> {
    Ok(connection.begin_with(TransactionOptions::immediate()).await?)
}
