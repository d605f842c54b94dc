//! Why a step has no Rust text.

use std::fmt;

use aludel_sql::CompileError;

/// A step that cannot be written as Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    message: String,
}

impl RenderError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        RenderError { message: message.into() }
    }
}

/// A server default that the dialect cannot say.
impl From<CompileError> for RenderError {
    fn from(error: CompileError) -> Self {
        RenderError::new(error.to_string())
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RenderError {}
