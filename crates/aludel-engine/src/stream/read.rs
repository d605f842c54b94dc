//! What a query has to say about its rows, so that they can be streamed.

use aludel_sql::ast::Statement;
use aludel_sql::decode::{DecodeError, FromRow, Row, RowReader};

use crate::connection::Connection;
use crate::driver::BoxFuture;
use crate::error::Result;

/// A query whose rows can be read bit by bit. Statements of the expression language are, and mapped queries as far as a
/// row says all about an object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query whose rows can be streamed",
    note = "use `select(…)`, `sql(…).rows::<R>()`, or an insert, update or delete with `returning(…)`"
)]
pub trait Streamable: Sized {
    /// What each row becomes.
    type Row: Send + 'static;

    /// The statement to run, and who reads its rows.
    ///
    /// # Errors
    /// Where rows of such a query can't be handed out one by one.
    fn into_stream(self) -> Result<Streamed<Self::Row>>;
}

/// A statement to run, and who reads its rows.
pub type Streamed<R> = (Statement, Box<dyn ReadRows<R>>);

/// Makes something of rows, a batch at a time.
pub trait ReadRows<R>: Send {
    /// Reads a row.
    ///
    /// # Errors
    /// Where it can't be read.
    fn read(&mut self, row: &dyn Row) -> std::result::Result<(), DecodeError>;

    /// Whether every batch needs statements of its own.
    fn needs_statements(&self) -> bool {
        false
    }

    /// Runs those statements, where there are any, for the rows that were read since [`take`](Self::take).
    fn complete<'a>(&'a mut self, _: &'a mut Connection) -> Option<BoxFuture<'a, Result<()>>> {
        None
    }

    /// Hands out what was made of the rows so far.
    fn take(&mut self) -> Vec<R>;
}

/// A row is a value.
pub(crate) struct Plain<R>(Vec<R>);

impl<R> Default for Plain<R> {
    fn default() -> Self {
        Plain(Vec::new())
    }
}

impl<R: FromRow + Send> ReadRows<R> for Plain<R> {
    fn read(&mut self, row: &dyn Row) -> std::result::Result<(), DecodeError> {
        self.0.push(R::from_row(&mut RowReader::new(row))?);
        Ok(())
    }

    fn take(&mut self) -> Vec<R> {
        std::mem::take(&mut self.0)
    }
}
