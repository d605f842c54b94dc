//! SQL inside of the schema: the condition of a check, the expression of a generated column or of an index.

use std::fmt;
use std::ops::Deref;

use crate::ast;
use crate::compiler::{CompileError, CompileOptions, render_expr_with};
use crate::dialect::Dialect;
use crate::expression::Expr;

/// A piece of SQL that a schema object holds: the database's own words, or an expression that every dialect writes in
/// its own way (`User.age.gt(18)`).
///
/// It reads as text. The text of an expression is for people; [`render`](Self::render) gives a dialect's.
#[derive(Clone, Debug, PartialEq)]
pub struct Sql {
    words: String,
    expr: Option<Box<ast::Expr>>,
}

impl Sql {
    /// SQL in the database's own words.
    pub fn words(words: impl Into<String>) -> Self {
        Sql { words: words.into(), expr: None }
    }

    /// An expression of the tree.
    pub fn expr(expr: ast::Expr) -> Self {
        if let ast::Expr::Text(words) = &expr {
            return Sql::words(words.to_string());
        }
        let neutral = crate::dialect::postgres::Postgres::default();
        let words = literally(&expr, &neutral, false).unwrap_or_default();
        Sql { words, expr: Some(Box::new(expr)) }
    }

    /// The tree, where this is an expression rather than the database's own words.
    pub fn as_expr(&self) -> Option<&ast::Expr> {
        self.expr.as_deref()
    }

    /// The text for a dialect, with its values written in and columns under their own names alone.
    ///
    /// # Errors
    /// Where the dialect can't say the expression.
    pub fn render(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        match &self.expr {
            Some(expr) => literally(expr, dialect, false),
            None => Ok(self.words.clone()),
        }
    }

    /// The same with the table in front of its columns.
    pub(crate) fn render_qualified(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        match &self.expr {
            Some(expr) => literally(expr, dialect, true),
            None => Ok(self.words.clone()),
        }
    }

    /// The same in the words of a dialect.
    ///
    /// # Errors
    /// As for [`render`](Self::render).
    pub fn resolved(&self, dialect: &dyn Dialect) -> Result<Sql, CompileError> {
        self.render(dialect).map(Sql::words)
    }
}

/// An expression with its values written in.
pub(crate) fn literally(
    expr: &ast::Expr,
    dialect: &dyn Dialect,
    qualified: bool,
) -> Result<String, CompileError> {
    let options = CompileOptions { literal_values: true, ..CompileOptions::default() };
    render_expr_with(expr, dialect, &options, qualified)
}

impl Deref for Sql {
    type Target = str;

    fn deref(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl PartialEq<str> for Sql {
    fn eq(&self, other: &str) -> bool {
        self.expr.is_none() && self.words == other
    }
}

impl PartialEq<&str> for Sql {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl From<&str> for Sql {
    fn from(words: &str) -> Self {
        Sql::words(words)
    }
}

impl From<String> for Sql {
    fn from(words: String) -> Self {
        Sql::words(words)
    }
}

impl From<&String> for Sql {
    fn from(words: &String) -> Self {
        Sql::words(words.as_str())
    }
}

impl<T> From<Expr<T>> for Sql {
    fn from(expr: Expr<T>) -> Self {
        Sql::expr(expr.into_ast())
    }
}

impl From<ast::Expr> for Sql {
    fn from(expr: ast::Expr) -> Self {
        Sql::expr(expr)
    }
}
