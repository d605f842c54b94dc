//! What can go wrong between a program and its database.

use std::error::Error as StdError;
use std::fmt;

use aludel_sql::compiler::CompileError;
use aludel_sql::decode::DecodeError;

/// The result of everything that talks to a database.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong. Mirrors SQLAlchemy's exception classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A unique constraint or primary key refused a row.
    UniqueViolation,
    /// A foreign key refused a change.
    ForeignKeyViolation,
    /// A column that takes no `NULL` was given one.
    NotNullViolation,
    /// A check constraint refused a row.
    CheckViolation,
    /// Another integrity rule refused a change.
    Integrity,
    /// A value does not fit: out of range, of the wrong form, too long.
    Data,
    /// The statement is wrong: its syntax, a name, a missing privilege.
    Programming,
    /// The database could not do it now: locked, out of space, shutting down.
    Operational,
    /// Two transactions are in each other's way; running this one again may succeed.
    Serialization,
    /// The connection is gone.
    Disconnect,
    /// Something took longer than allowed.
    Timeout,
    /// A row could not be read as the type asked for.
    Decode,
    /// A statement could not be compiled.
    Compile,
    /// A query that yields exactly one row yielded none.
    NoRow,
    /// A query that yields at most one row yielded several.
    SeveralRows,
    /// The URL or an option is wrong.
    Configuration,
    /// Something was asked for that cannot be done in this state.
    Usage,
}

/// An error with everything that is known about it. Cheap to move.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    code: Option<String>,
    constraint: Option<String>,
    table: Option<String>,
    columns: Vec<String>,
    statement: Option<String>,
    context: Vec<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a kind.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            code: None,
            constraint: None,
            table: None,
            columns: Vec::new(),
            statement: None,
            context: Vec::new(),
            source: None,
        }))
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether a rule about the data refused the change.
    pub fn is_integrity(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::UniqueViolation
                | ErrorKind::ForeignKeyViolation
                | ErrorKind::NotNullViolation
                | ErrorKind::CheckViolation
                | ErrorKind::Integrity
        )
    }

    /// The message without statement and context.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The database's own code: an SQLSTATE, or the extended result code of SQLite.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The constraint that refused, where the database names it.
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// The table concerned, where the database names it.
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The columns concerned, where the database names them.
    pub fn columns(&self) -> &[String] {
        &self.0.columns
    }

    /// The statement that failed. Parameters are never part of it.
    pub fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    /// Adds the database's own code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Adds the constraint.
    #[must_use]
    pub fn with_constraint(mut self, constraint: impl Into<String>) -> Self {
        self.0.constraint = Some(constraint.into());
        self
    }

    /// Adds the table and the columns.
    #[must_use]
    pub fn with_columns(mut self, table: Option<String>, columns: Vec<String>) -> Self {
        self.0.table = table;
        self.0.columns = columns;
        self
    }

    /// Adds the statement, unless one is known already.
    #[must_use]
    pub fn with_statement(mut self, sql: &str) -> Self {
        self.0.statement.get_or_insert_with(|| sql.to_owned());
        self
    }

    /// Adds what was being done, outermost last.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        self.0.context.push(doing.into());
        self
    }

    /// Adds the error behind this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The URL or an option is wrong.
    #[cold]
    pub fn configuration(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Configuration, message)
    }

    /// Something was asked for that cannot be done in this state.
    #[cold]
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Usage, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for doing in self.0.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(code) = &self.0.code {
            write!(f, " [{code}]")?;
        }
        if let Some(statement) = &self.0.statement {
            write!(f, "\nin: {statement}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<CompileError> for Error {
    fn from(error: CompileError) -> Self {
        Error::new(ErrorKind::Compile, error.to_string()).with_source(error)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Error::new(ErrorKind::Decode, error.to_string()).with_source(error)
    }
}
