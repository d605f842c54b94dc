//! What is asked of a connection.

use std::fmt;

use aludel::TransactionOptions;
use aludel::engine::driver::TwoPhase;
use aludel::sql::ValueRef;

/// What kind of thing is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OperationKind {
    /// A connection is opened.
    Connect,
    /// A statement without rows.
    Execute,
    /// A query.
    Fetch,
    /// A query whose rows are read bit by bit begins.
    OpenCursor,
    /// The next rows of one are read.
    FetchCursor,
    /// One ends before its last row.
    CloseCursor,
    /// One statement for many rows of parameters.
    ExecuteMany,
    /// Rows that come bit by bit, loaded by the insert that is shown.
    BulkLoad,
    /// Several statements that are sent together; `rows` is their number.
    Pipeline,
    /// Several statements in one text.
    Script,
    /// A transaction begins.
    Begin,
    /// A transaction's changes are made to last.
    Commit,
    /// A transaction's changes are taken back.
    Rollback,
    /// The server is asked whether it still answers.
    Ping,
    /// A step of a transaction in two phases.
    TwoPhase,
    /// Transactions that wait for their end are asked for.
    Prepared,
    /// Something of the schema is read.
    Inspect,
    /// The server is asked how it stands to others with the same data.
    Replication,
    /// The connection is closed.
    Close,
}

impl OperationKind {
    /// Whether a statement of the program is run.
    pub fn is_statement(self) -> bool {
        matches!(
            self,
            OperationKind::Execute
                | OperationKind::Fetch
                | OperationKind::OpenCursor
                | OperationKind::ExecuteMany
                | OperationKind::BulkLoad
                | OperationKind::Pipeline
                | OperationKind::Script
        )
    }
}

/// Something that is asked of a connection.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Operation<'o> {
    /// What kind of thing it is.
    pub kind: OperationKind,
    /// The connection's number: the first one that the driver opened has 1.
    pub connection: u64,
    /// The statement's text, or of what is read of the schema its name.
    pub sql: Option<&'o str>,
    /// The statement's parameters.
    pub parameters: &'o [ValueRef<'o>],
    /// How many rows of parameters there are.
    pub rows: usize,
    /// How a transaction begins.
    pub options: Option<TransactionOptions>,
    /// The step of a transaction in two phases.
    pub step: Option<TwoPhase<'o>>,
}

impl<'o> Operation<'o> {
    pub(crate) fn new(kind: OperationKind, connection: u64) -> Self {
        Operation { kind, connection, sql: None, parameters: &[], rows: 0, options: None, step: None }
    }

    pub(crate) fn with_sql(self, sql: &'o str) -> Self {
        Operation { sql: Some(sql), ..self }
    }

    pub(crate) fn with_parameters(self, parameters: &'o [ValueRef<'o>]) -> Self {
        Operation { parameters, ..self }
    }

    pub(crate) fn with_rows(self, rows: usize) -> Self {
        Operation { rows, ..self }
    }
}

/// In a line: the statement (`INSERT … × 3` where it is run for three rows), or `BEGIN`, `COMMIT`, `ROLLBACK`, `PING`.
impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.sql, self.step) {
            (OperationKind::ExecuteMany, Some(sql), _) => write!(f, "{sql} × {}", self.rows),
            (OperationKind::Replication, what, _) => write!(f, "REPLICATION {}", what.unwrap_or_default()),
            (OperationKind::Pipeline, ..) => write!(f, "PIPELINE × {}", self.rows),
            (OperationKind::Inspect, what, _) => write!(f, "INSPECT {}", what.unwrap_or("the schema")),
            (_, Some(sql), _) => f.write_str(sql),
            (_, None, Some(step)) => write!(f, "{step:?}"),
            (kind, None, None) => f.write_str(&format!("{kind:?}").to_uppercase()),
        }
    }
}
