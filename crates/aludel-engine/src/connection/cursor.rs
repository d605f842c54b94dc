//! Statements whose rows are read bit by bit. Everybody hears of them as of any other: of their beginning, and of their end
//! when it comes, which may be that nobody wants the rest. A limit is for each wait for the database, not for what the
//! program does in between; so the engine's own clock keeps it, also where a driver has one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::value::{Value, ValueRef};

use super::limit::{Ended, timely};
use super::{Connection, parameters};
use crate::cancel::CancelHandle;
use crate::driver::{RawConnection, RowSink};
use crate::engine::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::events::{Given, Outcome, Said, StatementEvent};
use crate::trace::Span;

/// What has to be known of such a statement until its end.
pub(crate) struct Cursor {
    /// What was sent, in the words of whoever rewrote it last.
    sql: String,
    /// What says so, where somebody wants to hear of it.
    statement: Option<Statement>,
    parameters: Vec<Value>,
    in_transaction: bool,
    /// Where somebody wants to hear of it.
    span: Option<Span>,
    /// What was spent in the driver.
    elapsed: Duration,
    returned: u64,
}

impl Cursor {
    fn said(&self) -> Said<'_> {
        Said { sql: &self.sql, statement: self.statement.as_ref() }
    }

    fn parameters(&self) -> Vec<ValueRef<'_>> {
        self.parameters.iter().map(Value::as_ref).collect()
    }
}

impl Connection {
    /// Begins to read a statement's rows bit by bit.
    pub(crate) async fn open_cursor(&mut self, statement: &Statement, batch: usize) -> Result<Cursor> {
        self.settle().await?;
        let key = StatementKey::of(statement);
        let compiled = self.compile(statement, &key)?;
        let given = parameters(&compiled.binds, key.binds());
        let in_transaction = self.in_transaction();
        let options = self.execution.clone();
        let mut cursor = Cursor {
            sql: String::new(),
            statement: None,
            parameters: Vec::new(),
            in_transaction,
            span: None,
            elapsed: Duration::ZERO,
            returned: 0,
        };
        if self.is_watched() {
            let shared = Arc::clone(&self.shared);
            let said = Said::new(&compiled.sql, statement);
            let mut event = StatementEvent::new(said, Given::One(&given), in_transaction, &options);
            for listener in shared.pool.listeners().iter() {
                listener.before_execute(self.record()?, &mut event)?;
            }
            cursor.span = Some(shared.telemetry.statement(self.dialect.as_ref(), &event));
            cursor.parameters = event.parameters().into_iter().map(ValueRef::to_owned).collect();
            cursor.sql = event.sql().to_owned();
            cursor.statement = Some(statement.clone());
        } else {
            cursor.parameters = given.into_iter().map(ValueRef::to_owned).collect();
            cursor.sql.clone_from(&compiled.sql);
        }
        let parameters = cursor.parameters();
        let began = Instant::now();
        let (limit, cancel) = self.stopping();
        let raw = self.start()?;
        let opening = timely(limit, cancel, raw.open_cursor(&cursor.sql, &parameters, batch));
        let ended = match &cursor.span {
            Some(span) => span.within(opening).await,
            None => opening.await,
        };
        let unread = matches!(ended, Ended::Asked(Ok(())));
        let result =
            self.in_time(limit.unwrap_or_default(), unread_is_stopped(ended, &cursor.sql), &cursor.sql);
        self.over(&result);
        cursor.elapsed += began.elapsed();
        if unread {
            let _ = self.end_cursor_raw().await;
        }
        match result {
            Ok(()) => Ok(cursor),
            Err(error) => Err(self.cursor_failed(&mut cursor, error)),
        }
    }

    /// Reads the next rows, and tells whether there may be more. After an error there are none.
    pub(crate) async fn fetch_cursor(
        &mut self,
        cursor: &mut Cursor,
        most: usize,
        read: &mut (dyn FnMut(&dyn Row) -> std::result::Result<(), DecodeError> + Send),
    ) -> Result<bool> {
        let began = Instant::now();
        let mut refused = None;
        let mut returned = 0;
        let mut sink = |row: &dyn Row| {
            returned += 1;
            Ok(match read(row) {
                Ok(()) => std::ops::ControlFlow::Continue(()),
                Err(error) => {
                    refused = Some(error);
                    std::ops::ControlFlow::Break(())
                }
            })
        };
        let (limit, cancel) = self.stopping();
        let raw = self.start()?;
        let fetching = timely(limit, cancel, fetch(raw, most, &mut sink));
        let mut ended = match &cursor.span {
            Some(span) => span.within(fetching).await,
            None => fetching.await,
        };
        if matches!(ended, Ended::Asked(Ok(true))) {
            ended = unread_is_stopped(ended, &cursor.sql);
        }
        let left = matches!(ended, Ended::Left);
        let result = self.in_time(limit.unwrap_or_default(), ended, &cursor.sql);
        self.over(&result);
        cursor.elapsed += began.elapsed();
        cursor.returned += returned;
        let error = match (result, refused) {
            (Ok(more), None) => {
                if !more {
                    self.cursor_ended(cursor);
                }
                return Ok(more);
            }
            (Ok(more), Some(refused)) => {
                if more {
                    self.end_cursor_raw().await?;
                }
                Error::from(refused).with_statement(&cursor.sql)
            }
            (Err(error), _) => {
                // What the failure left behind; it is the failure that matters. Who does not answer is not asked again.
                if !left {
                    let _ = self.end_cursor_raw().await;
                }
                error.with_statement(&cursor.sql)
            }
        };
        Err(self.cursor_failed(cursor, error))
    }

    /// How long a wait for the database may take, and what stops it then.
    fn stopping(&mut self) -> (Option<Duration>, Option<CancelHandle>) {
        let limit = self.execution.limit();
        (limit, limit.and_then(|_| self.cancel_handle().ok()))
    }

    /// Ends it before its last row.
    pub(crate) async fn close_cursor(&mut self, cursor: &mut Cursor) -> Result<()> {
        match self.end_cursor_raw().await {
            Ok(()) => {
                self.cursor_ended(cursor);
                Ok(())
            }
            Err(error) => Err(self.cursor_failed(cursor, error.with_statement(&cursor.sql))),
        }
    }

    /// The same from `drop`: on the spot where the driver can, else before the next statement.
    pub(crate) fn abandon_cursor(&mut self, cursor: &mut Cursor) {
        self.cursor_ended(cursor);
        // An operation whose future was dropped is the driver's business: it knows whether the connection is of use.
        if let Ok(lease) = self.lease() {
            self.cursor_left = !lease.pooled.raw.close_cursor_now();
        }
    }

    /// Closes what a dropped stream left behind, before anything else is done.
    pub(super) async fn settle_cursor(&mut self) -> Result<()> {
        if self.cursor_left {
            let result = self.end_cursor_raw().await;
            self.end(result, &[])?;
        }
        Ok(())
    }

    /// The connection goes back to its pool: with an open cursor it is of no use to anybody.
    pub(super) fn leave_no_cursor(&mut self) {
        let Some(lease) = self.lease.as_mut().filter(|_| self.cursor_left) else { return };
        if !lease.pooled.raw.close_cursor_now() {
            self.invalidate_on_return();
        }
    }

    /// Whether other statements can run while a cursor is open.
    pub(crate) fn leaves_room(&self) -> bool {
        self.in_transaction()
            && self.lease.as_ref().is_some_and(|lease| lease.pooled.raw.features().server_cursors)
    }

    async fn end_cursor_raw(&mut self) -> Result<()> {
        let result = self.start()?.close_cursor().await;
        self.over(&result);
        self.cursor_left = false;
        result
    }

    fn cursor_ended(&mut self, cursor: &mut Cursor) {
        let Some(span) = cursor.span.take() else { return };
        let shared = Arc::clone(&self.shared);
        let parameters = cursor.parameters();
        let options = self.execution.clone();
        let event =
            StatementEvent::new(cursor.said(), Given::One(&parameters), cursor.in_transaction, &options);
        let outcome = outcome(cursor);
        shared.telemetry.ended(&span, &event, &outcome, None);
        self.after(&shared, &event, &outcome);
    }

    #[cold]
    fn cursor_failed(&mut self, cursor: &mut Cursor, error: Error) -> Error {
        let span = cursor.span.take();
        let parameters = cursor.parameters();
        let options = self.execution.clone();
        let event =
            StatementEvent::new(cursor.said(), Given::One(&parameters), cursor.in_transaction, &options);
        let shared: Arc<Shared> = Arc::clone(&self.shared);
        if let Some(span) = &span {
            shared.telemetry.ended(span, &event, &outcome(cursor), Some(&error));
        }
        self.failed(error, span.is_some().then_some(&event), &parameters)
    }
}

fn outcome(cursor: &Cursor) -> Outcome {
    Outcome { elapsed: cursor.elapsed, rows_returned: cursor.returned, rows_affected: 0 }
}

/// A statement that was asked to stop, and has more to say, hears of that at any time; nobody waits for it.
fn unread_is_stopped<T>(ended: Ended<T>, sql: &str) -> Ended<T> {
    match ended {
        Ended::Asked(Ok(_)) => {
            let stopped = Error::new(ErrorKind::Cancelled, "the rest was not read");
            Ended::Asked(Err(stopped.with_statement(sql)))
        }
        ended => ended,
    }
}

/// A function of its own, so that the sink's lifetime is tied to this call alone.
async fn fetch<'a>(raw: &'a mut dyn RawConnection, most: usize, sink: &'a mut RowSink<'_>) -> Result<bool> {
    let mut forward = |row: &dyn Row| sink(row);
    raw.fetch_cursor(most, &mut forward).await
}
