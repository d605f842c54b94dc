//! What can go wrong between objects and their rows.

use std::error::Error as StdError;
use std::fmt;

/// The result of everything that the session does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The database or the driver refused; [`Error::database`] tells more.
    Database,
    /// A handle whose object has left the session.
    StaleHandle,
    /// A handle of another session.
    ForeignHandle,
    /// A relation that was read but never loaded.
    NotLoaded,
    /// Models that contradict each other or their tables.
    Mapping,
    /// A row was changed or deleted by somebody else since it was read.
    StaleData,
    /// Rows that need each other's keys, so that none can be the first.
    Circular,
    /// Two objects for one row.
    DuplicateIdentity,
    /// A flush failed half-way; nothing goes until `rollback`.
    RolledBack,
    /// The row of an object is gone.
    NoRow,
    /// Something was asked for that cannot be done in this state.
    Usage,
}

/// An error of the session, the mapper or the loaders. Cheap to move.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    database: Option<aludel_engine::Error>,
}

impl Error {
    /// An error of a kind.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: message.into(), database: None }))
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The database's error behind this one, where there is one.
    pub fn database(&self) -> Option<&aludel_engine::Error> {
        self.0.database.as_ref()
    }

    /// Models that contradict each other or their tables.
    #[cold]
    pub(crate) fn mapping(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Mapping, message)
    }
}

/// So that a transaction with a session inside can be run again.
impl aludel_engine::retry::Cause for Error {
    fn database_error(&self) -> Option<&aludel_engine::Error> {
        self.database()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.database, self.0.message.as_str()) {
            (Some(error), "") => error.fmt(f),
            (Some(error), message) => write!(f, "{message}: {error}"),
            (None, message) => f.write_str(message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.database.as_ref().map(|error| error as &(dyn StdError + 'static))
    }
}

impl From<aludel_engine::Error> for Error {
    fn from(error: aludel_engine::Error) -> Self {
        Error(Box::new(Inner { kind: ErrorKind::Database, message: String::new(), database: Some(error) }))
    }
}

impl From<aludel_sql::CompileError> for Error {
    fn from(error: aludel_sql::CompileError) -> Self {
        aludel_engine::Error::from(error).into()
    }
}

impl From<crate::relation::NotLoaded> for Error {
    fn from(error: crate::relation::NotLoaded) -> Self {
        Error::new(ErrorKind::NotLoaded, error.to_string())
    }
}

/// For code that runs queries of both kinds and keeps one error type.
impl From<Error> for aludel_engine::Error {
    fn from(mut error: Error) -> Self {
        match error.0.database.take() {
            Some(database) if error.0.message.is_empty() => database,
            Some(database) => database.context(error.0.message),
            None => {
                let kind = aludel_engine::ErrorKind::Usage;
                aludel_engine::Error::new(kind, error.0.message.clone()).with_source(error)
            }
        }
    }
}
