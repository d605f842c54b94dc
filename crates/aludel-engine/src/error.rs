//! What can go wrong between a program and its database.

use std::error::Error as StdError;
use std::fmt;

use aludel_sql::compiler::CompileError;
use aludel_sql::decode::DecodeError;
use aludel_sql::value::ValueRef;

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
    /// An exclusion constraint refused a row.
    ExclusionViolation,
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
    /// The connection was lost while a commit was under way: whether the changes last is not known. Look before doing it
    /// again.
    CommitUnknown,
    /// Something took longer than allowed.
    Timeout,
    /// Somebody had the statement stopped.
    Cancelled,
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
    /// The database has no such feature.
    NotSupported,
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
    parameters: Option<String>,
    context: Vec<String>,
    /// It has kept a driver from opening a connection.
    connecting: bool,
    /// The server had no room for another connection.
    server_full: bool,
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
            parameters: None,
            context: Vec::new(),
            connecting: false,
            server_full: false,
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
                | ErrorKind::ExclusionViolation
                | ErrorKind::Integrity
        )
    }

    /// Whether the connection is gone, so that another one may do better.
    pub fn is_disconnect(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Disconnect | ErrorKind::CommitUnknown)
    }

    /// Whether the server had no room for another connection, so that nothing of what was asked for has begun: as many are open
    /// as it, or the user, may have. Later there may be room.
    pub fn is_server_full(&self) -> bool {
        self.0.server_full
    }

    /// Whether the same transaction may succeed if it is run again from its beginning: it collided with another one,
    /// its connection was lost before the commit, or the [server was full](Self::is_server_full). Not where a commit's outcome
    /// is unknown.
    ///
    /// This is about transactions. A statement by itself commits as it ends, so that after a lost connection it may have
    /// been done.
    pub fn is_transient(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Serialization | ErrorKind::Disconnect) || self.0.server_full
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

    /// The statement that failed. Its parameters are not part of it.
    pub fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    /// The parameters of the statement that failed, for people to read: long ones are cut, and there are none where the
    /// engine [hides](crate::EngineOptions::hide_parameters) them.
    pub fn parameters(&self) -> Option<&str> {
        self.0.parameters.as_deref()
    }

    /// Makes it an error of another kind.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Says that the server had no room for another connection. For drivers, of attempts to connect.
    #[must_use]
    pub fn with_server_full(mut self) -> Self {
        self.0.server_full = true;
        self
    }

    /// The same error as what a commit has ended with: after a lost connection nobody knows whether the changes last. For
    /// drivers that commit by themselves; the engine does this for its own transactions.
    #[must_use]
    pub fn in_commit(self) -> Self {
        if self.kind() != ErrorKind::Disconnect {
            return self;
        }
        let message = format!(
            "the connection was lost while the transaction was being committed ({}): whether its changes last is not \
             known. Look for them before doing it again",
            self.message()
        );
        let unknown = Error::new(ErrorKind::CommitUnknown, message);
        match self.code() {
            Some(code) => unknown.with_code(code),
            None => unknown,
        }
        .with_source(self)
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

    /// Adds the statement's parameters, unless they are known already.
    #[must_use]
    pub fn with_parameters(mut self, parameters: &[ValueRef<'_>]) -> Self {
        if !parameters.is_empty() {
            self.0.parameters.get_or_insert_with(|| shown(parameters));
        }
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

    /// Notes that a driver could not open a connection because of it.
    #[must_use]
    pub(crate) fn while_connecting(mut self) -> Self {
        self.0.connecting = true;
        self
    }

    /// Whether it has kept a driver from opening a connection.
    pub(crate) fn is_of_connecting(&self) -> bool {
        self.0.connecting
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
        if let Some(parameters) = &self.0.parameters {
            write!(f, "\nwith: {parameters}")?;
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

/// How many parameters are shown, and how many characters of each.
const SHOWN: (usize, usize) = (20, 100);

/// Parameters for people to read, long ones cut.
pub(crate) fn shown(parameters: &[ValueRef<'_>]) -> String {
    let mut out = String::from("[");
    for (index, value) in parameters.iter().take(SHOWN.0).enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        let text = value.to_string();
        match text.char_indices().nth(SHOWN.1) {
            Some((end, _)) => {
                out.push_str(text.get(..end).unwrap_or_default());
                out.push_str(&format!("… ({} characters)", text.chars().count()));
            }
            None => out.push_str(&text),
        }
    }
    match parameters.len().saturating_sub(SHOWN.0) {
        0 => out.push(']'),
        more => out.push_str(&format!(", and {more} more]")),
    }
    out
}
