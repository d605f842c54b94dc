//! The link to a server: mysql_async's connection, the statements that were prepared on it, and how much it takes.

use std::ops::{Deref, DerefMut};

use aludel_engine::driver::StatementCache;
use aludel_engine::error::{Error, ErrorKind};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Statement};

use crate::codec;
use crate::connection::Attempt;
use crate::error::{self, Failure};

/// Prepared statements that each connection keeps. The server has a limit for all of its connections together
/// (`max_prepared_stmt_count`, 16,382 unless changed).
const STATEMENTS: usize = 128;

/// A connection with its prepared statements, which go wherever it goes.
///
/// mysql_async has a cache of its own, but reads the whole text for names of parameters before it looks there. It is
/// switched off.
#[derive(Debug)]
pub(crate) struct Link {
    conn: Conn,
    statements: StatementCache<Statement>,
    /// The most that the server takes at once, in bytes.
    pub(crate) packet: usize,
    /// Arrays of rows are taken, once that is known. A proxy may speak for a MariaDB without letting them through; then
    /// mysql_async runs the rows one by one, and tells nobody.
    pub(crate) takes_arrays: Option<bool>,
}

impl Link {
    pub(crate) fn new(conn: Conn, packet: usize) -> Self {
        Link { conn, statements: StatementCache::new(STATEMENTS), packet, takes_arrays: None }
    }

    pub(crate) fn into_conn(self) -> Conn {
        self.conn
    }

    /// Prepares a statement, or finds it prepared. `None` where it has no parameters and the server prepares no such
    /// statements, so that it has to be sent as text.
    pub(crate) async fn prepare(&mut self, sql: &str, given: usize) -> Attempt<Option<Statement>> {
        let statement = match self.statements.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                codec::check_text(sql, self.packet)?;
                let statement = match self.conn.prep(sql).await.map_err(Failure::from) {
                    Err(failure) if given == 0 && failure.is(error::NOT_PREPARABLE) => return Ok(None),
                    result => result?,
                };
                if let Some(old) = self.statements.keep(sql, statement.clone()) {
                    self.conn.close(old).await?;
                }
                statement
            }
        };
        let taken = usize::from(statement.num_params());
        if taken != given {
            return Err(wrong_count(taken, given).into());
        }
        Ok(Some(statement))
    }
}

impl Deref for Link {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Link {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

#[cold]
fn wrong_count(taken: usize, given: usize) -> Error {
    let plural = if taken == 1 { "" } else { "s" };
    Error::new(
        ErrorKind::Programming,
        format!("the statement takes {taken} parameter{plural}, but {given} were given"),
    )
}
