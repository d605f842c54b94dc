//! What can go wrong with migrations.

use std::error::Error as StdError;
use std::fmt;

use aludel_sql::CompileError;

use crate::render_rust::RenderError;
use crate::replay::ReplayError;
use crate::reverse::ReverseError;
use crate::revision::RevisionError;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong, for callers that act on it and for exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A revision is unknown, ambiguous, or the graph is broken.
    Revision,
    /// The database refused, or can't be reached.
    Database,
    /// A schema or an operation can't be expressed, or doesn't fit the tables that are there.
    Schema,
    /// The database is not at head where it has to be.
    NotAtHead,
    /// Nothing was done because data or tables would be lost.
    Refused,
    /// Something can't be written into a script without a database.
    Offline,
    /// The environment or an argument is wrong.
    Configuration,
    /// A file can't be read or written.
    File,
}

/// An error with everything that is known about it. Cheap to move.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    context: Vec<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a kind.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: message.into(), context: Vec::new(), source: None }))
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message without what was being done.
    pub fn message(&self) -> &str {
        &self.0.message
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
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for doing in self.0.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        f.write_str(&self.0.message)
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

impl From<aludel_engine::Error> for Error {
    fn from(error: aludel_engine::Error) -> Self {
        Error::new(ErrorKind::Database, error.to_string()).with_source(error)
    }
}

impl From<CompileError> for Error {
    fn from(error: CompileError) -> Self {
        Error::new(ErrorKind::Schema, error.to_string()).with_source(error)
    }
}

impl From<RevisionError> for Error {
    fn from(error: RevisionError) -> Self {
        Error::new(ErrorKind::Revision, error.to_string()).with_source(error)
    }
}

impl From<ReplayError> for Error {
    fn from(error: ReplayError) -> Self {
        Error::new(ErrorKind::Schema, error.to_string()).with_source(error)
    }
}

impl From<ReverseError> for Error {
    fn from(error: ReverseError) -> Self {
        Error::new(ErrorKind::Schema, error.to_string()).with_source(error)
    }
}

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Self {
        Error::new(ErrorKind::Schema, error.to_string()).with_source(error)
    }
}
