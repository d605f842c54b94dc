//! Why a case has no text of ours.

use std::fmt;

use aludel_sql::CompileError;

/// A case that cannot be said: the tree has no place for it, or the compiler refuses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsayable {
    /// Who cannot.
    pub by: By,
    /// What it is about.
    pub message: String,
}

/// The two sub-kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The loader: Aludel's tree has no place for this, or the loader does not know it yet.
    Loader,
    /// The compiler, with an error of its own.
    Compiler,
}

impl Unsayable {
    /// The loader has no way to say this.
    pub fn new(message: impl Into<String>) -> Self {
        Unsayable { by: By::Loader, message: message.into() }
    }
}

impl From<CompileError> for Unsayable {
    fn from(error: CompileError) -> Self {
        Unsayable { by: By::Compiler, message: error.to_string() }
    }
}

impl fmt::Display for Unsayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.by {
            By::Loader => "loader",
            By::Compiler => "compiler",
        };
        write!(f, "{by}: {}", self.message)
    }
}

impl std::error::Error for Unsayable {}
