//! Why a statement has no text.

use std::fmt;

/// A statement that cannot be turned into a database's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    kind: CompileErrorKind,
    message: String,
}

/// The kinds of [`CompileError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileErrorKind {
    /// The database has no such construct.
    Unsupported,
    /// A column's table is not in reach.
    NotInScope,
    /// Tables of one query are not connected with each other.
    Cartesian,
    /// The statement contradicts itself or lacks something.
    Invalid,
    /// More parameters than the database takes.
    TooManyParameters,
    /// A mistake of this crate.
    Internal,
}

impl CompileError {
    /// The kind.
    pub fn kind(&self) -> CompileErrorKind {
        self.kind
    }

    /// The database cannot say this.
    #[cold]
    pub fn unsupported(dialect: &str, construct: &str) -> Self {
        CompileError {
            kind: CompileErrorKind::Unsupported,
            message: format!("{dialect} does not support {construct}"),
        }
    }

    /// The statement contradicts itself or lacks something.
    #[cold]
    pub fn invalid(message: impl Into<String>) -> Self {
        CompileError { kind: CompileErrorKind::Invalid, message: message.into() }
    }

    #[cold]
    pub(crate) fn not_in_scope(column: &str, table: &str, reachable: &str) -> Self {
        let message = format!(
            "`{column}` is used, but `{table}` is not among the tables that the statement reads ({reachable}): \
             join it, or add it with `select_from`"
        );
        CompileError { kind: CompileErrorKind::NotInScope, message }
    }

    #[cold]
    pub(crate) fn cartesian(first: &str, second: &str) -> Self {
        let message = format!(
            "`{first}` and `{second}` are both read, but nothing connects them, so every row of one would be paired \
             with every row of the other: add a join or a condition, or ask for it with `cross_join`"
        );
        CompileError { kind: CompileErrorKind::Cartesian, message }
    }

    #[cold]
    pub(crate) fn too_many_parameters(dialect: &str, wanted: usize, most: usize) -> Self {
        let message = format!(
            "the statement has {wanted} parameters, and {dialect} takes at most {most}: split it, or give its \
             rows to `execute_many` or `insert_many`, which know no such limit"
        );
        CompileError { kind: CompileErrorKind::TooManyParameters, message }
    }

    #[cold]
    pub(crate) fn internal(message: &str) -> Self {
        CompileError { kind: CompileErrorKind::Internal, message: message.to_owned() }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CompileError {}
