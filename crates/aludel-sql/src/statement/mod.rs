//! Statements as a program builds them: a thin typed shell around the tree.

mod insert;
mod query;
mod select;
mod subquery;
mod write;

pub use insert::{Conflict, Excluded, Insert, InsertItem, IntoColumns, RowSink, insert};
pub use query::{CompoundSelect, IntoQuery, Recursive, ValueRow, recursive, values};
pub use select::{JoinTarget, Select, select};
pub use subquery::{IntoFrom, IntoSource, MaybeRows, Subquery, table_function};
pub use write::{Delete, Update, delete, update};

use crate::ast::{self, TableRef};
use crate::encode::IntoValue;
use crate::expression::Source;
use crate::name::Name;
use crate::schema::ServerDefault;

/// A table that a statement can name: a model's vocabulary (`User`), an alias of it, or a [`Table`](crate::Table).
pub trait IntoTable {
    /// The occurrence of the table.
    fn into_table(self) -> TableRef;
}

impl IntoTable for TableRef {
    fn into_table(self) -> TableRef {
        self
    }
}

impl IntoTable for Source {
    fn into_table(self) -> TableRef {
        self.table_ref()
    }
}

impl IntoTable for &crate::schema::Table {
    fn into_table(self) -> TableRef {
        TableRef::new(&self.name)
    }
}

/// SQL in the user's own words as a statement, with `?` for each parameter (`??` is a literal question mark).
///
/// Mirrors SQLAlchemy's `text()`.
pub fn sql(sql: impl Into<Name>) -> Text {
    Text(ast::TextStatement { sql: sql.into(), binds: Vec::new() })
}

/// A statement in the user's own words.
#[derive(Clone, Debug, PartialEq)]
pub struct Text(ast::TextStatement);

impl Text {
    /// Gives the next parameter its value.
    #[must_use]
    pub fn bind(mut self, value: impl IntoValue) -> Self {
        self.0.binds.push(value.into_value());
        self
    }

    /// Says what each row of the result is.
    pub fn rows<R>(self) -> TextRows<R> {
        TextRows { text: self.0, marker: std::marker::PhantomData }
    }
}

impl From<Text> for ast::Statement {
    fn from(text: Text) -> Self {
        ast::Statement::Text(text.0)
    }
}

/// Words of the database's own as a server default. They are taken as they are, so they have no parameters.
impl From<Text> for ServerDefault {
    fn from(text: Text) -> Self {
        if text.0.binds.is_empty() {
            return ServerDefault(ast::Expr::Text(text.0.sql));
        }
        let message = format!("a server default has no parameters, and values are bound to `{}`", text.0.sql);
        ServerDefault(ast::Expr::Invalid(message))
    }
}

/// A query in the user's own words whose rows are read as `R`.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRows<R> {
    text: ast::TextStatement,
    marker: std::marker::PhantomData<fn() -> R>,
}

impl<R> TextRows<R> {
    /// The tree of a query, for use inside of other statements.
    pub fn into_ast(self) -> ast::Query {
        let mut template = ast::Template::default();
        let mut binds = self.text.binds.into_iter();
        let mut plain = String::new();
        let mut characters = self.text.sql.chars().peekable();
        while let Some(character) = characters.next() {
            if character != '?' || characters.next_if_eq(&'?').is_some() {
                plain.push(character);
                continue;
            }
            template.parts.push(ast::TemplatePart::Sql(std::mem::take(&mut plain).into()));
            let bind = match binds.next() {
                Some(value) => ast::Expr::Bind(value),
                None => ast::Expr::Invalid("a text has more placeholders than values are bound".into()),
            };
            template.parts.push(ast::TemplatePart::Expr(bind));
        }
        template.parts.push(ast::TemplatePart::Sql(plain.into()));
        let query = ast::TextQuery { text: template, columns: Vec::new(), ctes: Vec::new() };
        ast::Query::Text(Box::new(query))
    }
}

impl<R> From<TextRows<R>> for ast::Statement {
    fn from(text: TextRows<R>) -> Self {
        ast::Statement::Text(text.text)
    }
}

/// A row count, as a bound value. No table has more rows than a signed 64-bit number counts.
pub(crate) fn row_count(rows: u64) -> ast::Expr {
    ast::Expr::Bind(crate::Value::I64(i64::try_from(rows).unwrap_or(i64::MAX)))
}
