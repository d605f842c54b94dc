//! Statements on the standard error output, for people to read while they develop.

use std::time::Duration;

use super::{Given, Listener, Outcome, StatementEvent};
use crate::driver::TransactionOptions;
use crate::error::{Error, ErrorKind, shown};
use crate::pool::ConnectionRecord;

/// Writes transactions and statements, with how long each took and how many rows it gave, to the standard error output.
/// Mirrors SQLAlchemy's `create_engine(echo=True)`.
#[derive(Clone, Debug, Default)]
pub struct Echo {
    hide_parameters: bool,
    slower_than: Option<Duration>,
}

impl Echo {
    /// Writes everything, parameters included.
    pub fn new() -> Self {
        Echo::default()
    }

    /// Leaves the parameters out.
    #[must_use]
    pub fn hide_parameters(mut self) -> Self {
        self.hide_parameters = true;
        self
    }

    /// Writes only statements that took at least so long.
    #[must_use]
    pub fn slower_than(mut self, limit: Duration) -> Self {
        self.slower_than = Some(limit);
        self
    }

    fn line(&self, record: &ConnectionRecord, text: &str) {
        eprintln!("[{}] {text}", record.id());
    }

    fn word(&self, record: &ConnectionRecord, text: &str) {
        if self.slower_than.is_none() {
            self.line(record, text);
        }
    }

    fn text(&self, statement: &StatementEvent<'_>) -> String {
        let mut text = match statement.tag() {
            Some(tag) => format!("[{tag}] {}", statement.sql()),
            None => statement.sql().to_owned(),
        };
        match statement.given() {
            Given::Many(rows) => text.push_str(&format!(" × {}", rows.rows())),
            Given::One(_) if !self.hide_parameters && !statement.hides_parameters() => {
                let parameters = statement.parameters();
                if !parameters.is_empty() {
                    text.push_str(&format!("  {}", shown(&parameters)));
                }
            }
            Given::One(_) | Given::Script => {}
        }
        text
    }
}

impl Listener for Echo {
    fn begin(&self, record: &mut ConnectionRecord, _: &TransactionOptions) {
        self.word(record, "BEGIN");
    }

    fn commit(&self, record: &mut ConnectionRecord) {
        self.word(record, "COMMIT");
    }

    fn rollback(&self, record: &mut ConnectionRecord) {
        self.word(record, "ROLLBACK");
    }

    fn savepoint(&self, record: &mut ConnectionRecord, name: &str) {
        self.word(record, &format!("SAVEPOINT {name}"));
    }

    fn release_savepoint(&self, record: &mut ConnectionRecord, name: &str) {
        self.word(record, &format!("RELEASE SAVEPOINT {name}"));
    }

    fn rollback_savepoint(&self, record: &mut ConnectionRecord, name: &str) {
        self.word(record, &format!("ROLLBACK TO SAVEPOINT {name}"));
    }

    fn after_execute(
        &self,
        record: &mut ConnectionRecord,
        statement: &StatementEvent<'_>,
        outcome: &Outcome,
    ) {
        if self.slower_than.is_some_and(|limit| outcome.elapsed < limit) {
            return;
        }
        let rows = match (outcome.rows_returned, outcome.rows_affected) {
            (0, changed) => format!("{changed} changed"),
            (returned, _) => format!("{returned} returned"),
        };
        let text = format!("{}  -- {:.3?}, {rows}", self.text(statement), outcome.elapsed);
        self.line(record, &text);
    }

    fn handle_error(
        &self,
        record: &mut ConnectionRecord,
        statement: Option<&StatementEvent<'_>>,
        error: Error,
    ) -> Error {
        // Of those that fail, what is known to have taken long is what was stopped for it.
        if self.slower_than.is_some() && error.kind() != ErrorKind::Timeout {
            return error;
        }
        let what = statement.map(|statement| self.text(statement)).unwrap_or_default();
        self.line(record, &format!("{what}  -- failed: {:?}: {}", error.kind(), error.message()));
        error
    }
}
