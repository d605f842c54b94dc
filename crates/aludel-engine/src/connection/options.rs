//! How statements of a connection run, and what stops them.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::compiler::Compiled;

use super::Connection;
use crate::cancel::{CancelHandle, not_supported};
use crate::driver::TransactionOptions;
use crate::error::Result;
use crate::execution::ExecutionOptions;

impl Connection {
    /// How statements of this connection run.
    pub fn execution_options(&self) -> &ExecutionOptions {
        &self.execution
    }

    /// Chooses how statements of this connection run from now on until it is given back; what is left open stays as it
    /// is. Mirrors SQLAlchemy's `Connection.execution_options`.
    pub fn set_execution_options(&mut self, options: ExecutionOptions) {
        if let Some(given) = options.transaction_options() {
            self.defaults = given.or(self.defaults);
        }
        self.replace_options(options.over(&self.execution));
    }

    /// The connection with other options for a part of the work, which may be a single statement; afterwards they are
    /// what they were. Mirrors the `execution_options` of SQLAlchemy's statements.
    ///
    /// ```no_run
    /// # use aludel_engine::{Connection, ExecutionOptions, Wait};
    /// # use aludel_sql::statement::sql;
    /// # use std::time::Duration;
    /// # fn of(connection: &mut Connection) -> aludel_engine::Result<()> {
    /// let patient = ExecutionOptions::new().statement_timeout(Duration::from_secs(60));
    /// connection.with_execution_options(patient).execute(sql("ANALYZE")).wait()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_execution_options(&mut self, options: ExecutionOptions) -> WithOptions<'_> {
        let before = (self.execution.clone(), self.defaults);
        self.set_execution_options(options);
        WithOptions { connection: self, before }
    }

    fn replace_options(&mut self, options: ExecutionOptions) {
        if options.schema_map() != self.execution.schema_map() {
            self.translated = options.schema_map().map(|map| self.shared.translated.of(map));
        }
        self.execution = options;
    }

    pub(super) fn compile(&self, statement: &Statement, key: &StatementKey<'_>) -> Result<Arc<Compiled>> {
        let cache = self.translated.as_deref().unwrap_or(&self.shared.cache);
        let dialect = self.dialect.as_ref();
        Ok(match self.execution.uses_cache() {
            true => cache.compile(statement, key, dialect)?,
            false => cache.compile_anew(statement, key, dialect)?,
        })
    }

    /// What stops the statement that runs on this connection, for another task or thread.
    ///
    /// ```no_run
    /// # use aludel_engine::{Connection, ErrorKind, Wait};
    /// # use aludel_sql::statement::sql;
    /// # fn of(mut connection: Connection) -> aludel_engine::Result<()> {
    /// let handle = connection.cancel_handle()?;
    /// std::thread::spawn(move || handle.cancel().wait());
    /// if let Err(error) = connection.execute(sql("DELETE FROM everything")).wait() {
    ///     assert_eq!(error.kind(), ErrorKind::Cancelled);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotSupported`](crate::ErrorKind::NotSupported) where the driver can't do that.
    pub fn cancel_handle(&mut self) -> Result<CancelHandle> {
        if let Some(known) = &self.cancel {
            return Ok(known.clone());
        }
        let canceller = self.raw()?.canceller().ok_or_else(not_supported)?;
        Ok(self.cancel.insert(CancelHandle::new(canceller)).clone())
    }
}

/// A connection with other [`ExecutionOptions`] for a part of the work; dropping it puts them back.
#[derive(Debug)]
pub struct WithOptions<'c> {
    connection: &'c mut Connection,
    before: (ExecutionOptions, TransactionOptions),
}

impl Deref for WithOptions<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl DerefMut for WithOptions<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
    }
}

impl Drop for WithOptions<'_> {
    fn drop(&mut self) {
        let (execution, defaults) = std::mem::take(&mut self.before);
        self.connection.defaults = defaults;
        self.connection.replace_options(execution);
    }
}
