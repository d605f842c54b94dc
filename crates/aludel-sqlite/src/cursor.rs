//! The rows of a statement bit by bit: it runs on the connection's thread, which waits where nobody asks for more.

use std::sync::Arc;

use aludel_engine::driver::RowSink;
use aludel_engine::error::{Error, Result};
use aludel_sql::ValueRef;

use crate::batch::Batch;
use crate::exchange::{Exchange, Item};
use crate::movable::MovableConnection;
use crate::task::{Task, owned};

/// The statement whose rows are read bit by bit.
pub(crate) struct Cursor {
    exchange: Arc<Exchange>,
    /// What was handed over, and how many of it were handed on.
    batch: Batch,
    read: usize,
    /// It writes, so that it is run to its end.
    writes: bool,
}

impl MovableConnection {
    pub(crate) fn open_cursor_now(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        batch: usize,
    ) -> Result<()> {
        let exchange = self.send(Task::Fetch(sql.to_owned(), owned(parameters), batch))?;
        self.cursor = Some(Cursor { exchange, batch: Batch::default(), read: 0, writes: may_write(sql) });
        Ok(())
    }

    pub(crate) async fn fetch_cursor_now(&mut self, most: usize, sink: &mut RowSink<'_>) -> Result<bool> {
        let mut taken = 0;
        while taken < most {
            let Some(cursor) = &mut self.cursor else { return Ok(false) };
            if cursor.read < cursor.batch.len() {
                let row = cursor.batch.row(cursor.read);
                cursor.read += 1;
                taken += 1;
                if sink(&row).map_err(Error::from)?.is_break() {
                    break;
                }
                continue;
            }
            // What has come need not wait for the rest.
            if taken > 0 && cursor.exchange.is_empty() {
                break;
            }
            match cursor.exchange.next().await {
                Some(Item::Rows(batch)) => {
                    cursor.batch = batch;
                    cursor.read = 0;
                }
                Some(Item::Runs(_)) => {}
                None => {
                    let end = cursor.exchange.take_end();
                    self.cursor = None;
                    self.arrive(end)?;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    pub(crate) fn end_cursor(&mut self) -> Result<()> {
        let Some(cursor) = self.cursor.take() else { return Ok(()) };
        let result = self.bring_back(&cursor.exchange, !cursor.writes);
        match result {
            Err(error) if error.is_disconnect() => Err(error),
            // It was stopped.
            Err(_) if !cursor.writes => Ok(()),
            other => other.map(|_| ()),
        }
    }
}

/// Whether a text may write, by the words in it. One that only looks so is not stopped as fast.
fn may_write(sql: &str) -> bool {
    let mut words = sql.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.any(|word| {
        ["insert", "update", "delete", "replace", "pragma"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    })
}
