//! What can be asked for rows: the open end that mapped queries plug into.

use std::future::Future;

use aludel_sql::ast::Statement;
use aludel_sql::decode::FromRow;
use aludel_sql::statement::{CompoundSelect, TextRows};
use aludel_sql::{Delete, Insert, Select, Update};

use crate::connection::{Connection, fetch_rows};
use crate::error::Result;
use crate::stream::{Plain, Streamable, Streamed};

/// A query whose rows can be fetched. Statements of the expression language are, and so are mapped queries that load
/// relations along.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query whose rows can be read",
    note = "use `select(…)`, `sql(…).rows::<R>()`, or an insert, update or delete with `returning(…)`"
)]
pub trait Fetch: Sized + Send {
    /// What each row becomes.
    type Row;

    /// Fetches at most `most` rows.
    fn fetch(
        self,
        connection: &mut Connection,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;
}

macro_rules! statements {
    ($($name:ident),+) => {$(
        impl<R: FromRow + Send> Fetch for $name<R> {
            type Row = R;

            async fn fetch(self, connection: &mut Connection, most: usize) -> Result<Vec<R>> {
                let statement = Statement::from(self);
                fetch_rows(connection, &statement, most).await
            }
        }

        impl<R: FromRow + Send + 'static> Streamable for $name<R> {
            type Row = R;

            fn into_stream(self) -> Result<Streamed<R>> {
                Ok((Statement::from(self), Box::new(Plain::default())))
            }
        }
    )+};
}

statements!(Select, CompoundSelect, Insert, Update, Delete, TextRows);
